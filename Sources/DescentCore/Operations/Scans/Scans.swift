// Running sums, products and extremes along an axis.

extension TensorConvertible {
    /// Running sums along an axis. bool counts as int64.
    ///
    /// The derivative is the running sum of the gradient from the other end.
    ///
    /// ```swift
    /// print(cumsum(Tensor([1, 2, 3])))   // [1.0, 3.0, 6.0]
    /// ```
    ///
    /// - Parameters:
    ///   - axis: the axis to run along; a negative one counts from the last.
    ///   - exclusive: whether each element is left out of its own result, so that the first is 0.
    ///   - reverse: whether to run from the end.
    public func cumsum(
        axis: Int = 0, exclusive: Bool = false, reverse: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (x, axis) = try tensor.alongAxis(axis, "cumsum")
            let sums = Tensor.scanned(.runningSum, x, axis, reverse: reverse)
            return exclusive ? sums.shifted(axis, forward: !reverse, 0) : sums
        }
    }

    /// Running products along an axis. bool counts as int64.
    ///
    /// The derivative with respect to an element sums, over the products that it is in, the gradient times the other factors: exact
    /// with zeros too.
    ///
    /// ```swift
    /// print(cumprod(Tensor([1, 2, 3])))   // [1.0, 2.0, 6.0]
    /// ```
    ///
    /// - Parameters:
    ///   - axis: the axis to run along; a negative one counts from the last.
    ///   - exclusive: whether each element is left out of its own result, so that the first is 1.
    ///   - reverse: whether to run from the end.
    public func cumprod(
        axis: Int = 0, exclusive: Bool = false, reverse: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (x, axis) = try tensor.alongAxis(axis, "cumprod")
            // yᵢ = xᵢ yᵢ₋₁ + 0, from y₀ = x₀ on.
            guard x.shape[axis] > 0 else { return x }
            let extent = x.shape[axis]
            let first = x.sliced(axis, start: reverse ? extent - 1 : 0, step: 1, count: 1)
            var borders = [(before: Int, after: Int)](repeating: (0, 0), count: x.rank)
            borders[axis] = reverse ? (extent - 1, 0) : (0, extent - 1)
            let products = Tensor.recurrence(x, first.pad(borders), axis, reverse: reverse)
            return exclusive ? products.shifted(axis, forward: !reverse, 1) : products
        }
    }

    /// The largest element so far along an axis. NaN wins. The gradient goes to the first of equals.
    ///
    /// ```swift
    /// print(cummax(Tensor([1, 3, 2])))   // [1.0, 3.0, 3.0]
    /// ```
    ///
    /// - Parameters:
    ///   - axis: the axis to run along; a negative one counts from the last.
    ///   - reverse: whether to run from the end.
    public func cummax(
        axis: Int = 0, reverse: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (x, axis) = try tensor.alongAxis(axis, "cummax")
            return x.taken(Tensor.scanned(.runningHighest, x, axis, reverse: reverse), axis)
        }
    }

    /// The smallest element so far along an axis. NaN wins. The gradient goes to the first of equals.
    ///
    /// ```swift
    /// print(cummin(Tensor([3, 1, 2])))   // [3.0, 1.0, 1.0]
    /// ```
    ///
    /// - Parameters:
    ///   - axis: the axis to run along; a negative one counts from the last.
    ///   - reverse: whether to run from the end.
    public func cummin(
        axis: Int = 0, reverse: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (x, axis) = try tensor.alongAxis(axis, "cummin")
            return x.taken(Tensor.scanned(.runningLowest, x, axis, reverse: reverse), axis)
        }
    }

    /// `ln Σ eˣ` of the elements so far along an axis, without overflow.
    ///
    /// The derivative with respect to an element sums, over the results that it is in, the gradient times its share.
    ///
    /// ```swift
    /// print(logCumsumExp(Tensor([0, 1000, 1000])))   // [0.0, 1000.0, 1000.6932]
    /// ```
    ///
    /// - Parameters:
    ///   - axis: the axis to run along; a negative one counts from the last.
    ///   - exclusive: whether each element is left out of its own result, so that the first is −∞.
    ///   - reverse: whether to run from the end.
    public func logCumsumExp(
        axis: Int = 0, exclusive: Bool = false, reverse: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (x, axis) = try tensor.alongAxis(axis, "logCumsumExp")
            let exponents = x.fractional
            // Sums are kept relative to the largest element so far; when that grows, they shrink.
            let places = Tensor.scanned(.runningHighest, exponents, axis, reverse: reverse)
            let highest = stopGradient(exponents.taken(places, axis))
            let shift = Tensor.where(highest.isFinite(), highest, 0)
            let before = shift.shifted(axis, forward: !reverse, 0)
            let shrinking = Tensor.where(highest.shifted(axis, forward: !reverse, 0).isFinite(), before - shift, 0)
                .exp()
            let logs = Tensor.recurrence(shrinking, (exponents - shift).exp(), axis, reverse: reverse).log() + shift
            return exclusive ? logs.shifted(axis, forward: !reverse, -Double.infinity) : logs
        }
    }
}

extension Tensor {
    /// An operand of a scan: numbers, and the axis counted from the front.
    fileprivate func alongAxis(_ axis: Int, _ operation: StaticString) throws(DescentError) -> (Tensor, Int) {
        let x = try operand().countable
        return (x, try Shape.resolve(axis: axis, rank: x.rank, operation: operation))
    }
}

/// Running sums along an axis. bool counts as int64; see `TensorConvertible.cumsum(axis:exclusive:reverse:)`.
public func cumsum(
    _ x: some TensorConvertible, axis: Int = 0, exclusive: Bool = false, reverse: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.cumsum(axis: axis, exclusive: exclusive, reverse: reverse, file: file, line: line) }

/// Running products along an axis. bool counts as int64; see `TensorConvertible.cumprod(axis:exclusive:reverse:)`.
public func cumprod(
    _ x: some TensorConvertible, axis: Int = 0, exclusive: Bool = false, reverse: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.cumprod(axis: axis, exclusive: exclusive, reverse: reverse, file: file, line: line) }

/// The largest element so far along an axis. NaN wins. The gradient goes to the first of equals; see `TensorConvertible.cummax(axis:reverse:)`.
public func cummax(
    _ x: some TensorConvertible, axis: Int = 0, reverse: Bool = false, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.cummax(axis: axis, reverse: reverse, file: file, line: line) }

/// The smallest element so far along an axis. NaN wins. The gradient goes to the first of equals; see `TensorConvertible.cummin(axis:reverse:)`.
public func cummin(
    _ x: some TensorConvertible, axis: Int = 0, reverse: Bool = false, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.cummin(axis: axis, reverse: reverse, file: file, line: line) }

/// `ln Σ eˣ` of the elements so far along an axis, without overflow; see `TensorConvertible.logCumsumExp(axis:exclusive:reverse:)`.
public func logCumsumExp(
    _ x: some TensorConvertible, axis: Int = 0, exclusive: Bool = false, reverse: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.logCumsumExp(axis: axis, exclusive: exclusive, reverse: reverse, file: file, line: line) }
