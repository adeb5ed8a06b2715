import CDescent

// The primitives of arithmetic. Rules ignore broadcasting: the backward pass undoes it in one place. They are
// written with the same operations that everybody uses, so every derivative has derivatives.

extension Primitive {
    package static let add = Primitive(
        "add", .binary(CD_ADD), .binary(left: { g, _ in g }, right: { g, _ in g }))

    package static let subtract = Primitive(
        "subtract", .binary(CD_SUB), .binary(left: { g, _ in g }, right: { g, _ in -g }))

    package static let multiply = Primitive(
        "multiply", .binary(CD_MUL), .binary(left: { g, node in g * node.b }, right: { g, node in g * node.a }))

    package static let divide = Primitive(
        "divide", .binary(CD_DIV),
        .binary(
            left: { g, node in node.b.isNumberOtherThanZero ? g / node.b : g.chained(1 / node.b) },
            right: { g, node in g.chained(-node.y / node.b) }))

    package static let mod = Primitive(
        "mod", .binary(CD_MOD),
        .binary(left: { g, _ in g }, right: { g, node in -g * (node.a / node.b).floor() }))

    package static let negate = Primitive("negate", .unary(CD_NEGATE), .linear { g in -g })

    package static let abs = Primitive("abs", .unary(CD_ABS), .fromInput { g, x in g * x.sign() })

    package static let square = Primitive("square", .unary(CD_SQUARE), .fromInput { g, x in g * (x + x) })

    package static let reciprocal = Primitive(
        "reciprocal", .unary(CD_RECIPROCAL), .fromOutput { g, y in g.chained(-(y * y)) })

    /// g times a derivative d, but 0 wherever g is 0, even if d is infinite or NaN there: what does not
    /// matter has no influence. So `where(x .> 0, sqrt(x), 0)` has the gradient 0 at x = 0, not 0·∞.
    package static let chain = Primitive(
        "chain", .binary(CD_CHAIN),
        .binary(left: { g, node in g.chained(node.b) }, right: { g, node in g * node.a }))
}

extension Tensor {
    /// The chain rule's product with a derivative that may be infinite or NaN where this gradient is 0.
    package func chained(_ derivative: Tensor) -> Tensor { Tensor.binary(.chain, self, derivative, .numbers) }

    /// Whether this is a number other than 0 that was given: neither a variable's, nor computed while something recorded.
    fileprivate var isNumberOtherThanZero: Bool {
        let node = node.attributes === Attributes.ofSampleSort ? node.first! : node
        return node.isGivenNumber && !node.traits.contains(.weak) && Number.double(node.scalarBits, dtype) != 0
    }
}

extension Node {
    /// Whether this is a number that was given: neither a variable's, nor computed while something recorded.
    @inline(__always)
    var isGivenNumber: Bool { state == .scalar && primitive.isConstant && attributes == nil }
}

// MARK: - Functions

extension TensorConvertible {
    /// The opposite, `−x`. The derivative is −1.
    ///
    /// ```swift
    /// print(Tensor([1, 2]).negated())   // [-1.0, -2.0]
    /// ```
    public func negated() -> Tensor {
        // A number that adapts stays one: `-1 * x` is float64 arithmetic for a float64 x.
        let x = tensor
        return x.node.traits.contains(.weak) ? .weak(0) - x : Tensor.unary(.negate, x, .numbers)
    }

    /// The absolute value, `|x|`. The derivative is the sign of x, 0 at 0.
    ///
    /// ```swift
    /// print(abs(Tensor([-1, 2])))   // [1.0, 2.0]
    /// ```
    public func abs() -> Tensor { Tensor.unary(.abs, tensor, .numbers) }

    /// The square, `x²`. The derivative is `2x`.
    ///
    /// ```swift
    /// print(square(Tensor([-1, 3])))   // [1.0, 9.0]
    /// ```
    public func square() -> Tensor { Tensor.unary(.square, tensor, .numbers) }

    /// The reciprocal, `1 / x`. The derivative is `−1 / x²`.
    ///
    /// ```swift
    /// print(reciprocal(Tensor([2, 4])))   // [0.5, 0.25]
    /// ```
    public func reciprocal() -> Tensor { Tensor.unary(.reciprocal, tensor, .floats) }

    /// The remainder of the division rounded down; see `%`.
    ///
    /// ```swift
    /// print(mod(Tensor([5, -5]), Tensor([3])))   // [2.0, 1.0]
    /// ```
    public func mod(_ divisor: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        (tensor % divisor).located(file, line)
    }
}

/// The absolute value, `|x|`. The derivative is the sign of x, 0 at 0.
///
/// ```swift
/// print(abs(Tensor([-1, 2])))   // [1.0, 2.0]
/// ```
public func abs(_ x: some TensorConvertible) -> Tensor { x.abs() }

/// The square, `x²`. The derivative is `2x`.
///
/// ```swift
/// print(square(Tensor([-1, 3])))   // [1.0, 9.0]
/// ```
public func square(_ x: some TensorConvertible) -> Tensor { x.square() }

/// The reciprocal, `1 / x`. The derivative is `−1 / x²`.
///
/// ```swift
/// print(reciprocal(Tensor([2, 4])))   // [0.5, 0.25]
/// ```
public func reciprocal(_ x: some TensorConvertible) -> Tensor { x.reciprocal() }

/// The remainder of the division rounded down; see `%`.
public func mod(
    _ a: some TensorConvertible, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { a.mod(b.tensor, file: file, line: line) }
