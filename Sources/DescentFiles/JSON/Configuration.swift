/// The arguments of an optimizer, schedule, loss or metric by their documented names: what JSON can say, in order.
///
/// ```swift
/// let config: Configuration = ["name": "rmsprop", "rho": 0.9, "centered": false]
/// print(config.json)                             // {"name": "rmsprop", "rho": 0.9, "centered": false}
/// print(try Configuration(json: config.json) == config)   // true
/// print(config["rho"]?.number ?? 0)              // 0.9
/// ```
///
/// Two configurations are equal when they say the same, in whatever order.
public struct Configuration: Sendable {
    /// The keys, in the order in which they were given.
    public private(set) var keys: [String]
    private var values: [String: Value]

    /// A value of a configuration.
    public enum Value: Hashable, Sendable {
        /// Nothing: a documented `None`.
        case null
        /// A truth.
        case bool(Bool)
        /// A whole number, written without a point.
        case integer(Int)
        /// A number.
        case number(Double)
        /// A text.
        case string(String)
        /// Values in order.
        case list([Value])
        /// Values by name.
        case object(Configuration)
    }

    /// A configuration that says nothing.
    public init() {
        keys = []
        values = [:]
    }

    /// The value of a key; nil where it is not there. Setting nil takes it away.
    public subscript(key: String) -> Value? {
        get { values[key] }
        set {
            if let newValue {
                if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
            } else if values.removeValue(forKey: key) != nil {
                keys.removeAll { $0 == key }
            }
        }
    }

    /// These entries after those that are here; where both have a key, the new value stands in the old place.
    public func merging(_ other: Configuration) -> Configuration {
        var result = self
        for key in other.keys { result[key] = other[key] }
        return result
    }
}

extension Configuration: Hashable {
    /// Whether both say the same, in whatever order.
    public static func == (a: Configuration, b: Configuration) -> Bool { a.values == b.values }

    /// Hashes what equality compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(values) }
}

extension Configuration: ExpressibleByDictionaryLiteral {
    /// The entries of a literal, in their order.
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init()
        for (key, value) in elements { self[key] = value }
    }
}

extension Configuration.Value {
    /// The truth that stands here.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The number that stands here, whole or not.
    public var number: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// The whole number that stands here; also one that is written with a point.
    public var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The text that stands here.
    public var string: String? { if case .string(let value) = self { value } else { nil } }

    /// The values that stand here.
    public var list: [Configuration.Value]? { if case .list(let value) = self { value } else { nil } }

    /// The configuration that stands here.
    public var object: Configuration? { if case .object(let value) = self { value } else { nil } }

    /// A number, or nothing.
    public init(_ value: Double?) { self = value.map { .number($0) } ?? .null }

    /// A whole number, or nothing.
    public init(_ value: Int?) { self = value.map { .integer($0) } ?? .null }

    /// A text, or nothing.
    public init(_ value: String?) { self = value.map { .string($0) } ?? .null }
}

extension Configuration.Value: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByNilLiteral, ExpressibleByDictionaryLiteral
{
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A truth.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Values in order.
    public init(arrayLiteral elements: Configuration.Value...) { self = .list(elements) }
    /// Nothing.
    public init(nilLiteral: ()) { self = .null }
    /// Values by name.
    public init(dictionaryLiteral elements: (String, Configuration.Value)...) {
        var object = Configuration()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}
