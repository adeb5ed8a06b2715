import DescentCore
import DescentFiles

/// Follows the regularized leader: keeps values at exactly 0 until their gradients insist (McMahan and others, 2013).
///
/// ```
/// n' = n + g²,   p = −power
/// z ← z + g + 2σ w − (n'ᵖ − nᵖ)/rate · w
/// w ← (clip(z, ±λ₁) − z) / (n'ᵖ/rate + 2 λ₂ + β/rate)
/// n ← n'
/// ```
///
/// ```swift
/// let w = Variable([1, 1])
/// let opt = Ftrl(learningRate: 0.1, l1RegularizationStrength: 1)
/// for _ in 0..<10 { try opt.minimize({ (w * Tensor([0.01, -1])).sum() }, [w]) }
/// print(w.value[0], w.value[1] .> 0)   // 0.0 true
/// ```
///
/// The arithmetic is that of Keras 3. The value of a variable before the first step plays a part in that step alone.
public final class Ftrl: Optimizer, Configurable {
    /// The documented name.
    public static let className = "Ftrl"
    /// What is kept between steps.
    public let state: OptimizerState
    /// How the rate falls with the sum of squares; not positive, 0 for a constant rate.
    public let learningRatePower: Double
    /// What the sums of squares begin with.
    public let initialAccumulatorValue: Double
    /// The strength λ₁, which makes small values exactly 0.
    public let l1RegularizationStrength: Double
    /// The strength λ₂, which makes values smaller.
    public let l2RegularizationStrength: Double
    /// The strength σ of a penalty on the size of values that is part of the gradient.
    public let l2ShrinkageRegularizationStrength: Double
    /// The β of the paper.
    public let beta: Double

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.001.
    ///   - learningRatePower: how the rate falls with the sum of squares; not positive, 0 for a constant rate; the
    ///     default is -0.5.
    ///   - initialAccumulatorValue: what the sums of squares begin with; the default is 0.1.
    ///   - l1RegularizationStrength: the strength λ₁, which makes small values exactly 0; the default is 0.
    ///   - l2RegularizationStrength: the strength λ₂, which makes values smaller; the default is 0.
    ///   - l2ShrinkageRegularizationStrength: the strength σ of a penalty on the size of values that is part of the
    ///     gradient; the default is 0.
    ///   - beta: the β of the paper; the default is 0.
    public convenience init(
        learningRate: some HyperparameterSource = 0.001, learningRatePower: Double = -0.5,
        initialAccumulatorValue: Double = 0.1, l1RegularizationStrength: Double = 0,
        l2RegularizationStrength: Double = 0, l2ShrinkageRegularizationStrength: Double = 0, beta: Double = 0,
        weightDecay: Double? = nil, clipNorm: Double? = nil, clipValue: Double? = nil, globalClipNorm: Double? = nil,
        useEMA: Bool = false, emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
        lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil, lazy: Bool = false, name: String = "ftrl"
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name),
            learningRatePower: learningRatePower, initialAccumulatorValue: initialAccumulatorValue,
            l1RegularizationStrength: l1RegularizationStrength, l2RegularizationStrength: l2RegularizationStrength,
            l2ShrinkageRegularizationStrength: l2ShrinkageRegularizationStrength, beta: beta)
    }

    /// An optimizer with options that are put together elsewhere.
    public init(
        _ options: OptimizerOptions, learningRatePower: Double = -0.5, initialAccumulatorValue: Double = 0.1,
        l1RegularizationStrength: Double = 0, l2RegularizationStrength: Double = 0,
        l2ShrinkageRegularizationStrength: Double = 0, beta: Double = 0
    ) {
        state = OptimizerState(options)
        self.learningRatePower = learningRatePower
        self.initialAccumulatorValue = initialAccumulatorValue
        self.l1RegularizationStrength = l1RegularizationStrength
        self.l2RegularizationStrength = l2RegularizationStrength
        self.l2ShrinkageRegularizationStrength = l2ShrinkageRegularizationStrength
        self.beta = beta
        state.require(
            learningRatePower <= 0, Ftrl.className, "learningRatePower must not be positive",
            received: learningRatePower)
        state.require(
            initialAccumulatorValue >= 0, Ftrl.className, "initialAccumulatorValue must not be negative",
            received: initialAccumulatorValue)
        state.require(
            l1RegularizationStrength >= 0, Ftrl.className, "l1RegularizationStrength must not be negative",
            received: l1RegularizationStrength)
        state.require(
            l2RegularizationStrength >= 0, Ftrl.className, "l2RegularizationStrength must not be negative",
            received: l2RegularizationStrength)
        state.require(
            l2ShrinkageRegularizationStrength >= 0, Ftrl.className,
            "l2ShrinkageRegularizationStrength must not be negative", received: l2ShrinkageRegularizationStrength)
    }

    /// The sum of squares, and what the gradients ask for.
    public var slotNames: [String] { ["accumulator", "linear"] }
    /// Both are listed together.
    public var slotGroups: [[String]] { [slotNames] }
    /// The sum begins with `initialAccumulatorValue`.
    public func initialSlot(_ name: String, for variable: Variable) -> Tensor {
        Tensor.full(
            variable.shape,
            Tensor(name == "accumulator" ? initialAccumulatorValue : 0, dtype: variable.dtype))
    }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        let (rate, lambda) = (step.learningRate, l1RegularizationStrength)
        let sum = slots.accumulator + g * g
        let scale = raised(sum)
        let pull = g + 2 * l2ShrinkageRegularizationStrength * w
        let linear = slots.linear + pull - (scale - raised(slots.accumulator)) / rate * w
        slots.accumulator = sum
        slots.linear = linear
        let divisor = scale / rate + 2 * (l2RegularizationStrength + beta / (2 * rate))
        return (minimum(maximum(linear, -lambda), lambda) - linear) / divisor
    }

    private func raised(_ sum: Tensor) -> Tensor {
        learningRatePower == -0.5 ? sqrt(sum) : sum ** (-learningRatePower)
    }

    /// The arguments of the formula.
    public var hyperparameters: Configuration {
        [
            "learning_rate_power": .number(learningRatePower),
            "initial_accumulator_value": .number(initialAccumulatorValue),
            "l1_regularization_strength": .number(l1RegularizationStrength),
            "l2_regularization_strength": .number(l2RegularizationStrength),
            "l2_shrinkage_regularization_strength": .number(l2ShrinkageRegularizationStrength), "beta": .number(beta),
        ]
    }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Ftrl {
        let read = ConfigurationReader(config, for: className)
        return try read.finished(
            Ftrl(
                try read.options(name: "ftrl", customObjects: customObjects),
                learningRatePower: try read.number("learning_rate_power", default: -0.5),
                initialAccumulatorValue: try read.number("initial_accumulator_value", default: 0.1),
                l1RegularizationStrength: try read.number("l1_regularization_strength", default: 0),
                l2RegularizationStrength: try read.number("l2_regularization_strength", default: 0),
                l2ShrinkageRegularizationStrength: try read.number("l2_shrinkage_regularization_strength", default: 0),
                beta: try read.number("beta", default: 0)))
    }
}
