import DescentCore

/// Steps of sequences all of whose features are `maskValue` do not count; they become 0. See `MaskedLayer`.
///
/// ```swift
/// let x = Tensor([[[1, 2], [-1, -1]]])
/// let masking = Masking(maskValue: -1)
/// print(masking(x))
/// // [[[1.0, 2.0],
/// //   [0.0, 0.0]]]
/// print(masking.outputMask(x, mask: nil)!)   // [[ true, false]]
/// ```
public final class Masking: MaskedLayer, ConfigurableLayer {
    /// What marks a step that does not count.
    public let maskValue: Double
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that makes a mask.
    public init(maskValue: Double = 0, name: String? = nil) {
        self.maskValue = maskValue
        self.name = name
    }

    /// x, with 0 in steps that do not count.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, atLeast: 2) { x in
            Tensor.where((x .!= maskValue).any(axes: [-1], keepDims: true), x, 0)
        }
    }

    /// The steps that have another value among their features.
    public func outputMask(_ x: Tensor, mask: Tensor?) -> Tensor? {
        x.rank < 2 ? nil : (x.features .!= maskValue).any(axes: [-1])
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Masking>) throws -> Masking {
        try Masking(maskValue: arguments("mask_value", \.maskValue, default: 0), name: arguments.name())
    }
}
