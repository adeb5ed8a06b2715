// Statistics along axes that are written one by one: `x.variance(axes: 0)`, as sums and means have it.

extension TensorConvertible {
    /// The mean squared distance from the mean along these axes; see `variance(axes:ddof:keepDims:)` of a list.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 6]]
    /// print(x.variance(axes: 0))   // [1.0, 4.0]
    /// ```
    public func variance(
        axes first: Int, _ others: Int..., ddof: Int = 0, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor { variance(axes: [first] + others, ddof: ddof, keepDims: keepDims, file: file, line: line) }

    /// The square root of the variance along these axes; see `standardDeviation(axes:ddof:keepDims:)` of a list.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 6]]
    /// print(x.standardDeviation(axes: 0))   // [1.0, 2.0]
    /// ```
    public func standardDeviation(
        axes first: Int, _ others: Int..., ddof: Int = 0, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor { standardDeviation(axes: [first] + others, ddof: ddof, keepDims: keepDims, file: file, line: line) }

    /// The norm along these axes; see `norm(order:axes:keepDims:)` of a list.
    ///
    /// ```swift
    /// let x: Tensor = [[3, 4], [6, 8]]
    /// print(x.norm(axes: 1))   // [5.0, 10.0]
    /// ```
    public func norm(
        order: Double = 2, axes first: Int, _ others: Int..., keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor { norm(order: order, axes: [first] + others, keepDims: keepDims, file: file, line: line) }

    /// The middle element along these axes; see `median(axes:keepDims:)` of a list.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2, 9], [3, 6, 7]]
    /// print(x.median(axes: 1))   // [2.0, 6.0]
    /// ```
    public func median(
        axes first: Int, _ others: Int..., keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { median(axes: [first] + others, keepDims: keepDims, file: file, line: line) }

    /// The logarithm of the sum of exponentials along these axes; see `logSumExp(axes:keepDims:)` of a list.
    ///
    /// ```swift
    /// print(Tensor([[0, 0], [1, 1]]).logSumExp(axes: 1))   // [0.6931472, 1.6931472]
    /// ```
    public func logSumExp(
        axes first: Int, _ others: Int..., keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { logSumExp(axes: [first] + others, keepDims: keepDims, file: file, line: line) }
}
