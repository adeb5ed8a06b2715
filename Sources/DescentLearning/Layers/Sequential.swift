import DescentCore

/// Layers one after the other: a layer itself, and a model that can be trained.
///
/// ```swift
/// let model = Sequential(Dense(4, activation: .relu), Dense(1))
/// _ = model([[1, 2, 3]])
/// print(model.namedVariables.map(\.name))   // ["dense.kernel", "dense.bias", "dense_1.kernel", "dense_1.bias"]
/// ```
public final class Sequential: Layer, Model {
    /// The layers with the names by which their variables are found.
    public private(set) var namedLayers: [(name: String, layer: any Layer)] = []
    /// What the model is called; nil stands for the name of its type.
    public let name: String?
    /// What it is trained with.
    public let trainer = Trainer()

    /// These layers, in this order.
    public convenience init(_ layers: any Layer..., name: String? = nil) { self.init(layers, name: name) }

    /// These layers, in this order.
    public init(_ layers: [any Layer], name: String? = nil) {
        self.name = name
        for layer in layers { add(layer) }
    }

    /// The layers in their order.
    public var layers: [any Layer] { namedLayers.map(\.layer) }

    /// The layers by their names.
    public var children: [(name: String, value: Any)] { namedLayers.map { ($0.name, $0.layer) } }

    /// One more layer at the end.
    public func add(_ layer: any Layer) {
        let base = layer.name ?? snakeCase(String(describing: type(of: layer)))
        let taken = Set(namedLayers.map(\.name))
        var (name, number) = (base, 0)
        while taken.contains(name) {
            number += 1
            name = "\(base)_\(number)"
        }
        namedLayers.append((name, layer))
    }

    /// What the last layer makes of what the layers before it made.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        for (_, layer) in namedLayers { x = layer(x) }
        return x
    }
}
