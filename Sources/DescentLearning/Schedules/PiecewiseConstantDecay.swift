import DescentCore
import DescentFiles

/// A rate that jumps at given steps and stays the same between them.
///
/// ```swift
/// let rate = PiecewiseConstantDecay(boundaries: [100, 200], values: [0.1, 0.01, 0.001])
/// print(rate(100), rate(101), rate(5000))   // 0.1 0.01 0.001
/// ```
///
/// On a boundary the old value still holds; beyond the last one the last value holds for ever.
public struct PiecewiseConstantDecay: LearningRateSchedule {
    /// The documented name.
    public static let className = "PiecewiseConstantDecay"
    /// The last steps of the values, but for the last value.
    public let boundaries: [Int]
    /// The rates in order.
    public let values: [Double]
    /// A label.
    public let name: String
    /// Why the schedule cannot be used.
    public let problem: DescentError?

    /// A schedule; there must be one value more than boundaries, and the boundaries must rise.
    public init(
        boundaries: [Int], values: [Double], name: String = "PiecewiseConstant", file: StaticString = #fileID,
        line: UInt = #line
    ) {
        self.boundaries = boundaries
        self.values = values
        self.name = name
        if boundaries.count + 1 != values.count {
            problem = DescentError(
                "PiecewiseConstantDecay", "there must be one value more than boundaries",
                received: "\(boundaries.count) boundaries, \(values.count) values", at: SourceLocation(file, line))
        } else if zip(boundaries, boundaries.dropFirst()).contains(where: >=) {
            problem = DescentError(
                "PiecewiseConstantDecay", "boundaries must rise", received: "\(boundaries)",
                at: SourceLocation(file, line))
        } else {
            problem = nil
        }
    }

    /// The value that holds; NaN if the schedule cannot be used.
    public func callAsFunction(_ step: Int) -> Double {
        let passed = boundaries.firstIndex { max(step, 0) <= $0 } ?? boundaries.count
        return values.indices.contains(passed) ? values[passed] : .nan
    }

    /// The arguments.
    public func getConfig() -> Configuration {
        [
            "boundaries": .list(boundaries.map { .integer($0) }), "values": .list(values.map { .number($0) }),
            "name": .string(name),
        ]
    }

    /// The schedule that the arguments describe.
    public static func fromConfig(
        _ config: Configuration, customObjects: CustomObjects
    ) throws -> PiecewiseConstantDecay {
        let reader = ConfigurationReader(config, for: className)
        let schedule = PiecewiseConstantDecay(
            boundaries: try list(reader, "boundaries", "whole numbers", \.integer),
            values: try list(reader, "values", "numbers", \.number),
            name: try reader.string("name") ?? "PiecewiseConstant")
        try reader.finish()
        return try schedule.checked()
    }

    private static func list<T>(
        _ reader: ConfigurationReader, _ key: String, _ kind: String, _ get: (Configuration.Value) -> T?
    ) throws -> [T] {
        let value = try reader.required(key, reader.value(key))
        let elements = value.list?.compactMap(get)
        guard let elements, elements.count == value.list?.count else {
            throw DescentError(
                "fromConfig", "\(key) of \(className) must be a list of \(kind)", received: value.json)
        }
        return elements
    }
}
