import DescentCore
import DescentFiles

/// Adam with the greatest magnitude, slowly forgotten, in the place of the root of squares (Kingma and Ba, 2014).
///
/// ```
/// m ← m + (1 − β₁)(g − m)
/// u ← max(β₂ u, |g|)
/// w ← w − rate/(1 − β₁ᵗ) · m / (u + ε)        t = 1, 2, …
/// ```
///
/// ```swift
/// let w = Variable(10.0)
/// try Adamax(learningRate: 0.5).minimize({ w * w / 2 }, [w])
/// print(w)   // 9.5
/// ```
///
/// The arithmetic is that of Keras 3.
public final class Adamax: Optimizer, Configurable {
    /// The documented name.
    public static let className = "Adamax"
    /// What is kept between steps.
    public let state: OptimizerState
    /// How much of the average of gradients stays at each step.
    public let beta1: Double
    /// How much of the greatest magnitude stays at each step.
    public let beta2: Double
    /// Keeps the divisor away from zero.
    public let epsilon: Double

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.001.
    ///   - beta1: how much of the average of gradients stays at each step; the default is 0.9.
    ///   - beta2: how much of the greatest magnitude stays at each step; the default is 0.999.
    ///   - epsilon: keeps the divisor away from zero; the default is 1e-7.
    public convenience init(
        learningRate: some HyperparameterSource = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-7, weightDecay: Double? = nil, clipNorm: Double? = nil, clipValue: Double? = nil,
        globalClipNorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
        emaOverwriteFrequency: Int? = nil, lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil,
        lazy: Bool = false, name: String = "adamax"
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name), beta1: beta1,
            beta2: beta2, epsilon: epsilon)
    }

    /// An optimizer with options that are put together elsewhere.
    public init(_ options: OptimizerOptions, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7) {
        state = OptimizerState(options)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        state.require(beta1: beta1, beta2: beta2, epsilon: epsilon, Adamax.className)
    }

    /// The average of gradients, and their greatest magnitude.
    public var slotNames: [String] { ["momentum", "norm"] }
    /// Both are listed together.
    public var slotGroups: [[String]] { [slotNames] }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        let mean = slots.momentum + (1 - beta1) * (g - slots.momentum)
        let norm = maximum(beta2 * slots.norm, abs(g))
        slots.momentum = mean
        slots.norm = norm
        return w - step.learningRate / filled(beta1, after: step.number) * mean / (norm + epsilon)
    }

    /// The arguments of the formula.
    public var hyperparameters: Configuration { .averages(beta1, beta2, epsilon) }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Adamax {
        let read = ConfigurationReader(config, for: className)
        let averages = try read.averages()
        return try read.finished(
            Adamax(
                try read.options(name: "adamax", customObjects: customObjects),
                beta1: averages.beta1, beta2: averages.beta2, epsilon: averages.epsilon))
    }
}
