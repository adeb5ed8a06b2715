import CDescent

extension Primitive {
    /// Singular values s, below them U, below that V. With Fᵢⱼ = 1 / (sⱼ² − sᵢ²), and 0 where these are equal, the
    /// gradient is U (diag gs + F∘(X − Xᵀ) S + S F∘(Y − Yᵀ)) Vᵀ with X = Uᵀ gU and Y = Vᵀ gV, and what of gU and gV is
    /// orthogonal to U and V (Townsend, "Differentiating the singular value decomposition", 2016).
    package static let svd: Primitive = Primitive(
        "svd", .routine(CD_SVD),
        .general { g, node, _ in
            let (packed, a) = (Tensor(node), Tensor(node.first!))
            let (m, n) = (a.rows, a.columns)
            let (s, u, v) = (packed.someRows(0, 1), packed.someRows(1, m), packed.someRows(1 + m, n))
            let (gs, gu, gv) = (g.someRows(0, 1), g.someRows(1, m), g.someRows(1 + m, n))
            let (ut, vt) = (u.matrixTransposed(), v.matrixTransposed())
            let column = s.matrixTransposed()
            let f = ((s - column) * (s + column)).reciprocalOrZero()
            let (x, y) = (ut.matmul(gu), vt.matmul(gv))
            let middle =
                gs.squeeze(axes: [g.rank - 2]).onDiagonal() + f * (x - x.matrixTransposed()) * s
                + column * (f * (y - y.matrixTransposed()))
            var gradient = u.matmul(middle).matmul(vt)
            let inverse = s.reciprocalOrZero()
            if m > n { gradient = gradient + ((gu - u.matmul(x)) * inverse).matmul(vt) }
            if n > m { gradient = gradient + u.matmul(((gv - v.matmul(y)) * inverse).matrixTransposed()) }
            return gradient
        })
}

extension TensorConvertible {
    /// The singular value decomposition: U diag(s) Vᵀ is this matrix [m, n], s being in descending order.
    ///
    /// With k the smaller of m and n, U is [m, k], s [k] and Vᵀ [k, n]; the columns of U and V are orthonormal. The
    /// derivative of values is defined always; that of vectors between which the values do not tell is taken as 0, and is large
    /// where values are nearly equal.
    ///
    /// ```swift
    /// let (u, s, vt) = svd(Tensor([[3, 0], [0, 4], [0, 0]]))
    /// print(u.shape, s, vt.shape)   // [3, 2] [4.0, 3.0] [2, 2]
    /// ```
    public func svd(
        file: StaticString = #fileID, line: UInt = #line
    ) -> (u: Tensor, s: Tensor, vt: Tensor) {
        do throws(DescentError) {
            let a = try tensor.matrices("svd")
            let (m, n) = (a.rows, a.columns)
            let packed = Tensor.routine(
                .svd, [a.stackCount, m, n], a, shape: Shape(a.stackExtents + [1 + m + n, Swift.min(m, n)]),
                at: SourceLocation(file, line))
            if packed.error != nil { return (packed, packed, packed) }
            return (
                packed.someRows(1, m), packed.someRows(0, 1).squeeze(axes: [a.rank - 2]),
                packed.someRows(1 + m, n).matrixTransposed()
            )
        } catch {
            let poison = Tensor(error: error.located(at: SourceLocation(file, line)))
            return (poison, poison, poison)
        }
    }

    /// The singular values of a matrix in descending order; see `svd()`.
    ///
    /// ```swift
    /// print(singularValues(Tensor([[0, 2], [1, 0]])))   // [2.0, 1.0]
    /// ```
    public func singularValues(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        svd(file: file, line: line).s
    }
}

/// The singular value decomposition; see `TensorConvertible.svd()`.
public func svd(
    _ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> (u: Tensor, s: Tensor, vt: Tensor) { a.svd(file: file, line: line) }

/// The singular values of a matrix in descending order; see `TensorConvertible.singularValues()`.
public func singularValues(
    _ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.singularValues(file: file, line: line) }
