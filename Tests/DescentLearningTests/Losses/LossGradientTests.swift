import Descent
import DescentTestSupport
import Testing

/// Gradients against differences, away from kinks.
@Suite struct LossGradientTests {
    @Test func ordinaryPoints() throws {
        for item in LossCases.all {
            for order in [1, 2] {
                let report = try checkGradient(
                    of: { item.loss(item.yTrue, $0[0]) }, at: [item.yPred], order: order, step: 0.002,
                    tolerance: 1e-6)
                #expect(report.failure == nil, "\(item), order \(order)")
            }
        }
    }

    @Test func theTruthHasAGradientToo() throws {
        for item in LossCases.all where item.yTrue.dtype.isFloatingPoint {
            let report = try checkGradient(
                of: { item.loss($0[0], $0[1]) }, at: [item.yTrue, item.yPred], step: 0.002, tolerance: 1e-6)
            #expect(report.failure == nil, "\(item)")
        }
    }

    @Test func weightsHaveAGradient() throws {
        for reduction in Reduction.allCases {
            let weights = Tensor([0.5, 2, 1, 0.1], dtype: .float64)
            let item = LossCases.all[0]
            let loss = Loss.meanSquaredError(reduction: reduction)
            let report = try checkGradient(
                of: { loss(item.yTrue, $0[0], sampleWeight: $0[1]) }, at: [item.yPred, weights], step: 0.002)
            #expect(report.failure == nil, "\(reduction)")
        }
    }

    @Test func awkwardPoints() throws {
        let cases: [(Loss, Tensor, Tensor)] = [
            (.logCosh, [[0, 0, 0]], [[0, 1e-3, -0.02]]),
            (.logCosh, [[0, 0, 0]], [[300, -300, 21]]),
            (.huber, [[0, 0, 0]], [[0, 50, -1e4]]),
            (.binaryCrossentropy(fromLogits: true), [[0, 1, 1, 0.5]], [[0, 0, -40, 30]]),
            (.binaryFocalCrossentropy(fromLogits: true), [[0, 1, 1, 0]], [[0, 0, -40, 30]]),
            (.binaryFocalCrossentropy(gamma: 0.5, fromLogits: true), [[0, 1, 1, 0]], [[0, 0, -40, 30]]),
            (.categoricalCrossentropy(fromLogits: true), [[0, 1], [1, 0]], [[0, 0], [-60, 40]]),
            (.categoricalFocalCrossentropy(fromLogits: true), [[0, 1], [1, 0]], [[0, 0], [-60, 40]]),
            (.sparseCategoricalCrossentropy(fromLogits: true), Tensor([1, 0], dtype: .int32), [[0, 0], [-60, 40]]),
            (.cosineSimilarity, [[3, 4], [1e3, 1]], [[30, -4], [5, 1e4]]),
            (.mse, [[1, 2]], [[1, 2]]),
        ]
        for (loss, yTrue, yPred) in cases {
            for order in [1, 2] {
                let report = try checkGradient(
                    of: { loss(yTrue, $0[0]) }, at: [yPred], order: order, step: 0.002, tolerance: 1e-6)
                #expect(report.failure == nil, "\(loss), order \(order): \(yPred)")
            }
        }
    }
}
