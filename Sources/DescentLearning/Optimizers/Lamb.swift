import DescentCore
import DescentFiles

/// Adam's direction, as long as the rate times the length of the variable (You and others, 2019): for large batches.
///
/// ```
/// m ← m + (1 − β₁)(g − m)
/// v ← v + (1 − β₂)(g² − v)
/// u = m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)        t = 1, 2, …
/// w ← w − rate · ‖w‖/‖u‖ · u
/// ```
///
/// The ratio is 1 where one of the lengths is 0.
///
/// ```swift
/// let w = Variable([3, 4])
/// try Lamb(learningRate: 0.5).minimize({ w.value[0] }, [w])
/// print(w)   // [0.5, 4.0]
/// ```
///
/// The arithmetic is that of Keras 3.
public final class Lamb: Optimizer, Configurable {
    /// The documented name.
    public static let className = "Lamb"
    /// What is kept between steps.
    public let state: OptimizerState
    /// How much of the average of gradients stays at each step.
    public let beta1: Double
    /// How much of the average of their squares stays at each step.
    public let beta2: Double
    /// Keeps the divisor away from zero.
    public let epsilon: Double

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.001.
    ///   - beta1: how much of the average of gradients stays at each step; the default is 0.9.
    ///   - beta2: how much of the average of their squares stays at each step; the default is 0.999.
    ///   - epsilon: keeps the divisor away from zero; the default is 1e-7.
    public convenience init(
        learningRate: some HyperparameterSource = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-7, weightDecay: Double? = nil, clipNorm: Double? = nil, clipValue: Double? = nil,
        globalClipNorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
        emaOverwriteFrequency: Int? = nil, lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil,
        lazy: Bool = false, name: String = "lamb"
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
        state.require(beta1: beta1, beta2: beta2, epsilon: epsilon, Lamb.className)
    }

    /// The averages of gradients and of their squares.
    public var slotNames: [String] { ["momentum", "velocity"] }
    /// Both are listed together.
    public var slotGroups: [[String]] { [slotNames] }

    /// Lengths are of whole variables.
    public var isElementwise: Bool { false }
    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        let mean = slots.momentum + (1 - beta1) * (g - slots.momentum)
        let square = slots.velocity + (1 - beta2) * (g * g - slots.velocity)
        slots.momentum = mean
        slots.velocity = square
        let divisor = sqrt(square / filled(beta2, after: step.number)) + epsilon
        let direction = mean / filled(beta1, after: step.number) / divisor
        let (length, other) = (sqrt((w * w).sum()), sqrt((direction * direction).sum()))
        let ratio = Tensor.where((length .> 0) .& (other .> 0), length / other, 1)
        return w - ratio * step.learningRate * direction
    }

    /// The arguments of the formula.
    public var hyperparameters: Configuration { .averages(beta1, beta2, epsilon) }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Lamb {
        let read = ConfigurationReader(config, for: className)
        let averages = try read.averages()
        return try read.finished(
            Lamb(
                try read.options(name: "lamb", customObjects: customObjects),
                beta1: averages.beta1, beta2: averages.beta2, epsilon: averages.epsilon))
    }
}
