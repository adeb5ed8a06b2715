import DescentCore
import DescentFiles

/// Adam with Nesterov's momentum (Dozat, 2015).
///
/// ```
/// m ← m + (1 − β₁)(g − m)
/// v ← v + (1 − β₂)(g² − v)
/// u(t) = β₁ (1 − 0.96ᵗ/2),   P(t) = u(1) · … · u(t)        t = 1, 2, …
/// d = u(t+1)/(1 − P(t+1)) · m + (1 − u(t))/(1 − P(t)) · g
/// w ← w − rate · d / (√(v/(1 − β₂ᵗ)) + ε)
/// ```
///
/// ```swift
/// let w = Variable(10.0)
/// let opt = Nadam(learningRate: 0.1)
/// for _ in 0..<200 { try opt.minimize({ w * w / 2 }, [w]) }
/// print(abs(w) .< 1)   // true
/// ```
///
/// The arithmetic is that of Keras 3.
public final class Nadam: Optimizer, Configurable {
    /// The documented name.
    public static let className = "Nadam"
    /// What is kept between steps.
    public let state: OptimizerState
    /// How much of the average of gradients stays at each step.
    public let beta1: Double
    /// How much of the average of their squares stays at each step.
    public let beta2: Double
    /// Keeps the divisor away from zero.
    public let epsilon: Double
    private let product = Variable(1.0, name: "u_product", trainable: false, dtype: .float64)

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
        lazy: Bool = false, name: String = "nadam"
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
        state.require(beta1: beta1, beta2: beta2, epsilon: epsilon, Nadam.className)
    }

    /// The averages of gradients and of their squares.
    public var slotNames: [String] { ["momentum", "velocity"] }
    /// Both are listed together.
    public var slotGroups: [[String]] { [slotNames] }
    /// P of the last step.
    public var sharedVariables: [Variable] { [product] }
    /// P of this step.
    public func sharedUpdates(_ step: Step) -> [(Variable, Tensor)] { [(product, product.current * u(step.number))] }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        let mean = slots.momentum + (1 - beta1) * (g - slots.momentum)
        let square = slots.velocity + (1 - beta2) * (g * g - slots.velocity)
        slots.momentum = mean
        slots.velocity = square
        let (now, next) = (u(step.number), u(step.number + 1))
        let product = Double(product.current) * now
        let direction = next / (1 - product * next) * mean + (1 - now) / (1 - product) * g
        return w - step.learningRate * direction / (sqrt(square / filled(beta2, after: step.number)) + epsilon)
    }

    /// The momentum of step t, which grows from about half of β₁ to β₁.
    private func u(_ t: Int) -> Double { beta1 * (1 - 0.5 * power(0.96, t)) }

    /// The arguments of the formula.
    public var hyperparameters: Configuration { .averages(beta1, beta2, epsilon) }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Nadam {
        let read = ConfigurationReader(config, for: className)
        let averages = try read.averages()
        return try read.finished(
            Nadam(
                try read.options(name: "nadam", customObjects: customObjects),
                beta1: averages.beta1, beta2: averages.beta2, epsilon: averages.epsilon))
    }
}
