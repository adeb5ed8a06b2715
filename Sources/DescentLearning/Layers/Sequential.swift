import DescentCore
import DescentData

/// Layers one after the other: a layer itself, and a model that can be trained.
///
/// ```swift
/// let model = Sequential(Dense(4, activation: .relu), Dense(1))
/// _ = model([[1, 2, 3]])
/// print(model.namedVariables.map(\.name))   // ["dense.kernel", "dense.bias", "dense_1.kernel", "dense_1.bias"]
/// ```
///
/// An error says in which layer it happened:
///
/// ```swift
/// do {
///     try Sequential(Dense(4), Conv1D(2, kernelSize: 3))([[1, 2, 3]]).evaluated()
/// } catch let error as DescentError {
///     print(error.message)   // [conv1d.Conv1D] the input has 3 axes, the first of which counts samples. Received: shape [1, 4]
/// }
/// ```
public final class Sequential: MaskedLayer, Model {
    /// The layers with the names by which their variables are found.
    public private(set) var namedLayers: [(name: String, layer: any Layer)] = []
    /// The shape of a sample, as far as it is known: given, or that of the first batch.
    public internal(set) var inputShape: Shape?
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
        let base = layer.name ?? snakeCase(typeName(layer))
        let taken = Set(namedLayers.map(\.name))
        var (name, number) = (base, 0)
        while taken.contains(name) {
            number += 1
            name = "\(base)_\(number)"
        }
        namedLayers.append((name, layer))
    }

    /// The layer with a name; nil if there is none.
    ///
    /// ```swift
    /// let model = Sequential(Dense(4), Dense(1, name: "answer"))
    /// model["dense"]?.trainable = false
    /// ```
    public subscript(name: String) -> (any Layer)? { namedLayers.first { $0.name == name }?.layer }

    /// What the last layer makes of what the layers before it made.
    public func callAsFunction(_ x: Tensor) -> Tensor { run(x, nil).output }

    /// The same, for a batch of which only the steps count that the mask has.
    public func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor { run(x, mask).output }

    /// Which steps of the result count; nil if all do.
    public func outputMask(_ x: Tensor, mask: Tensor?) -> Tensor? { run(x, mask).mask }

    private func run(_ x: Tensor, _ mask: Tensor?) -> (output: Tensor, mask: Tensor?) {
        if inputShape == nil, x.error == nil, x.rank > 0 { inputShape = x.shape.dropping(first: 1) }
        var (x, mask) = (x, mask)
        for (name, layer) in namedLayers {
            let y: Tensor
            if let masked = layer as? any MaskedLayer {
                y = mask == nil ? layer(x) : masked(x, mask: mask)
                mask = masked.outputMask(x, mask: mask)
            } else {
                y = layer(x)
                mask = nil
            }
            if let error = y.error, x.error == nil {
                // Without the place: it would be one in the layer's source. Whoever evaluates adds theirs.
                let named = DescentError(
                    operation: "\(name).\(error.operation)", error.rule, received: error.received)
                return (Tensor(error: named), nil)
            }
            x = y
        }
        return (x, mask)
    }
}

/// The name of a type without its parameters.
func typeName(_ value: Any) -> String {
    String(describing: type(of: value)).split(separator: "<").first.map(String.init) ?? "layer"
}
