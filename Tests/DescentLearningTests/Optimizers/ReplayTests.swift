import Descent
import DescentTestSupport
import Testing

/// Steps that come again are taken without being recorded; nobody can tell from the results.
struct ReplayTests {
    static let names = [
        "RMSprop", "SGD", "Adam", "AdamW", "Adamax", "Nadam", "Adagrad", "Adadelta", "Ftrl", "Lion", "Lamb",
        "Adafactor", "Muon", "ScheduleFreeAdamW",
    ]

    private static let options: [Configuration] = [
        [:], ["weight_decay": 0.01], ["clipnorm": 0.5], ["global_clipnorm": 0.7], ["clipvalue": 0.1],
        ["use_ema": true, "ema_momentum": 0.9, "ema_overwrite_frequency": 3], ["loss_scale_factor": 8.0],
        ["gradient_accumulation_steps": 2, "clipnorm": 0.5],
    ]

    // MARK: - The same bits

    /// More operations than one plan has otherwise.
    @Test func manyVariables() throws {
        let (few, many) = ((0..<3).map { Variable(Double($0)) }, (0..<1800).map { Variable(Double($0 % 3)) })
        let (one, other) = (RMSprop(learningRate: 0.1, momentum: 0.9), RMSprop(learningRate: 0.1, momentum: 0.9))
        for step in 1...4 {
            let gradient = Tensor(Double(step), dtype: .float32)
            try one.applyGradients(few.map { (gradient, $0) })
            try other.applyGradients(many.map { (gradient, $0) })
        }
        #expect(other.state.replays.taken == 3)
        for (index, variable) in many.enumerated() { #expect(Float(variable) == Float(few[index % 3])) }
    }

    @Test(arguments: names)
    func everyOptimizerWithEveryOption(_ name: String) throws {
        for options in Self.options {
            var config = options
            config["learning_rate"] = .number(0.02)
            let outcomes = try Replaying.trainings {
                try Optimizers.deserialize(["class_name": .string(name), "config": .object(config)])
            }
            // The first step is recorded, and each kind of step that comes later for the first time.
            let kinds = options["gradient_accumulation_steps"] != nil ? 2 : options["use_ema"] != nil ? 3 : 1
            #expect(outcomes.short.replayed >= 7 - 2 * kinds - 1, "\(name) \(options)")
            Replaying.expectTheSame(outcomes, replayed: outcomes.short.replayed, "\(name) \(options)")
        }
    }

    @Test func everyMode() throws {
        let modes: [() -> RMSprop] = [
            { .tensorFlow2(learningRate: 0.01, momentum: 0.5, decay: 0.1, clipNorm: 1) },
            { .tensorFlow1(lr: 0.01, decay: 0.1) }, { .pyTorch(lr: 0.01, weightDecay: 0.1, momentum: 0.5) },
            { RMSprop(learningRate: ExponentialDecay(initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.5)) },
            { RMSprop(learningRate: 0.01, momentum: 0.9, centered: true) },
        ]
        for mode in modes { Replaying.expectTheSame(try Replaying.trainings(mode), replayed: 6) }
    }

    @Test func aScaleThatFollowsTheGradients() throws {
        let outcomes = try Replaying.trainings {
            LossScaleOptimizer(SGD(learningRate: 0.01), initialScale: 4, dynamicGrowthSteps: 3)
        }
        // The scale changes after every third step; what comes for the first time is recorded.
        Replaying.expectTheSame(outcomes, replayed: 4)
    }

    @Test func numbersThatAreDifferentEachTime() throws {
        let outcomes = try Replaying.trainings(
            { RMSprop(learningRate: 0.1) }, steps: 8,
            { v, x, step in Replaying.loss(v, x, step) * Double(step % 4) + v[4] / (1 + Double(step)) })
        // Zero is another sort of number: rules may tell. It is recorded at its first time, and met again at the last.
        Replaying.expectTheSame(outcomes, replayed: outcomes.short.replayed)
        #expect(outcomes.short.replayed >= 4)
    }

    @Test func expressionsThatChange() throws {
        let outcomes = try Replaying.trainings(
            { RMSprop(learningRate: 0.1) }, steps: 12,
            { v, x, step in step % 3 == 0 ? Replaying.loss(v, x, step) : (v[1] * v[2]).sum() + v[0] * v[4] })
        Replaying.expectTheSame(outcomes, replayed: outcomes.short.replayed)
        #expect(outcomes.short.replayed >= 7)
    }

    @Test func hyperparametersThatAreSet() throws {
        let outcomes = try Replaying.trainings(
            { RMSprop(learningRate: 0.1, momentum: 0.5) },
            before: { opt, _, step in
                guard let opt = opt as? RMSprop else { return }
                if step == 3 { opt.learningRate = 0.02 }
                if step == 4 { opt.rho = 0.5 }
                if step == 5 { opt.epsilon = 1e-3 }
            })
        Replaying.expectTheSame(outcomes, replayed: 6)
    }

    @Test func variablesThatAreAssigned() throws {
        let outcomes = try Replaying.trainings(
            { RMSprop(learningRate: 0.1) },
            before: { _, variables, step in
                if step == 4 { variables[1].assign(Tensor.ones([3, 4])) }
                if step == 5 { variables[0].assign(0) }
            })
        Replaying.expectTheSame(outcomes, replayed: 6)
    }

    @Test func aNumberDoesNotStandForArrays() throws {
        let number = Variable(2.0)
        let arrays = (0..<5).map { _ in Variable([1, 2, 3]) }
        let opt = RMSprop(learningRate: 0.1)
        let alone = Variable([1, 2, 3])
        let other = RMSprop(learningRate: 0.1)
        for _ in 0..<4 {
            try opt.minimize(
                { matmul(arrays[0], arrays[1]) * number + arrays.reduce(Tensor(0)) { $0 + (($1 - 1) ** 2).sum() } },
                [number] + arrays)
            try other.minimize({ ((alone - 1) ** 2).sum() }, [alone])
        }
        #expect(mismatch(arrays[2].value, alone.value, .bits) == nil)
    }

    // MARK: - What a loss may do

    @Test func whatSomebodyHoldsIsComputed() throws {
        let w = Variable([1, 2])
        let opt = SGD(learningRate: 0.5)
        var predictions: [Tensor] = []
        for step in 0..<4 {
            try opt.minimize(
                {
                    let prediction = w * Double(2 * step + 3)
                    predictions.append(prediction)
                    return (prediction * 2).sum()
                }, [w])
        }
        #expect(opt.state.replays.taken == 3)
        #expect(predictions.map { $0.scalars(as: Int.self) } == [[3, 6], [-10, -5], [-49, -42], [-126, -117]])
        #expect(predictions.allSatisfy { $0.isKnown })
    }

    @Test func rulesOfTheUsersOwnAreAskedEachTime() throws {
        final class Counter: @unchecked Sendable { var count = 0 }
        let (w, counter) = (Variable(3.0), Counter())
        let opt = SGD(learningRate: 1)
        for _ in 0..<4 {
            try opt.minimize(
                {
                    customGradient(w.value) { x in
                        (
                            x * 2,
                            { g in
                                counter.count += 1
                                return g * Double(counter.count)
                            }
                        )
                    }
                }, [w])
        }
        #expect(opt.state.replays.taken == 0)
        #expect(Float(w) == 3 - 1 - 2 - 3 - 4)
    }

    @Test func literalsThatATapeMayWatch() throws {
        func train() throws -> (short: Replaying.Outcome, long: Replaying.Outcome) {
            try Replaying.trainings(
                { SGD(learningRate: 0.01) },
                { v, x, step in Replaying.loss(v, x, step) + ((v[2] - [1, 2, 3, 4]) ** 2).sum() / 2 })
        }
        let (literal, tape) = (2 as Tensor, GradientTape())
        tape.watch(literal)
        // While it does, this thread records what numbers in the source were made of.
        Replaying.expectTheSame(try train(), replayed: 0)
        tape.reset()
        Replaying.expectTheSame(try train(), replayed: 6)
    }

    @Test func gradientsInsideOfALoss() throws {
        let outcomes = try Replaying.trainings(
            { SGD(learningRate: 0.01) },
            { v, x, step in
                let slope = gradient(of: { (p: Tensor) in (tanh(p * v[1]) ** 2).sum() })(
                    x.sum(axes: 0).reshape([3, 1]))
                return (slope ** 2).sum() + Replaying.loss(v, x, step)
            })
        Replaying.expectTheSame(outcomes, replayed: 6)
    }

    @Test func aStepThatFailsChangesNothing() throws {
        let table = Variable(Tensor.ones([4, 3]))
        let w = Variable(1.0)
        let opt = RMSprop(learningRate: 0.1)
        func step(_ index: Int) throws {
            let index = Tensor([index], dtype: .int64)
            try opt.minimize({ (table.reshape([2, 2, 3]).gather(index, axis: 1) * w).sum() }, [table, w])
        }
        for _ in 0..<3 { try step(1) }
        let before = try ([table, w] + opt.weights).map { try ($0.value + 0).evaluated() }
        #expect(opt.state.replays.taken == 2)
        let error = #expect(throws: DescentError.self) { try step(7) }
        #expect(error?.message.contains("index 7") == true)
        for (variable, value) in zip([table, w] + opt.weights, before) {
            #expect(mismatch(variable.value, value, .bits) == nil)
        }
        try step(0)
        #expect(opt.state.replays.taken == 3)
        #expect(opt.iterations == 4)
    }

    @Test func aRefusedAssignmentIsThrown() throws {
        let (v, w) = (Variable([1, 2]), Variable([1, 2]))
        let opt = SGD(learningRate: 0.5)
        func step() throws { try opt.minimize({ (v * v).sum() + w.sum() }, [v, w]) }
        for _ in 0..<3 { try step() }
        w.assign([1, 2, 3])
        #expect(throws: DescentError.self) { try step() }
        #expect(v.value.scalars(as: Int.self) == [0, 0])
        w.assign([1, 1])
        try step()
        #expect(w.value.scalars(as: Double.self) == [0.5, 0.5])
    }

    @Test func memoryIsWrittenOver() throws {
        let variables = (0..<3).map { _ in Variable(Tensor.ones([64, 64]) + 0) }
        let opt = RMSprop(learningRate: 0.1)
        func step() throws {
            try opt.minimize({ variables.reduce(Tensor(0)) { $0 + ($1 * $1).sum() } }, variables)
        }
        for _ in 0..<2 { try step() }
        let tensors = (variables + opt.weights).filter { $0.shape.rank > 0 }
        let places = tensors.map { $0.leaf.storage.pointer }
        for _ in 0..<3 { try step() }
        #expect(zip(tensors, places).map { $0.leaf.storage.pointer == $1 } == tensors.map { _ in true })
        let kept = variables[0].value
        try step()
        #expect(kept.scalars(as: Float.self) != variables[0].value.scalars(as: Float.self))
        #expect(variables[0].leaf.storage.pointer != places[0])
        #expect(opt.state.replays.taken == 5)
    }

    // MARK: - Which steps

    @Test func constraintsAreAskedEachTime() throws {
        let w = Variable([1, 2])
        w.constraint = { clip($0, 0.5, 10) }
        let opt = SGD(learningRate: 1)
        for _ in 0..<4 { try opt.minimize({ w.sum() }, [w]) }
        #expect(opt.state.replays.taken == 0)
        #expect(w.value.scalars(as: Float.self) == [0.5, 0.5])
    }

    @Test func givenGradients() throws {
        let variables = (0..<4).map { Variable(Tensor.ones([3]) * Double($0)) }
        let opt = Adam(learningRate: 0.1)
        let (others, long) = ((0..<4).map { Variable(Tensor.ones([3]) * Double($0)) }, Adam(learningRate: 0.1))
        for step in 0..<5 {
            let gradients = variables.indices.map { Tensor.randomNormal([3], seed: 10 * step + $0) }
            try opt.applyGradients(zip(gradients, variables))
            _ = try GradientTape().record { try long.applyGradients(zip(gradients, others)) }
        }
        #expect(opt.state.replays.taken == 4)
        for (a, b) in zip(variables, others) { #expect(mismatch(a.value, b.value, .bits) == nil) }
    }

    @Test func otherVariablesAndNewOnes() throws {
        let variables = Replaying.variables()
        let opt = RMSprop(learningRate: 0.1)
        for _ in 0..<3 { try opt.minimize({ (variables[1] ** 2).sum() + variables[0] }, [variables[0], variables[1]]) }
        #expect(opt.state.replays.taken == 2)
        // The same loss, but of another list.
        try opt.minimize({ (variables[1] ** 2).sum() + variables[0] }, [variables[1]])
        let number = Double(variables[0].value)
        for _ in 0..<2 {
            try opt.minimize({ (variables[1] ** 2).sum() + variables[0] }, [variables[1]])
        }
        #expect(Double(variables[0].value) == number)
    }

    @Test func aTrainingOfAModel() throws {
        func losses(_ isLong: Bool) throws -> (numbers: [Double], taken: Int) {
            setRandomSeed(4)
            let x = Tensor.randomNormal([40, 3], seed: 1)
            let y = x.sum(axes: 1, keepDims: true)
            let model = Sequential(Dense(8, activation: .relu), BatchNormalization(), Dropout(0.3, seed: 2), Dense(1))
            let opt = RMSprop(learningRate: 0.01)
            try model.compile(optimizer: opt, loss: .mse, metrics: [RootMeanSquaredError()])
            let fit = { try model.fit(x, y, batchSize: 16, epochs: 4, verbose: .silent, seed: 3) }
            let history = isLong ? try GradientTape().record(fit) : try fit()
            return (history["loss"] + history["root_mean_squared_error"], opt.state.replays.taken)
        }
        let (short, long) = (try losses(false), try losses(true))
        #expect(short.numbers == long.numbers)
        #expect(long.taken == 0)
        // Of each kind of batch, whole and last, the first one is recorded.
        #expect(short.taken == 12 - 2)
    }
}
