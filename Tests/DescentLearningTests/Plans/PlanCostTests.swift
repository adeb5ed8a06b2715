import Descent
import DescentTestSupport
import Testing

/// What steps move through memory, against what must be moved, and what they need besides.
///
/// Every formula is written twice: as it is usual, and rearranged with other helpers. Both must cost the same: the
/// engine knows no workload.
struct PlanCostTests {
    /// Bytes of a step's plans.
    private struct Cost: Equatable, CustomStringConvertible {
        var moved = 0
        var temporary = 0
        var plans = 0
        var text = ""

        var description: String { "\(moved) bytes moved, \(temporary) temporary, in \(plans) plans\n\(text)" }

        static func == (a: Cost, b: Cost) -> Bool {
            (a.moved, a.temporary, a.plans) == (b.moved, b.temporary, b.plans)
        }
    }

    /// Costs of the third step: nothing happens for the first time.
    private func cost(_ step: () throws -> Void) throws -> Cost {
        try step()
        try step()
        return try tracePlans(step).reduce(into: Cost()) { cost, plan in
            cost.moved += plan.bytesMoved
            cost.temporary = max(cost.temporary, plan.temporaryBytes)
            cost.plans += 1
            cost.text += plan.description + "\n"
        }
    }

    /// One plan that moves at most `factor` times `least` bytes and needs at most `temporary` besides.
    private func expect(
        _ cost: Cost, _ other: Cost, least: Int, factor: Double, temporary: Int,
        _ place: Testing.SourceLocation = #_sourceLocation
    ) {
        #expect(cost.plans == 1, "\(cost)", sourceLocation: place)
        let ratio = Double(cost.moved) / Double(least)
        #expect(ratio <= factor, "\(ratio) times the least\n\(cost)", sourceLocation: place)
        // Less than the least would mean that the least is not what this test believes.
        #expect(ratio >= 1, "\(ratio) times the least\n\(cost)", sourceLocation: place)
        #expect(cost.temporary <= temporary, "\(cost)", sourceLocation: place)
        #expect(other == cost, "rearranged: \(other)", sourceLocation: place)
    }

    private func random(_ shape: Shape, seed: Int) throws -> Tensor {
        try Tensor.randomNormal(shape, seed: seed).evaluated()
    }

    @Test func linearRegression() throws {
        let (rows, columns) = (4096, 16)
        let (x, y) = (try random([rows, columns], seed: 1), try random([rows], seed: 2))
        func step(_ loss: (Variable, Variable) -> Tensor) throws -> Cost {
            let (w, b) = (Variable(.zeros([columns])), Variable(0.0))
            let opt = RMSprop(learningRate: 1e-3)
            return try cost { try opt.minimize({ loss(w, b) }, [w, b]) }
        }
        let usual = try step { w, b in rmse(matmul(x, w) + b, y) }
        let rearranged = try step { slope, level in
            let guess = level + x.matmul(slope)
            return rmse(guess, y)
        }
        // The design matrix forth and back, the targets, the predictions out and in, the errors out and in.
        let least = 4 * (2 * rows * columns + 5 * rows)
        expect(usual, rearranged, least: least, factor: 1.06, temporary: 3 * rows * 4)
    }

    @Test func networkWithRelu() throws {
        let (batch, inputs, hidden) = (256, 64, 128)
        let (x, y) = (try random([batch, inputs], seed: 1), try random([batch, 1], seed: 2))
        let starts = [
            try random([inputs, hidden], seed: 3), .zeros([hidden]), try random([hidden, 1], seed: 4), .zeros([1]),
        ]
        func step(_ loss: ([Variable]) -> Tensor) throws -> Cost {
            let variables = starts.map { Variable($0 + 0) }
            let opt = RMSprop(learningRate: 1e-5)
            return try cost { try opt.minimize({ loss(variables) }, variables) }
        }
        let usual = try step { v in
            let h = relu(matmul(x, v[0]) + v[1])
            return ((matmul(h, v[2]) + v[3] - y) ** 2).mean()
        }
        let rearranged = try step { parameters in
            func layer(_ a: Tensor, _ i: Int) -> Tensor { parameters[i + 1] + a.matmul(parameters[i]) }
            let error = layer(layer(x, 0).relu(), 2) - y
            return (error ** 2).mean()
        }
        // Inputs twice; the hidden layer, activated in the step of its product, out and twice in, its derivative out and in;
        // the kernel twice, its gradient out and in, its mean square and itself in and out.
        let least = 4 * (2 * batch * inputs + 5 * batch * hidden + 7 * inputs * hidden)
        expect(usual, rearranged, least: least, factor: 1.15, temporary: 4 * batch * hidden * 4)
    }

