import DescentCore

/// Passes its input on, and in training adds to the loss what the input's size costs, divided by the number of samples.
///
/// ```swift
/// print(ActivityRegularization(l2: 0.1)([[1, 2]]))   // [[1.0, 2.0]]
/// ```
public final class ActivityRegularization: MaskedLayer, ConfigurableLayer {
    /// What the magnitudes are multiplied by.
    public let l1: Double
    /// What the squares are multiplied by.
    public let l2: Double
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that charges for large inputs.
    public init(l1: Double = 0, l2: Double = 0, name: String? = nil) {
        self.l1 = l1
        self.l2 = l2
        self.name = name
    }

    /// x itself.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x) { x in
            Pass.charge(.l1l2(l1: l1, l2: l2), x)
            return x
        }
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<ActivityRegularization>) throws -> ActivityRegularization {
        try ActivityRegularization(
            l1: arguments("l1", \.l1, default: 0), l2: arguments("l2", \.l2, default: 0), name: arguments.name())
    }
}
