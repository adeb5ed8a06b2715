// Reductions that leave NaN out.

extension TensorConvertible {
    /// The sum of the elements that are not NaN, of all or along some axes. NaN gets the gradient 0.
    ///
    /// ```swift
    /// print(nanSum(Tensor([1, .nan, 2])))   // 3.0
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func nanSum(
        axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let axes = try x.shape.resolve(axes: axes, operation: "nanSum")
            return Tensor.where(x.isNaN(), 0, x).sum(axes: axes, keepDims: keepDims)
        }
    }

    /// The mean of the elements that are not NaN, of all or along some axes. If there are none it is NaN. NaN gets the gradient 0.
    ///
    /// ```swift
    /// print(nanMean(Tensor([1, .nan, 2])))   // 1.5
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func nanMean(
        axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand().fractional
            let axes = try x.shape.resolve(axes: axes, operation: "nanMean")
            let isNaN = x.isNaN()
            let count = (.!isNaN).cast(to: x.dtype).sum(axes: axes, keepDims: keepDims)
            return Tensor.where(isNaN, 0, x).sum(axes: axes, keepDims: keepDims) / count
        }
    }

    /// The largest of the elements that are not NaN, of all or along some axes. If there are none it is NaN. NaN gets the gradient 0.
    ///
    /// ```swift
    /// print(nanMax(Tensor([1, .nan, 2])))   // 2.0
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func nanMax(
        axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            try tensor.operand().extremeOfNumbers(axes, keepDims, -Double.infinity, "nanMax", file, line)
        }
    }

    /// The smallest of the elements that are not NaN, of all or along some axes. If there are none it is NaN. NaN gets the gradient 0.
    ///
    /// ```swift
    /// print(nanMin(Tensor([1, .nan, 2])))   // 1.0
    /// ```
    ///
    /// - Parameters:
    ///   - axes: the axes to fold; negative ones count from the last. The default is all.
    ///   - keepDims: whether folded axes stay, with extent 1.
    public func nanMin(
        axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            try tensor.operand().extremeOfNumbers(axes, keepDims, Double.infinity, "nanMin", file, line)
        }
    }
}

/// The sum of the elements that are not NaN; see `TensorConvertible.nanSum(axes:keepDims:)`.
public func nanSum(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.nanSum(axes: axes, keepDims: keepDims, file: file, line: line) }

/// The mean of the elements that are not NaN; see `TensorConvertible.nanMean(axes:keepDims:)`.
public func nanMean(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.nanMean(axes: axes, keepDims: keepDims, file: file, line: line) }

/// The largest of the elements that are not NaN; see `TensorConvertible.nanMax(axes:keepDims:)`.
public func nanMax(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.nanMax(axes: axes, keepDims: keepDims, file: file, line: line) }

/// The smallest of the elements that are not NaN; see `TensorConvertible.nanMin(axes:keepDims:)`.
public func nanMin(
    _ x: some TensorConvertible, axes: [Int]? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.nanMin(axes: axes, keepDims: keepDims, file: file, line: line) }

extension Tensor {
    /// The extreme with NaN replaced by `nothing`, which no number loses to; NaN where there was nothing else.
    fileprivate func extremeOfNumbers(
        _ axes: [Int]?, _ keepDims: Bool, _ nothing: Double, _ operation: String, _ file: StaticString, _ line: UInt
    ) throws(DescentError) -> Tensor {
        let x = fractional
        let axes = try x.shape.resolve(axes: axes, operation: operation)
        guard axes.allSatisfy({ x.shape[$0] > 0 }) else {
            throw DescentError(
                operation: operation, "of no elements there is no extreme", received: "shape \(x.shape), axes \(axes)")
        }
        let isNaN = x.isNaN()
        let numbers = Tensor.where(isNaN, .operand(nothing, with: x.dtype), x)
        let extreme =
            nothing < 0
            ? numbers.max(axes: axes, keepDims: keepDims) : numbers.min(axes: axes, keepDims: keepDims)
        return Tensor.where(isNaN.all(axes: axes, keepDims: keepDims), .operand(Double.nan, with: x.dtype), extreme)
    }
}
