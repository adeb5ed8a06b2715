// The elements without repetitions.

/// What `unique()` finds.
public struct UniqueElements: Sendable {
    /// Every element once, in order; NaN, if there is any, once and last.
    public let values: Tensor
    /// For each element of the tensor, in its shape, which of `values` it is (int64).
    public let inverse: Tensor
    /// How often each of `values` is there (int64).
    public let counts: Tensor
}

extension TensorConvertible {
    /// The elements without repetitions, sorted; which of them each element is; and how often each is there.
    ///
    /// The tensor is computed now, because the shape of the result depends on it. The derivative of the values goes to the
    /// first element that is equal.
    ///
    /// ```swift
    /// let found = unique(Tensor([3, 1, 3]))
    /// print(found.values, found.inverse, found.counts)   // [1.0, 3.0] [1, 0, 1] [1, 2]
    /// ```
    public func unique(file: StaticString = #fileID, line: UInt = #line) -> UniqueElements {
        do throws(DescentError) {
            let x = try tensor.operand()
            let row = x.reshape([x.count])
            guard x.count > 0 else {
                let none = Tensor.zeros([0], dtype: .int64)
                return UniqueElements(values: row, inverse: Tensor.zeros(x.shape, dtype: .int64), counts: none)
            }
            let order = try row.order(0, descending: false).known()
            let sorted = row.gather(order)
            let one = Tensor.ones([1], dtype: .bool)
            let (next, previous) = (sorted[1...], sorted[..<(x.count - 1)])
            let differs = (next .!= previous) .& .!(next.isNaN() .& previous.isNaN())
            let isFirst = concat([one, differs])
            let starts = isFirst.nonZero().reshape([-1])
            if let error = starts.error { throw error }
            let groups = isFirst.cumsum() - .number(1, with: .int64)
            let inverse = Tensor.zeros([x.count], dtype: .int64).at[order, axis: 0].set(groups)
            let ends = concat([starts[1...], Tensor([x.count], shape: [1])])
            return UniqueElements(
                values: sorted.gather(starts), inverse: inverse.reshape(x.shape), counts: ends - starts)
        } catch {
            let poison = Tensor(error: error.located(at: SourceLocation(file, line)))
            return UniqueElements(values: poison, inverse: poison, counts: poison)
        }
    }
}

/// The elements without repetitions; see `TensorConvertible.unique()`.
public func unique(
    _ x: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> UniqueElements { x.unique(file: file, line: line) }
