import CDescent

extension Primitive {
    /// Q, and below it Rᵀ. The rule for at least as many rows as columns is that of Walter and Lehmann ("Algorithmic
    /// differentiation of linear algebra functions", 2010); columns beyond the rows follow Roberts and Roberts (2020).
    package static let qr: Primitive = Primitive(
        "qr", .routine(CD_QR),
        .general { g, node, _ in
            let a = Tensor(node.first!)
            let (m, n) = (a.rows, a.columns)
            let factors = QRFactors(Tensor(node), m, n)
            var gradient = QRFactors(g, m, n)
            guard m < n else { return factors.contribution(gradient) }
            let beyond = gradient.r.someColumns(m, n - m)
            gradient.q = gradient.q + a.someColumns(m, n - m).matmul(beyond.matrixTransposed())
            gradient.r = gradient.r.someColumns(0, m)
            var square = factors
            square.r = factors.r.someColumns(0, m)
            return DescentCore.concat([square.contribution(gradient), factors.q.matmul(beyond)], axis: -1)
        })
}

/// The two factors, or their gradients.
private struct QRFactors {
    var q: Tensor
    var r: Tensor

    init(_ packed: Tensor, _ m: Int, _ n: Int) {
        q = packed.someRows(0, m)
        r = packed.someRows(m, n).matrixTransposed()
    }

    /// (gQ + Q S) R⁻ᵀ, where S is the symmetric matrix with the lower triangle of R gRᵀ − gQᵀ Q.
    func contribution(_ gradient: QRFactors) -> Tensor {
        let inner = r.matmul(gradient.r.matrixTransposed()) - gradient.q.matrixTransposed().matmul(q)
        let lower = inner.triangle(lower: true)
        let symmetric = lower + inner.triangle(lower: true, diagonal: 0).matrixTransposed()
        let left = gradient.q + q.matmul(symmetric)
        return Tensor.triangular(r, left.matrixTransposed(), lower: false, transposed: false).matrixTransposed()
    }
}

extension TensorConvertible {
    /// The QR factorization: Q with orthonormal columns, R an upper triangle, Q R this matrix [m, n].
    ///
    /// With k the smaller of m and n, Q is [m, k] and R [k, n]. Signs are those that Householder reflections give: the
    /// diagonal of R may be negative. The derivative needs the first k columns to be independent.
    ///
    /// ```swift
    /// let (q, r) = qr(Tensor([[3], [4]]))
    /// print(q.shape, r)   // [2, 1] [[-5.0]]
    /// ```
    public func qr(file: StaticString = #fileID, line: UInt = #line) -> (q: Tensor, r: Tensor) {
        do throws(DescentError) {
            let a = try tensor.matrices("qr")
            let (m, n) = (a.rows, a.columns)
            let packed = Tensor.routine(
                .qr, [a.stackCount, m, n], a, shape: Shape(a.stackExtents + [m + n, Swift.min(m, n)]),
                at: SourceLocation(file, line))
            if packed.error != nil { return (packed, packed) }
            let factors = QRFactors(packed, m, n)
            return (factors.q, factors.r)
        } catch {
            let poison = Tensor(error: error.located(at: SourceLocation(file, line)))
            return (poison, poison)
        }
    }
}

/// The QR factorization; see `TensorConvertible.qr()`.
public func qr(
    _ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> (q: Tensor, r: Tensor) { a.qr(file: file, line: line) }
