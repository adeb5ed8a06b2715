import DescentCore

/// In training, drops whole features of sequences [samples, steps, features]: each at all steps or at none.
///
/// ```swift
/// let y = withTraining(seed: 1) { SpatialDropout1D(0.5)(Tensor.ones([1, 3, 50])) }
/// print((y.max(axes: 1) .== y.min(axes: 1)).all())   // true
/// ```
public final class SpatialDropout1D: MaskedLayer, ConfigurableLayer {
    /// The share of the features that become 0.
    public let rate: Double
    /// Decides, with the seed of the pass, what is dropped.
    public let seed: Int?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that drops features.
    public init(_ rate: Double, seed: Int? = nil, name: String? = nil) {
        self.rate = rate
        self.seed = seed
        self.name = name
    }

    /// In training some features of x, else x.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: 3) { x in
            guard let pass = Pass.current, rate > 0 else { return x }
            return x.dropped(rate, [x.shape[0], 1, x.shape[2]], pass.nextSeed(with: seed))
        }
    }

    /// The rate lies between 0 and 1.
    public var argumentError: DescentError? { misfitOfRate(rate) }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<SpatialDropout1D>) throws -> SpatialDropout1D {
        try SpatialDropout1D(
            arguments.required("rate", \.rate), seed: arguments("seed", \.seed), name: arguments.name())
    }
}

/// In training, drops whole channels of images: each everywhere or nowhere.
///
/// ```swift
/// let y = withTraining(seed: 1) { SpatialDropout2D(0.5)(Tensor.ones([1, 2, 2, 50])) }
/// print((y.max(axes: 1, 2) .== y.min(axes: 1, 2)).all())   // true
/// ```
public final class SpatialDropout2D: MaskedLayer, ConfigurableLayer {
    /// The share of the channels that become 0.
    public let rate: Double
    /// Where the axis of channels is.
    public let dataFormat: DataFormat
    /// Decides, with the seed of the pass, what is dropped.
    public let seed: Int?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that drops channels.
    public init(_ rate: Double, dataFormat: DataFormat = .channelsLast, seed: Int? = nil, name: String? = nil) {
        self.rate = rate
        self.dataFormat = dataFormat
        self.seed = seed
        self.name = name
    }

    /// In training some channels of x, else x.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: 4) { x in
            guard let pass = Pass.current, rate > 0 else { return x }
            let (samples, shape) = (x.shape[0], x.shape)
            return x.dropped(
                rate, dataFormat == .channelsLast ? [samples, 1, 1, shape[3]] : [samples, shape[1], 1, 1],
                pass.nextSeed(with: seed))
        }
    }

    /// The rate lies between 0 and 1.
    public var argumentError: DescentError? { misfitOfRate(rate) }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<SpatialDropout2D>) throws -> SpatialDropout2D {
        try SpatialDropout2D(
            arguments.required("rate", \.rate),
            dataFormat: arguments("data_format", \.dataFormat, default: .channelsLast),
            seed: arguments("seed", \.seed), name: arguments.name())
    }
}
