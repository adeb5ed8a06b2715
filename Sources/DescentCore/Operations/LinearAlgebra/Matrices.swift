// What operations on stacks of matrices have in common: the last two axes are rows and columns, all axes before
// them count the matrices of the stack.

extension Tensor {
    /// Records a routine; `integers` as beside its name in cd_routines.h.
    package static func routine(
        _ primitive: Primitive, _ integers: [Int], _ first: Tensor, _ second: Tensor? = nil, _ third: Tensor? = nil,
        shape: Shape, dtype: DType? = nil, at location: SourceLocation? = nil
    ) -> Tensor {
        for input in [first, second, third] { if let error = input?.error { return Tensor(error: error) } }
        if let error = shape.misfit(primitive.name) { return Tensor(error: error.located(at: location)) }
        let attributes = Attributes(integers, location: location)
        return Tensor(
            Node(
                primitive, dtype ?? first.dtype, shape, first.node, second?.node, third?.node, attributes: attributes)
        ).bounded()
    }

    /// This operand as floating-point numbers.
    package func floats() throws(DescentError) -> Tensor {
        let x = try operand()
        return x.dtype.isFloatingPoint ? x : x.cast(to: .float32)
    }

    /// This operand as a stack of matrices of floating-point numbers.
    package func matrices(_ operation: StaticString) throws(DescentError) -> Tensor {
        let x = try floats()
        guard x.rank >= 2 else {
            throw DescentError(operation, "a matrix has rows and columns", received: "shape \(x.shape)")
        }
        return x
    }

    /// This operand as a stack of square matrices of floating-point numbers.
    package func squareMatrices(_ operation: StaticString) throws(DescentError) -> Tensor {
        let x = try matrices(operation)
        guard x.rows == x.columns else {
            throw DescentError(operation, "a matrix must be square", received: "shape \(x.shape)")
        }
        return x
    }

    package var rows: Int { shape[rank - 2] }
    package var columns: Int { shape[rank - 1] }

    /// The axes that count matrices.
    package var stackExtents: [Int] { Array(shape.dimensions.dropLast(2)) }

    package var stackCount: Int { stackExtents.reduce(1, *) }

    /// The diagonals, seen in place.
    package func matrixDiagonal() -> Tensor {
        let count = Swift.min(rows, columns)
        let flat = reshape(Shape(stackExtents + [rows * columns]))
        return flat.sliced(rank - 2, start: 0, step: columns + 1, count: count)
    }

    /// Matrices with this tensor's last axis on their diagonals.
    package func onDiagonal() -> Tensor {
        let mask = Tensor.eye(shape[rank - 1], dtype: .bool)
        return Tensor.where(mask, expandDims(-1), Tensor(Node(scalar: 0, dtype)))
    }

    /// One triangle; zeros elsewhere.
    ///
    /// - Parameter diagonal: what elements of the diagonal are multiplied by.
    package func triangle(lower: Bool, diagonal: Double = 1) -> Tensor {
        let row = Tensor.arange(rows, dtype: .int64).reshape([rows, 1])
        let column = Tensor.arange(columns, dtype: .int64)
        let zero = Tensor(Node(scalar: 0, dtype))
        if diagonal == 1 { return Tensor.where(lower ? row .>= column : row .<= column, self, zero) }
        let strict = Tensor.where(lower ? row .> column : row .< column, self, zero)
        return diagonal == 0 ? strict : Tensor.where(row .== column, self * diagonal, strict)
    }

    /// Half the sum with the transposes.
    package func symmetricPart() -> Tensor { 0.5 * (self + matrixTransposed()) }

    /// The rows of every matrix from `start` on.
    package func someRows(_ start: Int, _ count: Int) -> Tensor {
        sliced(rank - 2, start: start, step: 1, count: count)
    }

    /// The columns of every matrix from `start` on.
    package func someColumns(_ start: Int, _ count: Int) -> Tensor {
        sliced(rank - 1, start: start, step: 1, count: count)
    }

    /// `1 / x`, and 0 where x is 0: what a gradient multiplies that has no meaning there.
    package func reciprocalOrZero() -> Tensor {
        let zero = Tensor(Node(scalar: 0, dtype))
        let isZero = self .== zero
        return Tensor.where(isZero, zero, 1 / Tensor.where(isZero, Tensor.onesLike(zero), self))
    }
}

extension Tensor {
    /// Two stacks in one type, the right one a matrix for each of the left (`b` may be a vector), stretched to a common
    /// stack. `answer` brings a solution to the shape that the caller expects.
    static func system(
        _ operation: StaticString, _ a: Tensor, _ b: Tensor
    ) throws(DescentError) -> (a: Tensor, b: Tensor, answer: (Tensor) -> Tensor) {
        let (left, right) = promoted(a, b, .floats)
        let matrix = try left.matrices(operation)
        if let error = right.error { throw error }
        guard right.rank >= 1, right.rank == 1 ? right.shape[0] == matrix.rows : right.rows == matrix.rows else {
            throw DescentError(
                operation, "the right side must have as many rows as the matrix",
                received: "a \(a.shape), b \(b.shape)")
        }
        let isVector = right.rank == 1
        let columns = isVector ? right.expandDims(-1) : right
        guard let stack = Shape(matrix.stackExtents).broadcast(with: Shape(columns.stackExtents)) else {
            throw DescentError(
                operation, "stacks of matrices must broadcast", received: "a \(a.shape), b \(b.shape)")
        }
        let shape = Shape(stack.dimensions + [columns.rows, columns.columns])
        return (
            matrix, columns.broadcast(to: shape),
            { isVector ? $0.squeeze(axes: [$0.rank - 1]) : $0 }
        )
    }

    /// Stretched so that there is a matrix for each of a stack.
    func stretched(toStackOf other: Tensor) -> Tensor {
        broadcast(to: Shape(other.stackExtents + [rows, columns]))
    }
}
