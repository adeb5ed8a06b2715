import Descent
import DescentTestSupport

/// An ordinary input for every loss, in float64.
struct LossCase: Sendable, CustomStringConvertible {
    let loss: Loss
    let yTrue: Tensor
    let yPred: Tensor

    var description: String { "\(loss)" }
}

enum LossCases {
    static let all: [LossCase] = {
        var random = SplitMix64(seed: 42)
        func real() -> Tensor { random.normal([4, 3], dtype: .float64) }
        func positive() -> Tensor { random.uniform([4, 3], in: 0.1..<3, dtype: .float64) }
        func share() -> Tensor { random.uniform([4, 3], in: 0.05..<0.95, dtype: .float64) }
        func distribution() -> Tensor {
            let x = positive()
            return x / x.sum(axes: [1], keepDims: true)
        }
        let bits = Tensor([[0, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]], dtype: .float64)
        let oneHot = Tensor([[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]], dtype: .float64)
        let labels = Tensor([1, 0, 2, 2], dtype: .int32)
        var cases: [LossCase] = []
        func add(_ losses: [Loss], _ yTrue: Tensor, _ yPred: Tensor) {
            cases += losses.map { LossCase(loss: $0, yTrue: yTrue, yPred: yPred) }
        }
        add(
            [.mse, .rmse, .mae, .mape, .logCosh, .huber, .huber(delta: 0.4), .quantile(0.9), .cosineSimilarity], real(),
            real())
        add([.cosineSimilarity(axis: 0)], real(), real())
        add([.msle, .poisson], positive(), positive())
        add([.klDivergence], distribution(), distribution())
        add([.hinge, .squaredHinge], bits * 2 - 1, real())
        add([.categoricalHinge], oneHot, real())
        add([.bce, .binaryCrossentropy(labelSmoothing: 0.2), .binaryFocalCrossentropy], bits, share())
        add([.binaryFocalCrossentropy(applyClassBalancing: true, alpha: 0.3, gamma: 0.5)], bits, share())
        add([.binaryCrossentropy(fromLogits: true, axis: 0)], bits, real())
        add([.binaryFocalCrossentropy(gamma: 1.5, fromLogits: true)], bits, real())
        add([.categoricalCrossentropy, .categoricalFocalCrossentropy], oneHot, share())
        add([.categoricalCrossentropy(fromLogits: true, labelSmoothing: 0.1)], distribution(), real())
        add([.categoricalCrossentropy(axis: 0)], oneHot, share())
        add([.categoricalFocalCrossentropy(alpha: [0.2, 0.3, 0.5], gamma: 1, fromLogits: true)], oneHot, real())
        add([.sparseCategoricalCrossentropy, .categoricalGeneralizedCrossEntropy], labels, distribution())
        add([.sparseCategoricalCrossentropy(fromLogits: true, ignoreClass: 2)], labels, real())
        add([.sparseCategoricalCrossentropy(fromLogits: true, axis: 0)], Tensor([1, 0, 3], dtype: .int32), real())
        add([.dice, .dice(axis: [1]), .tversky, .tversky(alpha: 0.3, beta: 0.9, axis: [0])], bits, share())
        let x = real()
        let embeddings = x / (x * x).sum(axes: [1], keepDims: true).sqrt()
        add([.circle(gamma: 3)], labels, embeddings)
        add([.circle(gamma: 2, margin: 0.2)], Tensor([0, 1, 0, 1], dtype: .int32), embeddings)
        return cases
    }()
}
