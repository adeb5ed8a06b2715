import Descent
import Testing

@testable import DescentLearning

/// Steps that a mask leaves out count neither for the loss nor for weighted metrics; the numbers are Keras 3's.
struct MaskedLossTests {
    private func data(_ shape: Shape, _ factor: Float) -> Tensor {
        let numbers = (0..<shape.count).map { (index: Int) -> Float in
            let remainder = (index * index * 7 + index * 3) % 11
            return Float(remainder) * factor - 0.4
        }
        return Tensor(numbers, shape: shape)
    }

    private func model() throws -> Sequential {
        let model = Sequential(
            Masking(maskValue: 9), Dense(1, kernelInitializer: .constant(0.5), biasInitializer: .constant(0.1)))
        try model.compile(
            optimizer: SGD(learningRate: 0.1), loss: "mse", metrics: ["mae"], weightedMetrics: ["mse"])
        return model
    }

    private var x: Tensor {
        var numbers = data([3, 4, 2], 0.1).scalars(as: Float.self)
        for index in [2, 3, 4, 5, 6, 7, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23] { numbers[index] = 9 }
        return Tensor(numbers, shape: [3, 4, 2])
    }

    @Test func stepsThatAreLeftOutDoNotCount() throws {
        let (model, y) = (try model(), data([3, 4, 1], 0.2))
        let found = try model.evaluate(x, y, verbose: .silent)
        for (figure, want) in zip(found, [0.188125, 0.3625, 0.188125]) {
            #expect(abs(figure.value - want) < 1e-6, "\(figure.name) \(figure.value)")
        }
        let history = try model.fit(x, y, batchSize: 2, epochs: 2, verbose: .silent, shuffle: false)
        for (loss, want) in zip(history["loss"], [0.1254167, 0.1127474]) { #expect(abs(loss - want) < 1e-6, "\(loss)") }
    }

    @Test func weightsOfSamplesCountBesideTheMask() throws {
        let (model, y) = (try model(), data([3, 4, 1], 0.2))
        let squares = (model(x) - y).square().squeeze(axes: [-1])
        let weights = Tensor([[0.5, 0, 0, 0], [2, 2, 2, 0], [0, 0, 0, 0]])
        let found = try model.evaluate(x, y, verbose: .silent, sampleWeight: [0.5, 2, 1])
        let sum = Double((squares * weights).sum())
        // As without a mask, the loss is divided by a number, and the metric by the sum of the weights.
        #expect(abs(found.loss - sum / 4) < 1e-6)
        #expect(abs(found["mse"]! - sum / 6.5) < 1e-6)
    }
}
