import Descent
import DescentTestSupport
import Testing

@testable import DescentLearning

/// What is written into an optimizer from outside: refused as a whole, or right to the last bit.
@Suite struct OptimizerStateTests {
    private func expectSame(_ got: [Tensor], _ want: [Tensor], _ comment: Comment) {
        #expect(got.count == want.count, comment)
        for (a, b) in zip(got, want) { #expect(mismatch(a, b, .bits) == nil, comment) }
    }

    @Test func countersThatNoTrainingHasAreRefused() throws {
        let w = Variable([1, 2], name: "w")
        let opt = LossScaleOptimizer(RMSprop(learningRate: 0.1, momentum: 0.9))
        try opt.minimize({ (w * w).sum() }, [w])
        let good = opt.getWeights()
        // step_counter, dynamic_scale, iteration, learning_rate
        let refused: [(Int, Double)] = [
            (0, -1), (0, .nan), (0, 0.5), (1, 0), (1, -2), (1, .infinity), (1, .nan), (2, -5), (2, 2.5), (2, .nan),
            (2, .infinity), (2, 1e300), (3, .nan),
        ]
        for (place, number) in refused {
            var weights = good
            weights[place] = Tensor(number, dtype: .float64)
            weights[4] = [7, 7]
            #expect(throws: DescentError.self, "\(place): \(number)") { try opt.setWeights(weights) }
            expectSame(opt.getWeights(), good, "\(place): \(number)")
        }
        try opt.setWeights(good)
    }

    @Test func countersOfLongTrainingsComeBack() throws {
        let opt = RMSprop()
        let steps = 1 << 24 + 1
        try opt.setIterations(steps)
        let weights = opt.getWeights()
        #expect(weights[0].dtype == .int64)
        #expect(weights[0].scalars(as: Int.self) == [steps])
        let later = RMSprop()
        try later.setWeights(weights)
        #expect(later.iterations == steps)
        #expect(throws: DescentError.self) {
            try RMSprop(gradientAccumulationSteps: 2).setIterations(Int.max)
        }
    }

    @Test func aStepThatFailsLeavesNoNewSlots() throws {
        let w = Variable([1, 2], name: "w")
        let opt = RMSprop(learningRate: 0.1, momentum: 0.9)
        opt.addSlot(w, "mine")
        let names = opt.weights.map(\.name)
        #expect(throws: DescentError.self) {
            try opt.minimize({ w.gather(Tensor([9], dtype: .int64)).sum() }, [w])
        }
        #expect(opt.weights.map(\.name) == names)
        try opt.minimize({ (w * w).sum() }, [w])
        #expect(opt.weights.count == 5)
    }

    @Test func aSlotHasTheShapeAndTypeOfItsVariable() throws {
        let w = Variable([1, 2], name: "w")
        let opt = RMSprop(learningRate: 0.1)
        #expect(opt.addSlot(w, "velocity", initialValue: Tensor(1.0, dtype: .float64)).dtype == .float32)
        try opt.minimize({ (w * w).sum() }, [w])
        #expect(try mismatch(opt.getSlot(w, "velocity").value, [1.3, 2.5], .within(relative: 1e-6)) == nil)
    }

    // MARK: - What is refused when it is used

    @Test func learningRatesThatAreNoNumbers() throws {
        let bad: [(RMSprop) -> Void] = [
            { $0.learningRate = .nan },
            { $0.learningRateSource = Hyperparameter { .nan } },
            {
                $0.learningRateSource = Hyperparameter(
                    ExponentialDecay(initialLearningRate: 1, decaySteps: 0, decayRate: 0.5))
            },
        ]
        for (number, spoil) in bad.enumerated() {
            let w = Variable(1.0)
            let opt = RMSprop(learningRate: 0.1)
            try opt.minimize({ w * w }, [w])
            let value = w.value
            spoil(opt)
            #expect(throws: DescentError.self, "\(number)") { try opt.minimize({ w * w }, [w]) }
            #expect(mismatch(w.value, value, .bits) == nil)
            #expect(opt.iterations == 1)
            opt.learningRate = 0.1
            try opt.minimize({ w * w }, [w])
        }
    }

    @Test func argumentsThatAreSetOutOfTheirRange() throws {
        for spoil in [{ $0.rho = 5 }, { $0.momentum = -1 }, { $0.momentum = .nan }, { $0.epsilon = -1 }]
            as [(RMSprop) -> Void]
        {
            let w = Variable([1, 2])
            let opt = RMSprop(learningRate: 0.1, momentum: 0.5)
            try opt.minimize({ (w * w).sum() }, [w])
            let before = [w.value] + opt.getWeights()
            spoil(opt)
            #expect(throws: DescentError.self) { try opt.minimize({ (w * w).sum() }, [w]) }
            expectSame([w.value] + opt.getWeights(), before, "a step was taken")
        }
    }

    @Test func tensorFlow1WantsAllGradients() throws {
        let (w, v) = (Variable(1.0, name: "w"), Variable(2.0, name: "v"))
        let opt = RMSprop.tensorFlow1(lr: 0.1)
        let error = #expect(throws: DescentError.self) { try opt.minimize({ w * w }, [w, v]) }
        #expect(error?.received == "no gradient for v")
        #expect(Float(w) == 1)
    }

    @Test func anErrorInAGradientIsTold() throws {
        let w = Variable([1, 2])
        let bad = Tensor([1, 2]) + Tensor([1, 2, 3])
        let error = #expect(throws: DescentError.self) { try SGD().applyGradients([(bad, w)]) }
        #expect(error?.message.hasPrefix("[add]") == true)
    }

    // MARK: - Choices

    @Test func oneNormOverSeveralTypes() throws {
        for opt in [SGD(learningRate: 1, globalClipNorm: 1) as any Optimizer, RMSprop.tensorFlow1(clipNorm: 1)] {
            let (w, v) = (Variable([3]), Variable([4], dtype: .float64))
            try opt.minimize(
                { (w * Tensor([3])).sum() + (v * Tensor([4], dtype: .float64)).sum().cast(to: .float32) }, [w, v])
            if opt is SGD {
                #expect(mismatch(w.value, [2.4], .within(relative: 1e-6)) == nil)
                #expect(mismatch(v.value, Tensor([3.2], dtype: .float64), .within(relative: 1e-6)) == nil)
            }
        }
    }

    @Test func getUpdatesUndoesTheScaleThatItApplied() throws {
        for opt in [
            SGD(learningRate: 0.1, lossScaleFactor: 8) as any Optimizer, LossScaleOptimizer(SGD(learningRate: 0.1)),
        ] {
            let w = Variable(10.0)
            try opt.getUpdates({ w * w / 2 }, [w])
            #expect(Float(w) == 9)
        }
    }

    @Test func choicesByVariableOutliveNothing() throws {
        let opt = SGD(learningRate: 1, weightDecay: 0.5)
        var gone: Variable? = Variable(1.0)
        try opt.excludeFromWeightDecay(varList: [gone!])
        opt.setLearningRateMultiplier(0, for: [Variable(1.0)])
        gone = nil
        for _ in 0..<20 {
            let v = Variable(1.0)
            try opt.applyGradients([(Tensor(1.0), v)])
            #expect(Float(v) == -0.5)
        }
    }
}
