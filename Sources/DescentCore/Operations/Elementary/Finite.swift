// Numbers that are none: NaN and infinities.

extension TensorConvertible {
    /// Whether an element is NaN. No gradient passes.
    ///
    /// ```swift
    /// print(isNaN(Tensor([1, .nan])))   // [false, true]
    /// ```
    public func isNaN() -> Tensor {
        let x = tensor.strong()
        return x .!= x
    }

    /// Whether an element is ∞ or −∞. No gradient passes.
    ///
    /// ```swift
    /// print(isInfinite(log(Tensor([1, 0]))))   // [false, true]
    /// ```
    public func isInfinite() -> Tensor {
        let x = tensor.strong()
        return x.dtype.isFloatingPoint ? x.abs() .== Double.infinity : x .!= x
    }

    /// Whether an element is neither NaN nor infinite. No gradient passes.
    ///
    /// ```swift
    /// print(isFinite(Tensor([1, .nan, .infinity])))   // [true, false, false]
    /// ```
    public func isFinite() -> Tensor {
        let x = tensor.strong()
        return x.dtype.isFloatingPoint ? x - x .== 0 : x .== x
    }

    /// NaN and infinities replaced by numbers. Their derivative is 0, that of all other elements 1.
    ///
    /// ```swift
    /// print(nanToNum(Tensor([1, .nan, .infinity]), positiveInfinity: 9))   // [1.0, 0.0, 9.0]
    /// ```
    ///
    /// - Parameters:
    ///   - nan: what NaN becomes.
    ///   - positiveInfinity: what ∞ becomes; the default is the largest number of the tensor's type.
    ///   - negativeInfinity: what −∞ becomes; the default is the lowest.
    public func nanToNum(
        nan: Double = 0, positiveInfinity: Double? = nil, negativeInfinity: Double? = nil
    ) -> Tensor {
        let x = tensor.strong()
        guard x.error == nil, x.dtype.isFloatingPoint else { return x }
        let largest =
            x.dtype == .float32 ? Double(Float.greatestFiniteMagnitude) : Double.greatestFiniteMagnitude
        let (above, below) = (positiveInfinity ?? largest, negativeInfinity ?? -largest)
        let bounded = Tensor.where(
            x .== Double.infinity, .operand(above, with: x.dtype),
            Tensor.where(x .== -Double.infinity, .operand(below, with: x.dtype), x))
        return Tensor.where(x.isNaN(), .operand(nan, with: x.dtype), bounded)
    }
}

/// Whether an element is NaN; see `TensorConvertible.isNaN()`.
public func isNaN(_ x: some TensorConvertible) -> Tensor { x.isNaN() }

/// Whether an element is ∞ or −∞; see `TensorConvertible.isInfinite()`.
public func isInfinite(_ x: some TensorConvertible) -> Tensor { x.isInfinite() }

/// Whether an element is neither NaN nor infinite; see `TensorConvertible.isFinite()`.
public func isFinite(_ x: some TensorConvertible) -> Tensor { x.isFinite() }

/// NaN and infinities replaced by numbers; see `TensorConvertible.nanToNum(nan:positiveInfinity:negativeInfinity:)`.
public func nanToNum(
    _ x: some TensorConvertible, nan: Double = 0, positiveInfinity: Double? = nil, negativeInfinity: Double? = nil
) -> Tensor { x.nanToNum(nan: nan, positiveInfinity: positiveInfinity, negativeInfinity: negativeInfinity) }
