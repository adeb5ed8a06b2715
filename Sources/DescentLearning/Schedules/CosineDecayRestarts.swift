import DescentCore
import DescentFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A rate that falls along half a period of the cosine and starts again, each time for longer: SGDR (Loshchilov and
/// Hutter, 2017).
///
/// ```
/// rate = initial · ((1 − α) · mᵏ · (1 + cos(π · x)) / 2 + α)
/// ```
///
/// in which x is the share of the k-th period that is over, and the periods take `first`, `first · t`, `first · t²`, …
/// steps.
///
/// ```swift
/// let rate = CosineDecayRestarts(initialLearningRate: 0.5, firstDecaySteps: 10)
/// print(rate(0), rate(10), rate(20), rate(30))   // 0.5 0.5 0.25 0.5
/// ```
///
/// It has no end, unless periods become shorter (`tMul` below 1): once they take less than a step, `α` times the initial
/// rate holds for ever.
public struct CosineDecayRestarts: LearningRateSchedule {
    /// The documented name.
    public static let className = "CosineDecayRestarts"
    /// The rate of the first step.
    public let initialLearningRate: Double
    /// How many steps the first period takes.
    public let firstDecaySteps: Int
    /// How many times as long as the last one each period is.
    public let tMul: Double
    /// What share of the last height each period starts from.
    public let mMul: Double
    /// What share of the initial rate the periods fall to; `mMul` does not change it.
    public let alpha: Double
    /// A label.
    public let name: String
    /// Why the schedule cannot be used.
    public let problem: DescentError?

    /// A schedule; `firstDecaySteps` and `tMul` must be positive.
    public init(
        initialLearningRate: Double, firstDecaySteps: Int, tMul: Double = 2, mMul: Double = 1, alpha: Double = 0,
        name: String = "SGDRDecay", file: StaticString = #fileID, line: UInt = #line
    ) {
        self.initialLearningRate = initialLearningRate
        self.firstDecaySteps = firstDecaySteps
        self.tMul = tMul
        self.mMul = mMul
        self.alpha = alpha
        self.name = name
        let location = SourceLocation(file, line)
        problem =
            tMul > 0
            ? refusal(ofLength: firstDecaySteps, "firstDecaySteps", of: Self.className, at: location)
            : DescentError("CosineDecayRestarts", "tMul must be positive", received: "\(tMul)", at: location)
    }

    /// The formula above.
    public func callAsFunction(_ step: Int) -> Double {
        guard let (restarts, fraction) = place(of: max(step, 0)) else { return initialLearningRate * alpha }
        let decayed = (1 - alpha) * pow(mMul, Double(restarts)) * halfCosine(fraction) + alpha
        return initialLearningRate * decayed
    }

    /// How many periods are over, and what share of the present one is; nil after the last.
    ///
    /// The closed form, the logarithm of a geometric sum, is a step off at some restarts; adding up is exact for whole
    /// lengths.
    private func place(of step: Int) -> (restarts: Int, fraction: Double)? {
        guard problem == nil else { return nil }
        if tMul == 1 {
            return (step / firstDecaySteps, Double(step % firstDecaySteps) / Double(firstDecaySteps))
        }
        var (restarts, start, length) = (0, 0.0, Double(firstDecaySteps))
        while Double(step) >= start + length {
            start += length
            length *= tMul
            restarts += 1
            if length < 1 { return nil }
        }
        return (restarts, (Double(step) - start) / length)
    }

    /// The arguments.
    public func getConfig() -> Configuration {
        [
            "initial_learning_rate": .number(initialLearningRate), "first_decay_steps": .integer(firstDecaySteps),
            "t_mul": .number(tMul), "m_mul": .number(mMul), "alpha": .number(alpha), "name": .string(name),
        ]
    }

    /// The schedule that the arguments describe.
    public static func fromConfig(
        _ config: Configuration, customObjects: CustomObjects
    ) throws -> CosineDecayRestarts {
        let reader = ConfigurationReader(config, for: className)
        let schedule = CosineDecayRestarts(
            initialLearningRate: try reader.requiredNumber("initial_learning_rate"),
            firstDecaySteps: try reader.requiredInteger("first_decay_steps"),
            tMul: try reader.number("t_mul", default: 2),
            mMul: try reader.number("m_mul", default: 1),
            alpha: try reader.number("alpha", default: 0),
            name: try reader.string("name") ?? "SGDRDecay")
        try reader.finish()
        return try schedule.checked()
    }
}
