import DescentCore

/// What every optimizer can be told besides the arguments of its own formula.
///
/// ```swift
/// let options = OptimizerOptions(learningRate: 0.1, weightDecay: 0.01, clipNorm: 1)
/// print(options.clipNorm!)   // 1.0
/// ```
public struct OptimizerOptions {
    /// The size of a step.
    public var learningRate: Hyperparameter
    /// Makes every variable smaller by this share times the learning rate at each step.
    public var weightDecay: Double?
    /// The greatest norm that the gradient of a variable may have; a longer one is shortened.
    public var clipNorm: Double?
    /// The greatest magnitude that an element of a gradient may have.
    public var clipValue: Double?
    /// The greatest norm that all gradients together may have.
    public var globalClipNorm: Double?
    /// Whether a moving average of every variable is kept.
    public var useEMA: Bool
    /// How much of the old average stays at each step.
    public var emaMomentum: Double
    /// After how many steps the averages become the values of the variables; never if nil.
    public var emaOverwriteFrequency: Int?
    /// What the loss is multiplied by before gradients are taken, and the gradients are divided by.
    public var lossScaleFactor: Double?
    /// Over how many calls gradients are averaged before they are used.
    public var gradientAccumulationSteps: Int?
    /// Whether a gradient of some rows of a table changes these rows only, also where the formula would move others.
    /// Gradients that were accumulated over several calls, or computed before they are applied, are of all rows.
    public var lazy: Bool
    /// What the optimizer is called.
    public var name: String
    /// When clipping happens, what is decayed, how missing gradients are met.
    var convention = Convention.keras3
    /// Divides the learning rate by 1 + decay · step.
    var decay = 0.0

    /// Whose order of operations a step follows.
    enum Convention: Sendable { case keras3, tensorFlow2, tensorFlow1, pyTorch }

    /// The options; all but the learning rate are off unless they are given.
    public init(
        learningRate: some HyperparameterSource = 0.001, weightDecay: Double? = nil, clipNorm: Double? = nil,
        clipValue: Double? = nil, globalClipNorm: Double? = nil, useEMA: Bool = false, emaMomentum: Double = 0.99,
        emaOverwriteFrequency: Int? = nil, lossScaleFactor: Double? = nil, gradientAccumulationSteps: Int? = nil,
        lazy: Bool = false, name: String = "optimizer"
    ) {
        self.learningRate = hyperparameter(of: learningRate)
        self.weightDecay = weightDecay
        self.clipNorm = clipNorm
        self.clipValue = clipValue
        self.globalClipNorm = globalClipNorm
        self.useEMA = useEMA
        self.emaMomentum = emaMomentum
        self.emaOverwriteFrequency = emaOverwriteFrequency
        self.lossScaleFactor = lossScaleFactor
        self.gradientAccumulationSteps = gradientAccumulationSteps
        self.lazy = lazy
        self.name = name
    }

    /// Calls until an update: 1 without accumulation.
    var callsPerUpdate: Int { max(gradientAccumulationSteps ?? 0, 1) }

    /// What is wrong with the options, told by the first step.
    var problem: DescentError? {
        func wrong(_ rule: String, _ received: String) -> DescentError {
            DescentError("optimizer", rule, received: received)
        }
        let numbers = [
            ("learningRate", learningRate.number), ("weightDecay", weightDecay), ("clipNorm", clipNorm),
            ("clipValue", clipValue), ("globalClipNorm", globalClipNorm), ("lossScaleFactor", lossScaleFactor),
        ]
        for (name, number) in numbers where number?.isNaN == true {
            return wrong("\(name) must be a number", "nan")
        }
        if let problem = learningRate.schedule?.problem { return problem }
        let clips = [("clipNorm", clipNorm), ("clipValue", clipValue), ("globalClipNorm", globalClipNorm)]
        let given = clips.filter { $0.1 != nil }.map(\.0)
        switch convention {
        case .keras3 where given.count > 1:
            return wrong("one kind of clipping may be chosen", given.joined(separator: ", "))
        case .tensorFlow2:
            for (name, value) in clips + [("decay", decay)] where value.map({ $0 < 0 }) == true {
                return wrong("\(name) must not be negative", "\(value!)")
            }
        default: break
        }
        if useEMA, !(0...1).contains(emaMomentum) {
            return wrong("emaMomentum must lie between 0 and 1", "\(emaMomentum)")
        }
        if useEMA, let frequency = emaOverwriteFrequency, frequency < 0 {
            return wrong("emaOverwriteFrequency must be at least 1", "\(frequency)")
        }
        if let steps = gradientAccumulationSteps, steps != 0, steps < 2 {
            return wrong("gradientAccumulationSteps must be at least 2", "\(steps)")
        }
        if let factor = lossScaleFactor, factor == 0 || factor.isInfinite {
            return wrong("lossScaleFactor must be finite and not 0", "\(factor)")
        }
        return nil
    }
}
