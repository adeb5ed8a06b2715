// Sums, means and products.

extension TensorConvertible {
    /// The sum of all elements. bool counts as int64. The derivative with respect to every element is 1.
    public func sum(keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        tensor.countable.reduced(.sum, nil, keepDims, file, line)
    }

    /// The sum along the axes. bool counts as int64. The derivative with respect to every element is 1.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// print(x.sum(axes: 0))   // [4.0, 6.0]
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func sum(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.countable.reduced(.sum, axes, keepDims, file, line)
    }

    /// The sum along the axes. bool counts as int64. The derivative with respect to every element is 1.
    public func sum(
        axes: Int..., keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.countable.reduced(.sum, axes, keepDims, file, line)
    }

    /// The mean of all elements. Integers give float32. The derivative with respect to each of n elements is 1 / n.
    public func mean(keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        tensor.mean(nil, keepDims, file, line)
    }

    /// The mean along the axes. Integers give float32. The derivative with respect to each of n elements is 1 / n.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// print(x.mean(axes: 0))   // [2.0, 3.0]
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func mean(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.mean(axes, keepDims, file, line)
    }

    /// The mean along the axes. Integers give float32. The derivative with respect to each of n elements is 1 / n.
    public func mean(
        axes: Int..., keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.mean(axes, keepDims, file, line)
    }

    /// The product of all elements. The derivative with respect to an element is the product of the others.
    public func prod(keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        tensor.countable.reduced(.prod, nil, keepDims, file, line)
    }

    /// The product along the axes. The derivative with respect to an element is the product of the others.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// print(x.prod(axes: 0))   // [3.0, 8.0]
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func prod(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.countable.reduced(.prod, axes, keepDims, file, line)
    }

    /// The product along the axes. The derivative with respect to an element is the product of the others.
    public func prod(
        axes: Int..., keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.countable.reduced(.prod, axes, keepDims, file, line)
    }
}

/// The sum of all elements, or along some axes. bool counts as int64. The derivative with respect to every element is 1.
///
/// ```swift
/// let x: Tensor = [[1, 2], [3, 4]]
/// print(sum(x))                // 10.0
/// ```
///
/// - Parameters:
///   - x: the elements.
///   - axes: the axes to fold; negative ones count from the last. The default is all.
///   - keepDims: whether folded axes stay, with extent 1.
public func sum(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    axes.map { x.sum(axes: $0, keepDims: keepDims, file: file, line: line) }
        ?? x.sum(keepDims: keepDims, file: file, line: line)
}

/// The mean of all elements, or along some axes. Integers give float32. The derivative with respect to each of n elements is 1 / n.
///
/// ```swift
/// let x: Tensor = [[1, 2], [3, 4]]
/// print(mean(x))                // 2.5
/// ```
///
/// - Parameters:
///   - x: the elements.
///   - axes: the axes to fold; negative ones count from the last. The default is all.
///   - keepDims: whether folded axes stay, with extent 1.
public func mean(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    axes.map { x.mean(axes: $0, keepDims: keepDims, file: file, line: line) }
        ?? x.mean(keepDims: keepDims, file: file, line: line)
}

/// The product of all elements, or along some axes. The derivative with respect to an element is the product of the others.
///
/// ```swift
/// let x: Tensor = [[1, 2], [3, 4]]
/// print(prod(x))                // 24.0
/// ```
///
/// - Parameters:
///   - x: the elements.
///   - axes: the axes to fold; negative ones count from the last. The default is all.
///   - keepDims: whether folded axes stay, with extent 1.
public func prod(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    axes.map { x.prod(axes: $0, keepDims: keepDims, file: file, line: line) }
        ?? x.prod(keepDims: keepDims, file: file, line: line)
}
