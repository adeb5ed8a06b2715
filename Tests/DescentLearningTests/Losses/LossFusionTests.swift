import Descent
import DescentTestSupport
import Testing

/// How often a loss and its gradient pass over memory.
@Suite struct LossFusionTests {
    private static let byteCount = 4

    private func input(_ shape: Shape, seed: Int) throws -> Tensor {
        try Tensor.randomUniform(shape, seed: seed).evaluated()
    }

    /// The plan of the value, and that of value and gradient together.
    private func plans(
        _ shape: Shape, _ loss: (_ yTrue: Tensor, _ yPred: Tensor) -> Tensor
    ) throws -> (value: PlanDescription, both: PlanDescription) {
        let (yTrue, yPred) = (try input(shape, seed: 1), Variable(try input(shape, seed: 2)))
        let value = try tracePlans { _ = try loss(yTrue, yPred.value).evaluated() }
        let both = try tracePlans {
            let (value, gradients) = try valueAndGradient([yPred]) { loss(yTrue, yPred.value) }
            try evaluate([value, gradients[0]!])
        }
        try #require(value.count == 1 && both.count == 1)
        return (value[0], both[0])
    }

    /// Whether the plan moves as many bytes as `passes` arrays of the shape have, and hardly more.
    private func moves(_ plan: PlanDescription, _ passes: Int, _ shape: Shape) -> Bool {
        let array = shape.count * Self.byteCount
        return (passes * array...passes * array + 256).contains(plan.bytesMoved)
    }

    @Test(arguments: [[10_000_000], [125_000, 8], [1_000_000, 1]])
    func manyElementsAreReadOnce(extents: [Int]) throws {
        let shape = Shape(extents)
        let mse = try plans(shape) { Loss.mse($0, $1) }
        // Both inputs are read, and the gradient is written in the same pass.
        #expect(moves(mse.value, 2, shape) && mse.value.stepCount == 2)
        #expect(moves(mse.both, 3, shape) && mse.both.stepCount == 2)
        for loss in [{ Loss.rmse($0, $1) }, { rmse($1, $0) }] as [(Tensor, Tensor) -> Tensor] {
            let plans = try plans(shape, loss)
            #expect(moves(plans.value, 2, shape) && plans.value.stepCount == 2)
            // The gradient needs the root of the whole sum: a second pass, over the differences that the first stored.
            #expect(moves(plans.both, 5, shape) && plans.both.stepCount == 3)
        }
    }

    @Test(arguments: [
        Loss.mse, .mae, .mape, .msle, .huber, .logCosh, .quantile(0.9), .poisson, .klDivergence, .bce,
        .binaryCrossentropy(fromLogits: true), .binaryFocalCrossentropy(fromLogits: true),
    ])
    func lossesOfElementsArePassesOfTheirOwn(loss: Loss) throws {
        let shape: Shape = [4096, 16]
        let plain = try plans(shape) { loss($0, $1) }
        #expect(moves(plain.value, 2, shape), "\(loss.name): \(plain.value)")
        #expect(moves(plain.both, 3, shape), "\(loss.name): \(plain.both)")
    }

    @Test func weightsAddNoPass() throws {
        let shape: Shape = [4096, 16]
        let weights = try input([4096], seed: 3)
        let weighted = try plans(shape) { Loss.mse($0, $1, sampleWeight: weights) }
        let extra = 4096 * Self.byteCount
        #expect(weighted.value.bytesMoved <= 2 * shape.count * Self.byteCount + extra + 256, "\(weighted.value)")
        #expect(weighted.both.bytesMoved <= 3 * shape.count * Self.byteCount + extra + 256, "\(weighted.both)")
    }
}
