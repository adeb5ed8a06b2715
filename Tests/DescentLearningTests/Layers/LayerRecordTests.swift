import DescentCore
import DescentFiles
import DescentTestSupport
import Testing

@testable import DescentLearning

/// Every layer against Keras 3: output, gradients of every variable and of the input, what training leaves.
@Suite struct LayerRecordTests {
    static let families = [
        "activations", "core", "shaping", "normalization", "convolution", "pooling", "recurrent", "preprocessing",
    ]

    @Test(arguments: families)
    func layersComputeWhatKerasComputes(family: String) throws {
        let records = try LayerRecords.read(family)
        for record in records { try check(record) }
        print("recorded layers, \(family): \(records.count) cases")
    }

    private func check(_ record: LayerRecord) throws {
        let x = try record.tensor("input")
        let mask = record.has("mask") ? try record.tensor("mask") : nil
        let layer = try record.built(x, mask: mask)
        // Embeddings are single: their input has no type for them.
        let isSingle = layer.variables.contains { $0.dtype == .float32 } || !x.dtype.isFloatingPoint
        let tolerance: Tolerance = isSingle ? .single : .wide
        let pass = Pass(seed: 0)

        let tape = GradientTape(persistent: true)
        tape.watch(x)
        let (output, loss) = tape.record { () -> (Tensor, Tensor?) in
            let output =
                record.isTraining
                ? pass { record.call(layer, x, mask: mask) } : record.call(layer, x, mask: mask)
            let weighting = record.has("weighting") ? try? record.tensor("weighting") : nil
            return (output, weighting.map { (output.cast(to: .float64) * $0).sum() })
        }
        let want = try record.tensor("output")
        let got = try output.evaluated()
        let difference = mismatch(got.cast(to: want.dtype), want, tolerance)
        #expect(difference == nil, "\(record.id)")
        guard let loss else { return }
        let trainable = layer.trainableVariables
        let gradients = try record.tensors("gradients")
        try #require(gradients.count == trainable.count, "\(record.id)")
        for (variable, want) in zip(trainable, gradients) {
            let got = try #require(try tape.gradient(loss, [variable])[0], "\(record.id): \(variable.name)")
            let difference = mismatch(got.cast(to: .float64), want, tolerance)
            #expect(difference == nil, "\(record.id): the gradient of \(variable.name)")
        }
        if record.has("inputGradient") {
            let want = try record.tensor("inputGradient")
            let got = try tape.gradient(loss, [x])[0] ?? Tensor.zeros(x.shape, dtype: .float64)
            let difference = mismatch(got, want, tolerance)
            #expect(difference == nil, "\(record.id): the gradient of the input")
        }
        if record.has("steps") { try follow(record, layer) }
    }

    /// Several steps of training, each of which leaves moving averages.
    private func follow(_ record: LayerRecord, _ layer: any Layer) throws {
        for step in try record.list("steps") {
            let x = try step.tensor("input")
            let output = try withTraining { layer(x) }.evaluated()
            #expect(mismatch(output, try step.tensor("output"), .wide) == nil, "\(record.id)")
            for (variable, want) in zip(layer.nonTrainableVariables, try step.tensors("left")) {
                #expect(mismatch(variable.value, want, .wide) == nil, "\(record.id): \(variable.name)")
            }
        }
    }

    @Test func normalizationFindsWhatKerasFinds() throws {
        for record in try LayerRecords.read("adapt") {
            let layer = try #require(try record.layer() as? Normalization)
            let data = try record.tensor("data")
            try layer.adapt(data)
            let (mean, variance) = (try #require(layer.mean?.variable), try #require(layer.variance?.variable))
            let want = try (mean: record.tensor("mean"), variance: record.tensor("variance"))
            #expect(mismatch(mean.value, want.mean.reshape(mean.shape), .wide) == nil, "\(record.id)")
            #expect(mismatch(variance.value, want.variance.reshape(variance.shape), .wide) == nil, "\(record.id)")
            #expect(mismatch(layer(data), try record.tensor("output"), .wide) == nil, "\(record.id)")
            // In batches the same.
            let half = data.shape[0] / 2
            let batches = data.split(sizes: [half, data.shape[0] - half])
            let other = try #require(try record.layer() as? Normalization)
            try other.adapt(batches: batches)
            #expect(mismatch(other(data), layer(data), .wide) == nil, "\(record.id)")
        }
    }

    @Test func regularizersAndConstraintsComputeWhatKerasComputes() throws {
        for record in try LayerRecords.read("values") {
            let x = try record.tensor("input")
            if let entry = record.entries["regularizer"] {
                let regularizer = try #require(try Regularizer.read(entry, [:]))
                let w = Variable(x)
                let (value, gradients) = try valueAndGradient([w]) { regularizer(w) }
                #expect(mismatch(value, try record.tensor("output"), .wide) == nil, "\(record.id)")
                let gradient = try #require(gradients[0])
                #expect(mismatch(gradient, try record.tensor("gradient"), .wide) == nil, "\(record.id)")
                #expect(try Regularizer.read(regularizer.written, [:])?.config == regularizer.config)
            } else {
                let entry = try #require(record.entries["constraint"])
                let constraint = try #require(try Constraint.read(entry, [:]))
                #expect(mismatch(constraint(x), try record.tensor("output"), .wide) == nil, "\(record.id)")
                #expect(try Constraint.read(constraint.written, [:])?.config == constraint.config)
            }
        }
    }

    @Test func modelsOfKerasLoad() throws {
        for record in try LayerRecords.read("models") {
            let x = try record.tensor("input")
            let model = try record.built(x, mask: nil)
            let isSingle = x.dtype != .float64
            let got = try model(x).cast(to: .float64).evaluated()
            let difference = mismatch(got, try record.tensor("output"), isSingle ? .single : .wide)
            #expect(difference == nil, "\(record.id)")
        }
    }
}
