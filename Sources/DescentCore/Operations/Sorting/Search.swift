// Finding places in sorted numbers.

/// On which side of equal elements a new one would stand.
public enum SearchSide: Sendable {
    /// Before them.
    case left
    /// After them.
    case right
}

extension TensorConvertible {
    /// For each of `values` the position at which it would stand in this tensor, which is sorted along its last axis: how
    /// many elements are smaller (or, for `.right`, not larger). No gradient passes.
    ///
    /// ```swift
    /// let borders: Tensor = [1, 3, 5]
    /// print(borders.searchSorted([0, 3, 9]))                // [0, 1, 3]
    /// print(borders.searchSorted([0, 3, 9], side: .right))  // [0, 2, 3]
    /// ```
    ///
    /// - Parameters:
    ///   - values: what to look for, of any shape if this tensor has one axis; else the axes but the last agree.
    ///   - side: where to stand among equals. NaN counts as the largest number.
    public func searchSorted(
        _ values: Tensor, side: SearchSide = .left, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (sorted, values) = Tensor.promoted(try tensor.operand(), values, .numbers)
            if let error = sorted.error ?? values.error { throw error }
            let rows = sorted.shape.dimensions.dropLast()
            guard sorted.rank == 1 || (sorted.rank > 1 && values.shape.dimensions.dropLast() == rows) else {
                throw DescentError(
                    "searchSorted", "the axes but the last must agree",
                    received: "sorted \(sorted.shape), values \(values.shape)")
            }
            let extent = sorted.shape[sorted.rank - 1]
            if extent == 0 || values.count == 0 { return Tensor.zeros(values.shape, dtype: .int64) }
            // Where each value's row starts among all elements.
            let count = rows.reduce(1, *)
            let starts = Tensor.arange(count, dtype: .int64) * .number(extent, with: .int64)
            let first =
                sorted.rank == 1
                ? Tensor.zeros(values.shape, dtype: .int64)
                : starts.reshape(Shape(Array(rows) + [1])).broadcast(to: values.shape)
            return sorted.reshape([-1]).search(values, first, extent, side)
        }
    }
}

extension Tensor {
    /// Halves the part of the row in which the place may be until it is one place: all values at once.
    fileprivate func search(_ values: Tensor, _ first: Tensor, _ extent: Int, _ side: SearchSide) -> Tensor {
        func isBefore(_ elements: Tensor) -> Tensor {
            let (low, high) = side == .left ? (elements, values) : (values, elements)
            let below = (low .< high) .| (.!low.isNaN() .& high.isNaN())
            return side == .left ? below : .!below
        }
        var places = Tensor.zeros(values.shape, dtype: .int64)
        var step = 1
        while step * 2 <= extent { step *= 2 }
        while step > 0 {
            let next = places + .number(step, with: .int64)
            let fits = next .<= .number(extent, with: .int64)
            let probe = Tensor.where(fits, next, places + .number(1, with: .int64)) - .number(1, with: .int64)
            let inside = probe.minimum(.number(extent - 1, with: .int64))
            places = Tensor.where(fits .& isBefore(gather(first + inside)), next, places)
            step /= 2
        }
        return places
    }
}

/// The positions at which values would stand among sorted numbers; see `TensorConvertible.searchSorted(_:side:)`.
public func searchSorted(
    _ sorted: some TensorConvertible, _ values: Tensor, side: SearchSide = .left, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { sorted.searchSorted(values, side: side, file: file, line: line) }
