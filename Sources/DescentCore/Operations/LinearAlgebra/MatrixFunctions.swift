import CDescent

extension Primitive {
    /// The exponential of [[Aᵀ, g], [0, Aᵀ]] has the gradient in its upper right corner (Najfeld and Havel, 1995).
    package static let expm: Primitive = Primitive(
        "expm", .routine(CD_EXPM),
        .general { g, node, _ in
            let a = Tensor(node.first!)
            let n = a.rows
            let transposed = a.matrixTransposed()
            let upper = DescentCore.concat([transposed, g], axis: -1)
            let lower = DescentCore.concat([Tensor.zerosLike(transposed), transposed], axis: -1)
            return DescentCore.concat([upper, lower], axis: -2).expm().someRows(0, n).someColumns(n, n)
        })
}

extension TensorConvertible {
    /// The exponential of a matrix, 1 + A + A²/2 + A³/6 + …
    ///
    /// Computed by scaling, a Padé approximant and squaring.
    ///
    /// ```swift
    /// print(expm(Tensor([[0, 1], [0, 0]])))
    /// // [[1.0, 1.0],
    /// //  [0.0, 1.0]]
    /// ```
    public func expm(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let a = try tensor.squareMatrices("expm")
            return Tensor.routine(.expm, [a.stackCount, a.rows], a, shape: a.shape, at: SourceLocation(file, line))
        }
    }

    /// The matrix multiplied by itself: `exponent` factors; of a negative exponent, of the inverse.
    ///
    /// By repeated squaring, from which the derivative follows.
    ///
    /// ```swift
    /// print(matrixPower(Tensor([[1, 1], [0, 1]]), 5))
    /// // [[1.0, 5.0],
    /// //  [0.0, 1.0]]
    /// ```
    public func matrixPower(
        _ exponent: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let a = try tensor.squareMatrices("matrixPower")
            var square = exponent < 0 ? a.inverse(file: file, line: line) : a
            var rest = exponent.magnitude
            var power: Tensor?
            while rest > 0 {
                if rest & 1 == 1 { power = power.map { $0.matmul(square) } ?? square }
                rest >>= 1
                if rest > 0 { square = square.matmul(square) }
            }
            return power ?? Tensor.eye(a.rows, dtype: a.dtype).broadcast(to: a.shape)
        }
    }
}

/// The exponential of a matrix; see `TensorConvertible.expm()`.
public func expm(_ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.expm(file: file, line: line)
}

/// The matrix multiplied by itself; see `TensorConvertible.matrixPower(_:)`.
public func matrixPower(
    _ a: some TensorConvertible, _ exponent: Int, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.matrixPower(exponent, file: file, line: line) }
