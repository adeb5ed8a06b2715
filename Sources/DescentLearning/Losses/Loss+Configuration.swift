import DescentCore
import DescentFiles

/// A documented loss: its names, and how configurations make it.
struct LossClass: Sendable {
    let className: String
    /// Names beside that of the class, the documented function first.
    let names: [String]
    let make: @Sendable (LossReader) throws -> Loss

    init(_ className: String, _ names: [String], _ make: @escaping @Sendable (LossReader) throws -> Loss) {
        self.className = className
        self.names = names
        self.make = make
    }

    static let all: [LossClass] = [
        .meanSquaredError, .rootMeanSquaredError, .meanAbsoluteError, .meanAbsolutePercentageError,
        .meanSquaredLogarithmicError, .huber, .logCosh, .quantile, .cosineSimilarity, .poisson, .klDivergence,
        .hinge, .squaredHinge, .categoricalHinge, .binaryCrossentropy, .binaryFocalCrossentropy,
        .categoricalCrossentropy, .categoricalFocalCrossentropy, .sparseCategoricalCrossentropy,
        .categoricalGeneralizedCrossEntropy, .dice, .tversky, .circle,
    ]

    static func named(_ name: String) -> LossClass? {
        all.first { $0.className == name || $0.names.contains(name) }
    }
}

/// Reads the entries of a loss's configuration.
struct LossReader {
    let entries: ConfigurationReader
    private let reduction: Reduction?
    private let name: String?

    init(_ config: Configuration, for className: String) throws {
        entries = ConfigurationReader(config, for: className)
        name = try entries.string("name")
        let text = try entries.string("reduction")
        // Here null says something: nothing is reduced.
        reduction = config["reduction"] == .null ? Reduction.none : try text.map { try Reduction.named($0) }
    }

    /// The reduction, or what stands for a missing one.
    func reduction(_ standard: Reduction = .sumOverBatchSize) -> Reduction { reduction ?? standard }

    /// The name, or what stands for a missing one.
    func name(_ standard: String) -> String { name ?? standard }

    /// Axes: null, a number or a list of them.
    func axes(_ key: String) throws -> [Int]? {
        guard let value = entries.value(key) else { return nil }
        let axes =
            value.integer.map { [$0] }
            ?? value.list.flatMap { list in
                let axes = list.compactMap(\.integer)
                return axes.count == list.count ? axes : nil
            }
        guard let axes else {
            throw DescentError("fromConfig", "\(key) must be whole numbers", received: value.json)
        }
        return axes
    }

    /// A number or a list of them.
    func numbers(_ key: String, default standard: Double) throws -> [Double] {
        guard let value = entries.value(key) else { return [standard] }
        let numbers = value.number.map { [$0] } ?? value.list?.compactMap(\.number)
        guard let numbers, numbers.count == value.list?.count ?? 1 else {
            throw DescentError("fromConfig", "\(key) must be a number or numbers", received: value.json)
        }
        return numbers
    }
}

extension Reduction {
    /// The reduction with that documented name.
    static func named(_ name: String) throws(DescentError) -> Reduction {
        if let reduction = Reduction(rawValue: name) { return reduction }
        throw DescentError(
            "loss", "a reduction is one of \(allCases.map(\.rawValue).joined(separator: ", "))", received: name)
    }
}

// MARK: - Names

extension Loss {
    /// The loss with a documented name: that of the function, of the class, or a short one.
    ///
    /// ```swift
    /// print(try Loss.named("mse").className)                        // MeanSquaredError
    /// print(try Loss.named("SparseCategoricalCrossentropy").name)   // sparse_categorical_crossentropy
    /// ```
    ///
    /// - Throws: for an unknown name, with the known ones.
    public static func named(
        _ name: String, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Loss {
        do {
            return try find(name)
        } catch {
            throw error.located(at: SourceLocation(file, line))
        }
    }

    /// All names that `named` knows: of each loss the class, then the function and short ones.
    public static var knownNames: [String] { LossClass.all.flatMap { [$0.className] + $0.names } }

    static func find(_ name: String) throws(DescentError) -> Loss {
        if let known = LossClass.named(name), let loss = try? known.make(LossReader([:], for: known.className)) {
            return loss
        }
        throw DescentError(
            "loss", "a loss is one of \(knownNames.joined(separator: ", "))", received: "\"\(name)\"")
    }
}

// MARK: - Configurations

extension Loss {
    /// Name, reduction, and the arguments of the class, by their documented names.
    ///
    /// ```swift
    /// print(Loss.huber(delta: 2).getConfig())   // {"name": "huber_loss", "reduction": "sum_over_batch_size", "delta": 2.0}
    /// ```
    public func getConfig() -> Configuration {
        let common: Configuration = ["name": .string(name), "reduction": .string(reduction.rawValue)]
        return common.merging(arguments)
    }

    /// The configuration together with the name of the class, as Keras 3 writes it into files.
    public func serialized() -> Configuration {
        let known = LossClass.named(className) != nil
        return [
            "module": known ? "keras.losses" : nil, "class_name": .string(className), "config": .object(getConfig()),
            "registered_name": known ? nil : .string(className),
        ]
    }

    /// The loss that `serialized` has written.
    public static func fromConfig(_ config: Configuration, customLosses: [String: Loss] = [:]) throws -> Loss {
        try deserialize(.object(config), customLosses: customLosses)
    }

    /// The loss of a class with the arguments that `getConfig` has written.
    ///
    /// - Throws: an unknown class or key, a value of a wrong kind or out of range.
    public static func fromConfig(_ config: Configuration, className: String) throws -> Loss {
        guard let known = LossClass.named(className) else { return try find(className) }
        let reader = try LossReader(config, for: known.className)
        let loss = try known.make(reader)
        try reader.entries.finish()
        if let error = loss.error { throw error }
        return loss
    }

    /// The loss that a file names: by a text, or by module, class and arguments as Keras 3 writes them.
    ///
    /// ```swift
    /// let config = try Configuration(json: #"{"class_name": "Huber", "config": {"delta": 3}}"#)
    /// print(try Loss.deserialize(.object(config)).getConfig()["delta"]!)   // 3.0
    /// print(try Loss.deserialize("bce").className)                         // BinaryCrossentropy
    /// ```
    ///
    /// - Parameters:
    ///   - value: a text or an object.
    ///   - customLosses: losses of one's own, by the names under which files know them.
    public static func deserialize(
        _ value: Configuration.Value, customLosses: [String: Loss] = [:]
    ) throws -> Loss {
        if let name = value.string { return try customLosses[name] ?? find(name) }
        guard let object = value.object else {
            throw DescentError("deserialize", "a loss is a text or an object", received: value.json)
        }
        let entries = ConfigurationReader(object, for: "a loss")
        for key in ["module", "registered_name", "build_config"] { _ = entries.value(key) }
        let className = try entries.required("class_name", entries.string("class_name"))
        let config = entries.value("config")
        try entries.finish()
        // A function is written as its name.
        if className == "function", let name = config?.string { return try customLosses[name] ?? find(name) }
        if let custom = customLosses[className] { return custom }
        guard config == nil || config?.object != nil else {
            throw DescentError("deserialize", "the configuration of a loss is an object", received: object.json)
        }
        return try fromConfig(config?.object ?? [:], className: className)
    }
}
