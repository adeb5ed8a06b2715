import DescentCore
import DescentFiles

/// Goes down the gradient, with momentum if it is wanted.
///
/// ```
/// w ← w − rate · g                     without momentum
/// m ← μ m − rate · g,   w ← w + m      with momentum μ
///                       w ← w + μ m − rate · g   with Nesterov's
/// ```
///
/// ```swift
/// let w = Variable(4.0)
/// try SGD(learningRate: 0.25).minimize({ w * w }, [w])
/// print(w)   // 2.0
/// ```
///
/// The arithmetic is that of Keras 3: the rate is inside m, so old changes keep their old rate.
public final class SGD: Optimizer, Configurable {
    /// The documented name.
    public static let className = "SGD"
    /// What is kept between steps.
    public let state: OptimizerState
    /// How much of the last change is repeated.
    public let momentum: Double
    /// Whether to look ahead: to add what the next repetition will be.
    public let nesterov: Bool

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.01.
    ///   - momentum: how much of the last change is repeated; the default is 0.
    ///   - nesterov: whether to look ahead: to add what the next repetition will be; the default is false.
    public convenience init(
        learningRate: some HyperparameterSource = 0.01, momentum: Double = 0, nesterov: Bool = false,
        weightDecay: Double? = nil, clipNorm: Double? = nil, clipValue: Double? = nil, globalClipNorm: Double? = nil,
        useEMA: Bool = false, emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
        lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil, lazy: Bool = false, name: String = "sgd"
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name), momentum: momentum,
            nesterov: nesterov)
    }

    /// An optimizer with options that are put together elsewhere.
    public init(_ options: OptimizerOptions, momentum: Double = 0, nesterov: Bool = false) {
        state = OptimizerState(options)
        self.momentum = momentum
        self.nesterov = nesterov
        state.require(
            (0...1).contains(momentum), SGD.className, "momentum must lie between 0 and 1", received: momentum)
    }

    /// `momentum`, if there is any.
    public var slotNames: [String] { momentum == 0 ? [] : ["momentum"] }
    /// Without momentum nothing changes without a gradient.
    public var zeroGradientDecay: [String: Double]? { momentum == 0 ? [:] : nil }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        let change = step.learningRate * g
        guard momentum != 0 else { return w - change }
        let speed = momentum * slots.momentum - change
        slots.momentum = speed
        return nesterov ? w + (momentum * speed - change) : w + speed
    }

    /// Rate and μ.
    public func formulaNumbers(learningRate: Double) -> SIMD4<Double>? {
        SIMD4(learningRate, momentum, 0, 0)
    }

    /// The arguments of the formula.
    public var hyperparameters: Configuration {
        ["momentum": .number(momentum), "nesterov": .bool(nesterov)]
    }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> SGD {
        let read = ConfigurationReader(config, for: className)
        return try read.finished(
            SGD(
                try read.options(name: "sgd", learningRate: 0.01, customObjects: customObjects),
                momentum: try read.number("momentum", default: 0), nesterov: try read.bool("nesterov", default: false)))
    }
}
