import CDescent

// Modified Bessel functions of the first kind.

extension Primitive {
    package static let besselI0 = Primitive("besselI0", .unary(CD_I0), .fromInput { g, x in g * x.besselI1() })
    package static let besselI1 = Primitive(
        "besselI1", .unary(CD_I1), .fromInput { g, x in g * (x.besselI0() - ratio(x.besselI1(), x)) })
    package static let besselI0e = Primitive(
        "besselI0e", .unary(CD_I0E),
        .fromInput { g, x in g * (x.besselI1e() - x.sign() * x.besselI0e()) })
    package static let besselI1e = Primitive(
        "besselI1e", .unary(CD_I1E),
        .fromInput { g, x in
            let y = x.besselI1e()
            return g * (x.besselI0e() - x.sign() * y - ratio(y, x))
        })

    /// y / x for functions that go to 0 as x / 2 does.
    private static func ratio(_ y: Tensor, _ x: Tensor) -> Tensor {
        Tensor.where(x .== 0, 0.5, y / Tensor.where(x .== 0, 1, x))
    }
}

extension TensorConvertible {
    /// The modified Bessel function of the first kind of order 0, I₀. The derivative is I₁.
    ///
    /// ```swift
    /// print(besselI0(Tensor([0, 1, -2])))   // [1.0, 1.2660658, 2.2795854]
    /// ```
    public func besselI0() -> Tensor { Tensor.unary(.besselI0, tensor, .floats) }

    /// The modified Bessel function of the first kind of order 1, I₁. The derivative is `I₀ − I₁ / x`.
    ///
    /// ```swift
    /// print(besselI1(Tensor([0, 1, -2])))   // [0.0, 0.5651591, -1.5906368]
    /// ```
    public func besselI1() -> Tensor { Tensor.unary(.besselI1, tensor, .floats) }

    /// `e^(−|x|) I₀(x)`, which does not overflow.
    ///
    /// ```swift
    /// print(besselI0e(Tensor([0, 1, 100])))   // [1.0, 0.4657596, 0.03994438]
    /// ```
    public func besselI0e() -> Tensor { Tensor.unary(.besselI0e, tensor, .floats) }

    /// `e^(−|x|) I₁(x)`, which does not overflow.
    ///
    /// ```swift
    /// print(besselI1e(Tensor([0, 1, 100])))   // [0.0, 0.20791042, 0.039744154]
    /// ```
    public func besselI1e() -> Tensor { Tensor.unary(.besselI1e, tensor, .floats) }
}

/// The modified Bessel function of the first kind of order 0, I₀. The derivative is I₁.
///
/// ```swift
/// print(besselI0(Tensor([0, 1, -2])))   // [1.0, 1.2660658, 2.2795854]
/// ```
public func besselI0(_ x: some TensorConvertible) -> Tensor { x.besselI0() }

/// The modified Bessel function of the first kind of order 1, I₁. The derivative is `I₀ − I₁ / x`.
///
/// ```swift
/// print(besselI1(Tensor([0, 1, -2])))   // [0.0, 0.5651591, -1.5906368]
/// ```
public func besselI1(_ x: some TensorConvertible) -> Tensor { x.besselI1() }

/// `e^(−|x|) I₀(x)`, which does not overflow.
///
/// ```swift
/// print(besselI0e(Tensor([0, 1, 100])))   // [1.0, 0.4657596, 0.03994438]
/// ```
public func besselI0e(_ x: some TensorConvertible) -> Tensor { x.besselI0e() }

/// `e^(−|x|) I₁(x)`, which does not overflow.
///
/// ```swift
/// print(besselI1e(Tensor([0, 1, 100])))   // [0.0, 0.20791042, 0.039744154]
/// ```
public func besselI1e(_ x: some TensorConvertible) -> Tensor { x.besselI1e() }
