import CDescent

/// A value of numbers with a shape: given, or an expression that is computed when it is first read.
///
/// Operations on tensors record what to compute; reading computes it. Tensors are immutable and may be
/// passed between threads.
///
/// ```swift
/// let x: Tensor = [[1, 2], [3, 4]]
/// print(x.sum() / 2)   // 5.0
/// ```
public struct Tensor: Sendable {
    package private(set) var node: Node

    @inline(__always)
    package init(_ node: Node) { self.node = node }

    /// Whether this is the only reference to the node.
    package mutating func isUnique() -> Bool { isKnownUniquelyReferenced(&node) }

    /// Whether the value is there.
    package var isKnown: Bool { node.state != .pending }

    /// The extents along the axes.
    public var shape: Shape { node.shape }

    /// The type of the elements.
    public var dtype: DType { node.dtype }

    /// The number of axes.
    public var rank: Int { node.shape.rank }

    /// The number of elements.
    public var count: Int { node.shape.count }
}

// MARK: - Poison

extension Tensor {
    /// An expression that has an error for a value: whoever evaluates it, or anything made of it, throws the error.
    ///
    /// Functions of tensors that do not throw refuse their arguments in this way.
    ///
    /// ```swift
    /// func halves(_ x: Tensor) -> Tensor {
    ///     guard x.count % 2 == 0 else {
    ///         return Tensor(error: DescentError("halves", "the count must be even", received: "\(x.count)"))
    ///     }
    ///     return x.reshape(2, x.count / 2)
    /// }
    /// do {
    ///     try (1 + halves([1, 2, 3])).evaluated()
    /// } catch {
    ///     print(error.message)   // [halves] the count must be even. Received: 3
    /// }
    /// ```
    public init(error: DescentError) {
        self.init(Node(.constant, .float32, .scalar, nil, attributes: Attributes(error: error), traits: .poisoned))
    }

    /// The error that this expression has for a value, if something in it was refused.
    public var error: DescentError? { node.traits.contains(.poisoned) ? node.attributes?.error : nil }
}

// MARK: - Things that are tensors

/// A tensor, or something that stands for one: what functions accept as an operand.
public protocol TensorConvertible {
    /// The value, as an operand.
    var tensor: Tensor { get }
}

extension Tensor: TensorConvertible {
    /// This tensor.
    @inline(__always)
    public var tensor: Tensor { self }
}
