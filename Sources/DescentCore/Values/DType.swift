/// The type of a tensor's elements.
///
/// Tensors are `float32` unless they are made from something else. Two types that meet in an operation
/// promote to one that both reach by the order `bool < int32 < int64 < float32 < float64`; numbers
/// written in Swift adapt to the tensor they meet and never widen or narrow it within its kind.
public enum DType: UInt8, BitwiseCopyable, Sendable, Hashable, CaseIterable {
    // The raw values are those of CDescent.h.
    case float32 = 0
    case float64 = 1
    case int32 = 2
    case int64 = 3
    case bool = 4

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .float32, .int32: 4
        case .float64, .int64: 8
        case .bool: 1
        }
    }

    /// Whether elements are floating-point numbers; only these have derivatives.
    public var isFloatingPoint: Bool { self == .float32 || self == .float64 }

    /// Whether elements are integers (`bool` is not).
    public var isInteger: Bool { self == .int32 || self == .int64 }

    /// The place in the promotion order.
    private var rank: Int {
        switch self {
        case .bool: 0
        case .int32: 1
        case .int64: 2
        case .float32: 3
        case .float64: 4
        }
    }

    /// The type in which elements of `self` and `other` meet.
    public func promoted(with other: DType) -> DType { rank >= other.rank ? self : other }

    /// Whether every value of `self` may be stored as `other` without being told to: equal types, or
    /// a step up the promotion order. (Integers become floats as in PyTorch and JAX: rounded.)
    public func converts(to other: DType) -> Bool { rank <= other.rank }
}

extension DType: CustomStringConvertible {
    /// The name, `float32`.
    public var description: String {
        switch self {
        case .float32: "float32"
        case .float64: "float64"
        case .int32: "int32"
        case .int64: "int64"
        case .bool: "bool"
        }
    }
}
