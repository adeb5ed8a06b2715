import DescentCore
import DescentFiles
import DescentLearning
import Testing

extension BehaviourUseTests {
    /// Whether there is such a case; it runs.
    static func keras3(_ name: String, _ result: Configuration.Value?) throws -> Bool {
        switch name {
        case "variables-order":
            let (opt, _, _) = try built(RMSprop())
            #expect(opt.weights.map(\.name) == strings(result))

        case "variables-order-momentum-centered":
            let (opt, _, _) = try built(RMSprop(momentum: 0.5, centered: true))
            #expect(opt.weights.map(\.name) == strings(result))

        case "variables-order-ema-accumulate":
            let (opt, _, _) = try built(
                RMSprop(momentum: 0.5, centered: true, useEMA: true, gradientAccumulationSteps: 2))
            #expect(opt.variables().map(\.name) == strings(result))

        case "variables-before-build": #expect(RMSprop().weights.map(\.name) == strings(result))
        case "variables-schedule":
            let rate = ExponentialDecay(initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.5)
            #expect(RMSprop(learningRate: rate).weights.map(\.name) == strings(result))

        case "apply-empty":
            let (opt, a, b) = try built(RMSprop())
            try opt.applyGradients([(Tensor, Variable)]())
            #expect(state(opt, a, b) == result)

        case "apply-all-missing":
            let (opt, a, b) = try built(RMSprop())
            refuses("apply-all-missing") { try opt.applyGradients([(nil, a), (nil, b)]) }

        case "apply-all-missing-state":
            let (opt, a, b) = try built(RMSprop())
            _ = try? opt.applyGradients([(nil, a), (nil, b)])
            #expect(state(opt, a, b) == result)

        case "apply-one-missing":
            let (opt, a, b) = try built(RMSprop())
            try opt.applyGradients([(nil, a), (ones(b), b)])
            #expect(state(opt, a, b) == result)

        // These two cannot be said: a gradient is always given with its variable.
        case "apply-not-built": break
        case "apply-count-mismatch": break
        // Decided otherwise: new variables may appear at any step.
        case "apply-unknown-variable":
            let (opt, _, _) = try built(RMSprop())
            let new = Variable([1, 1], name: "c")
            try opt.applyGradients([(ones(new), new)])
            #expect(isChanged(new))

        case "apply-subset":
            let (opt, a, b) = try built(RMSprop())
            try opt.applyGradients([(ones(b), b)])
            #expect(.object(["a_changed": .bool(isChanged(a)), "b_changed": .bool(isChanged(b))]) == result)

        case "gradient-wrong-shape":
            let (opt, a, _) = try built(RMSprop())
            refuses("gradient-wrong-shape") { try opt.applyGradients([(Tensor([1, 1, 1]), a)]) }
            #expect(opt.iterations == 0)

        case "set-weights-not-built":
            refuses("set-weights-not-built") { try RMSprop().setWeights([0, 0.1, [1, 1], [1, 1, 1]]) }

        case "set-weights-wrong-shape":
            let (opt, a, _) = try built(RMSprop())
            refuses("set-weights-wrong-shape") { try opt.setWeights([3, 0.1, [2, 2], [1, 1]]) }
            #expect(opt.iterations == 0)
            #expect(try opt.getSlot(a, "velocity").value.scalars(as: Float.self) == [0, 0])

        // The peer cuts the list silently: decided to refuse it.
        case "set-weights-short":
            let (opt, _, _) = try built(RMSprop())
            refuses("set-weights-short") { try opt.setWeights([3, 0.1, [2, 2]]) }

        case "set-weights-long":
            let (opt, _, _) = try built(RMSprop())
            refuses("set-weights-long") { try opt.setWeights([3, 0.1, [2, 2], [1, 1, 1], 5]) }

        // Setting a number always works here.
        case "set-learning-rate-on-schedule":
            let opt = RMSprop(
                learningRate: ExponentialDecay(initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.5))
            opt.learningRate = 0.25
            #expect(opt.learningRate == 0.25)

        case "set-learning-rate-on-callable":
            let opt = RMSprop(learningRate: { 0.5 })
            opt.learningRate = 0.25
            #expect(opt.learningRate == 0.25)

        case "set-schedule-drops-variable":
            let opt = RMSprop()
            let before = opt.weights.count
            opt.learningRateSource = Hyperparameter(
                ExponentialDecay(initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.5))
            #expect(.list([.integer(before), .integer(opt.weights.count)]) == result)

        case "scale-loss":
            #expect(Double(RMSprop(lossScaleFactor: 1024).scaleLoss(3)) == result?.number)

        case "scale-loss-none": #expect(Double(RMSprop().scaleLoss(3)) == result?.number)
        case "name-default": #expect([RMSprop().name, RMSprop().name] == strings(result))
        // Decided otherwise: it exists, as the documentation's example has it.
        case "minimize-exists":
            let x = Variable(10.0)
            try RMSprop(learningRate: 0.1).minimize({ (x ** 2) / 2.0 }, [x])
            #expect(Float(x) == 9.683772)

        case "iterations-accumulate":
            let (opt, a, b) = try built(RMSprop(gradientAccumulationSteps: 3))
            let counts = try (1...6).map { _ in
                try opt.applyGradients([(ones(a), a), (ones(b), b)])
                return Configuration.Value.integer(opt.iterations)
            }
            #expect(.list(counts) == result)

        case "apply-gradients-returns":
            let (opt, a, b) = try built(RMSprop(gradientAccumulationSteps: 3))
            let counts = try (1...4).map { _ in
                Configuration.Value.integer(try opt.applyGradients([(ones(a), a), (ones(b), b)]))
            }
            #expect(.list(counts) == result)

        case "finalize-wrong-count":
            let (opt, a, b) = try built(RMSprop(useEMA: true))
            try opt.applyGradients([(ones(a), a), (ones(b), b)])
            try opt.finalizeVariableValues([a])

        case "schedule-config":
            let opt = RMSprop(learningRate: CosineDecay(initialLearningRate: 0.1, decaySteps: 10))
            #expect(opt.getConfig()["learning_rate"] == result)

        default: return false
        }
        return true
    }

    private static func built(_ opt: RMSprop) throws -> (RMSprop, Variable, Variable) {
        let (a, b) = pair()
        opt.build([a, b])
        return (opt, a, b)
    }

    private static func state(_ opt: RMSprop, _ a: Variable, _ b: Variable) -> Configuration.Value {
        [
            "iterations": .integer(opt.iterations), "a_changed": .bool(isChanged(a)), "b_changed": .bool(isChanged(b)),
        ]
    }
}
