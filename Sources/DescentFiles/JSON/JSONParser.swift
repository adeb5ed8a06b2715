import DescentCore

/// Reads JSON text as RFC 8259 has it, and also `NaN`, `Infinity` and `-Infinity`, which Python writes.
struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    /// Deeper text is refused: it would exhaust the stack.
    private static let greatestDepth = 200

    /// The value that `text` says.
    static func parse(_ text: String) throws(DescentError) -> Configuration.Value {
        var parser = JSONParser(bytes: Array(text.utf8))
        let value = try parser.value()
        parser.skipSpace()
        if parser.position < parser.bytes.count { throw parser.failure("text must end after its value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func failure(_ rule: String) -> DescentError {
        let rest = bytes[min(position, bytes.count)...].prefix(12)
        let seen = rest.isEmpty ? "the end of the text" : "\"\(String(decoding: rest, as: UTF8.self))\""
        return DescentError("json", rule, received: "\(seen) at byte \(position)")
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func take(word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { return false }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] { return false }
        position += length
        return true
    }

    private mutating func value() throws(DescentError) -> Configuration.Value {
        skipSpace()
        guard position < bytes.count else { throw failure("a value must stand here") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try list()
        case UInt8(ascii: "\""): return .string(try string())
        default: break
        }
        if take(word: "null") { return .null }
        if take(word: "true") { return .bool(true) }
        if take(word: "false") { return .bool(false) }
        if take(word: "NaN") { return .number(.nan) }
        if take(word: "Infinity") { return .number(.infinity) }
        if take(word: "-Infinity") { return .number(-.infinity) }
        return try number()
    }

    private mutating func object() throws(DescentError) -> Configuration.Value {
        try enter()
        defer { depth -= 1 }
        var result = Configuration()
        if take("}") { return .object(result) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw failure("a key must be a string")
            }
            let start = position
            let key = try string()
            guard take(":") else { throw failure("a colon must follow a key") }
            if result[key] != nil {
                position = start
                throw failure("a key may stand once in an object")
            }
            result[key] = try value()
        } while take(",")
        guard take("}") else { throw failure("an object must end with }") }
        return .object(result)
    }

    private mutating func list() throws(DescentError) -> Configuration.Value {
        try enter()
        defer { depth -= 1 }
        var result: [Configuration.Value] = []
        if take("]") { return .list(result) }
        repeat { result.append(try value()) } while take(",")
        guard take("]") else { throw failure("a list must end with ]") }
        return .list(result)
    }

    private mutating func enter() throws(DescentError) {
        position += 1
        depth += 1
        if depth > Self.greatestDepth { throw failure("values may be nested \(Self.greatestDepth) deep") }
    }

    private mutating func number() throws(DescentError) -> Configuration.Value {
        let start = position
        while position < bytes.count, Self.isNumeric(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if Self.isJSONNumber(bytes[start..<position]) {
            if let value = Int(text), text != "-0" { return .integer(value) }
            if let value = Double(text) { return .number(value) }
        }
        position = start
        throw failure("a value must stand here")
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte | 0x20 == 0x65
    }

    /// -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?
    private static func isJSONNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        func digits() -> Int {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let leadingZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        if whole == 0 || leadingZero && whole > 1 { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if digits() == 0 { return false }
        }
        if let exponent = rest.first, exponent | 0x20 == 0x65 {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }

    private mutating func string() throws(DescentError) -> String {
        position += 1
        var text: [UInt8] = []
        var start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] >= 0x20 else { throw failure("a string may not hold control characters") }
            if bytes[position] == UInt8(ascii: "\\") {
                text.append(contentsOf: bytes[start..<position])
                text.append(contentsOf: try escape().utf8)
                start = position
            } else {
                position += 1
            }
        }
        guard position < bytes.count else { throw failure("a string must end with a quote") }
        let rest = bytes[start..<position]
        position += 1
        // Most strings have no escapes.
        return text.isEmpty ? String(decoding: rest, as: UTF8.self) : String(decoding: text + rest, as: UTF8.self)
    }

    private mutating func escape() throws(DescentError) -> String {
        position += 1
        guard position < bytes.count else { throw failure("an escape must name a character") }
        let name = bytes[position]
        position += 1
        switch name {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return String(Unicode.Scalar(name))
        case UInt8(ascii: "u"):
            var units = [try codeUnit()]
            // A character beyond 16 bits is written as two.
            if UTF16.isLeadSurrogate(units[0]), take(word: "\\u") { units.append(try codeUnit()) }
            return String(decoding: units, as: UTF16.self)
        default:
            position -= 1
            throw failure("an escape must name a character")
        }
    }

    private mutating func codeUnit() throws(DescentError) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16),
            digits.first != UInt8(ascii: "+")
        else { throw failure("an escape must have four hexadecimal digits") }
        position += 4
        return value
    }
}
