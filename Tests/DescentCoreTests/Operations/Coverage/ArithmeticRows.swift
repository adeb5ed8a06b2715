import DescentCore
import DescentTestSupport

/// Arithmetic and the functions of numbers.
extension CoverageTable {
    mutating func addArithmetic() {
        pairwise("+") { $0 + $1 }
        pairwise("-") { $0 - $1 }
        pairwise("*") { $0 * $1 }
        pairwise("/", right: .nonzero) { $0 / $1 }
        let remainder: @Sendable (Tensor, Tensor) -> Tensor = { ($0 + 10) % ($1 * 0 + 4) + $0 * ($1 % 10) }
        pairwise("%", left: .fraction, right: .positive, step: 0.001, derivative: remainder) { $0 % $1 }
        pairwise("mod", left: .fraction, right: .positive, step: 0.001, derivative: remainder) { mod($0, $1) }
        pairwise("**", left: .positive) { $0 ** $1 }
        pairwise("pow", left: .positive) { pow($0, $1) }
        pairwise("+=") { a, b in
            var sum = a
            sum += b
            return sum
        }
        pairwise("-=") { a, b in
            var difference = a
            difference -= b
            return difference
        }
        pairwise("*=") { a, b in
            var product = a
            product *= b
            return product
        }
        pairwise("/=", right: .nonzero) { a, b in
            var quotient = a
            quotient /= b
            return quotient
        }
        pairwise("%=", left: .fraction, right: .positive, step: 0.001, derivative: remainder) { a, b in
            var remainder = a
            remainder %= b
            return remainder
        }
        elementwise("negated") { $0.negated() }
        elementwise("abs", domain: .nonzero) { abs($0) }
        elementwise("square") { square($0) }
        elementwise("reciprocal", domain: .nonzero) { reciprocal($0) }
        elementwise("sqrt", domain: .positive) { sqrt($0) }
        elementwise("rsqrt", domain: .positive) { rsqrt($0) }
        elementwise("cbrt", domain: .nonzero) { cbrt($0) }
        pairwise("hypot", left: .nonzero, right: .nonzero) { hypot($0, $1) }
        pairwise(
            "maximum", left: .fraction, right: .positive, derivative: { maximum($0 + 10, $1) * maximum($0, $1 + 10) }
        ) { maximum($0, $1) }
        pairwise(
            "minimum", left: .fraction, right: .positive, derivative: { minimum($0 + 10, $1) * minimum($0, $1 + 10) }
        ) { minimum($0, $1) }
        pairwise(
            "clip", left: .fraction, right: .positive,
            derivative: { clip($0, -1 * $1 - 10, 0.5) * clip($0, 0.5, $1 + 10) }
        ) { clip($0, nil, $1) }
        // b - a overflows where both are huge and their signs differ; what nearly cancels has lost digits.
        pairwise("lerp", largest: 1e38, tolerance: .within(relative: 1e-5, absolute: 1e-37)) { lerp($0, $1, 0.25) }
        let steps = "0 wherever there is one"
        elementwise("floor", noDerivative: steps) { floor($0) }
        elementwise("ceil", noDerivative: steps) { ceil($0) }
        elementwise("round", noDerivative: steps) { round($0) }
        elementwise("sign", noDerivative: steps) { sign($0) }
    }

    mutating func addElementaryFunctions() {
        elementwise("exp") { exp($0) }
        elementwise("expm1") { expm1($0) }
        elementwise("exp2") { exp2($0) }
        elementwise("log", domain: .positive) { log($0) }
        elementwise("log1p", domain: .positive) { log1p($0) }
        elementwise("log2", domain: .positive) { log2($0) }
        elementwise("log10", domain: .positive) { log10($0) }
        pairwise("logAddExp") { logAddExp($0, $1) }
        // Without abs: 0 times the logarithm of a negative number is 0, with nothing but NaN around, so without a derivative.
        pairwise("xlogy", right: .positive) { xlogy($0, abs($1)) }
        elementwise("sin") { sin($0) }
        elementwise("cos") { cos($0) }
        elementwise("tan", domain: .small) { tan($0) }
        elementwise("asin", domain: .small, step: 0.01) { asin($0) }
        elementwise("acos", domain: .small, step: 0.01) { acos($0) }
        elementwise("atan") { atan($0) }
        pairwise("atan2", left: .nonzero, right: .nonzero) { atan2($0, $1) }
        elementwise("sinh") { sinh($0) }
        elementwise("cosh") { cosh($0) }
        elementwise("tanh") { tanh($0) }
        elementwise("asinh") { asinh($0) }
        elementwise("acosh", domain: .positive) { acosh($0 + 1) }
        elementwise("atanh", domain: .small, step: 0.01) { atanh($0) }
        elementwise("erf") { erf($0) }
        elementwise("erfc") { erfc($0) }
        elementwise("erfinv", domain: .small, step: 0.01) { erfinv($0) }
        elementwise("lgamma", domain: .positive) { lgamma($0) }
        elementwise("digamma", domain: .positive) { digamma($0) }
        // Left of 0 two numbers nearly cancel, each rounded to float32.
        elementwise("polygamma", domain: .positive, step: 0.01, tolerance: .within(relative: 1e-6, absolute: 1e-5)) {
            polygamma(2, $0)
        }
        elementwise("zeta", domain: .positive, step: 0.01) { zeta(3.5, $0) }
        elementwise("besselI0") { besselI0($0) }
        elementwise("besselI1", domain: .nonzero) { besselI1($0) }
        elementwise("besselI0e", domain: .nonzero) { besselI0e($0) }
        elementwise("besselI1e", domain: .nonzero) { besselI1e($0) }
    }

    mutating func addComparisons() {
        let none = "the answer is bool"
        pairwise(".==", noDerivative: none) { $0 .== $1 }
        pairwise(".!=", noDerivative: none) { $0 .!= $1 }
        pairwise(".<", noDerivative: none) { $0 .< $1 }
        pairwise(".<=", noDerivative: none) { $0 .<= $1 }
        pairwise(".>", noDerivative: none) { $0 .> $1 }
        pairwise(".>=", noDerivative: none) { $0 .>= $1 }
        pairwise(".&", noDerivative: none) { $0 .& $1 }
        pairwise(".|", noDerivative: none) { $0 .| $1 }
        elementwise(".!", noDerivative: none) { .!$0 }
        pairwise("logicalAnd", noDerivative: none) { logicalAnd($0, $1) }
        pairwise("logicalOr", noDerivative: none) { logicalOr($0, $1) }
        elementwise("logicalNot", noDerivative: none) { logicalNot($0) }
        elementwise("isNaN", noDerivative: none) { isNaN($0) }
        elementwise("isInfinite", noDerivative: none) { isInfinite($0) }
        elementwise("isFinite", noDerivative: none) { isFinite($0) }
        elementwise("nanToNum(nan:positiveInfinity:negativeInfinity:)") {
            nanToNum($0, nan: 2, positiveInfinity: 3, negativeInfinity: -3)
        }
        pairwise("where", left: .nonzero, right: .nonzero) { Tensor.where($0 .> 0, $0 * $1, $1) }
        elementwise("cast(to:)") { $0.cast(to: .float64).cast(to: $0.dtype) }
        elementwise("stopGradient", noDerivative: "that is what it is for") { stopGradient($0) }
    }
}
