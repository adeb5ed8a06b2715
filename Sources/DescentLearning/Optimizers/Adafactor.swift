import DescentCore
import DescentFiles

/// Adam's scale of steps from sums over rows and columns alone (Shazeer and Stern, 2018): for large matrices, whose
/// averages of squares take no memory to speak of.
///
/// ```
/// rate' = min(rate, 1/√t) · max(ε₂, rms(w)),   β = 1 − t ^ decay        t = 1, 2, …
/// r ← β r + (1 − β) · mean of g² + ε₁ along rows,   c ← the same along columns
/// v = r/mean(r) · c                          v ← β v + (1 − β)(g² + ε₁) for vectors and numbers
/// u = g / √v
/// w ← w − rate' · u / max(1, rms(u)/threshold)
/// ```
///
/// ```swift
/// let w = Variable([[1, 2], [3, 4]])
/// try Adafactor(learningRate: 0.1).minimize({ w.sum() }, [w])
/// print(w.value[0, 0] .< 1)   // true
/// ```
///
/// The arithmetic is that of Keras 3. More than two axes are stacks of matrices, in the last two axes. `velocity` holds v of
/// the last step also for matrices, as there.
public final class Adafactor: Optimizer, Configurable {
    /// The documented name.
    public static let className = "Adafactor"
    /// What is kept between steps.
    public let state: OptimizerState
    /// How fast the averages become slower.
    public let beta2Decay: Double
    /// Added to the squares of gradients.
    public let epsilon1: Double
    /// The least length that a variable counts as having.
    public let epsilon2: Double
    /// The greatest length of a step before it is scaled.
    public let clipThreshold: Double
    /// Kept for its name: as in Keras, the rate is at most 1/√t either way.
    public let relativeStep: Bool

    /// An optimizer that has taken no step. What is said after these arguments is said to every optimizer: see
    /// `OptimizerOptions`.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step: a number, a schedule, or `Hyperparameter { … }`; the default is 0.001.
    ///   - beta2Decay: how fast the averages become slower; the default is -0.8.
    ///   - epsilon1: added to the squares of gradients; the default is 1e-30.
    ///   - epsilon2: the least length that a variable counts as having; the default is 1e-3.
    ///   - clipThreshold: the greatest length of a step before it is scaled; the default is 1.0.
    ///   - relativeStep: kept for its name: as in Keras, the rate is at most 1/√t either way; the default is true.
    public convenience init(
        learningRate: some HyperparameterSource = 0.001, beta2Decay: Double = -0.8, epsilon1: Double = 1e-30,
        epsilon2: Double = 1e-3, clipThreshold: Double = 1.0, relativeStep: Bool = true, weightDecay: Double? = nil,
        clipNorm: Double? = nil, clipValue: Double? = nil, globalClipNorm: Double? = nil, useEMA: Bool = false,
        emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil, lossScaleFactor: Double? = nil,
        gradientAccumulationSteps: Int? = nil, lazy: Bool = false, name: String = "adafactor"
    ) {
        self.init(
            OptimizerOptions(
                learningRate: learningRate, weightDecay: weightDecay, clipNorm: clipNorm, clipValue: clipValue,
                globalClipNorm: globalClipNorm, useEMA: useEMA, emaMomentum: emaMomentum,
                emaOverwriteFrequency: emaOverwriteFrequency, lossScaleFactor: lossScaleFactor,
                gradientAccumulationSteps: gradientAccumulationSteps, lazy: lazy, name: name), beta2Decay: beta2Decay,
            epsilon1: epsilon1, epsilon2: epsilon2, clipThreshold: clipThreshold, relativeStep: relativeStep)
    }

    /// An optimizer with options that are put together elsewhere.
    public init(
        _ options: OptimizerOptions, beta2Decay: Double = -0.8, epsilon1: Double = 1e-30, epsilon2: Double = 1e-3,
        clipThreshold: Double = 1.0, relativeStep: Bool = true
    ) {
        state = OptimizerState(options)
        self.beta2Decay = beta2Decay
        self.epsilon1 = epsilon1
        self.epsilon2 = epsilon2
        self.clipThreshold = clipThreshold
        self.relativeStep = relativeStep
        state.require(epsilon1 >= 0, Adafactor.className, "epsilon1 must not be negative", received: epsilon1)
        state.require(epsilon2 >= 0, Adafactor.className, "epsilon2 must not be negative", received: epsilon2)
        state.require(clipThreshold > 0, Adafactor.className, "clipThreshold must be positive", received: clipThreshold)
    }

    /// Averages of squares by row, by column, and their product.
    public var slotNames: [String] { ["row", "column", "velocity"] }
    /// All are listed together.
    public var slotGroups: [[String]] { [slotNames] }
    /// Means are of whole variables.
    public var isElementwise: Bool { false }
    /// Rows and columns are there for matrices; for what has fewer axes a number takes their places.
    public func initialSlot(_ name: String, for variable: Variable) -> Tensor {
        var extents = variable.shape.dimensions
        if name != "velocity" {
            if extents.count < 2 { extents = [] } else { extents.remove(at: extents.count - (name == "row" ? 1 : 2)) }
        }
        return Tensor.zeros(Shape(extents), dtype: variable.dtype)
    }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        let t = Double(step.number)
        let rate = min(step.learningRate, 1 / t.squareRoot()) * maximum(rms(w), epsilon2)
        let beta = 1 - power(t, beta2Decay)
        let square = g * g + epsilon1
        if w.rank >= 2 {
            let row = beta * slots.row + (1 - beta) * square.mean(axes: -1)
            let column = beta * slots.column + (1 - beta) * square.mean(axes: -2)
            let share = row / row.mean(axes: -1, keepDims: true)
            slots.row = row
            slots.column = column
            slots.velocity = share.expandDims(-1) * column.expandDims(-2)
        } else {
            slots.velocity = beta * slots.velocity + (1 - beta) * square
        }
        let direction = g / sqrt(slots.velocity)
        return w - rate * direction / maximum(rms(direction) / clipThreshold, 1)
    }

    private func rms(_ x: Tensor) -> Tensor { sqrt((x * x).mean()) }

    /// The arguments of the formula.
    public var hyperparameters: Configuration {
        [
            "beta_2_decay": .number(beta2Decay), "epsilon_1": .number(epsilon1), "epsilon_2": .number(epsilon2),
            "clip_threshold": .number(clipThreshold), "relative_step": .bool(relativeStep),
        ]
    }

    /// Makes what the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Adafactor {
        let read = ConfigurationReader(config, for: className)
        return try read.finished(
            Adafactor(
                try read.options(name: "adafactor", customObjects: customObjects),
                beta2Decay: try read.number("beta_2_decay", default: -0.8),
                epsilon1: try read.number("epsilon_1", default: 1e-30),
                epsilon2: try read.number("epsilon_2", default: 1e-3),
                clipThreshold: try read.number("clip_threshold", default: 1.0),
                relativeStep: try read.bool("relative_step", default: true)))
    }
}
