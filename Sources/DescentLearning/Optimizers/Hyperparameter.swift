/// A number that an optimizer works with: constant, following a schedule, or asked for at every step.
///
/// ```swift
/// let constant: Hyperparameter = 0.1
/// var level = 0.5
/// let asked = Hyperparameter { level }
/// level = 0.25
/// print(constant.value(at: 7), asked.value(at: 7))   // 0.1 0.25
/// ```
public struct Hyperparameter {
    enum Source {
        case number(Double)
        case schedule(any LearningRateSchedule)
        case callable(() -> Double)
    }

    var source: Source

    /// A constant number.
    public init(_ number: Double) { source = .number(number) }

    /// A number that follows a schedule.
    public init(_ schedule: any LearningRateSchedule) { source = .schedule(schedule) }

    /// A number that is asked for at every step.
    public init(_ callable: @escaping () -> Double) { source = .callable(callable) }

    /// The number at a step, counted from 0.
    public func value(at step: Int) -> Double {
        switch source {
        case .number(let number): number
        case .schedule(let schedule): schedule(step)
        case .callable(let callable): callable()
        }
    }

    /// The number, if it is constant.
    public var number: Double? { if case .number(let number) = source { number } else { nil } }

    /// The schedule, if it follows one.
    public var schedule: (any LearningRateSchedule)? {
        if case .schedule(let schedule) = source { schedule } else { nil }
    }
}

extension Hyperparameter: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// A constant number.
    public init(floatLiteral value: Double) { self.init(value) }
    /// A constant number.
    public init(integerLiteral value: Int) { self.init(Double(value)) }
}

/// What may be given for a hyperparameter: a number, a schedule, or a `Hyperparameter` itself.
public protocol HyperparameterSource {
    /// The hyperparameter that `source` stands for.
    static func hyperparameter(_ source: Self) -> Hyperparameter
}

extension Hyperparameter: HyperparameterSource {
    /// The same.
    public static func hyperparameter(_ source: Hyperparameter) -> Hyperparameter { source }
}

extension Double: HyperparameterSource {
    /// A constant number.
    public static func hyperparameter(_ source: Double) -> Hyperparameter { Hyperparameter(source) }
}

extension Float: HyperparameterSource {
    /// A constant number.
    public static func hyperparameter(_ source: Float) -> Hyperparameter { Hyperparameter(Double(source)) }
}

extension Int: HyperparameterSource {
    /// A constant number.
    public static func hyperparameter(_ source: Int) -> Hyperparameter { Hyperparameter(Double(source)) }
}

extension LearningRateSchedule {
    /// A number that follows the schedule.
    public static func hyperparameter(_ source: Self) -> Hyperparameter { Hyperparameter(source) }
}

/// The hyperparameter that a number, a schedule or a hyperparameter stands for.
func hyperparameter<Source: HyperparameterSource>(of source: Source) -> Hyperparameter {
    Source.hyperparameter(source)
}
