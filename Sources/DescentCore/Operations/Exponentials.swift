import CDescent

extension Primitive {
    package static let exp = Primitive("exp", .unary(CD_EXP), .fromOutput { g, y in g * y })
    package static let expm1 = Primitive("expm1", .unary(CD_EXPM1), .fromOutput { g, y in g * (y + 1) })
    package static let log = Primitive("log", .unary(CD_LOG), .fromInput { g, x in g.chained(1 / x) })
    package static let log1p = Primitive(
        "log1p", .unary(CD_LOG1P), .fromInput { g, x in g.chained(1 / (1 + x)) })
}

extension TensorConvertible {
    /// The exponential, `eˣ`. The derivative is the value itself.
    ///
    /// ```swift
    /// print(exp(Tensor([0, 1])))   // [1.0, 2.7182817]
    /// ```
    public func exp() -> Tensor { Tensor.unary(.exp, tensor, .floats) }

    /// `eˣ − 1`, precise where x is small. The derivative is `eˣ`.
    ///
    /// ```swift
    /// print(expm1(Tensor([0, 1e-9])))   // [0.0, 1e-09]
    /// ```
    public func expm1() -> Tensor { Tensor.unary(.expm1, tensor, .floats) }

    /// The natural logarithm, `ln x`. The derivative is `1 / x`.
    ///
    /// ```swift
    /// print(log(Tensor([1, 0])))   // [0.0, -inf]
    /// ```
    public func log() -> Tensor { Tensor.unary(.log, tensor, .floats) }

    /// `ln(1 + x)`, precise where x is small. The derivative is `1 / (1 + x)`.
    ///
    /// ```swift
    /// print(log1p(Tensor([0, 1e-9])))   // [0.0, 1e-09]
    /// ```
    public func log1p() -> Tensor { Tensor.unary(.log1p, tensor, .floats) }
}

/// The exponential, `eˣ`. The derivative is the value itself.
///
/// ```swift
/// print(exp(Tensor([0, 1])))   // [1.0, 2.7182817]
/// ```
public func exp(_ x: some TensorConvertible) -> Tensor { x.exp() }

/// `eˣ − 1`, precise where x is small. The derivative is `eˣ`.
///
/// ```swift
/// print(expm1(Tensor([0, 1e-9])))   // [0.0, 1e-09]
/// ```
public func expm1(_ x: some TensorConvertible) -> Tensor { x.expm1() }

/// The natural logarithm, `ln x`. The derivative is `1 / x`.
///
/// ```swift
/// print(log(Tensor([1, 0])))   // [0.0, -inf]
/// ```
public func log(_ x: some TensorConvertible) -> Tensor { x.log() }

/// `ln(1 + x)`, precise where x is small. The derivative is `1 / (1 + x)`.
///
/// ```swift
/// print(log1p(Tensor([0, 1e-9])))   // [0.0, 1e-09]
/// ```
public func log1p(_ x: some TensorConvertible) -> Tensor { x.log1p() }
