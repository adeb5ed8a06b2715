// Whether any, whether all.

extension TensorConvertible {
    /// Whether any element is true (not 0). No gradient passes.
    public func any(keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        tensor.truths(.max, nil, keepDims, file, line)
    }

    /// Whether any element along the axes is true (not 0). No gradient passes.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// print((x .> 2).any(axes: 0))   // [true, true]
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func any(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.truths(.max, axes, keepDims, file, line)
    }

    /// Whether any element along the axes is true (not 0). No gradient passes.
    public func any(
        axes: Int..., keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.truths(.max, axes, keepDims, file, line)
    }

    /// Whether all elements are true (not 0). No gradient passes.
    public func all(keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        tensor.truths(.min, nil, keepDims, file, line)
    }

    /// Whether all elements along the axes are true (not 0). No gradient passes.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// print((x .> 2).all(axes: 0))   // [false, false]
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func all(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.truths(.min, axes, keepDims, file, line)
    }

    /// Whether all elements along the axes are true (not 0). No gradient passes.
    public func all(
        axes: Int..., keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.truths(.min, axes, keepDims, file, line)
    }
}

/// Whether any element is true (not 0), or along some axes. No gradient passes.
///
/// ```swift
/// let x: Tensor = [[1, 2], [3, 4]]
/// print(any(x .> 3))                // true
/// ```
///
/// - Parameters:
///   - x: the elements.
///   - axes: the axes to fold; negative ones count from the last. The default is all.
///   - keepDims: whether folded axes stay, with extent 1.
public func any(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    axes.map { x.any(axes: $0, keepDims: keepDims, file: file, line: line) }
        ?? x.any(keepDims: keepDims, file: file, line: line)
}

/// Whether all elements are true (not 0), or along some axes. No gradient passes.
///
/// ```swift
/// let x: Tensor = [[1, 2], [3, 4]]
/// print(all(x .> 3))                // false
/// ```
///
/// - Parameters:
///   - x: the elements.
///   - axes: the axes to fold; negative ones count from the last. The default is all.
///   - keepDims: whether folded axes stay, with extent 1.
public func all(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    axes.map { x.all(axes: $0, keepDims: keepDims, file: file, line: line) }
        ?? x.all(keepDims: keepDims, file: file, line: line)
}

extension Tensor {
    /// `max` and `min` of truths, which are defined for no elements too.
    fileprivate func truths(
        _ primitive: Primitive, _ axes: [Int]?, _ keepDims: Bool, _ file: StaticString, _ line: UInt
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try operand().cast(to: .bool)
            let folded = try x.shape.resolve(
                axes: axes, operation: primitive === Primitive.max ? "any" : "all")
            guard folded.contains(where: { x.shape[$0] == 0 }) else {
                return x.reduced(primitive, axes, keepDims, file, line)
            }
            let value = Tensor(Node(scalar: primitive === Primitive.max ? 0 : 1, .bool))
            return value.broadcast(to: x.shape.reduced(over: folded, keepDims: keepDims))
        }
    }
}
