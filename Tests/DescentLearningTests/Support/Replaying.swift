import Descent
import DescentTestSupport
import Testing

/// Trainings whose steps are taken again, beside the same ones that are recorded at every step.
enum Replaying {
    /// What a training has come to.
    struct Outcome {
        var losses: [Tensor] = []
        var values: [Tensor] = []
        var replayed = 0
    }

    /// Variables of several shapes; numbers among them, one of them first.
    static func variables() -> [Variable] {
        var random = SplitMix64(seed: 5)
        let shapes: [Shape] = [[], [3, 4], [4], [3, 4], [], [1], [4, 2]]
        return shapes.map { Variable(random.normal($0).cast(to: .float32)) }
    }

    static func loss(_ v: [Variable], _ x: Tensor, _ step: Int) -> Tensor {
        let h = matmul(x, v[1]) * v[0] + v[2] / v[4]
        let output = matmul(tanh(h) + relu(h * v[5]), v[6])
        return (output ** 2).mean() + (v[3] * v[3]).sum() * 0.01 + v[0] * v[0] / v[4]
    }

    /// Trains twice: as it comes, and the long way, which every step takes that is itself recorded.
    static func trainings(
        _ make: () throws -> any Optimizer, steps: Int = 7,
        _ loss: ([Variable], Tensor, Int) -> Tensor = Replaying.loss,
        variables: () -> [Variable] = Replaying.variables,
        before: (any Optimizer, [Variable], Int) -> Void = { _, _, _ in }
    ) throws -> (short: Outcome, long: Outcome) {
        func train(_ isLong: Bool) throws -> Outcome {
            let (opt, variables) = (try make(), variables())
            var outcome = Outcome()
            for step in 0..<steps {
                before(opt, variables, step)
                let x = Tensor.randomNormal([5, 3], seed: step)
                let value =
                    isLong
                    ? try GradientTape().record { try opt.minimize({ loss(variables, x, step) }, variables) }
                    : try opt.minimize({ loss(variables, x, step) }, variables)
                outcome.losses.append(value)
            }
            outcome.values = variables.map(\.value) + opt.weights.map(\.value)
            outcome.replayed = opt.state.replays.taken
            return outcome
        }
        return (try train(false), try train(true))
    }

    static func expectTheSame(
        _ outcomes: (short: Outcome, long: Outcome), replayed: Int, _ comment: Comment? = nil,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) {
        #expect(outcomes.long.replayed == 0, comment, sourceLocation: sourceLocation)
        #expect(outcomes.short.replayed == replayed, comment, sourceLocation: sourceLocation)
        #expect(outcomes.short.values.count == outcomes.long.values.count, sourceLocation: sourceLocation)
        for (a, b) in zip(outcomes.short.losses + outcomes.short.values, outcomes.long.losses + outcomes.long.values) {
            #expect(mismatch(a, b, .bits) == nil, comment, sourceLocation: sourceLocation)
        }
    }
}