    @Test func softmaxCrossEntropy() throws {
        let (rows, columns) = (512, 1024)
        let (z, p) = (try random([rows, columns], seed: 1), try softmax(random([rows, columns], seed: 2)).evaluated())
        func step(_ loss: (Variable) -> Tensor) throws -> Cost {
            let logits = Variable(z + 0)
            return try cost {
                let (value, gradients) = try valueAndGradient([logits]) { loss(logits) }
                try evaluate([value, try #require(gradients[0])])
            }
        }
        let usual = try step { logits in -(p * logSoftmax(logits)).sum(axes: 1).mean() }
        let rearranged = try step { scores in
            // Without the operation of that name.
            let lowered = scores - stopGradient(scores.max(axes: 1, keepDims: true))
            let chances = lowered - log(exp(lowered).sum(axes: 1, keepDims: true))
            return -(chances * p).sum(axes: [1]).mean()
        }
        // Two arrays in, one out.
        expect(usual, rearranged, least: 3 * rows * columns * 4, factor: 1.001, temporary: 2 * rows * 4)
    }

    @Test func layerNormalization() throws {
        let (rows, columns) = (512, 1024)
        let (start, target) = (try random([rows, columns], seed: 1), try random([rows, columns], seed: 2))
        let (scale, offset) = (try random([columns], seed: 3), try random([columns], seed: 4))
        func step(_ loss: (Variable) -> Tensor) throws -> Cost {
            let x = Variable(start + 0)
            return try cost {
                let (value, gradients) = try valueAndGradient([x]) { loss(x) }
                try evaluate([value, try #require(gradients[0])])
            }
        }
        let usual = try step { x in (layerNorm(x, scale: scale, offset: offset) * target).sum() }
        let rearranged = try step { rows in
            // Without the operation of that name.
            let middle = rows.mean(axes: 1, keepDims: true)
            let errors = rows - middle
            let spread = (errors * errors).mean(axes: 1, keepDims: true)
            return (target * (offset + scale * (errors * rsqrt(1e-5 + spread)))).sum()
        }
        // Two arrays in, one out. The program runs through the rows more than once.
        expect(usual, rearranged, least: 3 * rows * columns * 4, factor: 1.67, temporary: 0)
    }

    @Test func adam() throws {
        let count = 100_000
        let (start, g) = (try random([count], seed: 1), try random([count], seed: 2))
        let v = Variable(start + 0)
        let opt = Adam(learningRate: 1e-3)
        let usual = try cost { try opt.applyGradients([(g, v)]) }
        let u = Variable(start + 0)
        let own = MyAdam(OptimizerOptions(learningRate: 1e-3))
        let rearranged = try cost { try own.applyGradients([(g, u)]) }
        #expect(mismatch(u.value, v.value, .ulps(64)) == nil)
        // The gradient in; both moments and the variable in and out, in place.
        expect(usual, rearranged, least: 7 * count * 4, factor: 1, temporary: 0)
    }

    /// Adam as somebody else would write it.
    private final class MyAdam: Optimizer {
        let state: OptimizerState
        let slotNames = ["mean", "spread"]

        init(_ options: OptimizerOptions) { state = OptimizerState(options) }

        func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
            slots.mean = 0.1 * g + 0.9 * slots.mean
            slots.spread = 0.001 * (g * g) + 0.999 * slots.spread
            var (a, b) = (1.0, 1.0)
            for _ in 0...step.iteration { (a, b) = (a * 0.9, b * 0.999) }
            let factor = step.learningRate * (1 - b).squareRoot() / (1 - a)
            return w - slots.mean * factor / (1e-7 + sqrt(slots.spread))
        }
    }
}
