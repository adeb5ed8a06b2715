import DescentCore
import DescentTestSupport
import Testing

struct FunctionalTests {
    @Test func valuesAndGradientsOfVariables() throws {
        let w = Variable(10.0)
        let frozen = Variable(3.0, trainable: false)
        let unused = Variable(1.0)
        let (value, gradients) = try valueAndGradient([w, frozen, unused]) { w * w * frozen / 2 }
        #expect(mismatch(value, 150) == nil)
        #expect(try mismatch(#require(gradients[0]), 30) == nil)
        #expect(try mismatch(#require(gradients[1]), 50) == nil)
        #expect(gradients[2] == nil)
    }

    @Test func otherVariablesAreConstants() throws {
        let (w, c) = (Variable(10.0), Variable(2.0))
        #expect(try valueAndGradient([w]) { w * c }.gradients.count == 1)
    }

    @Test func errorsOfTheLossComeThrough() {
        struct Problem: Error, Equatable { let code: Int }
        let w = Variable(10.0)
        #expect(throws: Problem(code: 7)) {
            try valueAndGradient([w]) {
                _ = w * w
                throw Problem(code: 7)
            }
        }
    }

    @Test func theLineOfTheCallIsNamed() throws {
        let w = Variable([1, 2])
        let bad: Tensor = [1, 2, 3]
        let line = #line + 1
        let error = try #require(throws: DescentError.self) { try valueAndGradient([w]) { w + bad } }
        #expect(error.location?.line == line)
        #expect(error.message == "[add] shapes must broadcast. Received: lhs [2], rhs [3]")
    }

    @Test func functionsOfTensors() throws {
        let slope = gradient(of: { x in x ** 3 })
        #expect(mismatch(slope(2), 12) == nil)
        #expect(mismatch(gradient(of: slope)(2), 12) == nil)
        #expect(mismatch(gradient(of: gradient(of: slope))(2), 6) == nil)
        #expect(mismatch(slope([1, 2]), [3, 12]) == nil)
        let (value, gradient) = valueAndGradient(of: { (x: Tensor) in sin(x) })(Tensor([0.0, 1.0] as [Double]))
        #expect(mismatch(value, Tensor([0, 0.8414709848078965] as [Double]), .ulps(2)) == nil)
        #expect(mismatch(gradient, Tensor([1, 0.5403023058681398] as [Double]), .ulps(2)) == nil)
    }

    @Test func aFunctionThatIgnoresItsArgumentHasSlopeZero() {
        #expect(mismatch(gradient(of: { _ in 5 })([1, 2]), [0, 0]) == nil)
        let other = Tensor([3.0])
        #expect(mismatch(gradient(of: { _ in other * 2 })([1, 2]), [0, 0]) == nil)
    }

    @Test func whatTheArgumentWasComputedFromIsOfNoConcern() throws {
        let w = Variable(3.0)
        let tape = GradientTape()
        let y = tape.record { () -> Tensor in
            let x = w * w
            return gradient(of: { $0 * $0 })(x) * x
        }
        // 2x · x with x = w²: 2 w⁴.
        #expect(mismatch(y, 162) == nil)
        #expect(try mismatch(#require(tape.gradient(y, [w])[0]), 8 * 27) == nil)
    }

    @Test func errorsTakeThePlaceOfTheGradient() throws {
        let slope = gradient(of: { x in x + Tensor([1.0, 2.0]) })
        let error = try #require(throws: DescentError.self) { try slope([1, 2, 3]).evaluated() }
        #expect(error.operation == "add")
        #expect(gradient(of: { $0.cast(to: .int32) })([1, 2]).error?.operation == "gradient")
    }

    // MARK: - Gradients of gradients

    @Test func tapesNest() throws {
        let x = Variable(3.0)
        let outer = GradientTape()
        let first = try outer.record { () -> Tensor in
            let inner = GradientTape()
            let y = inner.record { x * x * x }
            return try #require(inner.gradient(y, [x])[0])
        }
        #expect(mismatch(first, 27) == nil)
        #expect(try mismatch(#require(outer.gradient(first, [x])[0]), 18) == nil)
    }

    @Test func whatTheInnerTapeHasSeenBelongsToTheOuterToo() throws {
        for x in [Variable(3.0), Variable([3.0])] {
            let outer = GradientTape(persistent: true)
            var inside: Tensor?
            let y = try outer.record { () -> Tensor in
                let inner = GradientTape()
                let y = inner.record { x * x }
                inside = try inner.gradient(y, [x])[0]
                return (y * x).sum()
            }
            #expect(try mismatch(#require(outer.gradient(y, [x])[0]).sum(), 27) == nil)
            let first = try #require(inside)
            #expect(try mismatch(#require(outer.gradient(first, [x])[0]).sum(), 2) == nil)
        }
    }

    @Test func aGradientTakenAfterRecordingIsNoPartOfIt() throws {
        let x = Variable(3.0)
        let tape = GradientTape(persistent: true)
        let y = tape.record { x * x }
        let gradient = try #require(tape.gradient(y, [x])[0])
        #expect(try tape.gradient(gradient, [x])[0] == nil)
    }

    @Test func aPersistentTapeRecordsItsOwnGradient() throws {
        let x = Variable(3.0)
        let tape = GradientTape(persistent: true)
        let second = try tape.record { () -> Tensor in
            let y = x * x * x
            return try #require(tape.gradient(y, [x])[0])
        }
        #expect(try mismatch(#require(tape.gradient(second, [x])[0]), 18) == nil)
    }

    @Test func theFourthDerivative() {
        var f: (Tensor) -> Tensor = { x in x ** 5 }
        for _ in 0..<4 { f = gradient(of: f) }
        #expect(mismatch(f(2), 240) == nil)
    }
}
