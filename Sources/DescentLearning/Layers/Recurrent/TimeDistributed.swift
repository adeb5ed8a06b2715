import DescentCore

/// A layer applied to every step of sequences.
///
/// ```swift
/// let layer = TimeDistributed(Conv2D(4, kernelSize: 3))
/// print(layer(Tensor.ones([2, 5, 8, 8, 1])).shape)   // [2, 5, 6, 6, 4]
/// ```
///
/// All steps together are one batch of the layer: one that looks at its batch, as `BatchNormalization` does, sees them all.
public final class TimeDistributed: MaskedLayer, ConfigurableLayer {
    /// What is applied to each step.
    public let layer: any Layer
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that applies another one to each step.
    public init(_ layer: any Layer, name: String? = nil) {
        self.layer = layer
        self.name = name
    }

    /// [samples, steps] and what the layer makes of the rest.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if x.error != nil { return x }
        guard x.rank >= 3 else {
            return refused("the input has axes for samples, for steps and for more", received: "shape \(x.shape)")
        }
        let (samples, steps) = (x.shape[0], x.shape[1])
        let rows = x.reshape(Shape([samples * steps] + x.shape.dimensions.dropFirst(2)))
        let y = layer(rows)
        guard y.error == nil else { return y }
        guard y.rank > 0, y.shape[0] == samples * steps else {
            return refused("the layer has a result for each sample", received: "\(y.shape) for \(rows.shape)")
        }
        return y.reshape(Shape([samples, steps] + y.shape.dimensions.dropFirst()))
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<TimeDistributed>) throws -> TimeDistributed {
        try TimeDistributed(
            arguments.layer("layer", { $0.layer }, "a layer"), name: arguments.name())
    }
}
