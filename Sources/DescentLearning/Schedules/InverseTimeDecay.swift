import DescentCore
import DescentFiles

/// A rate that falls with the inverse of time, quickly at first and ever more slowly.
///
/// ```
/// rate = initial / (1 + decay · step / steps),   with step / steps rounded down for a staircase
/// ```
///
/// ```swift
/// let rate = InverseTimeDecay(initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.5)
/// print(rate(0), rate(2))   // 0.1 0.05
/// ```
///
/// It has no end. With `decaySteps` 1 it is the `decay` argument of older optimizers.
public struct InverseTimeDecay: LearningRateSchedule {
    /// The documented name.
    public static let className = "InverseTimeDecay"
    /// The rate of the first step.
    public let initialLearningRate: Double
    /// How many steps the divisor takes to grow by `decayRate`.
    public let decaySteps: Int
    /// How much the divisor grows in `decaySteps` steps.
    public let decayRate: Double
    /// Whether the rate stays the same for `decaySteps` steps.
    public let staircase: Bool
    /// A label.
    public let name: String
    /// Why the schedule cannot be used.
    public let problem: DescentError?

    /// A schedule; `decaySteps` must be positive.
    public init(
        initialLearningRate: Double, decaySteps: Int, decayRate: Double, staircase: Bool = false,
        name: String = "InverseTimeDecay", file: StaticString = #fileID, line: UInt = #line
    ) {
        self.initialLearningRate = initialLearningRate
        self.decaySteps = decaySteps
        self.decayRate = decayRate
        self.staircase = staircase
        self.name = name
        problem = refusal(
            ofLength: decaySteps, "decaySteps", of: Self.className, at: SourceLocation(file, line))
    }

    /// The formula above.
    public func callAsFunction(_ step: Int) -> Double {
        let fraction = elapsed(step) / Double(decaySteps)
        return initialLearningRate / (1 + decayRate * (staircase ? fraction.rounded(.down) : fraction))
    }

    /// The arguments.
    public func getConfig() -> Configuration {
        [
            "initial_learning_rate": .number(initialLearningRate), "decay_steps": .integer(decaySteps),
            "decay_rate": .number(decayRate), "staircase": .bool(staircase), "name": .string(name),
        ]
    }

    /// The schedule that the arguments describe.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> InverseTimeDecay {
        let reader = ConfigurationReader(config, for: className)
        let schedule = InverseTimeDecay(
            initialLearningRate: try reader.requiredNumber("initial_learning_rate"),
            decaySteps: try reader.requiredInteger("decay_steps"),
            decayRate: try reader.requiredNumber("decay_rate"),
            staircase: try reader.bool("staircase", default: false),
            name: try reader.string("name") ?? className)
        try reader.finish()
        return try schedule.checked()
    }
}
