extension [UInt8] {
    /// The integer at an offset, lowest byte first; nil if it is not all there.
    func little<Integer: FixedWidthInteger>(_ offset: Int, as type: Integer.Type = Integer.self) -> Integer? {
        let size = MemoryLayout<Integer>.size
        guard offset >= 0, offset <= count - size else { return nil }
        return withUnsafeBytes { Integer(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Integer.self)) }
    }

    /// An unsigned 16-bit number as Int.
    func little16(_ offset: Int) -> Int? { little(offset, as: UInt16.self).map(Int.init) }

    /// An unsigned 32-bit number as Int.
    func little32(_ offset: Int) -> Int? { little(offset, as: UInt32.self).map(Int.init) }

    /// An unsigned 64-bit number as Int; nil too if it is larger than any file.
    func little64(_ offset: Int) -> Int? { little(offset, as: UInt64.self).flatMap { Int(exactly: $0) } }

    /// Appends an integer, lowest byte first.
    mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
