import DescentCore
import DescentFiles

/// AdamW that needs no schedule: gradients are taken near an average of all places (Defazio and others, 2024).
///
/// ```
/// rate' = rate · min(t/warm-up, 1)                        t = 1, 2, …
/// v ← v + (1 − β₂)(g² − v)
/// x = (w − (1 − β₁) z) / β₁                               the average before
/// z ← z − rate' · g / (√(v/(1 − β₂ᵗ)) + ε)
/// w ← (1 − β₁) z + β₁ ((1 − 1/t) x + z/t)
/// ```
///
/// z, which starts as w, is kept as `momentum`.
///
/// ```swift
/// let w = Variable(10.0)
/// try ScheduleFreeAdamW(learningRate: 0.5).minimize({ w * w / 2 }, [w])
/// print(w)   // 9.5
/// ```
///
/// The arithmetic is that of Keras 3, whose average weighs all steps alike. There is no weight decay unless it is given.
public final class ScheduleFreeAdamW: Optimizer, Configurable {
    /// The documented name.
    public static let className = "ScheduleFreeAdamW"
    /// What is kept between steps.
    public let state: OptimizerState
    /// How near the place where gradients are taken is to the average.
    public let beta1: Double
    /// How much of the average of their squares stays at each step.
    public let beta2: Double
    /// Keeps the divisor away from zero.
    public let epsilon: Double
    /// Over how many steps the rate rises from 0.
    public let warmupSteps: Int

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.0025.
    ///   - beta1: how near the place where gradients are taken is to the average; the default is 0.9.
    ///   - beta2: how much of the average of their squares stays at each step; the default is 0.999.
    ///   - epsilon: keeps the divisor away from zero; the default is 1e-8.
    ///   - warmupSteps: over how many steps the rate rises from 0; the default is 0.
    public convenience init(
        learningRate: some HyperparameterSource = 0.0025, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-8, warmupSteps: Int = 0, weightDecay: Double? = nil, clipNorm: Double? = nil,
        clipValue: Double? = nil, globalClipNorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
        emaOverwriteFrequency: Int? = nil, lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil,
        lazy: Bool = false, name: String = "schedule_free_adam_w"
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name), beta1: beta1,
            beta2: beta2, epsilon: epsilon, warmupSteps: warmupSteps)
    }

    /// An optimizer with options that are put together elsewhere.
    public init(
        _ options: OptimizerOptions, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
        warmupSteps: Int = 0
    ) {
        state = OptimizerState(options)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.warmupSteps = warmupSteps
        state.require(
            beta1 > 0 && beta1 <= 1, ScheduleFreeAdamW.className, "beta1 must lie between 0 and 1, and not be 0",
            received: beta1)
        state.require(beta2: beta2, epsilon: epsilon, ScheduleFreeAdamW.className)
        state.require(
            warmupSteps >= 0, ScheduleFreeAdamW.className, "warmupSteps must not be negative", received: warmupSteps)
    }

    /// z, and the average of squares.
    public var slotNames: [String] { ["momentum", "velocity"] }
    /// Both are listed together.
    public var slotGroups: [[String]] { [slotNames] }
    /// z starts where the variable is.
    public func initialSlot(_ name: String, for variable: Variable) -> Tensor {
        name == "momentum" ? variable.current : Tensor.zeros(variable.shape, dtype: variable.dtype)
    }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        let t = Double(step.number)
        let rate = step.learningRate * min(t / Double(max(warmupSteps, 1)), 1)
        let square = slots.velocity + (1 - beta2) * (g * g - slots.velocity)
        let average = (w - (1 - beta1) * slots.momentum) / beta1
        let divisor = sqrt(square / filled(beta2, after: step.number)) + epsilon
        let place = slots.momentum - rate * g / divisor
        slots.velocity = square
        slots.momentum = place
        return (1 - beta1) * place + beta1 * ((1 - 1 / t) * average + place / t)
    }

    /// The arguments of the formula.
    public var hyperparameters: Configuration {
        .averages(beta1, beta2, epsilon, and: ["warmup_steps": .integer(warmupSteps)])
    }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> ScheduleFreeAdamW {
        let read = ConfigurationReader(config, for: className)
        let averages = try read.averages(epsilon: 1e-8)
        return try read.finished(
            ScheduleFreeAdamW(
                try read.options(name: "schedule_free_adam_w", learningRate: 0.0025, customObjects: customObjects),
                beta1: averages.beta1, beta2: averages.beta2, epsilon: averages.epsilon,
                warmupSteps: try read.integer("warmup_steps") ?? 0))
    }
}
