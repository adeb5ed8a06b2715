import DescentCore
import DescentFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A rate that is multiplied by the same factor in every stretch of steps.
///
/// ```
/// rate = initial · decay ^ (step / steps),   with the exponent rounded down for a staircase
/// ```
///
/// ```swift
/// let rate = ExponentialDecay(initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5)
/// print(rate(0), rate(200))   // 0.1 0.025
/// ```
///
/// It has no end.
public struct ExponentialDecay: LearningRateSchedule {
    /// The documented name.
    public static let className = "ExponentialDecay"
    /// The rate of the first step.
    public let initialLearningRate: Double
    /// How many steps one factor takes.
    public let decaySteps: Int
    /// The factor.
    public let decayRate: Double
    /// Whether the rate stays the same between factors.
    public let staircase: Bool
    /// A label.
    public let name: String
    /// Why the schedule cannot be used.
    public let problem: DescentError?

    /// A schedule; `decaySteps` must be positive.
    public init(
        initialLearningRate: Double, decaySteps: Int, decayRate: Double, staircase: Bool = false,
        name: String = "ExponentialDecay", file: StaticString = #fileID, line: UInt = #line
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
        return initialLearningRate * pow(decayRate, staircase ? fraction.rounded(.down) : fraction)
    }

    /// The arguments.
    public func getConfig() -> Configuration {
        [
            "initial_learning_rate": .number(initialLearningRate), "decay_steps": .integer(decaySteps),
            "decay_rate": .number(decayRate), "staircase": .bool(staircase), "name": .string(name),
        ]
    }

    /// The schedule that the arguments describe.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> ExponentialDecay {
        let reader = ConfigurationReader(config, for: className)
        let schedule = ExponentialDecay(
            initialLearningRate: try reader.requiredNumber("initial_learning_rate"),
            decaySteps: try reader.requiredInteger("decay_steps"),
            decayRate: try reader.requiredNumber("decay_rate"),
            staircase: try reader.bool("staircase", default: false),
            name: try reader.string("name") ?? className)
        try reader.finish()
        return try schedule.checked()
    }
}
