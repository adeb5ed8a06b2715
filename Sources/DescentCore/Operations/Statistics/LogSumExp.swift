// Sums of exponentials, and counts.

extension TensorConvertible {
    /// `ln Σ eˣ` of all elements, or along some axes, without overflow; of no elements −∞.
    ///
    /// The derivative is softmax.
    ///
    /// ```swift
    /// print(Tensor([1000, 1000]).logSumExp())   // 1000.6932
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func logSumExp(
        axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand().fractional
            let folded = try x.shape.resolve(axes: axes, operation: "logSumExp")
            if folded.isEmpty { return x }
            guard folded.allSatisfy({ x.shape[$0] > 0 }) else {
                return x.exp().sum(axes: folded, keepDims: keepDims).log()
            }
            // Nothing is to be taken from infinities: ∞ − ∞ would be NaN.
            let largest = stopGradient(x.max(axes: folded, keepDims: true))
            let shift = Tensor.where(largest.isFinite(), largest, 0)
            let sum = (x - shift).exp().sum(axes: folded, keepDims: keepDims)
            return sum.log() + (keepDims ? shift : shift.reshape(sum.shape))
        }
    }

    /// How many elements are not 0 (or true), of all or along some axes, as int64. No gradient passes.
    ///
    /// ```swift
    /// print(countNonZero(Tensor([0, 3, -1])))   // 2
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func countNonZero(
        axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand().cast(to: .bool)
            let folded = try x.shape.resolve(axes: axes, operation: "countNonZero")
            return x.sum(axes: folded, keepDims: keepDims)
        }
    }
}

/// `ln Σ eˣ`; see `TensorConvertible.logSumExp(axes:keepDims:)`.
public func logSumExp(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.logSumExp(axes: axes, keepDims: keepDims, file: file, line: line) }

/// How many elements are not 0; see `TensorConvertible.countNonZero(axes:keepDims:)`.
public func countNonZero(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.countNonZero(axes: axes, keepDims: keepDims, file: file, line: line) }
