import Descent
import DescentTestSupport
import Testing

/// What could go wrong where steps are taken again.
struct ReplayPitfallTests {
    /// An optimizer whose formula is what the test says.
    private final class Own: Optimizer {
        let state = OptimizerState(learningRate: 0.1)
        let slotNames = ["m"]
        let formula: (Tensor, Tensor, inout Slots, Step) -> Tensor
        var shared: () -> [(Variable, Tensor)] = { [] }

        init(_ formula: @escaping (Tensor, Tensor, inout Slots, Step) -> Tensor) { self.formula = formula }

        func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
            formula(w, g, &slots, step)
        }

        func sharedUpdates(_ step: Step) -> [(Variable, Tensor)] { shared() }
    }

    // MARK: - Old values

    @Test(arguments: [[], [3, 4], [100, 100]] as [Shape])
    func oldValuesThatArePassedOn(_ shape: Shape) {
        let formulas: [(Tensor, Tensor, inout Slots, Step) -> Tensor] = [
            { w, g, slots, _ in
                slots.m = w
                return w - 0.1 * g
            },
            { w, g, slots, _ in
                let m = slots.m
                slots.m = w
                return m
            },
            { w, g, slots, _ in
                let m = slots.m
                slots.m = w
                return m - 0.1 * g
            },
            { w, g, slots, _ in
                slots.m = w.transposed().transposed()
                return w * 0.5
            },
            { w, g, slots, _ in
                slots.m = g
                return slots.m
            },
        ]
        for (number, formula) in formulas.enumerated() {
            let taken = ReplayRun.expectTheSame("\(number)") { run in
                let w = Variable(Tensor.randomNormal(shape, seed: 1))
                let opt = run.make(Own(formula))
                for _ in 0..<5 {
                    run.step(opt, [w]) { (w * w).sum() }
                    run.note([w] + opt.weights)
                }
            }
            #expect(taken == 4)
        }
    }

    @Test(arguments: [[3, 4], [100, 100]] as [Shape])
    func lossesThatAreTheVariable(_ shape: Shape) {
        let taken = ReplayRun.expectTheSame { run in
            let w = Variable(Tensor.randomNormal(shape, seed: 1))
            let opt = run.make(SGD(learningRate: 0.1, momentum: 0.9))
            for step in 0..<12 {
                run.step(opt, [w]) { step < 4 ? w.value : step < 8 ? w.value.reshape([-1]) : w.value.transposed() }
                run.note([w] + opt.weights)
            }
        }
        #expect(taken >= 9)
    }

    // MARK: - Same words, other rules

    @Test func divisorsAreNotAllConstants() {
        // The derivative by w divides by what was given, and multiplies by the reciprocal of what was computed.
        ReplayRun.expectTheSame { run in
            let w = Variable(Tensor.randomNormal([50], seed: 3))
            let captured = Variable(2.7).value
            let opt = run.make(SGD(learningRate: 0.1))
            for step in 0..<12 {
                let divisor = step < 4 ? Tensor(2.7) : captured
                run.step(opt, [w]) { (w / divisor * w).sum() }
                run.note([w])
            }
        }
    }

    @Test func typesAndPlacesAreTold() {
        let taken = ReplayRun.expectTheSame { run in
            let w = Variable(Tensor.randomNormal([3, 3], seed: 3))
            let opt = run.make(SGD(learningRate: 0.1))
            let types: [DType] = [.float32, .float64, .int64, .bool]
            for step in 0..<48 {
                // Of one shape, and of the same operations.
                let data = (Tensor.randomNormal([3, 3], seed: step) * 3).cast(to: types[step / 4 % 4])
                let other = types[step / 2 % 4]
                run.keep(data)
                run.step(opt, [w]) {
                    let x = (try? data.evaluated()) ?? data
                    let cast = x.cast(to: other).cast(to: .float32)
                    let sum = step / 3 % 2 == 0 ? w.value.sum(axes: 0) : w.value.sum(axes: 1)
                    return (step / 5 % 2 == 0 ? (sum - cast) : (cast - sum * 2)).square().sum() * 0.01
                }
                run.note([w])
            }
        }
        #expect(taken > 5)
    }

    @Test func otherListsAndAssignmentsInsideOfALoss() {
        ReplayRun.expectTheSame { run in
            let (w, u) = (Variable([1, 2]), Variable([3, 4]))
            let opt = run.make(SGD(learningRate: 0.1, momentum: 0.5))
            for step in 0..<16 {
                run.step(opt, step / 4 % 2 == 0 ? [w] : [u]) { (w * u).sum() }
                run.step(opt, [w, u]) {
                    let loss = (w * u * u).sum() * 0.01
                    if step % 4 == 3 { w.assign(w.value * 0.5) }
                    return loss
                }
                run.note([w, u] + opt.weights)
            }
        }
    }

    @Test func shapesAreTold() throws {
        let taken = try ReplayRun.expectTheSame { run in
            let w = Variable(Tensor.randomNormal([12], seed: 3))
            let opt = run.make(SGD(learningRate: 0.1))
            for step in 0..<24 {
                let data = try (Tensor.randomNormal([1 + step / 3 % 3, 12], seed: step) + 0).evaluated()
                let rows = [3, 4, 2][step / 4 % 3]
                run.step(opt, [w]) {
                    let table = w.value.reshape([rows, 12 / rows])
                    return ((data * w) ** 2).sum() * 0.01 + (table.sum(axes: step / 6 % 2) ** 2).sum() * 0.01
                }
                run.note([w])
            }
        }
        #expect(taken > 5)
    }

    @Test func derivativesAddUpByStretchOfRecording() {
        let taken = ReplayRun.expectTheSame { run in
            let (s, w) = (Variable(0.2134305), Variable(Tensor.randomNormal([40], seed: 1)))
            let opt = run.make(SGD(learningRate: 0.02))
            for _ in 0..<6 {
                run.step(opt, [s, w]) {
                    let (p, q) = (s * 0.7 + 0.1, (w * s + w * 0.3).sum())
                    let inner = GradientTape().record { (s * p + s * 0.5) * (w * p + w * 0.1).sum() }
                    return (inner * inner + p * p) * 0.01 + q * q * 0.001 + s * w.value.sum() * 0.01
                }
                run.note([s, w])
            }
        }
        #expect(taken == 5)
    }

    @Test func zerosOfEitherSign() {
        ReplayRun.expectTheSame { run in
            let w = Variable([-0.0, 0.0, 1])
            let opt = run.make(SGD(learningRate: 0.0))
            for step in 0..<8 {
                opt.learningRate = step % 4 < 2 ? 0.0 : -0.0
                w.assign([-0.0, 0.0, 1])
                run.step(opt, [w]) { w.sum() }
                run.note([w])
            }
            let numbers = [1.0, -0.0, 0.0, 2, 0, .infinity, .nan, 1, -0.0, 1e-45]
            for step in 0..<40 {
                let number = Tensor(numbers[step % numbers.count])
                run.step(opt, [w]) { step % 2 == 0 ? (w * number).sum() : (w / number).sum() }
                run.note([w])
            }
        }
    }

    @Test func aNumberThatIsZeroEveryOtherTime() {
        let taken = ReplayRun.expectTheSame { run in
            let w = Variable(Tensor.randomNormal([5], seed: 3))
            let opt = run.make(SGD(learningRate: 0.1))
            for step in 0..<40 {
                run.step(opt, [w]) { (w * w * Double(step % 2)).sum() }
                run.note([w])
            }
        }
        // One record for zero and one for all other numbers, and neither takes the place of the other.
        #expect(taken >= 37)
    }

    // MARK: - What is called

    @Test(arguments: [true, false])
    func sharedValuesAreAskedForOnceInAStep(_ isKnown: Bool) {
        ReplayRun.expectTheSame { run in
            let (w, s) = (Variable([1, 2, 3]), Variable(isKnown ? Tensor(1.0) : [1, 2]))
            let opt = run.make(Own { w, g, _, _ in w - 0.01 * g * s.value.sum() })
            var calls = 0
            opt.shared = {
                calls += 1
                return [(s, s.value * Double(calls))]
            }
            for step in 0..<5 {
                run.step(opt, [w]) { (w * w).sum() }
                run.note([w, s])
                #expect(calls == step + 1)
            }
        }
    }

    @Test func whatIsAskedForIsAskedForOnceInAStep() {
        ReplayRun.expectTheSame { run in
            let (v, w, s) = (Variable([1, 2, 3]), Variable([4, 5, 6]), Variable(3.0))
            var calls = [0, 0, 0]
            func asked(_ place: Int) -> Hyperparameter {
                Hyperparameter {
                    calls[place] += 1
                    return 0.1 / Double(calls[place])
                }
            }
            let opt = run.make(RMSprop.tensorFlow2(learningRate: asked(0), rho: asked(1), momentum: asked(2)))
            for step in 1...6 {
                run.step(opt, [v, w, s]) { (v * w).sum() * s }
                run.note([v, w, s] + opt.weights)
                #expect(calls == [step, step, step])
            }
        }
    }

    @Test func formulasThatFailEachTime() {
        ReplayRun.expectTheSame { run in
            let w = Variable([1, 2, 3])
            let opt = run.make(RMSprop(learningRate: 0.1, momentum: 0.5))
            let own = run.make(Own { w, g, _, step in step.iteration < 3 ? w - g : w - g * [1, 2] })
            for step in 0..<12 {
                opt.rho = step / 4 % 2 == 0 ? 0.9 : 5
                run.step(opt, [w]) { (w * w).sum() }
                run.step(own, [w]) { w.value.sum() }
                run.note([w] + opt.weights)
            }
        }
    }

    @Test func optimizersInsideOfFormulasAndLosses() {
        ReplayRun.expectTheSame { run in
            let (w, u) = (Variable([1, 2, 3]), Variable([0.5, 0.5]))
            let inner = run.make(Own { w, g, _, _ in w - g * 0.1 })
            let opt = run.make(
                Own { w, g, slots, _ in
                    // Taken again, which must not hide from the formula around it that it looks at its gradient.
                    _ = try? inner.minimize({ (u * u).sum() }, [u])
                    slots.m = g
                    return Float(g.sum()) > 0 ? w - 0.1 * g : w + 0.1 * g
                })
            for step in 0..<10 {
                run.step(opt, [w]) {
                    if step > 5 { try inner.minimize({ (u * u).sum() }, [u]) }
                    return (w * w).sum()
                }
                run.note([w, u] + opt.weights)
            }
        }
    }

    @Test func errorsSayWhereTheyBelong() {
        ReplayRun.expectTheSame { run in
            let w = Variable(Tensor.ones([4, 2]))
            let opt = run.make(SGD(learningRate: 0.1))
            for step in 0..<8 {
                let index = Tensor([step < 5 ? 1 : 9], dtype: .int64)
                let table = w.value.reshape([2, 2, 2])
                run.step(opt, [w]) {
                    let table = w.value.reshape([2, 2, 2]) + 0 * table
                    return step % 2 == 0
                        ? table.gather(index, axis: 0).sum()
                        : table
                            .gather(index, axis: 0).sum()
                }
                run.note([w])
            }
        }
    }

    @Test func stepsThatCannotBe() {
        ReplayRun.expectTheSame { run in
            let (w, u) = (Variable([1, 2]), Variable(3.0))
            let opt = run.make(SGD(learningRate: 0.1))
            for step in 0..<5 {
                run.step(opt, [w]) { u * 2 }
                run.step(opt, [w]) { 3 }
                run.step(opt, [w]) {
                    if step == 3 { throw DescentError("loss", "fails", received: "\(step)") }
                    return w * w
                }
                run.step(opt, [w, u]) {
                    let product = w * u
                    if step == 2 { w.assign(w.value + 1) }
                    return product * w
                }
                run.note([w, u])
            }
        }
    }

    // MARK: - Threads

    @Test func threadsThatShareDataAndVariables() async throws {
        let x = Tensor.randomNormal([20, 4], seed: 1)
        let frozen = Variable(Tensor.randomNormal([4], seed: 2), trainable: false)
        let shared = Variable(Tensor.zeros([4]))
        func train(_ seed: Int, disturbing: Bool) throws -> [String] {
            let (w, b) = (Variable(Tensor.randomNormal([4, 4], seed: seed)), Variable(0.5))
            let (opt, other) = (RMSprop(learningRate: 0.01), SGD(learningRate: 0.001))
            for step in 0..<60 {
                try opt.minimize(
                    { (tanh(matmul(x, w.value) + frozen) ** 2).mean() + b * b * Double(1 + step % 3) }, [w, b])
                guard disturbing else { continue }
                try other.minimize({ ((shared - frozen) ** 2).sum() }, [shared])
                if step % 10 == seed { frozen.assign(frozen.value * 1) }
                if step % 13 == seed { shared.assign(frozen.value) }
            }
            return ([w, b] + opt.weights).map { ReplayRun.bits($0.value) }
        }
        let alone = try (0..<3).map { try train($0, disturbing: false) }
        let together = try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
            for seed in 0..<3 { group.addTask { (seed, try train(seed, disturbing: true)) } }
            var results = [[String]](repeating: [], count: 3)
            for try await (seed, result) in group { results[seed] = result }
            return results
        }
        #expect(together == alone)
        #expect(shared.value.scalars(as: Float.self).allSatisfy { $0.isFinite })
    }

    // MARK: - Memory

    @Test func dataAreFreedAfterTheStep() throws {
        final class Witness { let factor = 1.0 }
        let w = Variable(Tensor.randomNormal([4], seed: 1))
        let opt = Adam(learningRate: 0.01)
        weak var (object, storage): (Witness?, AnyObject?)
        for _ in 0..<5 {
            let witness = Witness()
            let x = try (Tensor.randomNormal([100, 4], seed: 1) + 0).evaluated()
            (object, storage) = (witness, x.node.storage)
            try opt.minimize({ ((x * w * witness.factor).sum(axes: 1) ** 2).mean() }, [w])
        }
        #expect(opt.state.replays.taken == 4)
        #expect(object == nil)
        #expect(storage == nil)
    }
}
