import CDescent

// Inputs of the first three: the matrix, which only the derivative reads, and its factors.
extension Primitive {
    package static let det: Primitive = Primitive(
        "det", .routine(CD_DETERMINANT),
        .general { g, node, index in
            index == 0 ? g.expandDims(-1).expandDims(-1) * Tensor(node.first!).cofactors() : nil
        })

    package static let logAbsDet: Primitive = Primitive(
        "logAbsDet", .routine(CD_DETERMINANT),
        .general { g, node, index in
            guard index == 0 else { return nil }
            return g.expandDims(-1).expandDims(-1) * Tensor(node.first!).inverse().matrixTransposed()
        })

    package static let signOfDet: Primitive = Primitive("signOfDet", .routine(CD_DETERMINANT), .none)

    /// The signed determinants of the minors, C. The derivative needs the inverse Y: it is ⟨g, C⟩ Yᵀ − C gᵀ Yᵀ.
    package static let cofactors: Primitive = Primitive(
        "cofactors", .routine(CD_COFACTORS),
        .general { g, node, _ in
            let c = Tensor(node)
            let transposed = Tensor(node.first!).inverse().matrixTransposed()
            let weight = (g * c).sum(axes: -2, -1, keepDims: true)
            return weight * transposed - c.matmul(g.matrixTransposed()).matmul(transposed)
        })
}

extension Tensor {
    /// The derivative of the determinant. Up to three rows it is written out, and so differentiable everywhere.
    fileprivate func cofactors() -> Tensor {
        switch rows {
        case 0, 1: return Tensor.ones(shape, dtype: dtype)
        case 2: return flip(axes: [-2, -1]) * Tensor([1.0, -1, -1, 1], shape: [2, 2]).cast(to: dtype)
        case 3:
            let (next, last) = (turned(-2, 1), turned(-2, 2))
            return next.turned(-1, 1) * last.turned(-1, 2) - next.turned(-1, 2) * last.turned(-1, 1)
        default: return Tensor.routine(.cofactors, [stackCount, rows], self, shape: shape)
        }
    }

    /// Three rows or columns, beginning with number `first`.
    private func turned(_ axis: Int, _ first: Int) -> Tensor {
        let axis = rank + axis
        return concat(
            [
                sliced(axis, start: first, step: 1, count: 3 - first),
                sliced(axis, start: 0, step: 1, count: first),
            ], axis: axis)
    }

    /// Several functions of one factorization; `part` as beside CD_DETERMINANT.
    fileprivate func determinants(
        _ operation: StaticString, _ wanted: [(primitive: Primitive, part: Int)], _ file: StaticString, _ line: UInt
    ) -> [Tensor] {
        let location = SourceLocation(file, line)
        do throws(DescentError) {
            let a = try squareMatrices(operation)
            let factors = a.factored(at: location)
            return wanted.map {
                Tensor.routine(
                    $0.primitive, [a.stackCount, a.rows, $0.part], a, factors, shape: Shape(a.stackExtents),
                    at: location)
            }
        } catch {
            return wanted.map { _ in Tensor(error: error.located(at: location)) }
        }
    }
}

extension TensorConvertible {
    /// The determinant of a matrix.
    ///
    /// The derivative is g times the cofactors: for a singular matrix as well. The second derivative of a matrix with more
    /// than three rows needs the inverse.
    ///
    /// ```swift
    /// print(det(Tensor([[1, 2], [3, 4]])))   // -2.0
    /// ```
    public func det(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        tensor.determinants("det", [(.det, 0)], file, line)[0]
    }

    /// The logarithm of the determinant; NaN where that is negative.
    ///
    /// The derivative is g times the transposed inverse.
    ///
    /// ```swift
    /// print(logdet(Tensor([[2, 0], [0, 2]])))   // 1.3862944
    /// ```
    public func logdet(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let (sign, logarithm) = slogdet(file: file, line: line)
        if logarithm.error != nil { return logarithm }
        // Not a product: a gradient of NaN would not be this function's.
        return Tensor.where(sign .>= 0, logarithm, Tensor(Node(scalar: Number.bits(.nan, as: sign.dtype), sign.dtype)))
    }

    /// The sign of the determinant, and the logarithm of its magnitude, which neither overflows nor underflows.
    ///
    /// Of a singular matrix the sign is 0 and the logarithm −∞. The derivative of the logarithm is g times the transposed
    /// inverse; the sign has none.
    ///
    /// ```swift
    /// let (sign, logarithm) = slogdet(Tensor([[0, 2], [2, 0]]))
    /// print(sign, logarithm)   // -1.0 1.3862944
    /// ```
    public func slogdet(
        file: StaticString = #fileID, line: UInt = #line
    ) -> (sign: Tensor, logAbsDet: Tensor) {
        let both = tensor.determinants("slogdet", [(.signOfDet, 1), (.logAbsDet, 2)], file, line)
        return (both[0], both[1])
    }
}

/// The determinant of a matrix; see `TensorConvertible.det()`.
public func det(_ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.det(file: file, line: line)
}

/// The logarithm of the determinant; see `TensorConvertible.logdet()`.
public func logdet(_ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.logdet(file: file, line: line)
}

/// The sign of the determinant, and the logarithm of its magnitude; see `TensorConvertible.slogdet()`.
public func slogdet(
    _ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> (sign: Tensor, logAbsDet: Tensor) { a.slogdet(file: file, line: line) }
