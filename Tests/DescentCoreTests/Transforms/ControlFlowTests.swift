import DescentCore
import DescentTestSupport
import Testing

/// Swift's own `if`, `for`, `while` and recursion are differentiated as they run.
struct ControlFlowTests {
    private static func power(_ x: Tensor, _ n: Int) -> Tensor {
        n == 0 ? Tensor.onesLike(x) : n % 2 == 0 ? power(x * x, n / 2) : x * power(x, n - 1)
    }

    static let branches = { @Sendable (x: Tensor) in Double(x) > 0 ? exp(x) : x * x }

    static let loop = { @Sendable (x: Tensor) in
        var y = x
        while Double(y) < 10 { y = y * 2 + sin(x) }
        return y
    }

    static let sum = { @Sendable (x: Tensor) in
        var (term, total) = (Tensor.onesLike(x), Tensor.onesLike(x))
        for n in 1..<20 {
            term = term * x / Double(n)
            total = total + term
        }
        return total
    }

    @Test func firstAndSecondDerivatives() throws {
        let functions: [(Tensor) -> Tensor] = [Self.branches, Self.loop, Self.sum, { Self.power($0, 7) }]
        for f in functions {
            for start in [0.4, 1.3] {
                for order in 1...2 {
                    let report = try checkGradient(of: { f($0[0]) }, at: [Tensor(start)], order: order)
                    #expect(report.failure == nil)
                }
            }
        }
        #expect(mismatch(gradient(of: Self.branches)(-3), -6) == nil)
    }

    @Test func inBatchesForwardAndCompiled() throws {
        let x: Tensor = [-1, 0.4, 1.3]
        let close = Tolerance.within(relative: 1e-5, absolute: 1e-6)
        for f in [Self.branches, Self.sum, { Self.power($0, 7) }] {
            let want = stack((0..<3).map { gradient(of: f)(x[$0]) })
            #expect(mismatch(vmap(gradient(of: f))(x), want, close) == nil)
            let compiled = Function(gradient(of: f))
            #expect(mismatch(stack((0..<3).map { compiled(x[$0]) }), want) == nil)
            #expect(mismatch(stack((0..<3).map { jvp(of: f)(x[$0], 1).tangent }), want, close) == nil)
            #expect(mismatch(stack((0..<3).map { gradient(of: checkpoint(f))(x[$0]) }), want) == nil)
        }
    }
}
