import DescentCore
import DescentTestSupport
import Testing

@testable import DescentLearning

@Suite struct ModuleTests {
    private struct Line: Module {
        let slope = Variable(2.0)
        let label = "text"
        let shift: Variable?
        init(shifted: Bool = true) { shift = shifted ? Variable([0.5]) : nil }
    }

    private class Base: Layer {
        let first = Dense(2)
        func callAsFunction(_ x: Tensor) -> Tensor { first(x) }
    }

    private final class Derived: Base {
        let second = Dense(1, useBias: false)
        let optional: Dense? = Dense(1)
        let missing: Dense? = nil
        let named = ["b": Variable(1.0), "a": Variable(2.0)]
        let pair = (Variable(1.0), inner: Line())
        lazy var late = Dense(3)
        var unowned: [any Layer] = [Dense(1), Activation(.relu)]
        override func callAsFunction(_ x: Tensor) -> Tensor {
            unowned[0](optional!(second(super.callAsFunction(x)))) + late(x).sum()
        }
    }

    @Test func variablesAreFoundWhereTheyAreStored() {
        let module = Derived()
        _ = module([[1, 2]])
        #expect(
            module.namedVariables.map(\.name) == [
                "first.kernel", "first.bias", "second.kernel", "optional.kernel", "optional.bias", "named.a", "named.b",
                "pair.0", "pair.inner.slope", "pair.inner.shift", "late.kernel", "late.bias", "unowned.0.kernel",
                "unowned.0.bias",
            ])
        #expect(Line(shifted: false).namedVariables.map(\.name) == ["slope"])
    }

    @Test func namesDoNotDependOnWhatWasMadeBefore() {
        func names() -> [String] {
            let model = Sequential(
                Dense(2), Conv1D(1, kernelSize: 1), Dense(2), LSTM(1), Dense(2, name: "answer"),
                Dense(1, name: "answer"),
                LeakyReLU(), MaxPooling1D())
            return model.namedLayers.map(\.name)
        }
        let first = names()
        #expect(
            first == [
                "dense", "conv1d", "dense_1", "lstm", "answer", "answer_1", "leaky_re_lu", "max_pooling1d",
            ])
        #expect(names() == first)
    }

    private struct Siamese: Layer {
        let shared: Dense
        let again: Dense
        init() {
            shared = Dense(2, kernelInitializer: .ones)
            again = shared
        }
        func callAsFunction(_ x: Tensor) -> Tensor { shared(x) * again(x + 1) }
    }

    @Test func aSharedLayerCountsOnce() throws {
        let model = Siamese()
        _ = model([[1, 2]])
        #expect(model.namedVariables.map(\.name) == ["shared.kernel", "shared.bias"])
        let (_, gradients) = try valueAndGradient(model.variables) { model([[1, 2]]).sum() }
        // d/dk of (x·k)(x'·k) with x = [1, 2], x' = [2, 3]: x (x'·k) + x' (x·k)
        #expect(mismatch(try #require(gradients[0]), [[11, 11], [19, 19]]) == nil)
        let twice = Sequential(model.shared, model.shared)
        #expect(twice.namedVariables.count == 2 && twice.namedLayers.map(\.name) == ["dense", "dense_1"])
        #expect(twice.summary().contains("Parameters: 6 "))
    }

    @Test func freezingReachesAllPartsBeforeAndAfterTheyAreMade() throws {
        let model = Sequential(Dense(2), BatchNormalization(momentum: 0.5), Dense(1))
        model.layers[1].trainable = false
        _ = model([[1, 2], [3, 4]])
        #expect(model.trainableVariables.count == 4)
        #expect(model.layers[1].trainable == false && model.trainable)
        // A frozen normalization predicts, and its averages stay.
        let norm = try #require(model.layers[1] as? BatchNormalization)
        let plain = norm([[1, 2], [3, 4]])
        let training = withTraining { norm([[1, 2], [3, 4]]) }
        #expect(mismatch(training, plain, .bits) == nil)
        #expect(mismatch(norm.movingMean.variable!.value, [0, 0], .bits) == nil)
        norm.trainable = true
        #expect(norm.trainableVariables.count == 2, "averages are never trained")
        _ = withTraining { norm([[1, 2], [3, 4]]) }
        #expect(mismatch(norm.movingMean.variable!.value, [1, 1.5]) == nil)
        model.trainable = false
        #expect(model.trainableVariables.isEmpty && !model.trainable)
    }

    @Test func freezingAPlainNormalizationStopsItsAverages() {
        let norm = BatchNormalization(momentum: 0.5, center: false, scale: false)
        _ = withTraining { norm([[2]]) }
        #expect(mismatch(norm.movingMean.variable!.value, [1]) == nil)
        norm.trainable = false
        _ = withTraining { norm([[2]]) }
        #expect(mismatch(norm.movingMean.variable!.value, [1]) == nil)
    }

    @Test func modelsInsideOfModelsFollowABatchOnce() {
        let norm = BatchNormalization(momentum: 0.5)
        let model = Sequential(Sequential(Sequential(norm)), Dense(1))
        _ = withTraining { model([[2]]) }
        #expect(mismatch(norm.movingMean.variable!.value, [1]) == nil)
        _ = withTraining { model.outputMask([[2]], mask: nil) }
        #expect(mismatch(norm.movingMean.variable!.value, [1]) == nil)
    }

    @Test func aLayerInTwoPlacesFollowsBoth() {
        // As if one batch came after the other.
        let norm = BatchNormalization(momentum: 0.5, center: false, scale: false)
        _ = withTraining { (norm([[2]]), norm([[4]])) }
        #expect(mismatch(norm.movingMean.variable!.value, [2.5]) == nil)
    }

    @Test func regularizersOfAllPartsAddUp() {
        let model = Sequential(
            Dense(2, kernelInitializer: .ones, kernelRegularizer: .l2(0.5)),
            Dense(
                1, kernelInitializer: .constant(2), biasInitializer: .ones, kernelRegularizer: .l1(0.1),
                biasRegularizer: .l1(1)))
        #expect(model.regularizationLoss == nil)
        _ = model([[1, 2]])
        #expect(mismatch(model.regularizationLoss!, 0.5 * 4 + 0.1 * 4 + 1, .within(relative: 1e-6)) == nil)
    }

    @Test func summariesCount() {
        let model = Sequential(Dense(4), BatchNormalization(), Dropout(0.5), Dense(1))
        #expect(model.summary().contains("dense (Dense)                             ?"))
        let text = model.summary(inputShape: [3])
        #expect(text.contains("batch_normalization (BatchNormalization)  [–, 4]                16"))
        #expect(text.contains("Parameters: 37 (148 bytes)\n  trained: 29\n  not trained: 8"))
    }
}
