// Minus signs, and the operators that assign.

extension Tensor {
    /// The opposite, `−x`. The derivative is −1.
    ///
    /// ```swift
    /// print(-Tensor([1, 2]))   // [-1.0, -2.0]
    /// ```
    public static prefix func - (x: Tensor) -> Tensor { x.negated() }
}

extension Variable {
    /// The opposite of the variable's value.
    public static prefix func - (x: Variable) -> Tensor { x.tensor.negated() }
}

extension Tensor {
    /// `lhs = lhs + rhs`
    public static func += (lhs: inout Tensor, rhs: Tensor) { lhs = lhs + rhs }

    /// `lhs = lhs + rhs`
    public static func += (lhs: inout Tensor, rhs: Variable) { lhs = lhs + rhs.tensor }

    /// `lhs = lhs + rhs`
    @_disfavoredOverload
    public static func += (lhs: inout Tensor, rhs: some TensorNumber) { lhs = lhs + rhs.operand(beside: lhs) }

    /// `lhs = lhs - rhs`
    public static func -= (lhs: inout Tensor, rhs: Tensor) { lhs = lhs - rhs }

    /// `lhs = lhs - rhs`
    public static func -= (lhs: inout Tensor, rhs: Variable) { lhs = lhs - rhs.tensor }

    /// `lhs = lhs - rhs`
    @_disfavoredOverload
    public static func -= (lhs: inout Tensor, rhs: some TensorNumber) { lhs = lhs - rhs.operand(beside: lhs) }

    /// `lhs = lhs * rhs`
    public static func *= (lhs: inout Tensor, rhs: Tensor) { lhs = lhs * rhs }

    /// `lhs = lhs * rhs`
    public static func *= (lhs: inout Tensor, rhs: Variable) { lhs = lhs * rhs.tensor }

    /// `lhs = lhs * rhs`
    @_disfavoredOverload
    public static func *= (lhs: inout Tensor, rhs: some TensorNumber) { lhs = lhs * rhs.operand(beside: lhs) }

    /// `lhs = lhs / rhs`
    public static func /= (lhs: inout Tensor, rhs: Tensor) { lhs = lhs / rhs }

    /// `lhs = lhs / rhs`
    public static func /= (lhs: inout Tensor, rhs: Variable) { lhs = lhs / rhs.tensor }

    /// `lhs = lhs / rhs`
    @_disfavoredOverload
    public static func /= (lhs: inout Tensor, rhs: some TensorNumber) { lhs = lhs / rhs.operand(beside: lhs) }

    /// `lhs = lhs % rhs`
    public static func %= (lhs: inout Tensor, rhs: Tensor) { lhs = lhs % rhs }

    /// `lhs = lhs % rhs`
    public static func %= (lhs: inout Tensor, rhs: Variable) { lhs = lhs % rhs.tensor }

    /// `lhs = lhs % rhs`
    @_disfavoredOverload
    public static func %= (lhs: inout Tensor, rhs: some TensorNumber) { lhs = lhs % rhs.operand(beside: lhs) }
}
