import CDescent

extension Primitive {
    package static let sin = Primitive("sin", .unary(CD_SIN), .fromInput { g, x in g * x.cos() })
    package static let cos = Primitive("cos", .unary(CD_COS), .fromInput { g, x in -g * x.sin() })
    package static let tan = Primitive("tan", .unary(CD_TAN), .fromOutput { g, y in g * (1 + y * y) })
    package static let atan = Primitive("atan", .unary(CD_ATAN), .fromInput { g, x in g / (1 + x * x) })

    package static let atan2 = Primitive(
        "atan2", .binary(CD_ATAN2),
        .binary(
            // At the origin, which has no angle, the gradient is 0.
            left: { g, node in g * node.b.chained(1 / node.squaredRadius) },
            right: { g, node in -g * node.a.chained(1 / node.squaredRadius) }))
}

extension Node {
    fileprivate var squaredRadius: Tensor { a * a + b * b }
}

extension TensorConvertible {
    /// The sine of an angle in radians. The derivative is `cos x`.
    ///
    /// ```swift
    /// print(sin(Tensor([0, 1])))   // [0.0, 0.84147096]
    /// ```
    public func sin() -> Tensor { Tensor.unary(.sin, tensor, .floats) }

    /// The cosine of an angle in radians. The derivative is `−sin x`.
    ///
    /// ```swift
    /// print(cos(Tensor([0, 1])))   // [1.0, 0.5403023]
    /// ```
    public func cos() -> Tensor { Tensor.unary(.cos, tensor, .floats) }

    /// The tangent of an angle in radians. The derivative is `1 + tan² x`.
    ///
    /// ```swift
    /// print(tan(Tensor([0, 1])))   // [0.0, 1.5574077]
    /// ```
    public func tan() -> Tensor { Tensor.unary(.tan, tensor, .floats) }

    /// The angle in radians whose tangent is x. The derivative is `1 / (1 + x²)`.
    ///
    /// ```swift
    /// print(atan(Tensor([0, 1])))   // [0.0, 0.7853982]
    /// ```
    public func atan() -> Tensor { Tensor.unary(.atan, tensor, .floats) }
}

/// The sine of an angle in radians. The derivative is `cos x`.
///
/// ```swift
/// print(sin(Tensor([0, 1])))   // [0.0, 0.84147096]
/// ```
public func sin(_ x: some TensorConvertible) -> Tensor { x.sin() }

/// The cosine of an angle in radians. The derivative is `−sin x`.
///
/// ```swift
/// print(cos(Tensor([0, 1])))   // [1.0, 0.5403023]
/// ```
public func cos(_ x: some TensorConvertible) -> Tensor { x.cos() }

/// The tangent of an angle in radians. The derivative is `1 + tan² x`.
///
/// ```swift
/// print(tan(Tensor([0, 1])))   // [0.0, 1.5574077]
/// ```
public func tan(_ x: some TensorConvertible) -> Tensor { x.tan() }

/// The angle in radians whose tangent is x. The derivative is `1 / (1 + x²)`.
///
/// ```swift
/// print(atan(Tensor([0, 1])))   // [0.0, 0.7853982]
/// ```
public func atan(_ x: some TensorConvertible) -> Tensor { x.atan() }

/// The angle in radians of the point (x, y), in −π…π.
///
/// The derivative is `x / (x² + y²)` with respect to y and `−y / (x² + y²)` to x; 0 at the origin.
///
/// ```swift
/// print(atan2(Tensor([0, 1]), Tensor([1, 0])))   // [0.0, 1.5707964]
/// ```
public func atan2(
    _ y: some TensorConvertible, _ x: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { Tensor.binary(.atan2, y.tensor, x.tensor, .floats).located(file, line) }
