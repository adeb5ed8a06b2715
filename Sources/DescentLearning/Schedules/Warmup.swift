import DescentCore
import DescentFiles

/// A rate that rises along a line; then another schedule follows.
///
/// ```
/// rate = from + (to − from) · step / steps   before `steps`,   then following(step − steps)
/// ```
///
/// ```swift
/// let rate = warmup(steps: 10, to: 0.5).then(CosineDecay(initialLearningRate: 0.5, decaySteps: 100))
/// print(rate(0), rate(5), rate(10), rate(110))   // 0.0 0.25 0.5 0.0
/// ```
///
/// Where nothing follows, the rate `to` holds for ever.
public struct Warmup: LearningRateSchedule {
    /// The name that configurations use.
    public static let className = "Warmup"
    /// How many steps the line takes.
    public let steps: Int
    /// The rate of the first step.
    public let from: Double
    /// The rate at the end of the line.
    public let to: Double
    /// What follows; its steps are counted from the end of the line.
    public let following: (any LearningRateSchedule)?
    private let refusal: DescentError?

    /// A schedule; `steps` must be positive.
    public init(
        steps: Int, from: Double = 0, to: Double, following: (any LearningRateSchedule)? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) {
        let refused = DescentLearning.refusal(
            ofLength: steps, "steps", of: Self.className, at: SourceLocation(file, line))
        self.init(steps: steps, from: from, to: to, following: following, refusal: refused)
    }

    private init(
        steps: Int, from: Double, to: Double, following: (any LearningRateSchedule)?, refusal: DescentError?
    ) {
        self.steps = steps
        self.from = from
        self.to = to
        self.following = following
        self.refusal = refusal
    }

    /// Why the schedule cannot be used, or what follows.
    public var problem: DescentError? { refusal ?? following?.problem }

    /// The same warm-up with `schedule` after it. After a warm-up that another warm-up follows already, `schedule` comes
    /// last; after anything else there is no place for it, as no other schedule ends.
    public func then(
        _ schedule: any LearningRateSchedule, file: StaticString = #fileID, line: UInt = #line
    ) -> Warmup {
        switch following {
        case nil: return followed(by: schedule, refusal)
        case let next as Warmup: return followed(by: next.then(schedule, file: file, line: line), refusal)
        case let next?:
            let refused = DescentError(
                "then", "only a warm-up ends, and may be followed by a schedule", received: "\(type(of: next))",
                at: SourceLocation(file, line))
            return followed(by: next, refusal ?? refused)
        }
    }

    private func followed(by schedule: any LearningRateSchedule, _ refusal: DescentError?) -> Warmup {
        Warmup(steps: steps, from: from, to: to, following: schedule, refusal: refusal)
    }

    /// The formula above.
    public func callAsFunction(_ step: Int) -> Double {
        if step >= steps { return following?(step - steps) ?? to }
        return from + (to - from) * elapsed(step) / Double(steps)
    }

    /// The arguments.
    public func getConfig() -> Configuration {
        [
            "steps": .integer(steps), "from": .number(from), "to": .number(to),
            "following": following.map { .object($0.serialized()) } ?? .null,
        ]
    }

    /// The schedule that the arguments describe.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Warmup {
        let reader = ConfigurationReader(config, for: className)
        let schedule = Warmup(
            steps: try reader.requiredInteger("steps"),
            from: try reader.number("from", default: 0),
            to: try reader.requiredNumber("to"),
            following: try reader.value("following").map {
                try Schedules.deserialize($0, customObjects: customObjects)
            })
        try reader.finish()
        return try schedule.checked()
    }
}

/// A rate that rises along a line, to be followed by another schedule.
///
/// ```swift
/// let rate = warmup(steps: 4, to: 1).then(ExponentialDecay(initialLearningRate: 1, decaySteps: 1, decayRate: 0.5))
/// print(rate(2), rate(4), rate(6))   // 0.5 1.0 0.25
/// ```
///
/// - Parameters:
///   - steps: how many steps the line takes; must be positive.
///   - from: the rate of the first step; the default is 0.
///   - rate: the rate at the end of the line.
public func warmup(
    steps: Int, from: Double = 0, to rate: Double, file: StaticString = #fileID, line: UInt = #line
) -> Warmup {
    Warmup(steps: steps, from: from, to: rate, file: file, line: line)
}
