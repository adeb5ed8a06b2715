import DescentCore
import DescentFiles
import DescentTestSupport
import Testing

@testable import DescentLearning

@Suite struct LayerConfigurationTests {
    /// Keys that only Keras has, or that say the same in another form.
    private let onlyKeras: Set<String> = [
        "dtype", "unroll", "quantization_config", "implementation", "use_cudnn", "renorm_clipping", "renorm_momentum",
        "epsilon of Discretization",
    ]

    @Test(arguments: LayerRecordTests.families)
    func whatIsWrittenSaysWhatKerasWrote(family: String) throws {
        for record in try LayerRecords.read(family) {
            let theirs = try #require(record.entries["layer"]?.object?["config"]?.object)
            let layer = try #require(try record.layer() as? any Configurable)
            let ours = layer.getConfig()
            let className = type(of: layer).className
            for key in theirs.keys where !onlyKeras.contains(key) && !onlyKeras.contains("\(key) of \(className)") {
                // Only layers with variables say it: some others of Keras refuse the word.
                if key == "trainable", ours[key] == nil, ModuleWalk(layer as! any Module).weights.isEmpty { continue }
                let (want, got) = (comparable(theirs[key]!), ours[key].map(comparable))
                #expect(got == want, "\(record.id): \(key)")
            }
            // And back.
            let copy = try #require(try Layers.deserialize(.object(layer.serialized())) as? any Configurable)
            #expect(copy.getConfig() == ours, "\(record.id)")
        }
    }

    /// Numbers without their kind, lists of one as their element, nothing of dtypes and of defaults in the form of null.
    private func comparable(_ value: Configuration.Value) -> Configuration.Value {
        if let number = value.number { return .number(number) }
        if let list = value.list {
            return list.count == 1 ? comparable(list[0]) : .list(list.map(comparable))
        }
        guard let object = value.object else { return value }
        var result: Configuration = [:]
        for key in object.keys where object[key] != .null && !["dtype", "unroll", "build_config"].contains(key) {
            // Identity without a gain, and layers inside of layers.
            result[key] = comparable(object[key]!)
        }
        return .object(result)
    }

    @Test func unknownKeysAndValuesAreRefused() {
        func refusal(_ entry: Configuration.Value) -> String {
            do {
                _ = try Layers.deserialize(entry)
                return "nothing"
            } catch { return "\(error)" }
        }
        #expect(refusal(["class_name": "Dense", "config": ["units": 2, "unit": 3]]).contains("unit: 3"))
        #expect(refusal(["class_name": "Dense", "config": [:]]).contains("must have units"))
        #expect(refusal(["class_name": "Dense", "config": ["units": 0]]).contains("at least one unit"))
        #expect(refusal(["class_name": "Dense", "config": ["units": "x"]]).contains("a whole number"))
        #expect(refusal(["class_name": "Dens", "config": [:]]).contains("Dense, "))
        #expect(refusal(["class_name": "Dense", "config": ["units": 1, "activation": "reul"]]).contains("relu"))
        #expect(
            refusal(["class_name": "Dense", "config": ["units": 1, "kernel_initializer": "x"]]).contains(
                "GlorotUniform"))
        #expect(
            refusal([
                "class_name": "Dense",
                "config": ["units": 1, "kernel_regularizer": ["class_name": "L3", "config": [:]]],
            ])
            .contains("OrthogonalRegularizer"))
        #expect(refusal(["class_name": "LSTM", "config": ["units": 1, "stateful": true]]).contains("stateful"))
        #expect(refusal(["class_name": "Dropout", "config": ["rate": 1.5]]).contains("between 0 and 1"))
        #expect(
            refusal(["class_name": "Conv1D", "config": ["filters": 1, "kernel_size": 3, "padding": "full"]])
                .contains("valid, same, causal"))
        #expect(refusal(["class_name": "Lambda", "config": ["name": "x"]]).contains("customObjects"))
    }

    @Test func shortFormsAreRead() throws {
        let layer = try #require(
            try Layers.deserialize([
                "class_name": "Conv2D",
                "config": [
                    "filters": 2, "kernel_size": 3, "strides": [2, 1], "activation": nil, "kernel_initializer": "ones",
                    "bias_regularizer": "l2", "kernel_constraint": "unit_norm",
                ],
            ]) as? Conv2D)
        #expect(layer.kernelSize == [3, 3])
        #expect(layer.strides == [2, 1])
        #expect(layer.activation.name == "linear")
        #expect(layer.kernel.initializer.className == "Ones")
        #expect(layer.bias?.regularizer?.className == "L2")
        #expect(layer.kernel.constraint?.className == "UnitNorm")
    }

    @Test func frozenLayersStayFrozen() throws {
        let layer = Dense(2)
        layer.trainable = false
        #expect(layer.getConfig()["trainable"] == false)
        let copy = try Dense.fromConfig(layer.getConfig())
        _ = copy([[1, 2]])
        #expect(copy.trainableVariables.isEmpty && copy.variables.count == 2)
    }

    @Test func sequentialKeepsNamesAndShapes() throws {
        let model = Sequential(Embedding(5, 2), Bidirectional(LSTM(3)), Sequential(Dense(2), name: "inner"), Dense(1))
        _ = model(Tensor([[1, 2]], dtype: .int32))
        let copy = try Sequential.fromConfig(try Configuration(json: model.getConfig().json))
        #expect(copy.inputShape == [2])
        _ = copy(Tensor([[1, 2]], dtype: .int32))
        #expect(copy.namedVariables.map(\.name) == model.namedVariables.map(\.name))
        #expect(copy.variables.map(\.shape) == model.variables.map(\.shape))
        #expect(copy.getConfig() == model.getConfig())
    }

    private final class Scale: ConfigurableLayer {
        let factor: Double
        let name: String?
        init(factor: Double, name: String? = nil) { (self.factor, self.name) = (factor, name) }
        func callAsFunction(_ x: Tensor) -> Tensor { factor * x }
        static func make(_ arguments: LayerArguments<Scale>) throws -> Scale {
            try Scale(factor: arguments.required("factor", \.factor), name: arguments.name())
        }
    }

    @Test func layersOfOnesOwnAreNamedInCustomObjects() throws {
        let model = Sequential(Dense(1, kernelInitializer: .ones), Scale(factor: 3))
        let config = model.getConfig()
        #expect(throws: DescentError.self) { try Sequential.fromConfig(config) }
        let copy = try Sequential.fromConfig(config, customObjects: ["Scale": Scale.self])
        #expect(mismatch(copy([[1, 1]]), [[6]]) == nil)
    }
}
