import DescentCore
import DescentFiles

extension Initializer {
    /// Which extents of a kernel the variance is divided by.
    public enum FanMode: String, Sendable, CaseIterable {
        /// How many inputs an output has.
        case fanIn = "fan_in"
        /// How many outputs an input has.
        case fanOut = "fan_out"
        /// The mean of both.
        case fanAvg = "fan_avg"
    }

    /// How random numbers are distributed.
    public enum Distribution: String, Sendable, CaseIterable {
        /// Normal, cut off at two standard deviations, with the variance that is asked for after the cut.
        case truncatedNormal = "truncated_normal"
        /// Normal.
        case untruncatedNormal = "untruncated_normal"
        /// Uniform.
        case uniform
    }

    /// Random numbers with mean 0 and variance `scale / n`, where n is a number of inputs, of outputs, or their mean.
    ///
    /// ```swift
    /// let w = Initializer.varianceScaling(scale: 2, mode: .fanIn, seed: 3)([100, 50])
    /// print((variance(w) - 2.0 / 100).abs() .< 1e-3)   // true
    /// ```
    ///
    /// - Parameters:
    ///   - scale: above 0.
    ///   - mode: what n is.
    ///   - distribution: how the numbers are distributed.
    ///   - seed: the same seed gives the same numbers; by default the next of the thread's.
    ///   - inputAxes: the axes that count inputs; by default all but the last.
    ///   - outputAxes: the axes that count outputs; by default all but the last but one.
    public static func varianceScaling(
        scale: Double = 1, mode: FanMode = .fanIn, distribution: Distribution = .truncatedNormal, seed: Int? = nil,
        inputAxes: [Int]? = nil, outputAxes: [Int]? = nil
    ) -> Initializer {
        scaling(
            "VarianceScaling", scale, mode, distribution, FanArguments(seed, inputAxes, outputAxes),
            config: [
                "scale": .number(scale), "mode": .string(mode.rawValue), "distribution": .string(distribution.rawValue),
            ])
    }

    /// Uniform within ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010).
    public static var glorotUniform: Initializer { glorotUniform() }
    /// Truncated normal with variance 2 / (inputs + outputs) (Glorot and Bengio, 2010).
    public static var glorotNormal: Initializer { glorotNormal() }
    /// Uniform within ±√(6 / inputs) (He et al., 2015).
    public static var heUniform: Initializer { heUniform() }
    /// Truncated normal with variance 2 / inputs (He et al., 2015).
    public static var heNormal: Initializer { heNormal() }
    /// Uniform within ±√(3 / inputs) (LeCun et al., 1998).
    public static var lecunUniform: Initializer { lecunUniform() }
    /// Truncated normal with variance 1 / inputs (LeCun et al., 1998).
    public static var lecunNormal: Initializer { lecunNormal() }

    /// Uniform within ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010).
    public static func glorotUniform(seed: Int? = nil) -> Initializer { glorotUniform(FanArguments(seed)) }
    /// Truncated normal with variance 2 / (inputs + outputs) (Glorot and Bengio, 2010).
    public static func glorotNormal(seed: Int? = nil) -> Initializer { glorotNormal(FanArguments(seed)) }
    /// Uniform within ±√(6 / inputs) (He et al., 2015).
    public static func heUniform(seed: Int? = nil) -> Initializer { heUniform(FanArguments(seed)) }
    /// Truncated normal with variance 2 / inputs (He et al., 2015).
    public static func heNormal(seed: Int? = nil) -> Initializer { heNormal(FanArguments(seed)) }
    /// Uniform within ±√(3 / inputs) (LeCun et al., 1998).
    public static func lecunUniform(seed: Int? = nil) -> Initializer { lecunUniform(FanArguments(seed)) }
    /// Truncated normal with variance 1 / inputs (LeCun et al., 1998).
    public static func lecunNormal(seed: Int? = nil) -> Initializer { lecunNormal(FanArguments(seed)) }

