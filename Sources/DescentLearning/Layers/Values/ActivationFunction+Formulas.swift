import DescentCore

extension ActivationFunction {
    /// x itself.
    public static let linear = ActivationFunction("linear") { $0 }
    /// max(x, 0)
    public static let relu = ActivationFunction("relu") { $0.relu() }
    /// max(x, 0), but at most 6.
    public static let relu6 = ActivationFunction("relu6") { $0.relu6() }
    /// x where it is positive, else 0.2 x.
    public static let leakyRelu = ActivationFunction("leaky_relu") { $0.leakyRelu() }
    /// x where it is positive, else eˣ − 1.
    public static let elu = ActivationFunction("elu") { $0.elu() }
    /// 1.0507 elu(x, α: 1.6733), which keeps mean 0 and variance 1.
    public static let selu = ActivationFunction("selu") { $0.selu() }
    /// x where it is positive, else eˣ − 1; see `celu(alpha:)`.
    public static let celu = ActivationFunction("celu") { $0.celu() }
    /// x Φ(x), with the distribution function of the normal distribution.
    public static let gelu = ActivationFunction("gelu") { $0.gelu() }
    /// x sigmoid(x)
    public static let silu = ActivationFunction("silu") { $0.silu() }
    /// x sigmoid(x), another name of `silu`.
    public static let swish = silu
    /// x tanh(softplus(x))
    public static let mish = ActivationFunction("mish") { $0.mish() }
    /// ln(1 + eˣ)
    public static let softplus = ActivationFunction("softplus") { $0.softplus() }
    /// x / (1 + |x|)
    public static let softsign = ActivationFunction("softsign") { $0.softsign() }
    /// eˣ divided by its sum along the last axis.
    public static let softmax = ActivationFunction("softmax") { $0.softmax() }
    /// The logarithm of `softmax`.
    public static let logSoftmax = ActivationFunction("log_softmax") { $0.logSoftmax() }
    /// 1 / (1 + e⁻ˣ)
    public static let sigmoid = ActivationFunction("sigmoid") { $0.sigmoid() }
    /// (x + 3) / 6 between 0 and 1.
    public static let hardSigmoid = ActivationFunction("hard_sigmoid") { $0.hardSigmoid() }
    /// −ln(1 + e⁻ˣ)
    public static let logSigmoid = ActivationFunction("log_sigmoid") { $0.logSigmoid() }
    /// x hardSigmoid(x)
    public static let hardSilu = ActivationFunction("hard_silu") { $0.hardSwish() }
    /// x hardSigmoid(x), another name of `hardSilu`.
    public static let hardSwish = hardSilu
    /// The hyperbolic tangent.
    public static let tanh = ActivationFunction("tanh") { $0.tanh() }
    /// x between −1 and 1.
    public static let hardTanh = ActivationFunction("hard_tanh") { $0.hardTanh() }
    /// x − tanh x
    public static let tanhShrink = ActivationFunction("tanh_shrink") { $0.tanhShrink() }
    /// eˣ
    public static let exponential = ActivationFunction("exponential") { $0.exp() }
    /// The first half of the last axis times the sigmoid of the second half.
    public static let glu = ActivationFunction("glu") { $0.glu() }
    /// (x + √(x² + 4)) / 2
    public static let squareplus = ActivationFunction("squareplus") { $0.squareplus() }
    /// Nearer to 0 by 0.5, and 0 within ±0.5.
    public static let softShrink = ActivationFunction("soft_shrink") { $0.softShrink() }
    /// x, but 0 within ±0.5.
    public static let hardShrink = ActivationFunction("hard_shrink") { $0.hardShrink() }
    /// 0 up to −1, x from 1 on, (x + 1)² / 4 between them.
    public static let sparsePlus = ActivationFunction("sparse_plus") { $0.sparsePlus() }
    /// (x + 1) / 2 between 0 and 1.
    public static let sparseSigmoid = ActivationFunction("sparse_sigmoid") { $0.sparseSigmoid() }
    /// The nearest vector of numbers from 0 on that sum to 1 along the last axis.
    public static let sparsemax = ActivationFunction("sparsemax") { $0.sparsemax() }
}

// MARK: - With numbers of their own

extension ActivationFunction {
    /// x where it is positive, else `negativeSlope` x.
    public static func leakyRelu(negativeSlope: Double = 0.2) -> ActivationFunction {
        ActivationFunction("leaky_relu", [negativeSlope], standard: [0.2]) {
            $0.leakyRelu(negativeSlope: negativeSlope)
        }
    }

    /// x where it is positive, else α(eˣ − 1).
    public static func elu(alpha: Double = 1) -> ActivationFunction {
        ActivationFunction("elu", [alpha], standard: [1]) { $0.elu(alpha: alpha) }
    }

    /// x where it is positive, else α(e^(x/α) − 1).
    public static func celu(alpha: Double = 1) -> ActivationFunction {
        ActivationFunction("celu", [alpha], standard: [1]) { $0.celu(alpha: alpha) }
    }

    /// x Φ(x), or nearly so by a hyperbolic tangent.
    public static func gelu(approximate: Bool = false) -> ActivationFunction {
        ActivationFunction(approximate ? "gelu(approximate)" : "gelu") { $0.gelu(approximate: approximate) }
    }

    /// eˣ divided by its sum along an axis.
    public static func softmax(axis: Int) -> ActivationFunction {
        ActivationFunction("softmax", [Double(axis)], standard: [-1]) { $0.softmax(axis: axis) }
    }

    /// (x + √(x² + b)) / 2
    public static func squareplus(b: Double = 4) -> ActivationFunction {
        ActivationFunction("squareplus", [b], standard: [4]) { $0.squareplus(b: b) }
    }

    /// Nearer to 0 by `threshold`, and 0 where |x| does not exceed it.
    public static func softShrink(threshold: Double = 0.5) -> ActivationFunction {
        ActivationFunction("soft_shrink", [threshold], standard: [0.5]) { $0.softShrink(threshold: threshold) }
    }

    /// x, but 0 where |x| does not exceed `threshold`.
    public static func hardShrink(threshold: Double = 0.5) -> ActivationFunction {
        ActivationFunction("hard_shrink", [threshold], standard: [0.5]) { $0.hardShrink(threshold: threshold) }
    }

    /// x where it exceeds `threshold`, else `value`.
    ///
    /// ```swift
    /// print(ActivationFunction.threshold(1, else: -5)([0, 1, 2]))   // [-5.0, -5.0, 2.0]
    /// ```
    public static func threshold(_ threshold: Double, else value: Double) -> ActivationFunction {
        ActivationFunction("threshold", [threshold, value], standard: []) {
            Tensor.where($0 .> threshold, $0, .number(value, with: $0.dtype))
        }
    }

    private init(
        _ name: String, _ numbers: [Double], standard: [Double], _ formula: @escaping @Sendable (Tensor) -> Tensor
    ) {
        let list = numbers.map { "\($0)" }.joined(separator: ", ")
        self.init(numbers == standard ? name : "\(name)(\(list))", formula)
    }
}
