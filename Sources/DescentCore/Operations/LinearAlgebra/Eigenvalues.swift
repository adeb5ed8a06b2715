import CDescent

extension Primitive {
    /// Eigenvalues w, and below them the vectors V in columns. With Fᵢⱼ = 1 / (wⱼ − wᵢ), and 0 where these are equal, the
    /// gradient is the symmetric part of V (diag gw + F ∘ (Vᵀ gV)) Vᵀ.
    package static let eigh: Primitive = Primitive(
        "eigh", .routine(CD_EIGH),
        .fromOutput { g, packed in
            let n = packed.columns
            let (values, vectors) = (packed.someRows(0, 1), packed.someRows(1, n))
            let (gValues, gVectors) = (g.someRows(0, 1), g.someRows(1, n))
            let transposed = vectors.matrixTransposed()
            let f = (values - values.matrixTransposed()).reciprocalOrZero()
            let middle = gValues.squeeze(axes: [g.rank - 2]).onDiagonal() + f * transposed.matmul(gVectors)
            return vectors.matmul(middle).matmul(transposed).symmetricPart()
        })
}

extension TensorConvertible {
    /// Eigenvalues of a symmetric matrix in ascending order, and its eigenvectors as columns.
    ///
    /// Of a matrix that is not quite symmetric the symmetric part, (A + Aᵀ) / 2, is taken. The derivative of values is defined
    /// always; that of vectors between which the values do not tell is taken as 0, and is large where values are nearly equal.
    ///
    /// ```swift
    /// let (values, vectors) = eigh(Tensor([[2, 0], [0, 1]]))
    /// print(values, vectors.shape)   // [1.0, 2.0] [2, 2]
    /// ```
    public func eigh(file: StaticString = #fileID, line: UInt = #line) -> (values: Tensor, vectors: Tensor) {
        do throws(DescentError) {
            let a = try tensor.squareMatrices("eigh")
            let packed = Tensor.routine(
                .eigh, [a.stackCount, a.rows], a, shape: Shape(a.stackExtents + [a.rows + 1, a.rows]),
                at: SourceLocation(file, line))
            if packed.error != nil { return (packed, packed) }
            return (packed.someRows(0, 1).squeeze(axes: [a.rank - 2]), packed.someRows(1, a.rows))
        } catch {
            let poison = Tensor(error: error.located(at: SourceLocation(file, line)))
            return (poison, poison)
        }
    }

    /// Eigenvalues of a symmetric matrix in ascending order; see `eigh()`.
    ///
    /// ```swift
    /// print(eigvalsh(Tensor([[2, 0], [0, 1]])))   // [1.0, 2.0]
    /// ```
    public func eigvalsh(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        eigh(file: file, line: line).values
    }
}

/// Eigenvalues and eigenvectors of a symmetric matrix; see `TensorConvertible.eigh()`.
public func eigh(
    _ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> (values: Tensor, vectors: Tensor) { a.eigh(file: file, line: line) }

/// Eigenvalues of a symmetric matrix in ascending order; see `TensorConvertible.eigh()`.
public func eigvalsh(_ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.eigvalsh(file: file, line: line)
}
