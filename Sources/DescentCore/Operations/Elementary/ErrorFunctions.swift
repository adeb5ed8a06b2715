import CDescent

extension Primitive {
    package static let erfc = Primitive(
        "erfc", .unary(CD_ERFC), .fromInput { g, x in g * (-1.1283791670955126 * (-x * x).exp()) })
    package static let erfinv = Primitive(
        "erfinv", .unary(CD_ERFINV), .fromOutput { g, y in g.chained(0.886226925452758 * (y * y).exp()) })
}

extension TensorConvertible {
    /// The complement of the error function, `1 − erf x`, precise where that is small. The derivative is `−2/√π · e^(−x²)`.
    ///
    /// ```swift
    /// print(erfc(Tensor([0, 1, 5])))   // [1.0, 0.1572992, 1.5374598e-12]
    /// ```
    public func erfc() -> Tensor { Tensor.unary(.erfc, tensor, .floats) }

    /// The number whose error function is x; NaN outside of −1…1. The derivative is `√π/2 · e^(y²)`.
    ///
    /// ```swift
    /// print(erfinv(Tensor([0, 0.5, 1])))   // [0.0, 0.47693628, inf]
    /// ```
    public func erfinv() -> Tensor { Tensor.unary(.erfinv, tensor, .floats) }
}

/// The complement of the error function, `1 − erf x`, precise where that is small. The derivative is `−2/√π · e^(−x²)`.
///
/// ```swift
/// print(erfc(Tensor([0, 1, 5])))   // [1.0, 0.1572992, 1.5374598e-12]
/// ```
public func erfc(_ x: some TensorConvertible) -> Tensor { x.erfc() }

/// The number whose error function is x; NaN outside of −1…1. The derivative is `√π/2 · e^(y²)`.
///
/// ```swift
/// print(erfinv(Tensor([0, 0.5, 1])))   // [0.0, 0.47693628, inf]
/// ```
public func erfinv(_ x: some TensorConvertible) -> Tensor { x.erfinv() }
