import Descent
import DescentTestSupport
import Testing

/// Steps that look like others and are not.
struct ReplayLookalikeTests {
    /// Whoever looks at a gradient of rows does not make it one of the whole table.
    @Test(arguments: [true, false])
    func rowsThatSomebodyHasLookedAt(_ isLazy: Bool) throws {
        try ReplayRun.expectTheSame { run in
            let table = Variable(Tensor.ones([4, 2]))
            let opt = run.make(
                isLazy
                    ? SGD(learningRate: 0.1, momentum: 0.9, lazy: true) as any Optimizer
                    : RMSprop.tensorFlow2(learningRate: 0.1, momentum: 0.9))
            for step in 0..<8 {
                let rows = IndexedSlices(
                    values: [[1, 2]], indices: Tensor([step / 3], dtype: .int64), shape: [4, 2])
                // The last ones are of the whole table, and look the same.
                let gradient = try (step < 6 ? rows.tensor : rows.tensor + 0).evaluated()
                run.step(opt) { Tensor(try opt.applyGradients([(gradient, table)])) }
                run.note([table] + opt.weights)
            }
        }
    }

    /// What a layer announces for a variable that is trained as well.
    @Test func aVariableThatChangesTwice() throws {
        final class Bounded: Layer {
            let w = Variable([3])
            func callAsFunction(_ x: Tensor) -> Tensor {
                Pass.current?.update(w, minimum(w.value, 2))
                return x * w
            }
        }
        try ReplayRun.expectTheSame { run in
            let (layer, opt) = (Bounded(), run.make(SGD(learningRate: 0.1)))
            let model = Sequential(layer)
            try model.compile(optimizer: opt, loss: .mse)
            for _ in 0..<5 {
                run.step(opt) {
                    try model.fit(Tensor([[1], [2]]), Tensor([[1], [1]]), verbose: .silent)
                    return 0
                }
                run.note([layer.w])
            }
        }
    }

    /// What an optimizer remembers changes with the step, and a loss may read it.
    @Test(arguments: [[], [40, 40]] as [Shape])
    func lossesOfWhatIsRemembered(_ shape: Shape) throws {
        let taken = ReplayRun.expectTheSame { run in
            let w = Variable(Tensor.randomNormal(shape, seed: 1))
            let opt = run.make(RMSprop(learningRate: 0.1, momentum: 0.5, useEMA: true, emaMomentum: 0.8))
            opt.build([w])
            let remembered = opt.weights.suffix(3)
            for step in 0..<12 {
                run.step(opt, [w]) {
                    let loss = step < 6 ? (w * w).sum() : (exp(-w.value.reshape([-1])).cumsum(axis: 0) * 0.01).sum()
                    return remembered.reduce(loss) { $0 + (w * $1).square().sum() }
                }
                run.note([w] + opt.weights)
            }
        }
        #expect(taken >= 8)
    }

    /// The same operations in the same order, but the gradients are others of them.
    @Test func gradientsThatChangePlaces() throws {
        let taken = ReplayRun.expectTheSame { run in
            let (v, w) = (Variable([1, 2, 3]), Variable([4, 5, 6]))
            let opt = run.make(SGD(learningRate: 0.1))
            for step in 0..<12 {
                run.step(opt) {
                    let first = Tensor.randomNormal([3], seed: step) * 2
                    let gradients = step / 3 % 2 == 0 ? [first, tanh(first)] : [tanh(first), first]
                    return Tensor(try opt.applyGradients(zip(gradients, [v, w])))
                }
                run.note([v, w])
            }
        }
        #expect(taken >= 6)
    }

    @Test func numbersThatAdaptAndNumbersThatDoNot() throws {
        ReplayRun.expectTheSame { run in
            let w = Variable([1, 2, 3], dtype: .float64)
            let opt = run.make(SGD(learningRate: 0.1))
            for step in 0..<12 {
                let weight: Tensor = step / 3 % 2 == 0 ? 0.1 : Tensor(0.1)
                run.step(opt) { try opt.minimize({ (w * w).sum() }, [w], gradLoss: weight) }
                run.note([w])
            }
        }
    }

    /// Slots of rows that wait follow before all rows move.
    @Test func wholeTablesAfterRows() throws {
        let taken = ReplayRun.expectTheSame { run in
            let table = Variable(Tensor.ones([4, 2]))
            let opt = run.make(RMSprop(learningRate: 0.1))
            for step in 0..<16 {
                let rows = IndexedSlices(
                    values: [[1, 2]], indices: Tensor([step % 3], dtype: .int64), shape: [4, 2])
                let gradient = step % 6 < 4 ? Tensor.randomNormal([4, 2], seed: step) : rows.tensor
                run.step(opt) { Tensor(try opt.applyGradients([(gradient, table)])) }
                run.note([table])
            }
            run.note(opt.weights)
        }
        #expect(taken >= 6)
    }

    /// What is computed anew for derivatives is not kept from step to step.
    @Test func lossesOfCheckpoints() throws {
        let taken = ReplayRun.expectTheSame { run in
            let (v, w) = (
                Variable(Tensor.randomNormal([3, 3], seed: 1)), Variable(Tensor.randomNormal([3], seed: 2))
            )
            let opt = run.make(SGD(learningRate: 0.1))
            for step in 0..<6 {
                let x = Tensor.randomNormal([2, 3], seed: step)
                run.step(opt, [v, w]) {
                    let h = checkpoint { tanh(matmul(x, v) + w) }
                    return (checkpoint { tanh(matmul(h, v) * w) } - h).square().mean()
                }
                run.note([v, w])
            }
        }
        #expect(taken == 0)
    }
}
