import DescentCore
import DescentFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A rate that falls along half a period of the cosine, after a linear warm-up if one is wanted.
///
/// ```
/// rate = initial · ((1 − α) · (1 + cos(π · step / steps)) / 2 + α)
/// ```
///
/// ```swift
/// let rate = CosineDecay(initialLearningRate: 0.5, decaySteps: 100)
/// print(rate(0), rate(100), rate(1000))   // 0.5 0.0 0.0
/// let warm = CosineDecay(initialLearningRate: 0, decaySteps: 100, warmupTarget: 0.5, warmupSteps: 10)
/// print(warm(0), warm(5), warm(10), warm(110))   // 0.0 0.25 0.5 0.0
/// ```
///
/// With `warmupTarget` the rate first goes from `initialLearningRate` to it in `warmupSteps` steps, and falls from there;
/// without it `warmupSteps` means nothing. After the end, `α` times the highest rate holds for ever.
public struct CosineDecay: LearningRateSchedule {
    /// The documented name.
    public static let className = "CosineDecay"
    /// The rate of the first step.
    public let initialLearningRate: Double
    /// How many steps the fall takes.
    public let decaySteps: Int
    /// What share of the rate is left at the end.
    public let alpha: Double
    /// A label.
    public let name: String
    /// The rate after the warm-up; nil for none.
    public let warmupTarget: Double?
    /// How many steps the warm-up takes.
    public let warmupSteps: Int
    /// Why the schedule cannot be used.
    public let problem: DescentError?

    /// A schedule; `decaySteps` must be positive and `warmupSteps` not negative.
    public init(
        initialLearningRate: Double, decaySteps: Int, alpha: Double = 0, name: String = "CosineDecay",
        warmupTarget: Double? = nil, warmupSteps: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) {
        self.initialLearningRate = initialLearningRate
        self.decaySteps = decaySteps
        self.alpha = alpha
        self.name = name
        self.warmupTarget = warmupTarget
        self.warmupSteps = warmupSteps
        let location = SourceLocation(file, line)
        problem =
            warmupSteps < 0
            ? DescentError(
                "CosineDecay", "warmupSteps must not be negative", received: "\(warmupSteps)", at: location)
            : refusal(ofLength: decaySteps, "decaySteps", of: Self.className, at: location)
    }

    /// The formula above.
    public func callAsFunction(_ step: Int) -> Double {
        let step = elapsed(step)
        guard let warmupTarget else { return decayed(initialLearningRate, after: step) }
        let warmup = Double(warmupSteps)
        if step < warmup {
            return initialLearningRate + (warmupTarget - initialLearningRate) * step / warmup
        }
        return decayed(warmupTarget, after: step - warmup)
    }

    private func decayed(_ rate: Double, after step: Double) -> Double {
        let steps = Double(decaySteps)
        return rate * ((1 - alpha) * halfCosine(min(step, steps) / steps) + alpha)
    }

    /// The arguments.
    public func getConfig() -> Configuration {
        [
            "initial_learning_rate": .number(initialLearningRate), "decay_steps": .integer(decaySteps),
            "alpha": .number(alpha), "name": .string(name), "warmup_target": .init(warmupTarget),
            "warmup_steps": .integer(warmupSteps),
        ]
    }

    /// The schedule that the arguments describe.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> CosineDecay {
        let reader = ConfigurationReader(config, for: className)
        let schedule = CosineDecay(
            initialLearningRate: try reader.requiredNumber("initial_learning_rate"),
            decaySteps: try reader.requiredInteger("decay_steps"),
            alpha: try reader.number("alpha", default: 0),
            name: try reader.string("name") ?? className,
            warmupTarget: try reader.number("warmup_target"),
            warmupSteps: try reader.integer("warmup_steps") ?? 0)
        try reader.finish()
        return try schedule.checked()
    }
}

/// From 1 at 0 to 0 at 1, along a cosine.
func halfCosine(_ fraction: Double) -> Double { 0.5 * (1 + cos(.pi * fraction)) }
