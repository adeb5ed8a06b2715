import DescentCore

/// In training, sets a share of the elements to 0 and divides the others by what is left. (Srivastava et al., 2014)
///
/// ```swift
/// let dropout = Dropout(0.5)
/// print(dropout([1, 1]))                                             // [1.0, 1.0]
/// print(withTraining(seed: 3) { dropout(Tensor.ones([100])).max() })   // 2.0
/// ```
public final class Dropout: MaskedLayer, ConfigurableLayer {
    /// The share of the elements that become 0.
    public let rate: Double
    /// The extents of the random pattern, 1 where it is the same along an axis, nil for those of the input; none stands for
    /// the shape of the input.
    public let noiseShape: [Int?]?
    /// Decides, with the seed of the pass, what is dropped.
    public let seed: Int?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that drops elements.
    ///
    /// - Parameters:
    ///   - rate: the share of the elements that become 0, from 0 to 1.
    ///   - noiseShape: the extents of the random pattern: `[nil, 1, nil]` drops the same features at all steps.
    ///   - seed: decides, with the seed of the pass, what is dropped.
    ///   - name: what to call the layer.
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
            return x.dropped(rate, pattern(noiseShape, of: x), pass.nextSeed(with: seed))
        }
    }

    /// The rate lies between 0 and 1.
    public var argumentError: DescentError? { misfitOfRate(rate) }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Dropout>) throws -> Dropout {
        try Dropout(
            arguments.required("rate", \.rate), noiseShape: arguments("noise_shape", \.noiseShape),
            seed: arguments("seed", \.seed), name: arguments.name())
    }
}

extension Layer {
    func misfitOfRate(_ rate: Double, below bound: Double = 1.0.nextUp) -> DescentError? {
        misfit(unless: rate >= 0 && rate < bound, "the rate lies between 0 and 1", received: "rate \(rate)")
    }

    /// The shape of a random pattern for x.
    func pattern(_ extents: [Int?]?, of x: Tensor) -> Shape {
        guard let extents, extents.count == x.rank else { return extents.map { Shape($0.map { $0 ?? 1 }) } ?? x.shape }
        return Shape(extents.enumerated().map { $1 ?? x.shape[$0] })
    }
}

extension Pass {
    /// The next seed, also different for layers that have another seed of their own.
    func nextSeed(with seed: Int?) -> Int {
        let next = nextSeed()
        return seed.map { Mixing.mixed(next, $0) } ?? next
    }
}

extension Tensor {
    /// 0 for a share of the elements, the others divided by what is left.
    func dropped(_ rate: Double, _ pattern: Shape, _ seed: Int) -> Tensor {
        let isKept = Tensor.randomUniform(pattern, seed: seed) .>= rate
        // Where nothing is kept nothing is made larger: what is left out must not be divided by zero on the way back.
        return Tensor.where(isKept, self / (rate < 1 ? 1 - rate : 1), 0)
    }
}
