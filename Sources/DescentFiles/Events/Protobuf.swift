/// A message in the wire format of protocol buffers: numbered fields, one after the other.
struct Protobuf {
    private(set) var bytes: [UInt8] = []

    /// A message with the fields that `body` adds.
    static func message(_ body: (inout Protobuf) -> Void) -> Protobuf {
        var message = Protobuf()
        body(&message)
        return message
    }

    private enum Wire: UInt64 {
        case varint = 0
        case fixed64 = 1
        case delimited = 2
        case fixed32 = 5
    }

    private mutating func key(_ field: UInt64, _ wire: Wire) { append(varint: field << 3 | wire.rawValue) }

    /// Seven bits in a byte, lowest first.
    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A whole number; negative ones take ten bytes.
    mutating func integer(_ field: UInt64, _ value: Int) {
        key(field, .varint)
        append(varint: UInt64(bitPattern: Int64(value)))
    }

    mutating func double(_ field: UInt64, _ value: Double) {
        key(field, .fixed64)
        bytes.append(little: value.bitPattern)
    }

    mutating func float(_ field: UInt64, _ value: Float) {
        key(field, .fixed32)
        bytes.append(little: value.bitPattern)
    }

    mutating func string(_ field: UInt64, _ value: String) { data(field, Array(value.utf8)) }

    mutating func data(_ field: UInt64, _ value: [UInt8]) {
        key(field, .delimited)
        append(varint: UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func message(_ field: UInt64, _ value: Protobuf) { data(field, value.bytes) }

    /// A message with the fields that `body` adds.
    mutating func message(_ field: UInt64, _ body: (inout Protobuf) -> Void) { message(field, .message(body)) }
}
