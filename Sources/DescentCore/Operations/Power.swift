import CDescent

extension Primitive {
    package static let pow = Primitive(
        "pow", .binary(CD_POW),
        .binary(
            left: { g, node in
                let (a, b) = (node.a, node.b)
                // Where b is 0 the power is 1 whatever a is; `0 · a⁻¹` would be NaN at a = 0.
                return g.chained(Tensor.where(b .== 0, 0, b * a ** (b - 1)))
            },
            right: { g, node in g.chained(Tensor.where(node.a .> 0, node.y * node.a.log(), 0)) }))

    package static let sqrt = Primitive(
        "sqrt", .unary(CD_SQRT), .fromOutput { g, y in g.chained(0.5 / y) })

    /// The same, but for the slope at 0, which is taken to be 0.
    package static let rootOfSquares = Primitive(
        "rootOfSquares", .unary(CD_SQRT),
        .fromOutput { g, y in
            let isZero = y .== 0
            return g.chained(Tensor.where(isZero, 0, 0.5 / Tensor.where(isZero, 1, y)))
        })

    package static let rsqrt = Primitive(
        "rsqrt", .unary(CD_RSQRT), .fromOutput { g, y in g.chained(-0.5 * y * y * y) })
}

extension Tensor {
    /// The square root whose slope at 0 is 0: for roots of sums of squares, which have a smallest value there.
    package func rootOfSquares() -> Tensor { Tensor.unary(.rootOfSquares, self, .floats) }

    /// `a ** b`; small whole exponents that stand in the source become products.
    package static func raise(_ a: Tensor, to b: Tensor) -> Tensor {
        let exponent = b.node
        guard exponent.traits.contains(.weak), exponent.state == .scalar, !a.node.traits.contains(.weak),
            !Recording.tracksLiterals
        else {
            return binary(.pow, a, b, .numbers)
        }
        let value =
            exponent.traits.contains(.weakInteger)
            ? Double(Int64(bitPattern: exponent.scalarBits)) : Double(bitPattern: exponent.scalarBits)
        let isFraction = a.dtype.isFloatingPoint
        return switch value {
        case 1 where isFraction: a
        case 2 where isFraction || exponent.traits.contains(.weakInteger): a.square()
        case 3 where isFraction: a.square() * a
        case -1 where isFraction: a.reciprocal()
        default: binary(.pow, a, b, .numbers)
        }
    }
}

extension TensorConvertible {
    /// The power, `xⁿ`; see `**`.
    public func pow(_ exponent: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.raise(tensor, to: exponent).located(file, line)
    }

    /// The square root, `√x`. The derivative is `1 / (2√x)`: infinite at 0.
    ///
    /// ```swift
    /// print(sqrt(Tensor([4, 9])))   // [2.0, 3.0]
    /// ```
    public func sqrt() -> Tensor { Tensor.unary(.sqrt, tensor, .floats) }

    /// The reciprocal of the square root, `1 / √x`. The derivative is `−1 / (2x√x)`.
    ///
    /// ```swift
    /// print(rsqrt(Tensor([4, 16])))   // [0.5, 0.25]
    /// ```
    public func rsqrt() -> Tensor { Tensor.unary(.rsqrt, tensor, .floats) }
}

/// The power, `xⁿ`; see `**`.
///
/// ```swift
/// print(pow(Tensor([2, 3]), 3))   // [8.0, 27.0]
/// ```
public func pow(
    _ x: some TensorConvertible, _ exponent: Tensor, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.pow(exponent, file: file, line: line) }

/// The power, `xⁿ`; see `**`.
public func pow(
    _ x: some TensorConvertible, _ exponent: Variable, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.pow(exponent.tensor, file: file, line: line) }

/// The power, `xⁿ`, of a number or an array in the source; see `**`.
public func pow(_ x: Tensor, _ exponent: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    x.pow(exponent, file: file, line: line)
}

/// The square root, `√x`. The derivative is `1 / (2√x)`: infinite at 0.
///
/// ```swift
/// print(sqrt(Tensor([4, 9])))   // [2.0, 3.0]
/// ```
public func sqrt(_ x: some TensorConvertible) -> Tensor { x.sqrt() }

/// The reciprocal of the square root, `1 / √x`. The derivative is `−1 / (2x√x)`.
///
/// ```swift
/// print(rsqrt(Tensor([4, 16])))   // [0.5, 0.25]
/// ```
public func rsqrt(_ x: some TensorConvertible) -> Tensor { x.rsqrt() }
