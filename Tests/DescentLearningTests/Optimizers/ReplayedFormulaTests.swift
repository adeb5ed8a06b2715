import Descent
import DescentTestSupport
import Testing

/// What the formula of an optimizer may do, although its steps are taken again.
struct ReplayedFormulaTests {
    /// An optimizer whose formula is what the test says.
    private final class Own: Optimizer {
        let state = OptimizerState(learningRate: 0.5)
        let slotNames = ["m"]
        let recordsOncePerShape: Bool
        let formula: (Own, Tensor, Tensor, inout Slots, Step) -> Tensor
        var calls = 0
        var kept: [Tensor] = []

        init(shared: Bool = false, _ formula: @escaping (Own, Tensor, Tensor, inout Slots, Step) -> Tensor) {
            recordsOncePerShape = shared
            self.formula = formula
        }

        func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
            calls += 1
            return formula(self, w, g, &slots, step)
        }
    }

    @Test(arguments: [false, true])
    func formulas(_ shared: Bool) throws {
        let formulas: [(String, (Own, Tensor, Tensor, inout Slots, Step) -> Tensor)] = [
            (
                "plain",
                { _, w, g, slots, step in
                    slots.m = 0.9 * slots.m + g
                    return w - step.learningRate * slots.m
                }
            ),
            (
                "counts its steps",
                { _, w, g, slots, step in
                    slots.m = slots.m + g / Double(step.iteration + 1)
                    return step.iteration % 4 == 3 ? w : w - step.learningRate * slots.m
                }
            ),
            (
                "looks",
                { _, w, g, slots, step in
                    slots.m = slots.m * 0.5 + g
                    return Float(g.sum()) > 0 ? w - slots.m * 0.1 : w + slots.m * Double(w.sum()) * 0.01
                }
            ),
            (
                "looks at times",
                { _, w, g, slots, step in
                    slots.m = slots.m * 0.5 + g
                    return w - slots.m * (step.iteration == 4 ? Double(slots.m.sum()) * 0.01 : 0.1)
                }
            ),
            (
                "asks for its variable",
                { _, w, g, slots, step in
                    w - g * (step.variable!.shape.rank == 2 ? 0.1 : 0.01)
                }
            ),
            (
                "keeps what it has seen",
                { opt, w, g, slots, step in
                    opt.kept.append(g * 2)
                    return w - g * 0.1
                }
            ),
            (
                "gives its arguments",
                { _, w, g, slots, step in
                    slots.m = g
                    return w
                }
            ),
            ("gives a number", { _, w, g, slots, step in Tensor.zeros(w.shape) + Double(step.iteration) }),
        ]
        for (name, formula) in formulas {
            let outcomes = try Replaying.trainings { Own(shared: shared, formula) }
            Replaying.expectTheSame(outcomes, replayed: outcomes.short.replayed, "\(name)")
        }
    }

    @Test func aFormulaIsCalledOnceForEachVariable() throws {
        let opt = Own { _, w, g, slots, step in w - g * 0.1 }
        let variables = Replaying.variables()
        for step in 1...6 {
            let x = Tensor.randomNormal([5, 3], seed: step)
            try opt.minimize({ Replaying.loss(variables, x, step) }, variables)
            #expect(opt.calls == step * variables.count)
        }
        #expect(opt.state.replays.taken == 5)
    }

    @Test func whatAFormulaKeepsHasItsValue() throws {
        let opt = Own { opt, w, g, slots, step in
            opt.kept.append(g * 2)
            return w - g
        }
        let w = Variable([3, 1])
        for _ in 0..<4 { try opt.minimize({ (w * w).sum() / 4 }, [w]) }
        #expect(opt.kept.map { $0.scalars(as: Float.self) } == [[3, 1], [1.5, 0.5], [0.75, 0.25], [0.375, 0.125]])
    }
}