    static func glorotUniform(_ fans: FanArguments) -> Initializer {
        scaling("GlorotUniform", 1, .fanAvg, .uniform, fans)
    }
    static func glorotNormal(_ fans: FanArguments) -> Initializer {
        scaling("GlorotNormal", 1, .fanAvg, .truncatedNormal, fans)
    }
    static func heUniform(_ fans: FanArguments) -> Initializer { scaling("HeUniform", 2, .fanIn, .uniform, fans) }
    static func heNormal(_ fans: FanArguments) -> Initializer {
        scaling("HeNormal", 2, .fanIn, .truncatedNormal, fans)
    }
    static func lecunUniform(_ fans: FanArguments) -> Initializer {
        scaling("LecunUniform", 1, .fanIn, .uniform, fans)
    }
    static func lecunNormal(_ fans: FanArguments) -> Initializer {
        scaling("LecunNormal", 1, .fanIn, .truncatedNormal, fans)
    }

    private static func scaling(
        _ name: String, _ scale: Double, _ mode: FanMode, _ distribution: Distribution, _ arguments: FanArguments,
        config: Configuration = [:]
    ) -> Initializer {
        Initializer(name, config: config.merging(arguments.config)) { shape, dtype in
            guard scale > 0, scale.isFinite, let (inputs, outputs) = arguments.fans(shape) else {
                return Tensor(
                    error: DescentError(
                        operation: name, "the scale is above 0, and input and output axes are axes of the variable",
                        received: "scale \(scale), axes \(arguments.axes) of shape \(shape)"))
            }
            let fan =
                switch mode {
                case .fanIn: Double(inputs)
                case .fanOut: Double(outputs)
                case .fanAvg: Double(inputs + outputs) / 2
                }
            let variance = scale / max(1, fan)
            let seed = arguments.seed ?? Seeds.next()
            switch distribution {
            case .truncatedNormal:
                // The standard deviation of what is left of a standard normal distribution within ±2.
                let stddev = variance.squareRoot() / 0.87962566103423978
                return .randomTruncatedNormal(
                    shape, standardDeviation: .number(stddev, with: dtype), seed: seed, dtype: dtype)
            case .untruncatedNormal:
                return .randomNormal(shape, standardDeviation: variance.squareRoot(), seed: seed, dtype: dtype)
            case .uniform:
                let limit = (3 * variance).squareRoot()
                return .randomUniform(shape, in: -limit..<limit, seed: seed, dtype: dtype)
            }
        }
    }
}

/// What all initializers have in common that scale by the extents of a kernel.
struct FanArguments: Sendable {
    let seed: Int?
    let inputAxes: [Int]?
    let outputAxes: [Int]?

    init(_ seed: Int? = nil, _ inputAxes: [Int]? = nil, _ outputAxes: [Int]? = nil) {
        self.seed = seed
        self.inputAxes = inputAxes
        self.outputAxes = outputAxes
    }

    var axes: [Int] { (inputAxes ?? []) + (outputAxes ?? []) }

    var config: Configuration {
        func list(_ axes: [Int]?) -> Configuration.Value { axes.map { .list($0.map { .integer($0) }) } ?? .null }
        return ["seed": .init(seed), "input_axes": list(inputAxes), "output_axes": list(outputAxes)]
    }

    /// How many inputs an output has, and outputs an input: of matrices, and of convolutions' kernels with the places first.
    func fans(_ shape: Shape) -> (inputs: Int, outputs: Int)? {
        if let inputAxes, let outputAxes {
            guard axes.allSatisfy({ $0 >= -shape.rank && $0 < shape.rank }) else { return nil }
            func product(_ axes: [Int]) -> Int { axes.reduce(1) { $0 * shape[$1 < 0 ? $1 + shape.rank : $1] } }
            return (product(inputAxes), product(outputAxes))
        }
        switch shape.rank {
        case 0: return (1, 1)
        case 1: return (shape[0], shape[0])
        default:
            let places = shape.dropLast(2).reduce(1, *)
            return (places * shape[shape.rank - 2], places * shape[shape.rank - 1])
        }
    }
}
