import DescentCore

extension Configuration: CustomStringConvertible {
    /// Reads a JSON object.
    ///
    /// - Throws: where the text is no JSON object, with what stands there and at which byte.
    public init(json: String) throws {
        guard case .object(let object) = try JSONParser.parse(json) else {
            throw DescentError("json", "a configuration must be an object", received: String(json.prefix(40)))
        }
        self = object
    }

    /// The configuration as JSON text, in one line; `NaN` and infinities as Python writes them.
    public var json: String { Value.object(self).json }

    /// The configuration as JSON text.
    public var description: String { json }
}

extension Configuration.Value: CustomStringConvertible {
    /// The value as JSON text.
    public var json: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value) where value.isNaN: "NaN"
        case .number(let value) where value.isInfinite: value < 0 ? "-Infinity" : "Infinity"
        case .number(let value): "\(value)"
        case .string(let value): Self.quoted(value)
        case .list(let values): "[" + values.map(\.json).joined(separator: ", ") + "]"
        case .object(let object):
            "{" + object.keys.map { "\(Self.quoted($0)): \(object[$0]?.json ?? "null")" }.joined(separator: ", ") + "}"
        }
    }

    /// The value as JSON text.
    public var description: String { json }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
