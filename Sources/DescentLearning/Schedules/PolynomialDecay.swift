import DescentCore
import DescentFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A rate that goes from one value to another along a polynomial; along a line unless told otherwise.
///
/// ```
/// rate = (initial − end) · (1 − step / steps) ^ power + end
/// ```
///
/// ```swift
/// let rate = PolynomialDecay(initialLearningRate: 0.5, decaySteps: 4, endLearningRate: 0)
/// print(rate(0), rate(1), rate(4), rate(100))   // 0.5 0.375 0.0 0.0
/// ```
///
/// After `decaySteps` steps the end rate holds for ever; with `cycle` the decay is stretched instead to the first
/// multiple of `decaySteps` that is not before the step.
public struct PolynomialDecay: LearningRateSchedule {
    /// The documented name.
    public static let className = "PolynomialDecay"
    /// The rate of the first step.
    public let initialLearningRate: Double
    /// How many steps the way takes.
    public let decaySteps: Int
    /// The rate at the end.
    public let endLearningRate: Double
    /// The power; 1 is a line.
    public let power: Double
    /// Whether the way is stretched when its end is reached.
    public let cycle: Bool
    /// A label.
    public let name: String
    /// Why the schedule cannot be used.
    public let problem: DescentError?

    /// A schedule; `decaySteps` must be positive.
    public init(
        initialLearningRate: Double, decaySteps: Int, endLearningRate: Double = 0.0001, power: Double = 1,
        cycle: Bool = false, name: String = "PolynomialDecay", file: StaticString = #fileID, line: UInt = #line
    ) {
        self.initialLearningRate = initialLearningRate
        self.decaySteps = decaySteps
        self.endLearningRate = endLearningRate
        self.power = power
        self.cycle = cycle
        self.name = name
        problem = refusal(
            ofLength: decaySteps, "decaySteps", of: Self.className, at: SourceLocation(file, line))
    }

    /// The formula above.
    public func callAsFunction(_ step: Int) -> Double {
        let (step, steps) = (elapsed(step), Double(decaySteps))
        let fraction = cycle ? step / (steps * max(1, (step / steps).rounded(.up))) : min(step, steps) / steps
        return (initialLearningRate - endLearningRate) * pow(1 - fraction, power) + endLearningRate
    }

    /// The arguments.
    public func getConfig() -> Configuration {
        [
            "initial_learning_rate": .number(initialLearningRate), "decay_steps": .integer(decaySteps),
            "end_learning_rate": .number(endLearningRate), "power": .number(power), "cycle": .bool(cycle),
            "name": .string(name),
        ]
    }

    /// The schedule that the arguments describe.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> PolynomialDecay {
        let reader = ConfigurationReader(config, for: className)
        let schedule = PolynomialDecay(
            initialLearningRate: try reader.requiredNumber("initial_learning_rate"),
            decaySteps: try reader.requiredInteger("decay_steps"),
            endLearningRate: try reader.number("end_learning_rate", default: 0.0001),
            power: try reader.number("power", default: 1),
            cycle: try reader.bool("cycle", default: false),
            name: try reader.string("name") ?? className)
        try reader.finish()
        return try schedule.checked()
    }
}
