// Matrices and their diagonals.

extension TensorConvertible {
    /// The diagonal of a matrix, or of each matrix in the last two axes.
    ///
    /// The derivative is a matrix with the gradient on that diagonal.
    ///
    /// ```swift
    /// print(diagonal(Tensor([[1, 2], [3, 4]])))              // [1.0, 4.0]
    /// print(diagonal(Tensor([[1, 2], [3, 4]]), offset: 1))   // [2.0]
    /// ```
    ///
    /// - Parameter offset: how far above the main diagonal, below it if negative.
    public func diagonal(offset: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            guard x.rank >= 2 else { throw Tensor.needsMatrix("diagonal", x.shape) }
            let (rows, columns) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
            let (down, right) = (Swift.max(-offset, 0), Swift.max(offset, 0))
            let count = Swift.max(Swift.min(rows - down, columns - right), 0)
            let flat = x.reshape(Shape(x.shape.dimensions.dropLast(2) + [rows * columns]))
            let start = count == 0 ? 0 : down * columns + right
            return flat.sliced(x.rank - 2, start: start, step: count > 1 ? columns + 1 : 1, count: count)
        }
    }

    /// Of a vector the matrix with it on a diagonal and zeros elsewhere; of a matrix its diagonal.
    ///
    /// The derivative is the gradient on that diagonal.
    ///
    /// ```swift
    /// print(diag(Tensor([1, 2])))
    /// // [[1.0, 0.0],
    /// //  [0.0, 2.0]]
    /// ```
    ///
    /// - Parameter offset: how far above the main diagonal, below it if negative.
    public func diag(offset: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            if x.rank == 2 { return x.diagonal(offset: offset, file: file, line: line) }
            guard x.rank == 1 else {
                throw DescentError("diag", "it takes a vector or a matrix", received: "shape \(x.shape)")
            }
            let count = x.count
            let (extent, overflow) = count.addingReportingOverflow(Int(clamping: offset.magnitude))
            let size = try Shape(overflow ? [Int.max, 2] : [extent, extent]).checked("diag")
            if count == 0 { return Tensor.zeros(size, dtype: x.dtype) }
            let start = offset < 0 ? -offset * extent : offset
            return Tensor.placed([(values: x, start: start, step: extent + 1)], in: size)
        }
    }

    /// The lower triangle of a matrix, or of each matrix in the last two axes; zeros above it.
    ///
    /// The derivative is the lower triangle of the gradient.
    ///
    /// ```swift
    /// print(tril(Tensor([[1, 2], [3, 4]])))
    /// // [[1.0, 0.0],
    /// //  [3.0, 4.0]]
    /// ```
    ///
    /// - Parameter offset: the last diagonal that is kept, above the main one, below it if negative.
    public func tril(offset: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        tensor.triangle(offset, isLower: true, "tril", file, line)
    }

    /// The upper triangle of a matrix, or of each matrix in the last two axes; zeros below it.
    ///
    /// The derivative is the upper triangle of the gradient.
    ///
    /// ```swift
    /// print(triu(Tensor([[1, 2], [3, 4]])))
    /// // [[1.0, 2.0],
    /// //  [0.0, 4.0]]
    /// ```
    ///
    /// - Parameter offset: the first diagonal that is kept, above the main one, below it if negative.
    public func triu(offset: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        tensor.triangle(offset, isLower: false, "triu", file, line)
    }
}

extension Tensor {
    fileprivate static func needsMatrix(_ operation: StaticString, _ shape: Shape) -> DescentError {
        DescentError(operation, "it takes at least two axes", received: "shape \(shape)")
    }

    fileprivate func triangle(
        _ offset: Int, isLower: Bool, _ operation: StaticString, _ file: StaticString, _ line: UInt
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try operand()
            guard x.rank >= 2 else { throw Tensor.needsMatrix(operation, x.shape) }
            let (rows, columns) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
            let row = Tensor.arange(rows, dtype: .int64).reshape([rows, 1])
            let column = Tensor.arange(columns, dtype: .int64)
            let border = row + .number(Swift.max(Swift.min(offset, columns), -rows), with: .int64)
            let isKept = isLower ? column .<= border : column .>= border
            return Tensor.where(isKept, x, Tensor(Node(scalar: 0, x.dtype)))
        }
    }
}

/// The diagonal of a matrix; see `TensorConvertible.diagonal(offset:)`.
public func diagonal(
    _ x: some TensorConvertible, offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.diagonal(offset: offset, file: file, line: line) }

/// A matrix from its diagonal, or a diagonal from its matrix; see `TensorConvertible.diag(offset:)`.
public func diag(
    _ x: some TensorConvertible, offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.diag(offset: offset, file: file, line: line) }

/// The lower triangle of a matrix; see `TensorConvertible.tril(offset:)`.
public func tril(
    _ x: some TensorConvertible, offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.tril(offset: offset, file: file, line: line) }

/// The upper triangle of a matrix; see `TensorConvertible.triu(offset:)`.
public func triu(
    _ x: some TensorConvertible, offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.triu(offset: offset, file: file, line: line) }
