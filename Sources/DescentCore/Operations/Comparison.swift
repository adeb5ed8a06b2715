import CDescent

// Comparisons give tensors of bool; the names of the operators are those of SIMD masks in the standard library. The
// six forms of each are chosen as those in ArithmeticOperators.swift.

extension Primitive {
    package static let equal = Primitive("equal", .binary(CD_EQ), .none)
    package static let notEqual = Primitive("notEqual", .binary(CD_NE), .none)
    package static let less = Primitive("less", .binary(CD_LT), .none)
    package static let lessOrEqual = Primitive("lessOrEqual", .binary(CD_LE), .none)
    package static let greater = Primitive("greater", .binary(CD_GT), .none)
    package static let greaterOrEqual = Primitive("greaterOrEqual", .binary(CD_GE), .none)
}

// MARK: - Tensors

extension Tensor {
    /// Whether the sides are equal; NaN equals nothing. No gradient passes.
    ///
    /// ```swift
    /// print(Tensor([1, 2]) .== 2)   // [false, true]
    /// ```
    public static func .== (lhs: Tensor, rhs: Tensor) -> Tensor {
        binary(.equal, lhs, rhs, .any, result: .bool)
    }

    /// `.==` of a tensor and a variable's value.
    public static func .== (lhs: Tensor, rhs: Variable) -> Tensor { lhs .== rhs.tensor }

    /// Whether the sides differ; NaN differs from everything. No gradient passes.
    ///
    /// ```swift
    /// print(Tensor([1, 2]) .!= 2)   // [true, false]
    /// ```
    public static func .!= (lhs: Tensor, rhs: Tensor) -> Tensor {
        binary(.notEqual, lhs, rhs, .any, result: .bool)
    }

    /// `.!=` of a tensor and a variable's value.
    public static func .!= (lhs: Tensor, rhs: Variable) -> Tensor { lhs .!= rhs.tensor }

    /// Whether the left side is smaller. No gradient passes.
    ///
    /// ```swift
    /// print(Tensor([1, 2]) .< 2)   // [true, false]
    /// ```
    public static func .< (lhs: Tensor, rhs: Tensor) -> Tensor {
        binary(.less, lhs, rhs, .numbers, result: .bool)
    }

    /// `.<` of a tensor and a variable's value.
    public static func .< (lhs: Tensor, rhs: Variable) -> Tensor { lhs .< rhs.tensor }

    /// Whether the left side is not larger. No gradient passes.
    ///
    /// ```swift
    /// print(Tensor([1, 2]) .<= 1)   // [true, false]
    /// ```
    public static func .<= (lhs: Tensor, rhs: Tensor) -> Tensor {
        binary(.lessOrEqual, lhs, rhs, .numbers, result: .bool)
    }

    /// `.<=` of a tensor and a variable's value.
    public static func .<= (lhs: Tensor, rhs: Variable) -> Tensor { lhs .<= rhs.tensor }

    /// Whether the left side is larger. No gradient passes.
    ///
    /// ```swift
    /// print(Tensor([1, 2]) .> 1)   // [false, true]
    /// ```
    public static func .> (lhs: Tensor, rhs: Tensor) -> Tensor {
        binary(.greater, lhs, rhs, .numbers, result: .bool)
    }

    /// `.>` of a tensor and a variable's value.
    public static func .> (lhs: Tensor, rhs: Variable) -> Tensor { lhs .> rhs.tensor }

    /// Whether the left side is not smaller. No gradient passes.
    ///
    /// ```swift
    /// print(Tensor([1, 2]) .>= 2)   // [false, true]
    /// ```
    public static func .>= (lhs: Tensor, rhs: Tensor) -> Tensor {
        binary(.greaterOrEqual, lhs, rhs, .numbers, result: .bool)
    }

    /// `.>=` of a tensor and a variable's value.
    public static func .>= (lhs: Tensor, rhs: Variable) -> Tensor { lhs .>= rhs.tensor }
}

// MARK: - Variables

extension Variable {
    /// `.==` of a variable's value and a tensor.
    public static func .== (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor .== rhs }

    /// `.==` of two variables' values.
    public static func .== (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor .== rhs.tensor }

    /// `.!=` of a variable's value and a tensor.
    public static func .!= (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor .!= rhs }

    /// `.!=` of two variables' values.
    public static func .!= (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor .!= rhs.tensor }

    /// `.<` of a variable's value and a tensor.
    public static func .< (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor .< rhs }

    /// `.<` of two variables' values.
    public static func .< (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor .< rhs.tensor }

    /// `.<=` of a variable's value and a tensor.
    public static func .<= (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor .<= rhs }

    /// `.<=` of two variables' values.
    public static func .<= (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor .<= rhs.tensor }

    /// `.>` of a variable's value and a tensor.
    public static func .> (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor .> rhs }

    /// `.>` of two variables' values.
    public static func .> (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor .> rhs.tensor }

    /// `.>=` of a variable's value and a tensor.
    public static func .>= (lhs: Variable, rhs: Tensor) -> Tensor { lhs.tensor .>= rhs }

    /// `.>=` of two variables' values.
    public static func .>= (lhs: Variable, rhs: Variable) -> Tensor { lhs.tensor .>= rhs.tensor }
}

// MARK: - Swift numbers

extension TensorConvertible {
    /// `.==` with a Swift number on the right.
    @_disfavoredOverload
    public static func .== (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs .== rhs.operand(beside: lhs)
    }

    /// `.==` with a Swift number on the left.
    @_disfavoredOverload
    public static func .== (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) .== rhs
    }

    /// `.!=` with a Swift number on the right.
    @_disfavoredOverload
    public static func .!= (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs .!= rhs.operand(beside: lhs)
    }

    /// `.!=` with a Swift number on the left.
    @_disfavoredOverload
    public static func .!= (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) .!= rhs
    }

    /// `.<` with a Swift number on the right.
    @_disfavoredOverload
    public static func .< (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs .< rhs.operand(beside: lhs)
    }

    /// `.<` with a Swift number on the left.
    @_disfavoredOverload
    public static func .< (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) .< rhs
    }

    /// `.<=` with a Swift number on the right.
    @_disfavoredOverload
    public static func .<= (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs .<= rhs.operand(beside: lhs)
    }

    /// `.<=` with a Swift number on the left.
    @_disfavoredOverload
    public static func .<= (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) .<= rhs
    }

    /// `.>` with a Swift number on the right.
    @_disfavoredOverload
    public static func .> (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs .> rhs.operand(beside: lhs)
    }

    /// `.>` with a Swift number on the left.
    @_disfavoredOverload
    public static func .> (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) .> rhs
    }

    /// `.>=` with a Swift number on the right.
    @_disfavoredOverload
    public static func .>= (lhs: Self, rhs: some TensorNumber) -> Tensor {
        let lhs = lhs.tensor
        return lhs .>= rhs.operand(beside: lhs)
    }

    /// `.>=` with a Swift number on the left.
    @_disfavoredOverload
    public static func .>= (lhs: some TensorNumber, rhs: Self) -> Tensor {
        let rhs = rhs.tensor
        return lhs.operand(beside: rhs) .>= rhs
    }
}
