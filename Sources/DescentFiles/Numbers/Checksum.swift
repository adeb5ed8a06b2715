/// A cyclic redundancy check of 32 bits, lowest bit first, inverted at both ends.
struct Checksum: Sendable {
    /// The one of ZIP archives.
    static let zip = Checksum(polynomial: 0xEDB8_8320)
    /// Castagnoli's, the one of TensorFlow's records.
    static let castagnoli = Checksum(polynomial: 0x82F6_3B78)

    // Eight tables, so that eight bytes are looked up at once.
    private let table: [UInt32]

    private init(polynomial: UInt32) {
        var table = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
            table[byte] = value
        }
        for index in 256..<8 * 256 {
            let before = table[index - 256]
            table[index] = before >> 8 ^ table[Int(before & 0xFF)]
        }
        self.table = table
    }

    /// The checksum of `bytes` that follow others whose checksum is `previous`.
    func value(of bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            var value = ~previous
            var position = 0
            while position + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                let mixed = word ^ UInt64(value)
                value = 0
                for lane in 0..<8 {
                    value ^= table[(7 - lane) << 8 | Int(truncatingIfNeeded: mixed >> (8 * lane)) & 0xFF]
                }
                position += 8
            }
            while position < bytes.count {
                value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ bytes[position])]
                position += 1
            }
            return ~value
        }
    }

    /// The checksum of `bytes` that follow others whose checksum is `previous`.
    func value(of bytes: [UInt8], after previous: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { value(of: $0, after: previous) }
    }
}
