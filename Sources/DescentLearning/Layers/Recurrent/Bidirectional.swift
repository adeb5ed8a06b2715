import DescentCore

/// A recurrent layer and another one that reads from the end, joined. Where a result has all steps, it is 0 at those that a
/// mask excludes.
///
/// ```swift
/// let layer = Bidirectional(LSTM(3, returnSequences: true))
/// print(layer(Tensor.ones([2, 5, 1])).shape)      // [2, 5, 6]
/// print(layer.namedVariables.map(\.name)[0], layer.namedVariables.map(\.name)[3])   // forwardLayer.kernel backwardLayer.kernel
/// ```
public final class Bidirectional: MaskedLayer, ConfigurableLayer {
    /// How the results of both ways become one.
    public enum MergeMode: String, Sendable, CaseIterable, LayerArgument {
        /// One behind the other along the last axis.
        case concat
        /// Their sum.
        case sum
        /// Their mean.
        case average = "ave"
        /// Their product.
        case product = "mul"
    }

    /// The layer that reads forwards.
    public let forwardLayer: RecurrentLayer
    /// The layer that reads backwards.
    public let backwardLayer: RecurrentLayer
    /// How their results become one.
    public let mergeMode: MergeMode
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A recurrent layer in both directions.
    ///
    /// - Parameters:
    ///   - layer: the layer that reads forwards.
    ///   - mergeMode: how both results become one.
    ///   - backwardLayer: the layer that reads backwards; by default one like `layer`.
    ///   - name: what to call the layer.
    public init(
        _ layer: RecurrentLayer, mergeMode: MergeMode = .concat, backwardLayer: RecurrentLayer? = nil,
        name: String? = nil
    ) {
        forwardLayer = layer
        self.backwardLayer = backwardLayer ?? layer.reversed()
        // A step that does not count comes first for one of the two: it has no result that could stand for both.
        for layer in [forwardLayer, self.backwardLayer] { layer.zeroOutputForMask = layer.returnSequences }
        self.mergeMode = mergeMode
        self.name = name
    }

    /// Both ways, joined.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

    /// Both ways, joined; steps that the mask excludes do not count.
    public func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor {
        if let argumentError { return Tensor(error: argumentError) }
        let forward = forwardLayer(x, mask: mask)
        var backward = backwardLayer(x, mask: mask)
        if backwardLayer.returnSequences, backward.error == nil { backward = backward.flip(axes: [1]) }
        return switch mergeMode {
        case .concat: concat([forward, backward], axis: -1)
        case .sum: forward + backward
        case .average: (forward + backward) / 2
        case .product: forward * backward
        }
    }

    /// The input's mask, if the result has all steps.
    public func outputMask(_ x: Tensor, mask: Tensor?) -> Tensor? { forwardLayer.outputMask(x, mask: mask) }

    /// One layer reads forwards, the other backwards, and both give the same steps.
    public var argumentError: DescentError? {
        misfit(
            unless: forwardLayer.goBackwards != backwardLayer.goBackwards
                && forwardLayer.returnSequences == backwardLayer.returnSequences,
            "the two layers read in opposite directions and return alike",
            received: "goBackwards \(forwardLayer.goBackwards) and \(backwardLayer.goBackwards), "
                + "returnSequences \(forwardLayer.returnSequences) and \(backwardLayer.returnSequences)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Bidirectional>) throws -> Bidirectional {
        try Bidirectional(
            arguments.layer("layer", \.forwardLayer, "a recurrent layer"),
            mergeMode: arguments("merge_mode", \.mergeMode, default: .concat),
            backwardLayer: arguments.has("backward_layer")
                ? arguments.layer("backward_layer", \.backwardLayer, "a recurrent layer") : nil,
            name: arguments.name())
    }
}

extension LayerArguments {
    /// Whether there is such an argument.
    func has(_ key: String) -> Bool { source != nil || read(key) != nil }

    /// An argument that is a layer.
    func layer<Inner>(_ key: String, _ layer: (L) -> Inner, _ kind: String) throws -> Inner {
        if let source {
            let inner = layer(source)
            guard let module = inner as? any Layer else {
                throw DescentError("getConfig", "it must be \(kind)", received: "\(inner)")
            }
            write(key) { _ in .object(Layers.serialize(module)) }
            return inner
        }
        guard let value = read(key) else {
            throw DescentError("fromConfig", "the configuration must have \(key)", received: "none")
        }
        if let inner = try Layers.deserialize(value, customObjects: customObjects) as? Inner { return inner }
        throw DescentError("fromConfig", "\(key) must be \(kind)", received: value.json)
    }
}
