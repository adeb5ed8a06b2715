import Descent
import DescentTestSupport
import Testing

/// An optimizer as a user writes one.
private final class Heavy: Optimizer {
    let state = OptimizerState(learningRate: 0.1)
    let slotNames: [String]

    init(slotNames: [String] = ["speed"]) { self.slotNames = slotNames }

    func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        slots.speed = 0.9 * slots.speed - step.learningRate * g
        return w + slots.speed
    }
}

@Suite struct OptimizerTests {
    @Test func aUsersFormulaRuns() throws {
        let w = Variable([1, -2], dtype: .float64)
        let opt = Heavy()
        for _ in 0..<2 { try opt.minimize({ (w * w).sum() }, [w]) }
        // By hand: g = 2w, v1 = -0.2 w0, w1 = 0.8 w0, v2 = 0.9 v1 - 0.16 w0 = -0.34 w0, w2 = 0.46 w0.
        let expected = Tensor([0.46, -0.92], dtype: .float64)
        #expect(mismatch(w.value, expected, .within(relative: 1e-14)) == nil)
        #expect(opt.iterations == 2)
    }

    @Test func itsUpdateIsOnePassOverEachVariable() throws {
        let (w, g) = (Variable(Tensor.ones([4096])), Tensor.full([4096], 0.5))
        try evaluate([g])
        let opt = Heavy()
        try opt.applyGradients([(g, w)])
        let plans = try tracePlans { try opt.applyGradients([(g, w)]) }
        #expect(plans.count == 1)
        #expect(plans[0].programCount == 1 && plans[0].stepCount == 1)
        // Reads w, g and the slot, writes w and the slot, over the old values.
        #expect(plans[0].bytesMoved == 5 * 4 * 4096)
        #expect(plans[0].inPlaceCount == 2)
    }

    @Test func aSlotThatIsNotListedIsRefused() throws {
        let w = Variable(1.0)
        let opt = Heavy(slotNames: [])
        let error = #expect(throws: DescentError.self) { try opt.minimize({ w * w }, [w]) }
        #expect(error?.message == "[slots] a slot must be listed in slotNames. Received: speed")
        #expect(Float(w) == 1 && opt.iterations == 0)
    }

    @Test func variablesMayComeFromAClosureThatRunsAfterTheLoss() throws {
        var made: [Variable] = []
        let loss = { () -> Tensor in
            if made.isEmpty { made.append(Variable(2.0)) }
            return made[0] * made[0]
        }
        try Heavy().minimize(loss, { made })
        #expect(Float(made[0]) == 1.6)
    }

    @Test func theLossBeforeTheStepIsReturned() throws {
        let w = Variable(3.0)
        #expect(Float(try Heavy().minimize([w]) { w * w }) == 9)
    }
}
