// Medians and quantiles.

extension TensorConvertible {
    /// The number below which a share `q` of the elements lies: the sorted elements, joined by straight lines.
    ///
    /// If any element is NaN, so is the result. The derivative goes to the one or two elements that the result stands between.
    ///
    /// ```swift
    /// print(quantile(Tensor([4, 1, 3, 2]), 0.5))    // 2.5
    /// print(quantile(Tensor([4, 1, 3, 2]), 0.25))   // 1.75
    /// ```
    ///
    /// - Parameters:
    ///   - q: the share, in 0…1.
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func quantile(
        _ q: Double, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { tensor.quantile(q, axes, keepDims, "quantile", file, line) }

    /// The middle of the sorted elements, or the mean of the two in the middle; see `quantile(_:axes:keepDims:)`.
    ///
    /// ```swift
    /// print(median(Tensor([9, 1, 3])))   // 3.0
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func median(
        axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { tensor.quantile(0.5, axes, keepDims, "median", file, line) }
}

extension Tensor {
    fileprivate func quantile(
        _ q: Double, _ axes: [Int]?, _ keepDims: Bool, _ operation: String, _ file: StaticString, _ line: UInt
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try operand().fractional
            let folded = try x.shape.resolve(axes: axes, operation: operation)
            let extent = folded.reduce(1) { $0 * x.shape[$1] }
            guard q >= 0, q <= 1 else {
                throw DescentError(operation: operation, "the share lies in 0...1", received: "\(q)")
            }
            guard extent > 0 else {
                throw DescentError(
                    operation: operation, "of no elements there is no quantile",
                    received: "shape \(x.shape), axes \(folded)")
            }
            let shape = x.shape.reduced(over: folded, keepDims: keepDims)
            // One row for each result.
            let kept = (0..<x.rank).filter { !folded.contains($0) }
            let rows = x.permute(kept + folded).reshape([shape.count, extent]).sort(axis: 1)
            func column(_ index: Int) -> Tensor { rows.sliced(1, start: index, step: 1, count: 1).reshape(shape) }
            let place = q * Double(extent - 1)
            let below = Swift.min(Int(place), extent - 1)
            let rest = place - Double(below)
            let value = rest == 0 ? column(below) : lerp(column(below), column(below + 1), Tensor(rest))
            // NaN counts as the largest: if there is one, it is the last.
            let last = column(extent - 1)
            return Tensor.where(last.isNaN(), last, value)
        }
    }
}

/// The number below which a share of the elements lies; see `TensorConvertible.quantile(_:axes:keepDims:)`.
public func quantile(
    _ x: some TensorConvertible, _ q: Double, axes: [Int]? = nil, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.quantile(q, axes: axes, keepDims: keepDims, file: file, line: line) }

/// The middle of the sorted elements; see `TensorConvertible.median(axes:keepDims:)`.
public func median(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.median(axes: axes, keepDims: keepDims, file: file, line: line) }
