import CDescent

extension Primitive {
    package static let log2 = Primitive(
        "log2", .unary(CD_LOG2), .fromInput { g, x in g.chained(1.4426950408889634 / x) })
    package static let log10 = Primitive(
        "log10", .unary(CD_LOG10), .fromInput { g, x in g.chained(0.4342944819032518 / x) })
    package static let exp2 = Primitive(
        "exp2", .unary(CD_EXP2), .fromOutput { g, y in g * (0.6931471805599453 * y) })

    package static let logAddExp = Primitive(
        "logAddExp", .binary(CD_LOGADDEXP),
        .binary(left: { g, node in g * share(node.a, node.b) }, right: { g, node in g * share(node.b, node.a) }))

    /// eᵃ / (eᵃ + eᵇ). Equal infinities share equally; their difference would be NaN.
    private static func share(_ a: Tensor, _ b: Tensor) -> Tensor {
        let alike = (a .== b) .& a.isInfinite()
        return Tensor.where(alike, 0, a - b).sigmoid()
    }
}

extension TensorConvertible {
    /// The logarithm to base 2, exact for powers of 2. The derivative is `1 / (x ln 2)`.
    ///
    /// ```swift
    /// print(log2(Tensor([8, 0.5, 0])))   // [3.0, -1.0, -inf]
    /// ```
    public func log2() -> Tensor { Tensor.unary(.log2, tensor, .floats) }

    /// The logarithm to base 10. The derivative is `1 / (x ln 10)`.
    ///
    /// ```swift
    /// print(log10(Tensor([1000, 0.1, 0])))   // [3.0, -1.0, -inf]
    /// ```
    public func log10() -> Tensor { Tensor.unary(.log10, tensor, .floats) }

    /// The power of two, `2ˣ`, exact for whole numbers. The derivative is `2ˣ ln 2`.
    ///
    /// ```swift
    /// print(exp2(Tensor([3, -1, 0.5])))   // [8.0, 0.5, 1.4142135]
    /// ```
    public func exp2() -> Tensor { Tensor.unary(.exp2, tensor, .floats) }
}

/// The logarithm to base 2, exact for powers of 2. The derivative is `1 / (x ln 2)`.
///
/// ```swift
/// print(log2(Tensor([8, 0.5, 0])))   // [3.0, -1.0, -inf]
/// ```
public func log2(_ x: some TensorConvertible) -> Tensor { x.log2() }

/// The logarithm to base 10. The derivative is `1 / (x ln 10)`.
///
/// ```swift
/// print(log10(Tensor([1000, 0.1, 0])))   // [3.0, -1.0, -inf]
/// ```
public func log10(_ x: some TensorConvertible) -> Tensor { x.log10() }

/// The power of two, `2ˣ`, exact for whole numbers. The derivative is `2ˣ ln 2`.
///
/// ```swift
/// print(exp2(Tensor([3, -1, 0.5])))   // [8.0, 0.5, 1.4142135]
/// ```
public func exp2(_ x: some TensorConvertible) -> Tensor { x.exp2() }

// MARK: - Of two numbers

/// `ln(eᵃ + eᵇ)`, element by element, without overflow. The derivatives are `eᵃ / (eᵃ + eᵇ)` and `eᵇ / (eᵃ + eᵇ)`.
///
/// ```swift
/// print(logAddExp(Tensor([0, 1000]), 0))   // [0.6931472, 1000.0]
/// ```
public func logAddExp(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Tensor.binary(.logAddExp, a, b, .floats).located(file, line)
}

/// `ln(eᵃ + eᵇ)`, element by element, without overflow; see `logAddExp(_:_:)` of tensors.
public func logAddExp(_ a: Variable, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    logAddExp(a.tensor, b, file: file, line: line)
}

/// `ln(eᵃ + eᵇ)`, element by element, without overflow; see `logAddExp(_:_:)` of tensors.
public func logAddExp(_ a: Tensor, _ b: Variable, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    logAddExp(a, b.tensor, file: file, line: line)
}

/// `ln(eᵃ + eᵇ)`, element by element, without overflow; see `logAddExp(_:_:)` of tensors.
@_disfavoredOverload
public func logAddExp(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { logAddExp(a.tensor, b.tensor, file: file, line: line) }

/// `a ln b`, and 0 where a is 0, whatever b is. The derivatives are `ln b` and `a / b`.
///
/// ```swift
/// print(xlogy(Tensor([0, 2]), Tensor([0, 1])))   // [0.0, 0.0]
/// ```
public func xlogy(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        try Tensor.broadcasting("xlogy", [a, b])
        return Tensor.binary(.chain, a, b.log(), .floats)
    }
}

/// `a ln b`, and 0 where a is 0, whatever b is; see `xlogy(_:_:)` of tensors.
public func xlogy(_ a: Variable, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    xlogy(a.tensor, b, file: file, line: line)
}

/// `a ln b`, and 0 where a is 0, whatever b is; see `xlogy(_:_:)` of tensors.
public func xlogy(_ a: Tensor, _ b: Variable, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    xlogy(a, b.tensor, file: file, line: line)
}

/// `a ln b`, and 0 where a is 0, whatever b is; see `xlogy(_:_:)` of tensors.
@_disfavoredOverload
public func xlogy(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { xlogy(a.tensor, b.tensor, file: file, line: line) }
