import CDescent

extension Primitive {
    package static let sinh = Primitive("sinh", .unary(CD_SINH), .fromInput { g, x in g * x.cosh() })
    package static let cosh = Primitive("cosh", .unary(CD_COSH), .fromInput { g, x in g * x.sinh() })
    // x² would overflow where the derivative does not.
    package static let asinh = Primitive("asinh", .unary(CD_ASINH), .fromInput { g, x in g / DescentCore.hypot(x, 1) })
    package static let acosh = Primitive(
        "acosh", .unary(CD_ACOSH), .fromInput { g, x in g.chained(1 / ((x - 1).sqrt() * (x + 1).sqrt())) })
    package static let atanh = Primitive(
        "atanh", .unary(CD_ATANH), .fromInput { g, x in g.chained(1 / ((1 - x) * (1 + x))) })
}

extension TensorConvertible {
    /// The hyperbolic sine, `(eˣ − e⁻ˣ) / 2`. The derivative is `cosh x`.
    ///
    /// ```swift
    /// print(sinh(Tensor([0, 1, -2])))   // [0.0, 1.1752012, -3.6268604]
    /// ```
    public func sinh() -> Tensor { Tensor.unary(.sinh, tensor, .floats) }

    /// The hyperbolic cosine, `(eˣ + e⁻ˣ) / 2`. The derivative is `sinh x`.
    ///
    /// ```swift
    /// print(cosh(Tensor([0, 1, -2])))   // [1.0, 1.5430807, 3.7621956]
    /// ```
    public func cosh() -> Tensor { Tensor.unary(.cosh, tensor, .floats) }

    /// The number whose hyperbolic sine is x, `ln(x + √(x² + 1))`. The derivative is `1 / √(x² + 1)`.
    ///
    /// ```swift
    /// print(asinh(Tensor([0, 1, -2])))   // [0.0, 0.8813736, -1.4436355]
    /// ```
    public func asinh() -> Tensor { Tensor.unary(.asinh, tensor, .floats) }

    /// The number from 0 on whose hyperbolic cosine is x; NaN below 1. The derivative is `1 / √(x² − 1)`.
    ///
    /// ```swift
    /// print(acosh(Tensor([1, 2])))   // [0.0, 1.316958]
    /// ```
    public func acosh() -> Tensor { Tensor.unary(.acosh, tensor, .floats) }

    /// The number whose hyperbolic tangent is x; NaN outside of −1…1. The derivative is `1 / (1 − x²)`.
    ///
    /// ```swift
    /// print(atanh(Tensor([0, 0.5, 1])))   // [0.0, 0.54930615, inf]
    /// ```
    public func atanh() -> Tensor { Tensor.unary(.atanh, tensor, .floats) }
}

/// The hyperbolic sine, `(eˣ − e⁻ˣ) / 2`. The derivative is `cosh x`.
///
/// ```swift
/// print(sinh(Tensor([0, 1, -2])))   // [0.0, 1.1752012, -3.6268604]
/// ```
public func sinh(_ x: some TensorConvertible) -> Tensor { x.sinh() }

/// The hyperbolic cosine, `(eˣ + e⁻ˣ) / 2`. The derivative is `sinh x`.
///
/// ```swift
/// print(cosh(Tensor([0, 1, -2])))   // [1.0, 1.5430807, 3.7621956]
/// ```
public func cosh(_ x: some TensorConvertible) -> Tensor { x.cosh() }

/// The number whose hyperbolic sine is x, `ln(x + √(x² + 1))`. The derivative is `1 / √(x² + 1)`.
///
/// ```swift
/// print(asinh(Tensor([0, 1, -2])))   // [0.0, 0.8813736, -1.4436355]
/// ```
public func asinh(_ x: some TensorConvertible) -> Tensor { x.asinh() }

/// The number from 0 on whose hyperbolic cosine is x; NaN below 1. The derivative is `1 / √(x² − 1)`.
///
/// ```swift
/// print(acosh(Tensor([1, 2])))   // [0.0, 1.316958]
/// ```
public func acosh(_ x: some TensorConvertible) -> Tensor { x.acosh() }

/// The number whose hyperbolic tangent is x; NaN outside of −1…1. The derivative is `1 / (1 − x²)`.
///
/// ```swift
/// print(atanh(Tensor([0, 0.5, 1])))   // [0.0, 0.54930615, inf]
/// ```
public func atanh(_ x: some TensorConvertible) -> Tensor { x.atanh() }
