import DescentCore
import DescentFiles

/// Steps as large as the last ones were, compared with the gradients as large as they were (Zeiler, 2012).
///
/// ```
/// a ← ρ a + (1 − ρ) g²
/// d = −√(b + ε) / √(a + ε) · g
/// b ← ρ b + (1 − ρ) d²
/// w ← w + rate · d
/// ```
///
/// ```swift
/// let w = Variable(10.0)
/// let opt = Adadelta(learningRate: 1)
/// for _ in 0..<200 { try opt.minimize({ w * w / 2 }, [w]) }
/// print(w .< 10)   // true
/// ```
///
/// The arithmetic is that of Keras 3. The paper has a rate of 1.
public final class Adadelta: Optimizer, Configurable {
    /// The documented name.
    public static let className = "Adadelta"
    /// What is kept between steps.
    public let state: OptimizerState
    /// How much of the old averages stays at each step.
    public let rho: Double
    /// Keeps the roots away from zero.
    public let epsilon: Double

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.001.
    ///   - rho: how much of the old averages stays at each step; the default is 0.95.
    ///   - epsilon: keeps the roots away from zero; the default is 1e-7.
    public convenience init(
        learningRate: some HyperparameterSource = 0.001, rho: Double = 0.95, epsilon: Double = 1e-7,
        weightDecay: Double? = nil, clipNorm: Double? = nil, clipValue: Double? = nil, globalClipNorm: Double? = nil,
        useEMA: Bool = false, emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
        lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil, lazy: Bool = false,
        name: String = "adadelta"
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name), rho: rho,
            epsilon: epsilon)
    }

    /// An optimizer with options that are put together elsewhere.
    public init(_ options: OptimizerOptions, rho: Double = 0.95, epsilon: Double = 1e-7) {
        state = OptimizerState(options)
        self.rho = rho
        self.epsilon = epsilon
        state.require((0...1).contains(rho), Adadelta.className, "rho must lie between 0 and 1", received: rho)
        state.require(epsilon >= 0, Adadelta.className, "epsilon must not be negative", received: epsilon)
    }

    /// The averages of squares of gradients and of changes.
    public var slotNames: [String] { ["accumulated_grad", "accumulated_delta_var"] }
    /// Without a gradient both only fade.
    public var zeroGradientDecay: [String: Double]? { ["accumulated_grad": rho, "accumulated_delta_var": rho] }
    /// Both are listed together.
    public var slotGroups: [[String]] { [slotNames] }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        let gradients = rho * slots["accumulated_grad"] + (1 - rho) * g * g
        let changes = slots["accumulated_delta_var"]
        let change = -sqrt(changes + epsilon) * g / sqrt(gradients + epsilon)
        slots["accumulated_grad"] = gradients
        slots["accumulated_delta_var"] = rho * changes + (1 - rho) * change * change
        return w + step.learningRate * change
    }

    /// Rate, ρ and ε.
    public func formulaNumbers(learningRate: Double) -> SIMD4<Double>? {
        SIMD4(learningRate, rho, epsilon, 0)
    }

    /// The arguments of the formula.
    public var hyperparameters: Configuration {
        ["rho": .number(rho), "epsilon": .number(epsilon)]
    }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Adadelta {
        let read = ConfigurationReader(config, for: className)
        return try read.finished(
            Adadelta(
                try read.options(name: "adadelta", customObjects: customObjects),
                rho: try read.number("rho", default: 0.95), epsilon: try read.number("epsilon", default: 1e-7)))
    }
}
