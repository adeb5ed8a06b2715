import DescentCore
import DescentFiles

// An encoder as text, so that it can be kept beside the weights that were trained with it.

extension TableEncoder {
    /// The name of the class, as files say it.
    public static var className: String { "TableEncoder" }

    /// All that was learned. The JSON text of it has every bit of every number.
    ///
    /// ```swift
    /// let table = try Table([("x", .numbers([1, 2, 4])), ("y", .numbers([1, 3, 2]))])
    /// let encoder = try TableEncoder(learning: table, target: "y")
    /// let text = encoder.getConfig().json        // for the metadata of a safetensors file, say
    /// print(try TableEncoder.fromConfig(Configuration(json: text)) == encoder)   // true
    /// ```
    public func getConfig() -> Configuration {
        [
            "target": .object(targetScore.described(["name": .string(target)])),
            "columns": .list(columns.map { .object($0.config) }),
            "notes": .list(notes.map { .string($0) }),
            "dtype": .string(dtype.description),
        ]
    }

    /// The encoder that a configuration describes.
    ///
    /// - Throws: an unknown key, a value of a wrong kind or out of range.
    public static func fromConfig(_ config: Configuration) throws -> TableEncoder {
        let reader = ConfigurationReader(config, for: className)
        let target: Configuration = try objects(reader.value("target").map { [$0] }, "target")[0]
        let columns = try objects(reader.value("columns")?.list, "columns").map(TableColumn.init)
        let notes = try reader.strings("notes") ?? []
        let name = try reader.required("dtype", reader.string("dtype"))
        try reader.finish()
        guard let dtype = [DType.float32, .float64].first(where: { $0.description == name }) else {
            throw DescentError("fromConfig", "dtype must be float32 or float64", received: name)
        }
        let targetReader = ConfigurationReader(target, for: "target")
        let targetName = try targetReader.required("name", targetReader.string("name"))
        let score = try StandardScore(targetReader)
        try targetReader.finish()
        guard score.deviation > 0 else {
            throw DescentError("fromConfig", "the deviation of a target must be positive", received: target.json)
        }
        let names = [targetName] + columns.map(\.name)
        guard Set(names).count == names.count else {
            throw DescentError(
                "fromConfig", "columns must have different names", received: names.joined(separator: ", "))
        }
        return TableEncoder(target: targetName, score, columns, notes, dtype)
    }

    private static func objects(_ values: [Configuration.Value]?, _ key: String) throws -> [Configuration] {
        let objects = values?.compactMap(\.object) ?? []
        guard let values, objects.count == values.count, !objects.isEmpty else {
            throw DescentError(
                "fromConfig", "a configuration of TableEncoder must have \(key) as objects",
                received: values.map { Configuration.Value.list($0).json } ?? "nothing")
        }
        return objects
    }
}

extension StandardScore {
    /// `config`, and the numbers of the score.
    fileprivate func described(_ config: Configuration) -> Configuration {
        config.merging(["mean": .number(mean), "deviation": .number(deviation)])
    }

    fileprivate init(_ reader: ConfigurationReader) throws {
        mean = try reader.required("mean", reader.number("mean"))
        deviation = try reader.required("deviation", reader.number("deviation"))
        guard mean.isFinite, deviation.isFinite, deviation >= 0 else {
            throw DescentError(
                "fromConfig", "mean and deviation must be finite, and the deviation not negative",
                received: "mean \(mean), deviation \(deviation)")
        }
    }
}

extension TableColumn {
    fileprivate var config: Configuration {
        switch kind {
        case .number(let score, let marksMissing):
            score.described(["name": .string(name), "kind": "number", "missing": .bool(marksMissing)])
        case .text(let categories):
            ["name": .string(name), "kind": "text", "categories": .list(categories.map { .string($0) })]
        }
    }

    fileprivate init(_ config: Configuration) throws {
        let reader = ConfigurationReader(config, for: "column")
        name = try reader.required("name", reader.string("name"))
        switch try reader.required("kind", reader.string("kind")) {
        case "number":
            kind = .number(try StandardScore(reader), marksMissing: try reader.bool("missing", default: false))
        case "text":
            let categories = try reader.required("categories", reader.strings("categories"))
            guard Set(categories).count == categories.count, !categories.isEmpty else {
                throw DescentError("fromConfig", "categories must be different texts", received: config.json)
            }
            kind = .text(categories)
        case let other:
            throw DescentError("fromConfig", "the kind of a column is number or text", received: other)
        }
        try reader.finish()
    }
}
