extension TensorConvertible {
    /// The nearest vector of numbers from 0 on that sum to 1 along an axis: like softmax, with exact zeros.
    ///
    /// Among the results that are not 0 the derivative is `g − mean g`; elsewhere it is 0. (Martins and Astudillo, 2016)
    ///
    /// ```swift
    /// print(Tensor([0.25, 0.75, -2]).sparsemax())   // [0.25, 0.75, 0.0]
    /// ```
    ///
    /// - Parameter axis: the axis along which the results sum to 1; the default is the last.
    public func sparsemax(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand().fractional
            let axis = try Shape.resolve(axis: axis, rank: x.rank, operation: "sparsemax")
            if x.count == 0 { return x }
            // Nothing changes with what is added to all; beside the largest being 0 the 1 below is never lost.
            let shifted = x - stopGradient(x.max(axes: [axis], keepDims: true))
            let sorted = shifted.sort(axis: axis, descending: true)
            var extents = [Int](repeating: 1, count: x.rank)
            extents[axis] = x.shape[axis]
            let counts = (Tensor.arange(x.shape[axis], dtype: x.dtype) + 1).reshape(Shape(extents))
            // The largest ones stay above 0 as long as this holds.
            let isKept = stopGradient(1 + counts * sorted .> sorted.cumsum(axis: axis))
            let count = isKept.cast(to: x.dtype).sum(axes: [axis], keepDims: true)
            let excess = Tensor.where(isKept, sorted, 0).sum(axes: [axis], keepDims: true) - 1
            return (shifted - excess / count).relu()
        }
    }
}

/// The nearest vector of numbers from 0 on that sum to 1; see `TensorConvertible.sparsemax(axis:)`.
public func sparsemax(
    _ x: some TensorConvertible, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.sparsemax(axis: axis, file: file, line: line) }
