import DescentCore
import DescentTestSupport
import Testing

struct CustomGradientTests {
    private func cubedTwice(_ x: Tensor) -> Tensor {
        customGradient(x) { x in (x * x * x, { g in g * 3 * x * x }) }
    }

    @Test func theRuleIsUsed() throws {
        let x = Variable([2.0, 3.0])
        let clipped = { customGradient(x.value) { x in (x * 100, { g in minimum(g * 100, 1) }) } }
        let (value, gradients) = try valueAndGradient([x]) { clipped() }
        #expect(mismatch(value, [200, 300]) == nil)
        #expect(try mismatch(#require(gradients[0]), [1, 1]) == nil)
    }

    @Test func theRuleReceivesTheGradientOfTheValue() throws {
        let x = Variable(2.0)
        let y = { 5 * customGradient(x.value) { x in (x, { g in g + 1 }) } }
        #expect(try mismatch(#require(valueAndGradient([x], y).gradients[0]), 6) == nil)
    }

    @Test func itNests() throws {
        let x = Variable(2.0)
        let y = {
            customGradient(x.value) { x in
                let inner = customGradient(x) { x in (x * x, { g in g * 1000 }) }
                return (inner * x, { g in g * 7 })
            }
        }
        let (value, gradients) = try valueAndGradient([x], y)
        #expect(mismatch(value, 8) == nil)
        #expect(try mismatch(#require(gradients[0]), 7) == nil)
        let outside = { customGradient(customGradient(x.value) { ($0, { $0 * 3 }) }) { ($0, { $0 * 5 }) } }
        #expect(try mismatch(#require(valueAndGradient([x], outside).gradients[0]), 15) == nil)
    }

    @Test(arguments: [1, 2]) func theRuleCanBeDifferentiated(order: Int) throws {
        let report = try checkGradient(
            of: { inputs in customGradient(inputs[0]) { x in (tanh(x), { g in g * (1 - tanh(x) * tanh(x)) }) } },
            at: [[0.5, -1, 2]], order: order)
        #expect(report.failure == nil)
    }

    @Test func severalInputs() throws {
        let (x, y, z) = (Variable(2.0), Variable([1.0, 2.0]), Variable(5.0))
        let f = {
            customGradient([x.value, y.value, z.value]) { inputs in
                ((inputs[0] * inputs[1]).sum() + inputs[2], { g in [g * 10, g * inputs[1] * 20, nil] })
            }
        }
        let (value, gradients) = try valueAndGradient([x, y, z], f)
        #expect(mismatch(value, 11) == nil)
        #expect(try mismatch(#require(gradients[0]), 10) == nil)
        #expect(try mismatch(#require(gradients[1]), [20, 40]) == nil)
        #expect(gradients[2] == nil)
    }

    @Test func whatTheBodyDoesIsNotDifferentiated() throws {
        let (x, w) = (Variable(2.0), Variable(3.0))
        let f = { customGradient(x.value) { x in (x * w, { g in g }) } }
        let gradients = try valueAndGradient([x, w], f).gradients
        #expect(try mismatch(#require(gradients[0]), 1) == nil)
        #expect(gradients[1] == nil)
    }

    @Test func whatTheBodyHandsOutIsAConstant() throws {
        for x in [Variable(2.0), Variable([2.0])] {
            var inside: Tensor = 0
            let f = { () -> Tensor in
                let y = customGradient(x.value) { argument in
                    inside = x * x * argument
                    return (argument, { g in g })
                }
                return y * inside * x
            }
            #expect(try mismatch(#require(valueAndGradient([x], f).gradients[0]).sum(), 2 * 8 * 2) == nil)
        }
    }

    @Test func aGradientOfAnotherShapeIsBroadcastLikeAnyOther() throws {
        let x = Variable([1.0, 2.0])
        let f = { customGradient(x.value) { x in (x.sum(), { g in g }) } }
        #expect(try mismatch(#require(valueAndGradient([x], f).gradients[0]), [1, 1]) == nil)
    }

    @Test func errorsComeOut() throws {
        let x = Variable([1.0, 2.0])
        let bad = Tensor([1.0, 2.0, 3.0])
        #expect(throws: DescentError.self) {
            try valueAndGradient([x]) { customGradient(x.value) { x in (x + bad, { $0 }) } }
        }
        #expect(throws: DescentError.self) {
            try valueAndGradient([x]) { customGradient(x.value) { x in (x, { $0 + bad }) } }
        }
        #expect(throws: DescentError.self) {
            try valueAndGradient([x]) { customGradient(bad + x) { x in (x, { $0 }) } }
        }
    }

    @Test func stopGradientStops() throws {
        let x = Variable([1.0, 2.0])
        let gradients = try valueAndGradient([x]) { x * stopGradient(x) + stopGradient(x * 3) }.gradients
        #expect(try mismatch(#require(gradients[0]), [1, 2]) == nil)
        #expect(try valueAndGradient([x]) { stopGradient(x * x) }.gradients[0] == nil)
        #expect(mismatch(stopGradient(x * 3), [3, 6]) == nil)
    }
}
