import DescentCore

/// Reads the entries of a configuration for one class; entries that nobody asked for are refused at the end.
///
/// A function reads all entries, then calls `finish`, then makes the object: so nothing is half made.
public final class ConfigurationReader {
    private let config: Configuration
    private let className: String
    private var asked: Set<String> = []

    /// A reader of `config`, which describes a `className`.
    public init(_ config: Configuration, for className: String) {
        self.config = config
        self.className = className
    }

    /// The value of a key; nil where it is missing or null.
    public func value(_ key: String) -> Configuration.Value? {
        asked.insert(key)
        guard let value = config[key], value != .null else { return nil }
        return value
    }

    /// The number of a key; nil where it is missing or null.
    public func number(_ key: String) throws -> Double? { try read(key, "a number", \.number) }

    /// The number of a key, or what stands for a missing one.
    public func number(_ key: String, default standard: Double) throws -> Double { try number(key) ?? standard }

    /// The whole number of a key; nil where it is missing or null.
    public func integer(_ key: String) throws -> Int? { try read(key, "a whole number", \.integer) }

    /// The truth of a key, or what stands for a missing one.
    public func bool(_ key: String, default standard: Bool) throws -> Bool {
        try read(key, "true or false", \.bool) ?? standard
    }

    /// The text of a key; nil where it is missing or null.
    public func string(_ key: String) throws -> String? { try read(key, "a text", \.string) }

    /// The texts of a key; nil where it is missing or null.
    public func strings(_ key: String) throws -> [String]? {
        try read(key, "a list of texts") { value in
            guard let texts = value.list?.map(\.string), !texts.contains(nil) else { return nil }
            return texts.compactMap { $0 }
        }
    }

    /// The value of a key that must be there.
    public func required<T>(_ key: String, _ value: T?) throws -> T {
        if let value { return value }
        throw DescentError("fromConfig", "a configuration of \(className) must have \(key)", received: config.json)
    }

    /// Refuses keys that nobody asked for.
    public func finish() throws {
        if let unknown = config.keys.first(where: { !asked.contains($0) }) {
            throw DescentError(
                "fromConfig",
                "a configuration of \(className) may have the keys \(asked.sorted().joined(separator: ", "))",
                received: "\(unknown): \(config[unknown]?.json ?? "null")")
        }
    }

    private func read<T>(_ key: String, _ kind: String, _ get: (Configuration.Value) -> T?) throws -> T? {
        guard let value = value(key) else { return nil }
        if let result = get(value) { return result }
        throw DescentError("fromConfig", "\(key) of \(className) must be \(kind)", received: value.json)
    }
}
