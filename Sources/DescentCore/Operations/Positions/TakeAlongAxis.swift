// One element for each position, instead of whole slices.

extension Tensor {
    /// For every element of a tensor of shape `indices.shape`, its number in row-major order in a tensor of `shape`,
    /// `indices` being the position along `axis`. Positions outside of the axis give −1.
    static func numbers(of indices: Tensor, _ axis: Int, in shape: Shape, isChecked: Bool) -> Tensor {
        let strides = shape.strides
        var linear = indices.cast(to: .int64) * .number(strides[axis], with: .int64)
        for other in 0..<shape.rank where other != axis && indices.shape[other] > 1 {
            var extents = [Int](repeating: 1, count: shape.rank)
            extents[other] = indices.shape[other]
            let steps = Tensor.arange(indices.shape[other], dtype: .int64) * .number(strides[other], with: .int64)
            linear = linear + steps.reshape(Shape(extents))
        }
        if isChecked { return linear }
        let isInside = (indices .>= 0) .& (indices .< .number(shape[axis], with: indices.dtype))
        return Tensor.where(isInside, linear, .number(-1, with: .int64))
    }

    /// The elements at positions along an axis that are known to lie on it; other extents agree.
    func taken(_ indices: Tensor, _ axis: Int) -> Tensor {
        if rank == 1 { return gather(indices) }
        return reshape([-1]).gather(Tensor.numbers(of: indices, axis, in: shape, isChecked: true))
    }

    /// Positions as int32 or int64.
    func positions(_ operation: StaticString) throws(DescentError) -> Tensor {
        if let error { throw error }
        let indices = node.traits.contains(.weak) && node.traits.contains(.weakInteger) ? strong(as: .int64) : self
        guard indices.dtype.isInteger else {
            throw DescentError(operation, "indices are int32 or int64", received: "indices of \(indices.dtype)")
        }
        return indices
    }
}

extension TensorConvertible {
    /// One element for each index: `y[i][j] = x[i][indices[i][j]]` for axis 1 of a matrix.
    ///
    /// An index outside of the axis is an error when the expression is computed. The derivative adds each gradient to the
    /// element it was read from.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2, 3], [4, 5, 6]]
    /// print(takeAlongAxis(x, [[2], [0]], axis: 1).squeeze())   // [3.0, 4.0]
    /// ```
    ///
    /// - Parameters:
    ///   - indices: positions along the axis, int32 or int64; its other extents agree with the tensor's, or are 1.
    ///   - axis: the axis to pick along; the default is the last.
    public func takeAlongAxis(
        _ indices: Tensor, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let axis = try Shape.resolve(axis: axis, rank: x.rank, operation: "takeAlongAxis")
            var indices = try indices.positions("takeAlongAxis")
            var wanted = x.shape.dimensions
            if indices.rank == x.rank { wanted[axis] = indices.shape[axis] }
            guard indices.rank == x.rank, indices.shape.broadcasts(to: Shape(wanted)) else {
                throw DescentError(
                    "takeAlongAxis", "indices must have the tensor's extents but along the axis",
                    received: "indices \(indices.shape), tensor \(x.shape), axis \(axis)")
            }
            indices = indices.broadcast(to: Shape(wanted))
            let numbers = Tensor.numbers(of: indices, axis, in: x.shape, isChecked: false)
            return x.reshape([-1]).gather(numbers, file: file, line: line)
        }
    }
}

/// One element for each index; see `TensorConvertible.takeAlongAxis(_:axis:)`.
public func takeAlongAxis(
    _ x: some TensorConvertible, _ indices: Tensor, axis: Int = -1, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.takeAlongAxis(indices, axis: axis, file: file, line: line) }
