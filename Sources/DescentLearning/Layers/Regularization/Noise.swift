import DescentCore

/// In training, adds normal noise.
///
/// ```swift
/// print(GaussianNoise(0.1)([1, 2]))                                                    // [1.0, 2.0]
/// print(withTraining(seed: 1) { variance(GaussianNoise(3)(Tensor.zeros([10_000]))) } .> 8.5)   // true
/// ```
public final class GaussianNoise: MaskedLayer, ConfigurableLayer {
    /// The standard deviation of the noise.
    public let stddev: Double
    /// Decides, with the seed of the pass, what is added.
    public let seed: Int?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that adds noise.
    public init(_ stddev: Double, seed: Int? = nil, name: String? = nil) {
        self.stddev = stddev
        self.seed = seed
        self.name = name
    }

    /// In training x with noise, else x.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, atLeast: 0) { x in
            guard let pass = Pass.current, stddev > 0 else { return x }
            return x
                + .randomNormal(
                    x.shape, standardDeviation: stddev, seed: pass.nextSeed(with: seed), dtype: x.dtype)
        }
    }

    /// The standard deviation is a number from 0 on.
    public var argumentError: DescentError? {
        misfit(
            unless: stddev >= 0 && stddev.isFinite, "the standard deviation is a number from 0 on",
            received: "stddev \(stddev)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<GaussianNoise>) throws -> GaussianNoise {
        try GaussianNoise(
            arguments.required("stddev", \.stddev), seed: arguments("seed", \.seed), name: arguments.name())
    }
}

/// In training, multiplies by normal noise with mean 1 and the variance that `Dropout` has, rate / (1 − rate).
///
/// ```swift
/// let y = withTraining(seed: 1) { GaussianDropout(0.5)(Tensor.ones([10_000])) }
/// print((y.mean() - 1).abs() .< 0.05, (variance(y) - 1).abs() .< 0.05)   // true true
/// ```
public final class GaussianDropout: MaskedLayer, ConfigurableLayer {
    /// The rate of a `Dropout` that is as strong.
    public let rate: Double
    /// Decides, with the seed of the pass, what is multiplied.
    public let seed: Int?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that multiplies by noise.
    public init(_ rate: Double, seed: Int? = nil, name: String? = nil) {
        self.rate = rate
        self.seed = seed
        self.name = name
    }

    /// In training x times noise, else x.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, atLeast: 0) { x in
            guard let pass = Pass.current, rate > 0 else { return x }
            return x
                * .randomNormal(
                    x.shape, mean: 1, standardDeviation: (rate / (1 - rate)).squareRoot(),
                    seed: pass.nextSeed(with: seed), dtype: x.dtype)
        }
    }

    /// The rate lies between 0 and 1.
    public var argumentError: DescentError? { misfitOfRate(rate, below: 1) }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<GaussianDropout>) throws -> GaussianDropout {
        try GaussianDropout(
            arguments.required("rate", \.rate), seed: arguments("seed", \.seed), name: arguments.name())
    }
}

/// In training, drops elements so that mean and variance stay what they are behind `selu`: a dropped element becomes
/// −1.7581, and all are scaled and shifted. (Klambauer et al., 2017)
///
/// ```swift
/// let x = Tensor.randomNormal([10_000], seed: 1)
/// let y = withTraining(seed: 2) { AlphaDropout(0.3)(x) }
/// print(y.mean().abs() .< 0.05, (variance(y) - 1).abs() .< 0.05)   // true true
/// ```
public final class AlphaDropout: MaskedLayer, ConfigurableLayer {
    /// The share of the elements that are dropped.
    public let rate: Double
    /// The extents of the random pattern; see `Dropout`.
    public let noiseShape: [Int?]?
    /// Decides, with the seed of the pass, what is dropped.
    public let seed: Int?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that drops elements.
    public init(_ rate: Double, noiseShape: [Int?]? = nil, seed: Int? = nil, name: String? = nil) {
        self.rate = rate
        self.noiseShape = noiseShape
        self.seed = seed
        self.name = name
    }

    /// In training some of x, else x.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, atLeast: 0) { x in
            guard let pass = Pass.current, rate > 0 else { return x }
            // The limit of selu on the left.
            let low = -1.6732632423543772 * 1.0507009873554805
            let scale = 1 / ((1 - rate) * (1 + rate * low * low)).squareRoot()
            let isKept =
                Tensor.randomUniform(pattern(noiseShape, of: x), seed: pass.nextSeed(with: seed)) .>= rate
            return scale * Tensor.where(isKept, x, .number(low, with: x.dtype)) - scale * low * rate
        }
    }

    /// The rate lies between 0 and 1.
    public var argumentError: DescentError? { misfitOfRate(rate, below: 1) }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<AlphaDropout>) throws -> AlphaDropout {
        try AlphaDropout(
            arguments.required("rate", \.rate), noiseShape: arguments("noise_shape", \.noiseShape),
            seed: arguments("seed", \.seed), name: arguments.name())
    }
}
