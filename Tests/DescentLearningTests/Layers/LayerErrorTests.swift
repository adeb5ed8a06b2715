import DescentCore
import DescentTestSupport
import Testing

@testable import DescentLearning

@Suite struct LayerErrorTests {
    private func message(_ y: Tensor) -> String {
        do throws(DescentError) {
            try y.evaluated()
            return "no error"
        } catch {
            return error.message
        }
    }

    @Test func inputThatDoesNotFitIsToldWithTheLayer() {
        let one: Tensor = [[1, 2, 3]]
        let cases: [(any Layer, Tensor, String)] = [
            (Dense(1), 1, "[Dense] the input has at least 1 axes"),
            (
                Conv1D(1, kernelSize: 2), one,
                "[Conv1D] the input has 3 axes, the first of which counts samples. Received: shape [1, 3]"
            ),
            (Conv2D(1, kernelSize: 2), one, "[Conv2D] the input has 4 axes"),
            (Conv1D(2, kernelSize: 1, groups: 2), Tensor.ones([1, 2, 3]), "[Conv1D] groups divide the channels"),
            (Conv1D(1, kernelSize: 5), Tensor.ones([1, 2, 3]), "window"),
            (MaxPooling2D(), one, "[MaxPooling2D] the input has 4 axes"), (LSTM(1), one, "[LSTM] the input has 3 axes"),
            (GRU(1), Tensor.ones([2, 0, 3]), "[GRU] a sequence has at least one step"),
            (BatchNormalization(axis: 4), one, "[BatchNormalization] the axis must be one of the input's"),
            (LayerNormalization(axis: [7]), one, "[LayerNormalization] axes"),
            (GroupNormalization(groups: 2), one, "[GroupNormalization] groups divide the features"),
            (Reshape([2, 2]), one, "[Reshape] a sample has as many elements"),
            (Permute([2, 1]), one, "[Permute] every axis"), (RepeatVector(2), Tensor.ones([2]), "[RepeatVector]"),
            (TimeDistributed(Dense(1)), one, "[TimeDistributed]"),
            (Cropping1D(2), Tensor.ones([1, 3, 1]), "[Cropping1D]"),
            (Normalization(mean: [1, 2], variance: [1, 2]), one, "[Normalization] there is a mean"),
            (Embedding(3, 2), Tensor([[5]], dtype: .int32), "gather"), (Flatten(), 1, "[Flatten]"),
        ]
        for (layer, x, want) in cases {
            let got = message(layer(x))
            #expect(got.contains(want), "\(got)")
        }
    }

    @Test func wrongArgumentsAreToldWhenTheLayerIsUsed() {
        let x = Tensor.ones([1, 4, 4])
        let layers: [any Layer] = [
            Dense(0), Dropout(1.5), Dropout(-0.1), Dropout(.nan), GaussianNoise(-1), GaussianDropout(1),
            AlphaDropout(2),
            Embedding(0, 1), BatchNormalization(momentum: 2), LayerNormalization(epsilon: -1),
            GroupNormalization(groups: 0), Conv1D(0, kernelSize: 1), Conv1D(1, kernelSize: 0),
            Conv1D(1, kernelSize: 1, strides: 0), Conv1D(3, kernelSize: 1, groups: 2),
            Conv2D(1, kernelSize: [1, 2, 3]), Conv2D(1, kernelSize: 1, padding: .causal),
            Conv1DTranspose(1, kernelSize: 2, strides: 2, outputPadding: 2), MaxPooling1D(0), LSTM(0),
            GRU(1, dropout: 2), Reshape([-1, -1]), Permute([1, 1]), RepeatVector(-1), ReLU(negativeSlope: -1),
            ZeroPadding1D(-1), UpSampling1D(0), CategoryEncoding(numTokens: 0), Discretization(binBoundaries: [1, 1]),
            Normalization(mean: [1]), PReLU(sharedAxes: [0]),
            Bidirectional(LSTM(1), backwardLayer: LSTM(1)), Dense(1, kernelRegularizer: "none"),
        ]
        for layer in layers.dropLast() {
            let name = String(describing: type(of: layer))
            #expect(message(layer(x)).hasPrefix("[\(name)]"), "\(name): \(message(layer(x)))")
            #expect(layer.variables.isEmpty, "\(name) made variables")
        }
        let last = layers.last!
        _ = last(x)
        #expect(message(last.regularizationLoss!).hasPrefix("[regularizer]"))
    }

    @Test func anErrorBeforeALayerPassesThrough() {
        let broken = Tensor([1, 2]) + Tensor([1, 2, 3])
        let layers: [any Layer] = [
            Dense(1), Flatten(), LSTM(1), Conv1D(1, kernelSize: 1), Embedding(2, 2), BatchNormalization(), Reshape([1]),
            Bidirectional(GRU(1, returnSequences: true)), TimeDistributed(Dense(1)), CategoryEncoding(numTokens: 2),
            Masking(), GlobalAveragePooling1D(), Sequential(Dense(1), Dropout(0.1)),
        ]
        for layer in layers { #expect(message(layer(broken)) == broken.error?.message, "\(type(of: layer))") }
    }

    @Test func sequentialSaysInWhichLayer() {
        let model = Sequential(Dense(2), Sequential(Dense(1), Dense(0), name: "inner"))
        #expect(message(model([[1]])) == "[inner.dense_1.Dense] there must be at least one unit. Received: 0 units")
        let other = Sequential(Dense(2))
        _ = other([[1, 2]])
        #expect(
            message(other([[1, 2, 3]]))
                == "[dense.kernel] the layer was made for kernel of shape [2, 2]. Received: input that needs shape [3, 2]"
        )
    }

    /// Looks at its input's shape without asking first.
    private struct Careless: Layer {
        let factor = Weight("factor", .ones)
        func callAsFunction(_ x: Tensor) -> Tensor { x * factor([x.shape[x.rank - 1]]) }
    }

    @Test func sequentialAsksNoLayerForMoreThanAnError() {
        let careless = Careless()
        #expect(message(Sequential(Dense(0), careless)([[1]])).hasPrefix("[dense.Dense]"))
        #expect(message(Sequential(careless)(Tensor([1, 2]) + Tensor([1, 2, 3]))).hasPrefix("[add]"))
        #expect(careless.variables.isEmpty)
    }

    @Test func normalizationRefusesWhatHasNoMean() throws {
        let norm = Normalization()
        func adaptation(_ data: Tensor) -> String {
            do {
                try norm.adapt(data)
                return "no error"
            } catch { return "\(error)" }
        }
        #expect(adaptation(Tensor([1, 2, 3, Double.nan], shape: [2, 2])).contains("row 1, column 1"))
        #expect(adaptation(Tensor.zeros([0, 2])).contains("need data"))
        #expect(norm.variables.isEmpty)
        try norm.adapt([[1, 2], [3, 4]])
        #expect(adaptation(Tensor([Double.infinity, 1], shape: [1, 2])).contains("row 0, column 0"))
        #expect(mismatch(norm.mean!.variable!.value, [2, 3]) == nil, "a failed adaptation changes nothing")
        #expect(throws: DescentError.self) { try Normalization(mean: [1], variance: [1]).adapt([[1]]) }
    }
}
