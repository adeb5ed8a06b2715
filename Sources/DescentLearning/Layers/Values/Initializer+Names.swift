import DescentCore
import DescentFiles

extension Initializer: ExpressibleByStringLiteral {
    /// The initializer with that documented name. An unknown name is told when a variable is made.
    public init(stringLiteral name: String) {
        do throws(DescentError) {
            self = try Initializer.find(name)
        } catch {
            self.init(name) { _, _ in Tensor(error: error) }
        }
    }

    /// The initializer with a documented name, with its standard arguments.
    ///
    /// ```swift
    /// print(try Initializer.named("lecun_uniform").className)   // LecunUniform
    /// ```
    ///
    /// - Throws: for an unknown name, with the known ones.
    public static func named(
        _ name: String, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> Initializer {
        do {
            return try find(name)
        } catch {
            throw error.located(at: SourceLocation(file, line))
        }
    }

    /// All names that `named` knows.
    public static var knownNames: [String] { classes.flatMap { [$0.name] + $0.aliases } }

    /// The initializer of a class with the arguments that `config` has.
    ///
    /// - Throws: an unknown class or key, a value of a wrong kind.
    public static func fromConfig(_ config: Configuration, className: String) throws -> Initializer {
        let known = try entry(className)
        let reader = ConfigurationReader(config, for: known.name)
        let initializer = try known.make(reader)
        try reader.finish()
        return initializer
    }

    private static func find(_ name: String) throws(DescentError) -> Initializer {
        let known = try entry(name)
        do {
            return try known.make(ConfigurationReader([:], for: known.name))
        } catch {
            throw error as? DescentError ?? DescentError("initializer", "\(error)", received: name)
        }
    }

    private static func entry(_ name: String) throws(DescentError) -> Entry {
        if let known = classes.first(where: { $0.name == name || $0.aliases.contains(name) }) { return known }
        throw DescentError(
            "initializer", "an initializer is one of \(knownNames.joined(separator: ", "))", received: "\"\(name)\"")
    }

    private struct Entry: Sendable {
        let name: String
        let aliases: [String]
        let make: @Sendable (ConfigurationReader) throws -> Initializer

        init(
            _ name: String, _ aliases: String..., make: @escaping @Sendable (ConfigurationReader) throws -> Initializer
        ) {
            self.name = name
            self.aliases = aliases
            self.make = make
        }
    }

    private static let classes = [
        Entry("Zeros", "zeros", "zero") { _ in .zeros },
        Entry("Ones", "ones", "one") { _ in .ones },
        Entry("Constant", "constant") { .constant(try $0.number("value", default: 0)) },
        Entry("RandomNormal", "random_normal", "normal") {
            .randomNormal(
                mean: try $0.number("mean", default: 0), stddev: try $0.number("stddev", default: 0.05),
                seed: try $0.integer("seed"))
        },
        Entry("RandomUniform", "random_uniform", "uniform") {
            .randomUniform(
                minval: try $0.number("minval", default: -0.05), maxval: try $0.number("maxval", default: 0.05),
                seed: try $0.integer("seed"))
        },
        Entry("TruncatedNormal", "truncated_normal") {
            .truncatedNormal(
                mean: try $0.number("mean", default: 0), stddev: try $0.number("stddev", default: 0.05),
                seed: try $0.integer("seed"))
        },
        Entry("VarianceScaling", "variance_scaling") {
            let fans = try FanArguments($0)
            return .varianceScaling(
                scale: try $0.number("scale", default: 1), mode: try $0.choice("mode", default: .fanIn),
                distribution: try $0.choice("distribution", default: .truncatedNormal), seed: fans.seed,
                inputAxes: fans.inputAxes, outputAxes: fans.outputAxes)
        },
        Entry("GlorotUniform", "glorot_uniform") { .glorotUniform(try FanArguments($0)) },
        Entry("GlorotNormal", "glorot_normal") { .glorotNormal(try FanArguments($0)) },
        Entry("HeUniform", "he_uniform") { .heUniform(try FanArguments($0)) },
        Entry("HeNormal", "he_normal") { .heNormal(try FanArguments($0)) },
        Entry("LecunUniform", "lecun_uniform") { .lecunUniform(try FanArguments($0)) },
        Entry("LecunNormal", "lecun_normal") { .lecunNormal(try FanArguments($0)) },
        Entry("Orthogonal", "orthogonal", "OrthogonalInitializer") {
            .orthogonal(gain: try $0.number("gain", default: 1), seed: try $0.integer("seed"))
        },
        Entry("Identity", "identity", "IdentityInitializer") {
            .identity(gain: try $0.number("gain", default: 1))
        },
    ]
}

extension FanArguments {
    init(_ reader: ConfigurationReader) throws {
        self.init(try reader.integer("seed"), try reader.integers("input_axes"), try reader.integers("output_axes"))
    }
}

extension Initializer: LayerArgument {
    /// What stands for one in a configuration.
    public static var kind: String { "an initializer" }

    /// Reads a name, or class and arguments.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) throws -> Initializer? {
        if let name = value.string { return try find(name) }
        guard value.object != nil else { return nil }
        let entry = try SerializedObject(value, "an initializer")
        return try fromConfig(entry.config, className: entry.className)
    }

    /// As files have it.
    public var written: Configuration.Value { .keras("initializers", className, config) }
}
