import CDescent

extension Primitive {
    package static let lgamma = Primitive(
        "lgamma", .unary(CD_LGAMMA), .fromInput { g, x in g.chained(x.digamma()) })
    package static let digamma = Primitive(
        "digamma", .unary(CD_DIGAMMA), .fromInput { g, x in g.chained(DescentCore.polygamma(1, x)) })

    /// There is no closed form for the derivative with respect to the exponent.
    package static let zeta = Primitive(
        "zeta", .binary(CD_ZETA),
        .general { g, node, index in
            guard index == 1 else { return nil }
            let s = Tensor(node.first!)
            return g.chained(-s * DescentCore.zeta(s + 1, Tensor(node.second!)))
        })
}

extension TensorConvertible {
    /// The logarithm of the absolute value of the gamma function, `ln |Γ(x)|`; infinite at 0, −1, −2, … The derivative is
    /// `digamma x`.
    ///
    /// ```swift
    /// print(lgamma(Tensor([0.5, 1, 5])))   // [0.5723649, 0.0, 3.1780539]
    /// ```
    public func lgamma() -> Tensor { Tensor.unary(.lgamma, tensor, .floats) }

    /// The logarithmic derivative of the gamma function, `Γ′(x) / Γ(x)`; NaN at −1, −2, … The derivative is
    /// `polygamma(1, x)`.
    ///
    /// ```swift
    /// print(digamma(Tensor([0.5, 1, 5])))   // [-1.96351, -0.5772157, 1.5061177]
    /// ```
    public func digamma() -> Tensor { Tensor.unary(.digamma, tensor, .floats) }
}

/// The logarithm of the absolute value of the gamma function, `ln |Γ(x)|`; infinite at 0, −1, −2, … The derivative is
/// `digamma x`.
///
/// ```swift
/// print(lgamma(Tensor([0.5, 1, 5])))   // [0.5723649, 0.0, 3.1780539]
/// ```
public func lgamma(_ x: some TensorConvertible) -> Tensor { x.lgamma() }

/// The logarithmic derivative of the gamma function, `Γ′(x) / Γ(x)`; NaN at −1, −2, … The derivative is
/// `polygamma(1, x)`.
///
/// ```swift
/// print(digamma(Tensor([0.5, 1, 5])))   // [-1.96351, -0.5772157, 1.5061177]
/// ```
public func digamma(_ x: some TensorConvertible) -> Tensor { x.digamma() }

/// Hurwitz's zeta function, `Σ (x + k)^(−s)` over k = 0, 1, …, for `s > 1` and `x > 0`, element by element.
///
/// The derivative with respect to x is `−s zeta(s + 1, x)`; none passes to s.
///
/// ```swift
/// print(zeta(Tensor([2, 4]), 1))   // [1.644934, 1.0823232]
/// ```
public func zeta(
    _ s: Tensor, _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { Tensor.binary(.zeta, s, x, .floats).located(file, line) }

/// The n-th derivative of `digamma`, element by element. The derivative is `polygamma(n + 1, x)`.
///
/// ```swift
/// print(polygamma(1, Tensor([1, 2])))   // [1.644934, 0.64493406]
/// ```
///
/// - Parameters:
///   - n: which derivative, from 0 on.
///   - x: where; there are poles at 0, −1, −2, …
public func polygamma(
    _ n: Int, _ x: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        let x = try x.tensor.operand()
        guard n >= 0, n < 170 else {
            throw DescentError("polygamma", "the order lies in 0..<170", received: "\(n)")
        }
        if n == 0 { return x.digamma() }
        let factorial = (1...n).reduce(1.0) { $0 * Double($1) }
        let size = n % 2 == 0 ? -factorial : factorial
        let isNegative = x .< 0
        let right = size * zeta(Tensor.number(Double(n + 1), with: x.dtype), Tensor.where(isNegative, 1 - x, x))
        // ψₙ(x) = (−1)ⁿ ψₙ(1 − x) − π dⁿ cot(πx) / dxⁿ
        let distance = x - stopGradient(x.round())
        // At a pole there is no number; beside it there is an infinity at most.
        let off = Tensor.where(distance .== 0, Tensor.number(Double.nan, with: x.dtype), distance)
        let cotangent = 1 / (Double.pi * Tensor.where(isNegative, off, 0.25)).tan()
        let reflected = (n % 2 == 0 ? right : -right) - Double.pi * Tensor.cotangentDerivative(n, cotangent)
        return Tensor.where(isNegative, reflected, right)
    }
}

extension Tensor {
    /// The n-th derivative of cot(πx), a polynomial in c = cot(πx): each turns P into −π(1 + c²)P′.
    fileprivate static func cotangentDerivative(_ n: Int, _ c: Tensor) -> Tensor {
        var polynomial = [0.0, 1.0]
        for _ in 0..<n {
            var next = [Double](repeating: 0, count: polynomial.count + 1)
            for power in 1..<polynomial.count {
                let slope = -Double.pi * Double(power) * polynomial[power]
                next[power - 1] += slope
                next[power + 1] += slope
            }
            polynomial = next
        }
        let leading = Tensor.number(polynomial[polynomial.count - 1], with: c.dtype)
        return polynomial.dropLast().reversed().reduce(leading) { $0 * c + $1 }
    }
}
