// Products and sums of vectors and matrices that are compositions of `matmul` and elementwise operations.

extension TensorConvertible {
    /// The product of NumPy's `dot`: of vectors the sum of products, of a tensor of more axes the sum over its last
    /// axis and the last but one of `other`; a single number multiplies.
    ///
    /// ```swift
    /// print(dot(Tensor([1, 2]), [3, 4]))   // 11.0
    /// ```
    public func dot(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let a = tensor
        if a.error == nil, other.error == nil, a.rank == 0 || other.rank == 0 {
            return (a * other).located(file, line)
        }
        if a.rank <= 2, other.rank <= 2 { return a.matmul(other, file: file, line: line) }
        return a.tensordot(other, axes: [-1], [other.rank > 1 ? -2 : -1], file: file, line: line)
    }

    /// Every element times every element of `other`: both are taken as vectors.
    ///
    /// ```swift
    /// print(outer(Tensor([1, 2]), [3, 4]))
    /// // [[3.0, 4.0],
    /// //  [6.0, 8.0]]
    /// ```
    public func outer(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        (tensor.reshape([-1, 1]) * other.reshape([1, -1])).located(file, line)
    }

    /// The Kronecker product: every element of this tensor, times all of `other` as a block.
    ///
    /// ```swift
    /// print(kron(Tensor([1, 2]), [1, 10]))   // [1.0, 10.0, 2.0, 20.0]
    /// ```
    public func kron(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (a, b) = Tensor.promoted(try tensor.operand(), other, .numbers)
            if let error = a.error ?? b.error { throw error }
            let rank = Swift.max(a.rank, b.rank)
            // Axes of one between those of the other, so that pairs of axes come together.
            let left = [Int](repeating: 1, count: rank - a.rank) + a.shape.dimensions
            let right = [Int](repeating: 1, count: rank - b.rank) + b.shape.dimensions
            let product =
                a.reshape(Shape(left.flatMap { [$0, 1] })) * b.reshape(Shape(right.flatMap { [1, $0] }))
            return product.reshape(Shape(zip(left, right).map { $0 * $1 }))
        }
    }

    /// Products summed over the last `axes` axes of this tensor and the first `axes` ones of `other`.
    ///
    /// ```swift
    /// print(tensordot(Tensor.ones([2, 3, 4]), Tensor.ones([3, 4, 5]), axes: 2).shape)   // [2, 5]
    /// ```
    public func tensordot(
        _ other: Tensor, axes: Int = 2, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let rank = tensor.rank
        return tensordot(
            other, axes: Array(Swift.max(rank - axes, 0)..<Swift.max(rank, axes)), Array(0..<Swift.max(axes, 0)),
            file: file, line: line)
    }

    /// Products summed over pairs of axes: those named of this tensor with those named of `other`, in order.
    public func tensordot(
        _ other: Tensor, axes left: [Int], _ right: [Int], file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (a, b) = Tensor.promoted(try tensor.operand(), other, .numbers)
            if let error = a.error ?? b.error { throw error }
            _ = try a.shape.resolve(axes: left, operation: "tensordot")
            _ = try b.shape.resolve(axes: right, operation: "tensordot")
            let (i, j) = (left.map { $0 < 0 ? $0 + a.rank : $0 }, right.map { $0 < 0 ? $0 + b.rank : $0 })
            guard i.count == j.count, zip(i, j).allSatisfy({ a.shape[$0] == b.shape[$1] }) else {
                throw DescentError(
                    "tensordot", "axes to sum over must come in pairs of one extent",
                    received: "axes \(left) of shape \(a.shape), \(right) of \(b.shape)")
            }
            let (kept, others) = ((0..<a.rank).filter { !i.contains($0) }, (0..<b.rank).filter { !j.contains($0) })
            let inner = i.reduce(1) { $0 * a.shape[$1] }
            let (rows, columns) = (kept.map { a.shape[$0] }, others.map { b.shape[$0] })
            let x = a.permute(kept + i).reshape([rows.reduce(1, *), inner])
            let y = b.permute(j + others).reshape([inner, columns.reduce(1, *)])
            return x.matmul(y).reshape(Shape(rows + columns))
        }
    }

    /// The sum of the diagonal of every matrix.
    ///
    /// ```swift
    /// print(trace(Tensor([[1, 2], [3, 4]])))   // 5.0
    /// ```
    public func trace(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            guard x.rank >= 2 else {
                throw DescentError("trace", "a matrix has rows and columns", received: "shape \(x.shape)")
            }
            return x.matrixDiagonal().sum(axes: -1)
        }
    }
}

/// The product of NumPy's `dot`; see `TensorConvertible.dot(_:)`.
public func dot(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.dot(b, file: file, line: line)
}

/// The product of NumPy's `dot`; see `TensorConvertible.dot(_:)`.
@_disfavoredOverload
public func dot(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.dot(b.tensor, file: file, line: line) }

/// Every element times every element; see `TensorConvertible.outer(_:)`.
public func outer(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.outer(b, file: file, line: line)
}

/// Every element times every element; see `TensorConvertible.outer(_:)`.
@_disfavoredOverload
public func outer(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.outer(b.tensor, file: file, line: line) }

/// The Kronecker product; see `TensorConvertible.kron(_:)`.
public func kron(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.kron(b, file: file, line: line)
}

/// The Kronecker product; see `TensorConvertible.kron(_:)`.
@_disfavoredOverload
public func kron(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.kron(b.tensor, file: file, line: line) }

/// Products summed over axes; see `TensorConvertible.tensordot(_:axes:)`.
public func tensordot(
    _ a: some TensorConvertible, _ b: some TensorConvertible, axes: Int = 2, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { a.tensordot(b.tensor, axes: axes, file: file, line: line) }

/// Products summed over pairs of axes; see `TensorConvertible.tensordot(_:axes:_:)`.
public func tensordot(
    _ a: some TensorConvertible, _ b: some TensorConvertible, axes left: [Int], _ right: [Int],
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.tensordot(b.tensor, axes: left, right, file: file, line: line) }

/// The sum of the diagonal of every matrix; see `TensorConvertible.trace()`.
public func trace(_ a: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.trace(file: file, line: line)
}
