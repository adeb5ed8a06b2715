extension Primitive {
    /// Transposed operands are views, which the kernel reads through strides.
    package static let matmul = Primitive(
        "matmul", .matmul,
        .binary(
            left: { g, node in g.matmul(node.b.matrixTransposed()) },
            right: { g, node in node.a.matrixTransposed().matmul(g) }))
}

extension TensorConvertible {
    /// The matrix product, by NumPy's rules.
    ///
    /// Leading axes are stacks of matrices and broadcast. A vector on the left is a row, on the right a column; its extra
    /// axis is taken away again. The derivative is `g·bᵀ` with respect to a, and `aᵀ·g` to b.
    ///
    /// ```swift
    /// let a: Tensor = [[1, 2], [3, 4]]
    /// print(matmul(a, [1, 1]))   // [3.0, 7.0]
    /// ```
    public func matmul(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        product(with: other) ?? generalProduct(with: other, file, line)
    }

    /// The product of a matrix with a matrix or a vector of one type, the common case; nil for all others.
    @inline(__always)
    private func product(with other: Tensor) -> Tensor? {
        let (a, b) = (tensor.node, other.node)
        guard a.shape.rank == 2, b.shape.rank == 2 || b.shape.rank == 1, a.dtype == b.dtype, a.dtype != .bool,
            a.traits.union(b.traits).isDisjoint(with: .special), a.shape[1] == b.shape[0]
        else { return nil }
        let isVector = b.shape.rank == 1
        let shape = Shape(rank: 2) { $0 == 0 ? a.shape[0] : isVector ? 1 : b.shape[1] }
        guard shape.misfit("matmul") == nil else { return nil }
        let column = Shape(rank: 2) { $0 == 0 ? a.shape[1] : 1 }
        let right = isVector ? other.viewed(as: column, .reshape).node : b
        let product = Tensor(Node(.matmul, a.dtype, shape, a, right)).bounded()
        return isVector ? product.viewed(as: Shape(rank: 1) { _ in a.shape[0] }, .reshape) : product
    }

    private func generalProduct(with other: Tensor, _ file: StaticString, _ line: UInt) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (a, b) = Tensor.promoted(try tensor.operand(), other, .numbers)
            if let error = a.error ?? b.error { throw error }
            guard a.rank > 0, b.rank > 0 else {
                throw DescentError(
                    "matmul", "operands have at least one axis", received: "lhs \(a.shape), rhs \(b.shape)")
            }
            let left = a.rank == 1 ? a.expandDims(0) : a
            let right = b.rank == 1 ? b.expandDims(1) : b
            guard left.shape[left.rank - 1] == right.shape[right.rank - 2] else {
                throw DescentError(
                    "matmul", "inner dimensions must agree", received: "lhs \(a.shape), rhs \(b.shape)")
            }
            guard let stack = left.shape.dropping(last: 2).broadcast(with: right.shape.dropping(last: 2)) else {
                throw DescentError(
                    "matmul", "stacks of matrices must broadcast", received: "lhs \(a.shape), rhs \(b.shape)")
            }
            let (rows, columns) = (left.shape[left.rank - 2], right.shape[right.rank - 1])
            let shape = try stack.appending(rows).appending(columns).checked("matmul")
            let product = Tensor(Node(.matmul, left.dtype, shape, left.node, right.node)).bounded()
            if a.rank > 1, b.rank > 1 { return product }
            return product.reshape(a.rank > 1 ? stack.appending(rows) : b.rank > 1 ? stack.appending(columns) : stack)
        }
    }

    /// The matrix product with a variable's value; see `matmul(_:)`.
    public func matmul(_ other: Variable, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        matmul(other.tensor, file: file, line: line)
    }
}

/// The matrix product; see `TensorConvertible.matmul(_:)`.
public func matmul(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.matmul(b, file: file, line: line)
}

/// The matrix product; see `TensorConvertible.matmul(_:)`.
@_disfavoredOverload
public func matmul(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.matmul(b.tensor, file: file, line: line) }
