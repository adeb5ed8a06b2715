import CDescent

extension Primitive {
    package static let asin = Primitive(
        "asin", .unary(CD_ASIN), .fromInput { g, x in g.chained(1 / ((1 - x) * (1 + x)).sqrt()) })
    package static let acos = Primitive(
        "acos", .unary(CD_ACOS), .fromInput { g, x in g.chained(-1 / ((1 - x) * (1 + x)).sqrt()) })
}

extension TensorConvertible {
    /// The angle in radians, in −π/2…π/2, whose sine is x; NaN outside of −1…1. The derivative is `1 / √(1 − x²)`.
    ///
    /// ```swift
    /// print(asin(Tensor([0, 0.5, 1])))   // [0.0, 0.5235988, 1.5707964]
    /// ```
    public func asin() -> Tensor { Tensor.unary(.asin, tensor, .floats) }

    /// The angle in radians, in 0…π, whose cosine is x; NaN outside of −1…1. The derivative is `−1 / √(1 − x²)`.
    ///
    /// ```swift
    /// print(acos(Tensor([0, 0.5, 1])))   // [1.5707964, 1.0471976, 0.0]
    /// ```
    public func acos() -> Tensor { Tensor.unary(.acos, tensor, .floats) }
}

/// The angle in radians, in −π/2…π/2, whose sine is x; NaN outside of −1…1. The derivative is `1 / √(1 − x²)`.
///
/// ```swift
/// print(asin(Tensor([0, 0.5, 1])))   // [0.0, 0.5235988, 1.5707964]
/// ```
public func asin(_ x: some TensorConvertible) -> Tensor { x.asin() }

/// The angle in radians, in 0…π, whose cosine is x; NaN outside of −1…1. The derivative is `−1 / √(1 − x²)`.
///
/// ```swift
/// print(acos(Tensor([0, 0.5, 1])))   // [1.5707964, 1.0471976, 0.0]
/// ```
public func acos(_ x: some TensorConvertible) -> Tensor { x.acos() }
