import DescentCore

/// A function as a layer.
///
/// Files cannot say what it does. A type of one's own that conforms to `ConfigurableLayer` can be saved.
///
/// ```swift
/// let model = Sequential(Lambda { $0 * 2 }, Lambda(name: "shift") { $0 + 1 })
/// print(model([[1, 2]]))   // [[3.0, 5.0]]
/// ```
public final class Lambda: Layer {
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?
    private let function: (Tensor) -> Tensor

    /// A layer that does what the function does.
    public init(name: String? = nil, _ function: @escaping (Tensor) -> Tensor) {
        self.name = name
        self.function = function
    }

    /// The function's value.
    public func callAsFunction(_ x: Tensor) -> Tensor { function(x) }
}
