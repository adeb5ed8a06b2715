// The largest, the smallest, and where they are.

extension TensorConvertible {
    /// The largest of all elements. NaN wins. Elements that are equal share the gradient equally.
    public func max(keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        tensor.reduced(.max, nil, keepDims, file, line)
    }

    /// The largest along the axes. NaN wins. Elements that are equal share the gradient equally.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// print(x.max(axes: 0))   // [3.0, 4.0]
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func max(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.reduced(.max, axes, keepDims, file, line)
    }

    /// The largest along the axes. NaN wins. Elements that are equal share the gradient equally.
    public func max(
        axes: Int..., keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.reduced(.max, axes, keepDims, file, line)
    }

    /// The smallest of all elements. NaN wins. Elements that are equal share the gradient equally.
    public func min(keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        tensor.reduced(.min, nil, keepDims, file, line)
    }

    /// The smallest along the axes. NaN wins. Elements that are equal share the gradient equally.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// print(x.min(axes: 0))   // [1.0, 2.0]
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func min(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.reduced(.min, axes, keepDims, file, line)
    }

    /// The smallest along the axes. NaN wins. Elements that are equal share the gradient equally.
    public func min(
        axes: Int..., keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.reduced(.min, axes, keepDims, file, line)
    }
}

/// The largest of all elements, or along some axes. NaN wins. Elements that are equal share the gradient equally.
///
/// ```swift
/// let x: Tensor = [[1, 2], [3, 4]]
/// print(max(x))                // 4.0
/// ```
///
/// - Parameters:
///   - x: the elements.
///   - axes: the axes to fold; negative ones count from the last. The default is all.
///   - keepDims: whether folded axes stay, with extent 1.
public func max(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    axes.map { x.max(axes: $0, keepDims: keepDims, file: file, line: line) }
        ?? x.max(keepDims: keepDims, file: file, line: line)
}

/// The smallest of all elements, or along some axes. NaN wins. Elements that are equal share the gradient equally.
///
/// ```swift
/// let x: Tensor = [[1, 2], [3, 4]]
/// print(min(x))                // 1.0
/// ```
///
/// - Parameters:
///   - x: the elements.
///   - axes: the axes to fold; negative ones count from the last. The default is all.
///   - keepDims: whether folded axes stay, with extent 1.
public func min(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    axes.map { x.min(axes: $0, keepDims: keepDims, file: file, line: line) }
        ?? x.min(keepDims: keepDims, file: file, line: line)
}

// MARK: - Positions

extension Primitive {
    package static let argmax = Primitive("argmax", .argReduce(largest: true), .none)
    package static let argmin = Primitive("argmin", .argReduce(largest: false), .none)
}

extension Tensor {
    fileprivate func position(
        _ primitive: Primitive, _ axis: Int, _ keepDims: Bool, _ file: StaticString, _ line: UInt
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try operand()
            let axes = try x.shape.resolve(axes: [axis], operation: primitive.name)
            guard x.shape[axes[0]] > 0 else {
                throw DescentError(
                    operation: primitive.name, "of no elements there is no extreme",
                    received: "shape \(x.shape), axis \(axis)")
            }
            let numbers = x.dtype == .bool ? x.cast(to: .int32) : x
            let shape = x.shape.reduced(over: axes, keepDims: keepDims)
            return Tensor(Node(primitive, .int64, shape, numbers.node, attributes: Attributes(axes)))
                .bounded()
        }
    }
}

extension TensorConvertible {
    /// The position of the largest element along an axis, as int64: the first of equals; NaN counts as the
    /// largest. No gradient passes.
    ///
    /// ```swift
    /// print(argmax(Tensor([[1, 5, 2], [7, 0, 7]]), axis: 1))   // [1, 0]
    /// ```
    public func argmax(
        axis: Int = 0, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { tensor.position(.argmax, axis, keepDims, file, line) }

    /// The position of the smallest element along an axis, as int64: the first of equals; NaN counts as the
    /// smallest. No gradient passes.
    ///
    /// ```swift
    /// print(argmin(Tensor([[1, 5, 2], [7, 0, 7]]), axis: 1))   // [0, 1]
    /// ```
    public func argmin(
        axis: Int = 0, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { tensor.position(.argmin, axis, keepDims, file, line) }
}

/// The position of the largest element along an axis; see `TensorConvertible.argmax(axis:keepDims:)`.
public func argmax(
    _ x: some TensorConvertible, axis: Int = 0, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.argmax(axis: axis, keepDims: keepDims, file: file, line: line) }

/// The position of the smallest element along an axis; see `TensorConvertible.argmin(axis:keepDims:)`.
public func argmin(
    _ x: some TensorConvertible, axis: Int = 0, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.argmin(axis: axis, keepDims: keepDims, file: file, line: line) }
