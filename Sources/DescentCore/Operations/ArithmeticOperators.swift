precedencegroup PowerPrecedence {
    higherThan: MultiplicationPrecedence
    associativity: right
}

/// Power: binds tighter than `*` and from the right, `2 * x ** 2 ** y` is `2 * (x ** (2 ** y))`. A sign before the
/// base belongs to it, as everywhere in Swift: `-x ** 2` is `(-x) ** 2`.
infix operator ** : PowerPrecedence

// Six forms of each operator: tensors and variables in every pairing, and Swift numbers on either side.
//
// This set was chosen by measurement. Concrete pairs let the type checker decide at once (a 25-operator
// expression takes about 10 ms); one generic operator over all pairs takes no longer, but reads
// `(1 / 2) * x` as a product with the integer 0. As it stands, numbers written in the source are
// tensors, because the forms for Swift numbers are disfavored: `1 / 2` is 0.5. Only `**` must
// do without `Int` for that: write `x ** Double(n)`.

// MARK: - Tensors

extension Tensor {
    /// The sum, element by element. Shapes broadcast.
    ///
    /// The derivative is 1 with respect to each side.
    ///
    /// ```swift
    /// print(Tensor([1, 2]) + 0.5)   // [1.5, 2.5]
    /// ```
    public static func + (lhs: Tensor, rhs: Tensor) -> Tensor { binary(.add, lhs, rhs, .numbers) }

    /// `+` of a tensor and a variable's value.
    public static func + (lhs: Tensor, rhs: Variable) -> Tensor { binary(.add, lhs, rhs.tensor, .numbers) }

    /// The difference, element by element. Shapes broadcast.
    ///
    /// The derivative is 1 with respect to the left side, −1 to the right.
    ///
    /// ```swift
    /// print(Tensor([1, 2]) - 0.5)   // [0.5, 1.5]
    /// ```
    public static func - (lhs: Tensor, rhs: Tensor) -> Tensor { binary(.subtract, lhs, rhs, .numbers) }

    /// `-` of a tensor and a variable's value.
    public static func - (lhs: Tensor, rhs: Variable) -> Tensor {
        binary(.subtract, lhs, rhs.tensor, .numbers)
    }

    /// The product, element by element. Shapes broadcast.
    ///
    /// The derivative with respect to each side is the other side.
    ///
    /// ```swift
    /// print(Tensor([1, 2]) * 3)   // [3.0, 6.0]
    /// ```
    public static func * (lhs: Tensor, rhs: Tensor) -> Tensor { binary(.multiply, lhs, rhs, .numbers) }

    /// `*` of a tensor and a variable's value.
    public static func * (lhs: Tensor, rhs: Variable) -> Tensor {
        binary(.multiply, lhs, rhs.tensor, .numbers)
    }

    /// The quotient; of integers too it is a fraction. Shapes broadcast.
    ///
    /// The derivative of `a / b` is `1 / b` with respect to a, `−a / b²` to b.
    ///
    /// ```swift
    /// print(Tensor([1, 2]) / 4)   // [0.25, 0.5]
    /// ```
    public static func / (lhs: Tensor, rhs: Tensor) -> Tensor { binary(.divide, lhs, rhs, .floats) }

    /// `/` of a tensor and a variable's value.
    public static func / (lhs: Tensor, rhs: Variable) -> Tensor { binary(.divide, lhs, rhs.tensor, .floats) }

    /// The remainder of the division rounded down, `a − b·⌊a / b⌋`: it has the sign of the divisor. Shapes broadcast.
    ///
    /// The derivative is 1 with respect to a, `−⌊a / b⌋` to b.
    ///
    /// ```swift
    /// print(Tensor([-1, 5]) % 3)   // [2.0, 2.0]
    /// ```
    public static func % (lhs: Tensor, rhs: Tensor) -> Tensor { binary(.mod, lhs, rhs, .numbers) }

    /// `%` of a tensor and a variable's value.
    public static func % (lhs: Tensor, rhs: Variable) -> Tensor { binary(.mod, lhs, rhs.tensor, .numbers) }

    /// The power, `aᵇ`. Shapes broadcast.
    ///
    /// The derivative is `b·aᵇ⁻¹` with respect to a, and `aᵇ·ln a` to b, which counts as 0 where a ≤ 0.
    ///
    /// ```swift
    /// print(Tensor([2, 3]) ** 2)   // [4.0, 9.0]
    /// ```
    public static func ** (lhs: Tensor, rhs: Tensor) -> Tensor { raise(lhs, to: rhs) }

    /// `**` of a tensor and a variable's value.
    public static func ** (lhs: Tensor, rhs: Variable) -> Tensor { raise(lhs, to: rhs.tensor) }
}

// MARK: - Variables

extension Variable {
    /// `+` of a variable's value and a tensor.
    public static func + (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor + rhs }

    /// `+` of two variables' values.
    public static func + (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor + rhs.tensor }

    /// `-` of a variable's value and a tensor.
    public static func - (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor - rhs }

    /// `-` of two variables' values.
    public static func - (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor - rhs.tensor }

    /// `*` of a variable's value and a tensor.
    public static func * (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor * rhs }

    /// `*` of two variables' values.
    public static func * (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor * rhs.tensor }

    /// `/` of a variable's value and a tensor.
    public static func / (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor / rhs }

    /// `/` of two variables' values.
    public static func / (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor / rhs.tensor }

    /// `%` of a variable's value and a tensor.
    public static func % (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor % rhs }

    /// `%` of two variables' values.
    public static func % (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor % rhs.tensor }

    /// `**` of a variable's value and a tensor.
    public static func ** (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor ** rhs }

    /// `**` of two variables' values.
    public static func ** (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor ** rhs.tensor }
}

// MARK: - Swift numbers

extension TensorConvertible {
    /// `+` with a Swift number on the right.
    @_disfavoredOverload
    public static func + (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs + rhs.operand(beside: lhs)
    }

    /// `+` with a Swift number on the left.
    @_disfavoredOverload
    public static func + (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) + rhs
    }

    /// `-` with a Swift number on the right.
    @_disfavoredOverload
    public static func - (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs - rhs.operand(beside: lhs)
    }

    /// `-` with a Swift number on the left.
    @_disfavoredOverload
    public static func - (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) - rhs
    }

    /// `*` with a Swift number on the right.
    @_disfavoredOverload
    public static func * (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs * rhs.operand(beside: lhs)
    }

    /// `*` with a Swift number on the left.
    @_disfavoredOverload
    public static func * (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) * rhs
    }

    /// `/` with a Swift number on the right.
    @_disfavoredOverload
    public static func / (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs / rhs.operand(beside: lhs)
    }

    /// `/` with a Swift number on the left.
    @_disfavoredOverload
    public static func / (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) / rhs
    }

    /// `%` with a Swift number on the right.
    @_disfavoredOverload
    public static func % (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs % rhs.operand(beside: lhs)
    }

    /// `%` with a Swift number on the left.
    @_disfavoredOverload
    public static func % (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) % rhs
    }

    /// `**` with a Swift number on the right.
    @_disfavoredOverload
    public static func ** (lhs: Self, rhs: some BinaryFloatingPoint) -> Tensor {
        let lhs = lhs.tensor
        return lhs ** Double(rhs).operand(beside: lhs)
    }

    /// `**` with a Swift number on the left.
    @_disfavoredOverload
    public static func ** (lhs: some BinaryFloatingPoint, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return Double(lhs).operand(beside: rhs) ** rhs
    }
}
