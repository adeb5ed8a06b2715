import DescentCore
import DescentFiles

/// Divides an average of gradients by the root of an average of their squares (Kingma and Ba, 2014).
///
/// ```
/// m ← m + (1 − β₁)(g − m)
/// v ← v + (1 − β₂)(g² − v)
/// w ← w − rate · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε)        t = 1, 2, …
/// ```
///
/// AMSGrad (Reddi and others, 2018) puts the greatest v so far in the place of v.
///
/// ```swift
/// let w = Variable(10.0)
/// try Adam(learningRate: 0.5).minimize({ w * w / 2 }, [w])
/// print(w)   // 9.5
/// ```
///
/// The arithmetic is that of Keras 3: ε is added before the correction, as in the last lines of section 2 of the paper.
public final class Adam: Optimizer, Configurable {
    /// The documented name.
    public static let className = "Adam"
    /// What is kept between steps.
    public let state: OptimizerState
    /// How much of the average of gradients stays at each step.
    public let beta1: Double
    /// How much of the average of their squares stays at each step.
    public let beta2: Double
    /// Keeps the divisor away from zero.
    public let epsilon: Double
    /// Whether to divide by the greatest average of squares seen so far.
    public let amsgrad: Bool

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.001.
    ///   - beta1: how much of the average of gradients stays at each step; the default is 0.9.
    ///   - beta2: how much of the average of their squares stays at each step; the default is 0.999.
    ///   - epsilon: keeps the divisor away from zero; the default is 1e-7.
    ///   - amsgrad: whether to divide by the greatest average of squares seen so far; the default is false.
    public convenience init(
        learningRate: some HyperparameterSource = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-7, amsgrad: Bool = false, weightDecay: Double? = nil, clipNorm: Double? = nil,
        clipValue: Double? = nil, globalClipNorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
        emaOverwriteFrequency: Int? = nil, lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil,
        lazy: Bool = false, name: String = "adam"
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name), beta1: beta1,
            beta2: beta2, epsilon: epsilon, amsgrad: amsgrad)
    }

    /// An optimizer with options that are put together elsewhere.
    public init(
        _ options: OptimizerOptions, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
        amsgrad: Bool = false
    ) {
        state = OptimizerState(options)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.amsgrad = amsgrad
        state.require(beta1: beta1, beta2: beta2, epsilon: epsilon, Adam.className)
    }

    /// Two averages, and with AMSGrad the greatest of the second.
    public var slotNames: [String] { rule.slotNames }
    /// The two averages are listed together.
    public var slotGroups: [[String]] { rule.slotGroups }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        rule.update(w, g, &slots, rate: step.learningRate, step: step)
    }

    private var rule: AdamRule { AdamRule(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad) }

    /// The arguments of the formula.
    public var hyperparameters: Configuration { .averages(beta1, beta2, epsilon, and: ["amsgrad": .bool(amsgrad)]) }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Adam {
        let read = ConfigurationReader(config, for: className)
        let averages = try read.averages()
        return try read.finished(
            Adam(
                try read.options(name: "adam", customObjects: customObjects),
                beta1: averages.beta1, beta2: averages.beta2, epsilon: averages.epsilon,
                amsgrad: try read.bool("amsgrad", default: false)))
    }
}
