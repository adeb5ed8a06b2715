import CDescent

// Logic on tensors of bool; numbers count as `x != 0`. The operators are those of SIMD masks in the standard
// library.

extension Primitive {
    package static let and = Primitive("and", .binary(CD_AND), .none)
    package static let or = Primitive("or", .binary(CD_OR), .none)
    package static let not = Primitive("not", .unary(CD_NOT), .none)
}

extension Tensor {
    /// Whether both sides are true, element by element. No gradient passes.
    ///
    /// ```swift
    /// let x: Tensor = [1, 2, 3]
    /// print((x .> 1) .& (x .< 3))   // [false, true, false]
    /// ```
    public static func .& (lhs: Tensor, rhs: Tensor) -> Tensor { binary(.and, lhs, rhs, .bools) }

    /// Whether one side is true or both are, element by element. No gradient passes.
    ///
    /// ```swift
    /// let x: Tensor = [1, 2, 3]
    /// print((x .< 2) .| (x .> 2))   // [true, false, true]
    /// ```
    public static func .| (lhs: Tensor, rhs: Tensor) -> Tensor { binary(.or, lhs, rhs, .bools) }

    /// Whether an element is false. No gradient passes.
    ///
    /// ```swift
    /// print(.!(Tensor([1, 2, 3]) .> 2))   // [true, true, false]
    /// ```
    public static prefix func .! (x: Tensor) -> Tensor { unary(.not, x, .bools) }
}

/// Whether both are true, element by element; also written `a .& b`.
public func logicalAnd(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { (a.tensor .& b.tensor).located(file, line) }

/// Whether one is true or both are, element by element; also written `a .| b`.
public func logicalOr(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { (a.tensor .| b.tensor).located(file, line) }

/// Whether an element is false; also written `.!x`.
public func logicalNot(_ x: some TensorConvertible) -> Tensor { .!x.tensor }
