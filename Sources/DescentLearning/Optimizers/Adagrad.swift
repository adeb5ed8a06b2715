import DescentCore
import DescentFiles

/// Divides each gradient by the root of the sum of all its squares so far (Duchi and others, 2011).
///
/// ```
/// a ← a + g²
/// w ← w − rate · g / √(a + ε)
/// ```
///
/// ```swift
/// let w = Variable(4.0)
/// try Adagrad(learningRate: 0.5, initialAccumulatorValue: 9).minimize({ w * w / 2 }, [w])
/// print(w)   // 3.6
/// ```
///
/// The arithmetic is that of Keras 3: ε stands inside the root.
public final class Adagrad: Optimizer, Configurable {
    /// The documented name.
    public static let className = "Adagrad"
    /// What is kept between steps.
    public let state: OptimizerState
    /// What the sums of squares begin with.
    public let initialAccumulatorValue: Double
    /// Keeps the root away from zero.
    public let epsilon: Double

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.001.
    ///   - initialAccumulatorValue: what the sums of squares begin with; the default is 0.1.
    ///   - epsilon: keeps the root away from zero; the default is 1e-7.
    public convenience init(
        learningRate: some HyperparameterSource = 0.001, initialAccumulatorValue: Double = 0.1, epsilon: Double = 1e-7,
        weightDecay: Double? = nil, clipNorm: Double? = nil, clipValue: Double? = nil, globalClipNorm: Double? = nil,
        useEMA: Bool = false, emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
        lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil, lazy: Bool = false,
        name: String = "adagrad"
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name),
            initialAccumulatorValue: initialAccumulatorValue, epsilon: epsilon)
    }

    /// An optimizer with options that are put together elsewhere.
    public init(_ options: OptimizerOptions, initialAccumulatorValue: Double = 0.1, epsilon: Double = 1e-7) {
        state = OptimizerState(options)
        self.initialAccumulatorValue = initialAccumulatorValue
        self.epsilon = epsilon
        state.require(
            initialAccumulatorValue >= 0, Adagrad.className, "initialAccumulatorValue must not be negative",
            received: initialAccumulatorValue)
        state.require(epsilon >= 0, Adagrad.className, "epsilon must not be negative", received: epsilon)
    }

    /// The sum of squares.
    public var slotNames: [String] { ["accumulator"] }
    /// Nothing changes without a gradient.
    public var zeroGradientDecay: [String: Double]? { [:] }
    /// Begins with `initialAccumulatorValue`.
    public func initialSlot(_ name: String, for variable: Variable) -> Tensor {
        Tensor.full(variable.shape, Tensor(initialAccumulatorValue, dtype: variable.dtype))
    }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        let sum = slots.accumulator + g * g
        slots.accumulator = sum
        return w - step.learningRate * g / sqrt(sum + epsilon)
    }

    /// Rate and ε.
    public func formulaNumbers(learningRate: Double) -> SIMD4<Double>? {
        SIMD4(learningRate, epsilon, 0, 0)
    }

    /// The arguments of the formula.
    public var hyperparameters: Configuration {
        ["initial_accumulator_value": .number(initialAccumulatorValue), "epsilon": .number(epsilon)]
    }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Adagrad {
        let read = ConfigurationReader(config, for: className)
        return try read.finished(
            Adagrad(
                try read.options(name: "adagrad", customObjects: customObjects),
                initialAccumulatorValue: try read.number("initial_accumulator_value", default: 0.1),
                epsilon: try read.number("epsilon", default: 1e-7)))
    }
}
