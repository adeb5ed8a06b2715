import DescentCore
import DescentFiles

/// What may stand in the configuration of a layer.
public protocol LayerArgument {
    /// What a value looks like, for messages: "a whole number".
    static var kind: String { get }

    /// The value; nil if `value` is of another kind.
    ///
    /// - Throws: a value of the right kind that says something unknown.
    static func read(_ value: Configuration.Value, _ objects: CustomObjects) throws -> Self?

    /// As files have it.
    var written: Configuration.Value { get }
}

extension Int: LayerArgument {
    /// What a value looks like.
    public static var kind: String { "a whole number" }
    /// The value; nil if it is of another kind.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) -> Int? { value.integer }
    /// As files have it.
    public var written: Configuration.Value { .integer(self) }
}

extension Double: LayerArgument {
    /// What a value looks like.
    public static var kind: String { "a number" }
    /// The value; nil if it is of another kind.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) -> Double? { value.number }
    /// As files have it.
    public var written: Configuration.Value { .number(self) }
}

extension Bool: LayerArgument {
    /// What a value looks like.
    public static var kind: String { "true or false" }
    /// The value; nil if it is of another kind.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) -> Bool? { value.bool }
    /// As files have it.
    public var written: Configuration.Value { .bool(self) }
}

extension String: LayerArgument {
    /// What a value looks like.
    public static var kind: String { "a text" }
    /// The value; nil if it is of another kind.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) -> String? { value.string }
    /// As files have it.
    public var written: Configuration.Value { .string(self) }
}

extension Optional: LayerArgument where Wrapped: LayerArgument {
    /// What a value looks like.
    public static var kind: String { "\(Wrapped.kind) or null" }

    /// The value; nil if it is of another kind.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) throws -> Wrapped?? {
        value == .null ? .some(nil) : try Wrapped.read(value, objects).map { .some($0) }
    }

    /// As files have it.
    public var written: Configuration.Value { self?.written ?? .null }
}

extension Array: LayerArgument where Element: LayerArgument {
    /// What a value looks like.
    public static var kind: String { "a list, each of it \(Element.kind)" }

    /// The values, also a single one without brackets; nil if one is of another kind.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) throws -> [Element]? {
        guard let list = value.list else { return try Element.read(value, objects).map { [$0] } }
        let elements = try list.compactMap { try Element.read($0, objects) }
        return elements.count == list.count ? elements : nil
    }

    /// As files have it.
    public var written: Configuration.Value { .list(map(\.written)) }
}

extension LayerArgument where Self: RawRepresentable & CaseIterable, RawValue == String {
    /// What a value looks like.
    public static var kind: String { "one of \(allCases.map(\.rawValue).joined(separator: ", "))" }

    /// The value with that name; nil if there is none.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) -> Self? {
        value.string.flatMap { Self(rawValue: $0) }
    }

    /// As files have it.
    public var written: Configuration.Value { .string(rawValue) }
}

extension DataFormat: LayerArgument {
    /// What a value looks like.
    public static var kind: String { "channels_last or channels_first" }

    /// The value with that name; nil if there is none.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) -> DataFormat? {
        switch value.string {
        case "channels_last": .channelsLast
        case "channels_first": .channelsFirst
        default: nil
        }
    }

    /// As files have it.
    public var written: Configuration.Value { self == .channelsLast ? "channels_last" : "channels_first" }
}

extension SpatialExtents: LayerArgument {
    /// What a value looks like.
    public static var kind: String { "a whole number or a list of them" }

    /// The numbers; nil if it is of another kind.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) throws -> SpatialExtents? {
        try [Int].read(value, objects).map { SpatialExtents($0) }
    }

    /// As files have it.
    public var written: Configuration.Value { numbers.written }
}

/// A number, or a list of several.
struct Numbers: LayerArgument {
    let list: [Double]

    static var kind: String { "a number or a list of them" }

    static func read(_ value: Configuration.Value, _ objects: CustomObjects) throws -> Numbers? {
        try [Double].read(value, objects).map { Numbers(list: $0) }
    }

    var written: Configuration.Value { list.count == 1 ? .number(list[0]) : list.written }
}

extension Configuration.Value {
    /// An object of Keras by its class and arguments.
    static func keras(_ module: String, _ className: String, _ config: Configuration) -> Configuration.Value {
        [
            "module": .string("keras.\(module)"), "class_name": .string(className), "config": .object(config),
            "registered_name": nil,
        ]
    }
}

extension ConfigurationReader {
    /// One of several names, or what stands for a missing one.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default standard: Choice
    ) throws -> Choice where Choice.RawValue == String {
        try choice(key) ?? standard
    }
}
