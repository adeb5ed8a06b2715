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
    private var steps: [Step] = []
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
        steps.append(Step(layer))
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
    public func outputMask(_ x: Tensor, mask: Tensor?) -> Tensor? {
        // Outside of the pass: layers must not follow the same batch twice.
        Pass.outside { run(x, mask).mask }
    }

    func run(_ x: Tensor, _ mask: Tensor?) -> (output: Tensor, mask: Tensor?) {
        // An error has no shape: layers that look at one are not asked.
        if x.error != nil { return (x, nil) }
        if inputShape == nil, x.rank > 0 { inputShape = x.shape.dropping(first: 1) }
        var (x, mask) = (x, mask)
        for (index, step) in steps.enumerated() {
            let y: Tensor
            switch step {
            case .plain(let layer):
                y = layer(x)
                mask = nil
            case .masked(let layer):
                y = mask == nil ? layer(x) : layer(x, mask: mask)
                mask = layer.outputMask(x, mask: mask)
            case .model(let model): (y, mask) = model.run(x, mask)
            }
            if let error = y.error {
                // Without the place: it would be one in the layer's source. Whoever evaluates adds theirs.
                let named = DescentError(
                    operation: "\(namedLayers[index].name).\(error.operation)", error.rule, received: error.received)
                return (Tensor(error: named), nil)
            }
            x = y
        }
        return (x, mask)
    }

    /// A layer by what it does with masks; to ask its type at every call would take longer than to record it.
    private enum Step {
        case plain(any Layer)
        case masked(any MaskedLayer)
        case model(Sequential)

        init(_ layer: any Layer) {
            if let model = layer as? Sequential {
                self = .model(model)
            } else if let layer = layer as? any MaskedLayer {
                self = .masked(layer)
            } else {
                self = .plain(layer)
            }
        }
    }
}

/// The name of a type without its parameters.
func typeName(_ value: Any) -> String {
    String(describing: type(of: value)).split(separator: "<").first.map(String.init) ?? "layer"
}
