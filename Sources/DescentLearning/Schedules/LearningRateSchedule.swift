import DescentCore
import DescentFiles

/// A learning rate that changes while training goes on: a function of the steps that are finished.
///
/// ```swift
/// struct Halving: LearningRateSchedule {
///     static let className = "Halving"
///     func callAsFunction(_ step: Int) -> Double { 0.1 / Double(1 << min(step, 60)) }
///     func getConfig() -> Configuration { [:] }
///     static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Halving {
///         try ConfigurationReader(config, for: className).finish()
///         return Halving()
///     }
/// }
/// print(Halving()(3))   // 0.0125
/// ```
///
/// A schedule has a value at every step, however late: what comes after its end is said at each. Steps below 0 count
/// as 0.
public protocol LearningRateSchedule: Configurable, HyperparameterSource, Sendable {
    /// The learning rate after `step` finished steps.
    func callAsFunction(_ step: Int) -> Double

    /// Why the schedule cannot be used; nil if it can. Whoever uses it throws this error.
    var problem: DescentError? { get }
}

extension LearningRateSchedule {
    /// Nothing is wrong, unless the type says otherwise.
    public var problem: DescentError? { nil }

    /// This schedule, or its problem.
    func checked() throws -> Self {
        if let problem { throw problem }
        return self
    }
}

/// The schedules that configurations may name.
///
/// ```swift
/// let rate = try Schedules.deserialize([
///     "class_name": "InverseTimeDecay",
///     "config": ["initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 1],
/// ])
/// print(rate(10))   // 0.05
/// ```
public enum Schedules {
    private static let builtIn: [any LearningRateSchedule.Type] = [
        ExponentialDecay.self, InverseTimeDecay.self, PiecewiseConstantDecay.self, PolynomialDecay.self,
        CosineDecay.self, CosineDecayRestarts.self, Warmup.self,
    ]

    /// Makes the schedule that an entry `{"class_name": …, "config": …}` describes. The entries `module` and
    /// `registered_name` that Keras writes may be there too.
    ///
    /// - Parameters:
    ///   - value: the entry.
    ///   - customObjects: schedules that may be named beside the built-in ones; they come first.
    /// - Throws: an unknown class or key, a value of a wrong kind or out of range.
    public static func deserialize(
        _ value: Configuration.Value, customObjects: CustomObjects = [:]
    ) throws -> any LearningRateSchedule {
        let object = try SerializedObject(value, "a schedule")
        let type = try object.type("a schedule", of: builtIn, or: customObjects)
        guard let schedule = type as? any LearningRateSchedule.Type else {
            throw DescentError(
                "deserialize", "a learning rate must be a LearningRateSchedule",
                received: "\(object.className), a \(type)")
        }
        return try schedule.fromConfig(object.config, customObjects: customObjects)
    }
}

// MARK: - What schedules share

/// Steps finished before now; nothing is before the first step.
func elapsed(_ step: Int) -> Double { Double(max(step, 0)) }

/// What is wrong with a length that must be positive.
func refusal(
    ofLength length: Int, _ name: String, of schedule: String, at location: SourceLocation
) -> DescentError? {
    length > 0
        ? nil
        : DescentError(operation: schedule, "\(name) must be positive", received: "\(length)", at: location)
}

extension ConfigurationReader {
    /// The whole number of a key that must be there.
    func requiredInteger(_ key: String) throws -> Int { try required(key, integer(key)) }

    /// The number of a key that must be there.
    func requiredNumber(_ key: String) throws -> Double { try required(key, number(key)) }
}
