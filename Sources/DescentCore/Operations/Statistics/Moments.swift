// Variance and standard deviation.

extension Tensor {
    func variance(
        _ axes: [Int]?, _ ddof: Int, _ keepDims: Bool, _ operation: String, _ file: StaticString, _ line: UInt
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try operand().fractional
            let folded = try x.shape.resolve(axes: axes, operation: operation)
            let count = folded.reduce(1) { $0 * x.shape[$1] }
            let deviations = x - x.mean(axes: folded, keepDims: true)
            let sum = deviations.square().sum(axes: folded, keepDims: keepDims)
            return sum / .number(Double(Swift.max(count - ddof, 0)), with: x.dtype)
        }
    }
}

extension TensorConvertible {
    /// The mean squared distance from the mean, of all elements or along some axes.
    ///
    /// The derivative is `2 (x − mean) / (n − ddof)`.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 6]]
    /// print(x.variance())                   // 3.5
    /// print(x.variance(axes: [1], ddof: 1)) // [0.5, 4.5]
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - ddof: how many degrees of freedom are lost: squares are divided by n − ddof. With nothing left it is NaN.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func variance(
        axes: [Int]? = nil, ddof: Int = 0, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { tensor.variance(axes, ddof, keepDims, "variance", file, line) }

    /// The square root of the variance, of all elements or along some axes.
    ///
    /// The derivative is `(x − mean) / ((n − ddof) y)`; 0 where all elements are equal.
    ///
    /// ```swift
    /// print(Tensor([1, 3]).standardDeviation())   // 1.0
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - ddof: how many degrees of freedom are lost: squares are divided by n − ddof.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func standardDeviation(
        axes: [Int]? = nil, ddof: Int = 0, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.variance(axes, ddof, keepDims, "standardDeviation", file, line).rootOfSquares()
    }
}

/// The mean squared distance from the mean; see `TensorConvertible.variance(axes:ddof:keepDims:)`.
public func variance(
    _ x: some TensorConvertible, axes: [Int]? = nil, ddof: Int = 0, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.variance(axes: axes, ddof: ddof, keepDims: keepDims, file: file, line: line) }

/// The square root of the variance; see `TensorConvertible.standardDeviation(axes:ddof:keepDims:)`.
public func standardDeviation(
    _ x: some TensorConvertible, axes: [Int]? = nil, ddof: Int = 0, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.standardDeviation(axes: axes, ddof: ddof, keepDims: keepDims, file: file, line: line) }
