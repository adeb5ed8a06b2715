import CDescent

extension Primitive {
    package static let cbrt = Primitive(
        "cbrt", .unary(CD_CBRT), .fromOutput { g, y in g.chained(0.3333333333333333 / (y * y)) })

    package static let hypot = Primitive(
        "hypot", .binary(CD_HYPOT),
        .binary(left: { g, node in g * cosine(node.a, node.y) }, right: { g, node in g * cosine(node.b, node.y) }))

    /// At the origin, which has no direction, the gradient is 0.
    private static func cosine(_ side: Tensor, _ length: Tensor) -> Tensor {
        side / Tensor.where(length .== 0, 1, length)
    }
}

extension TensorConvertible {
    /// The cube root, of negative numbers too. The derivative is `1 / (3 ∛x²)`: infinite at 0.
    ///
    /// ```swift
    /// print(cbrt(Tensor([27, -8, 0])))   // [3.0, -2.0, 0.0]
    /// ```
    public func cbrt() -> Tensor { Tensor.unary(.cbrt, tensor, .floats) }
}

/// The cube root, of negative numbers too. The derivative is `1 / (3 ∛x²)`: infinite at 0.
///
/// ```swift
/// print(cbrt(Tensor([27, -8, 0])))   // [3.0, -2.0, 0.0]
/// ```
public func cbrt(_ x: some TensorConvertible) -> Tensor { x.cbrt() }

/// The length of the hypotenuse, `√(a² + b²)`, element by element, without overflow on the way.
///
/// The derivatives are `a / y` and `b / y`; 0 at the origin.
///
/// ```swift
/// print(hypot(Tensor([3, 3e30]), Tensor([4, 4e30])))   // [5.0, 5e+30]
/// ```
public func hypot(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Tensor.binary(.hypot, a, b, .floats).located(file, line)
}

/// The length of the hypotenuse, `√(a² + b²)`, element by element, without overflow on the way; see `hypot(_:_:)` of tensors.
public func hypot(_ a: Variable, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    hypot(a.tensor, b, file: file, line: line)
}

/// The length of the hypotenuse, `√(a² + b²)`, element by element, without overflow on the way; see `hypot(_:_:)` of tensors.
public func hypot(_ a: Tensor, _ b: Variable, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    hypot(a, b.tensor, file: file, line: line)
}

/// The length of the hypotenuse, `√(a² + b²)`, element by element, without overflow on the way; see `hypot(_:_:)` of tensors.
@_disfavoredOverload
public func hypot(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { hypot(a.tensor, b.tensor, file: file, line: line) }
