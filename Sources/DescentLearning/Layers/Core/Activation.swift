import DescentCore

/// A function applied to each element.
///
/// ```swift
/// print(Activation(.relu)([[-1, 2]]))   // [[0.0, 2.0]]
/// ```
public final class Activation: MaskedLayer, ConfigurableLayer {
    /// The function.
    public let activation: ActivationFunction
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that applies a function.
    public init(_ activation: ActivationFunction, name: String? = nil) {
        self.activation = activation
        self.name = name
    }

    /// The function's values.
    public func callAsFunction(_ x: Tensor) -> Tensor { applied(to: x, atLeast: 0) { activation($0) } }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Activation>) throws -> Activation {
        try Activation(arguments.required("activation", \.activation), name: arguments.name())
    }
}

/// `softmax` along an axis.
///
/// ```swift
/// print(Softmax()([[1, 1]]))   // [[0.5, 0.5]]
/// ```
public final class Softmax: MaskedLayer, ConfigurableLayer {
    /// The axis along which results sum to 1.
    public let axis: Int
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer of probabilities along an axis.
    public init(axis: Int = -1, name: String? = nil) {
        self.axis = axis
        self.name = name
    }

    /// eˣ divided by its sum along the axis.
    public func callAsFunction(_ x: Tensor) -> Tensor { applied(to: x) { $0.softmax(axis: axis) } }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Softmax>) throws -> Softmax {
        try Softmax(axis: arguments("axis", \.axis, default: -1), name: arguments.name())
    }
}
