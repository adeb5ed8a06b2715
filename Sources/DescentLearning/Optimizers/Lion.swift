import DescentCore
import DescentFiles

/// Steps of one size for all, in the direction of the sign of an average (Chen and others, 2023).
///
/// ```
/// w ← w − rate · sign(β₁ m + (1 − β₁) g)
/// m ← β₂ m + (1 − β₂) g
/// ```
///
/// ```swift
/// let w = Variable([10, -3])
/// try Lion(learningRate: 0.5).minimize({ (w * w).sum() }, [w])
/// print(w)   // [9.5, -2.5]
/// ```
///
/// The arithmetic is that of Keras 3. The rate should be 3 to 10 times smaller than Adam's, and the weight decay as many
/// times greater.
public final class Lion: Optimizer, Configurable {
    /// The documented name.
    public static let className = "Lion"
    /// What is kept between steps.
    public let state: OptimizerState
    /// How much the average weighs in the direction of a step, the gradient weighing the rest.
    public let beta1: Double
    /// How much of the average of gradients stays at each step.
    public let beta2: Double

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.001.
    ///   - beta1: how much the average weighs in the direction of a step, the gradient weighing the rest; the
    ///     default is 0.9.
    ///   - beta2: how much of the average of gradients stays at each step; the default is 0.99.
    public convenience init(
        learningRate: some HyperparameterSource = 0.001, beta1: Double = 0.9, beta2: Double = 0.99,
        weightDecay: Double? = nil, clipNorm: Double? = nil, clipValue: Double? = nil, globalClipNorm: Double? = nil,
        useEMA: Bool = false, emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
        lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil, lazy: Bool = false, name: String = "lion"
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name), beta1: beta1,
            beta2: beta2)
    }

    /// An optimizer with options that are put together elsewhere.
    public init(_ options: OptimizerOptions, beta1: Double = 0.9, beta2: Double = 0.99) {
        state = OptimizerState(options)
        self.beta1 = beta1
        self.beta2 = beta2
        state.require(
            beta1 > 0 && beta1 <= 1, Lion.className, "beta1 must lie between 0 and 1, and not be 0", received: beta1)
        state.require((0...1).contains(beta2), Lion.className, "beta2 must lie between 0 and 1", received: beta2)
    }

    /// The average of gradients.
    public var slotNames: [String] { ["momentum"] }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        let mean = slots.momentum
        slots.momentum = beta2 * mean + (1 - beta2) * g
        return w - step.learningRate * sign(beta1 * mean + (1 - beta1) * g)
    }

    /// Rate, β₁ and β₂.
    public func formulaNumbers(learningRate: Double) -> SIMD4<Double>? {
        SIMD4(learningRate, beta1, beta2, 0)
    }

    /// The arguments of the formula.
    public var hyperparameters: Configuration {
        ["beta_1": .number(beta1), "beta_2": .number(beta2)]
    }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Lion {
        let read = ConfigurationReader(config, for: className)
        return try read.finished(
            Lion(
                try read.options(name: "lion", customObjects: customObjects),
                beta1: try read.number("beta_1", default: 0.9), beta2: try read.number("beta_2", default: 0.99)))
    }
}
