import DescentCore
import DescentTestSupport
import Testing

/// Derivatives of everything that works element by element, over shapes and broadcasts, of first and second order.
struct ElementwiseDerivativeTests {
    static let unary: [DerivativeCase] = [
        DerivativeCase.unary("negate") { -$0 * $0 },
        DerivativeCase.unary("abs", .nonzero) { abs($0) },
        DerivativeCase.unary("square") { square($0) },
        DerivativeCase.unary("reciprocal", .nonzero) { reciprocal($0) },
        DerivativeCase.unary("sqrt", .positive) { sqrt($0) },
        DerivativeCase.unary("rsqrt", .positive) { rsqrt($0) },
        DerivativeCase.unary("exp") { exp($0) },
        DerivativeCase.unary("expm1") { expm1($0) },
        DerivativeCase.unary("log", .positive) { log($0) },
        DerivativeCase.unary("log1p", .positive) { log1p($0) },
        DerivativeCase.unary("sin") { sin($0) },
        DerivativeCase.unary("cos") { cos($0) },
        DerivativeCase.unary("tan", .small) { tan($0) },
        DerivativeCase.unary("atan") { atan($0) },
        DerivativeCase.unary("tanh") { tanh($0) },
        DerivativeCase.unary("sigmoid") { sigmoid($0) },
        DerivativeCase.unary("softplus") { softplus($0) },
        DerivativeCase.unary("relu", .nonzero) { relu($0) },
        DerivativeCase.unary("erf") { erf($0) },
        DerivativeCase.unary("cast") { $0.cast(to: .float64) * $0 },
        DerivativeCase.unary("alias") { gradient(of: { $0 * $0 * $0 })($0) },
        DerivativeCase.unary("stopGradient") { $0 * $0 + 0 * stopGradient($0) },
        DerivativeCase.unary("x ** 1") { $0 ** 1 },
        DerivativeCase.unary("x ** 2") { $0 ** 2 },
        DerivativeCase.unary("x ** 3") { $0 ** 3 },
        DerivativeCase.unary("x ** 5") { $0 ** 5 },
        DerivativeCase.unary("x ** -1", .nonzero) { $0 ** -1 },
        DerivativeCase.unary("x ** -2", .nonzero) { $0 ** -2 },
        DerivativeCase.unary("x ** 0.5", .positive) { $0 ** 0.5 },
        DerivativeCase.unary("2 ** x") { 2 ** $0 },
    ].flatMap { $0 }

    @Test(arguments: unary) func ofOneTensor(_ item: DerivativeCase) throws { try item.check() }

    /// Their derivative is 0 wherever they have one; the sum with a square shows that nothing else is hurt.
    static let steps: [DerivativeCase] = [
        DerivativeCase.unary("floor", .fraction, step: 0.005) { floor($0) + $0 * $0 },
        DerivativeCase.unary("ceil", .fraction, step: 0.005) { ceil($0) * $0 },
        DerivativeCase.unary("round", .fraction, step: 0.005) { round($0) * $0 * $0 },
        DerivativeCase.unary("sign", .nonzero) { sign($0) * $0 },
        DerivativeCase.unary("comparison", .nonzero) { ($0 .> 0).cast(to: .float64) * $0 * $0 },
    ].flatMap { $0 }

    @Test(arguments: steps) func ofFunctionsWithSteps(_ item: DerivativeCase) throws { try item.check() }

    static let binary: [DerivativeCase] = [
        DerivativeCase.binary("add") { $0 + $1 },
        DerivativeCase.binary("subtract") { $0 - $1 },
        DerivativeCase.binary("multiply") { $0 * $1 },
        DerivativeCase.binary("divide", .real, .nonzero) { $0 / $1 },
        DerivativeCase.binary("mod", .fraction, .positive, step: 0.001) { ($0 + 10) % ($1 * 0 + 4) + $0 * $1 },
        DerivativeCase.binary("pow", .positive, .real) { $0 ** $1 },
        DerivativeCase.binary("atan2", .nonzero, .nonzero) { atan2($0, $1) },
        DerivativeCase.binary("maximum", .fraction, .positive) { maximum($0 + 10, $1) * maximum($0, $1 + 10) },
        DerivativeCase.binary("minimum", .fraction, .positive) { minimum($0 + 10, $1) * minimum($0, $1 + 10) },
        DerivativeCase.binary("where", .nonzero, .nonzero) { Tensor.where($0 .> 0, $0 * $1, $1 * $1) },
    ].flatMap { $0 }

    @Test(arguments: binary) func ofTwoTensors(_ item: DerivativeCase) throws { try item.check() }

    /// The divisor of a remainder, whose derivative is the negative quotient rounded down.
    @Test func divisorOfARemainder() throws {
        let a: Tensor = [7.3, -7.3, 5.1, 2.2]
        let b: Tensor = [2.1, 2.2, -1.3, 5.5]
        for order in 1...2 {
            let report = try checkGradient(of: { $0[0] * ($0[0] % $0[1]) }, at: [a, b], order: order, step: 0.002)
            #expect(report.failure == nil)
        }
    }

    @Test func aConditionThatBroadcasts() throws {
        var random = SplitMix64(seed: 5)
        let (a, b) = (random.normal([2, 1, 2]), random.normal([3, 1]))
        let condition = random.normal([3, 2]) .> 0
        for order in 1...2 {
            let report = try checkGradient(
                of: { Tensor.where(condition, $0[0] * $0[0], $0[0] * $0[1]) }, at: [a, b], order: order)
            #expect(report.failure == nil)
        }
    }
}
