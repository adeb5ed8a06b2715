import DescentCore

/// What a weight adds to the loss, so that it stays small.
///
/// ```swift
/// print(Regularizer.l2(0.5)([1, 2]))   // 2.5
/// ```
public struct Regularizer: Sendable {
    /// The documented name of the class, as files say it: `"L2"`.
    public let className: String
    private let formula: @Sendable (Tensor) -> Tensor

    /// A formula of one's own.
    public init(_ className: String = "Regularizer", _ formula: @escaping @Sendable (Tensor) -> Tensor) {
        self.className = className
        self.formula = formula
    }

    /// What a weight of this value adds to the loss.
    public func callAsFunction(_ weight: Tensor) -> Tensor { formula(weight) }

    /// `factor` times the sum of the squares.
    public static func l2(_ factor: Double = 0.01) -> Regularizer {
        Regularizer("L2") { factor * ($0 * $0).sum() }
    }
}
