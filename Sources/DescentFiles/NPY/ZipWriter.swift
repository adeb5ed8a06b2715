import DescentCore

/// Writes an archive of stored files, in one go from its beginning to its end.
struct ZipWriter {
    private let output: OutputFile
    private let alwaysLarge: Bool
    private var directory: [UInt8] = []
    private var count = 0

    /// `alwaysLarge` writes all sizes and offsets in the way of those that need more than 32 bits.
    init(_ output: OutputFile, alwaysLarge: Bool = false) {
        self.output = output
        self.alwaysLarge = alwaysLarge
    }

    /// 1 January 1980, the first day there is: equal content gives equal files.
    private static let date: UInt16 = 1 << 5 | 1
    /// The name is UTF-8.
    private static let flags: UInt16 = 1 << 11

    /// Appends a file.
    mutating func append(_ name: String, _ header: [UInt8], _ body: UnsafeRawBufferPointer) throws(DescentError) {
        let start = output.byteCount
        let size = header.count + body.count
        let checksum = Checksum.zip.value(of: body, after: Checksum.zip.value(of: header))
        let large = alwaysLarge || size >= 0xFFFF_FFFF || start >= 0xFFFF_FFFF

        /// What stands both before the file and in the directory.
        func common(_ record: inout [UInt8], extra: Int) {
            record.append(little: UInt16(large ? 45 : 20))
            record.append(little: Self.flags)
            record.append(little: UInt16(0))
            record.append(little: UInt16(0))
            record.append(little: Self.date)
            record.append(little: checksum)
            for _ in 0..<2 { record.append(little: large ? UInt32.max : UInt32(size)) }
            record.append(little: UInt16(name.utf8.count))
            record.append(little: UInt16(extra))
        }
        var local: [UInt8] = []
        local.append(little: UInt32(0x0403_4B50))
        common(&local, extra: large ? 20 : 0)
        local.append(contentsOf: name.utf8)
        if large { local.append(large: [size, size]) }
        try output.write(local)
        try output.write(header)
        try output.write(body)

        directory.append(little: UInt32(0x0201_4B50))
        directory.append(little: UInt16(45))
        common(&directory, extra: large ? 28 : 0)
        for _ in 0..<3 { directory.append(little: UInt16(0)) }
        directory.append(little: UInt32(0o100644) << 16)
        directory.append(little: large ? UInt32.max : UInt32(start))
        directory.append(contentsOf: name.utf8)
        if large { directory.append(large: [size, size, start]) }
        count += 1
    }

    /// Writes the directory.
    func finish() throws(DescentError) {
        let start = output.byteCount
        var end: [UInt8] = []
        let large = alwaysLarge || start >= 0xFFFF_FFFF || directory.count >= 0xFFFF_FFFF || count >= 0xFFFF
        if large {
            end.append(little: UInt32(0x0606_4B50))
            end.append(little: UInt64(44))
            for _ in 0..<2 { end.append(little: UInt16(45)) }
            for _ in 0..<2 { end.append(little: UInt32(0)) }
            for _ in 0..<2 { end.append(little: UInt64(count)) }
            end.append(little: UInt64(directory.count))
            end.append(little: UInt64(start))
            end.append(little: UInt32(0x0706_4B50))
            end.append(little: UInt32(0))
            end.append(little: UInt64(start + directory.count))
            end.append(little: UInt32(1))
        }
        end.append(little: UInt32(0x0605_4B50))
        for _ in 0..<2 { end.append(little: UInt16(0)) }
        for _ in 0..<2 { end.append(little: large ? UInt16.max : UInt16(count)) }
        end.append(little: large ? UInt32.max : UInt32(directory.count))
        end.append(little: large ? UInt32.max : UInt32(start))
        end.append(little: UInt16(0))
        try output.write(directory)
        try output.write(end)
    }
}

extension [UInt8] {
    /// Appends the extra field of numbers that need more than 32 bits.
    fileprivate mutating func append(large numbers: [Int]) {
        append(little: UInt16(1))
        append(little: UInt16(8 * numbers.count))
        for number in numbers { append(little: UInt64(number)) }
    }
}
