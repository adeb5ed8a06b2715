import DescentCore

/// A type of numbers as files hold them. Those that tensors do not have are read as the next type that holds them
/// exactly.
enum StoredType: Sendable, Hashable {
    case float16, bfloat16, float32, float64
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case bool

    /// Bytes of one number.
    var byteCount: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// The type of tensor that holds the numbers. (Of `uint64`, those below 2⁶³.)
    var dtype: DType {
        switch self {
        case .float16, .bfloat16, .float32: .float32
        case .float64: .float64
        case .int8, .uint8, .int16, .uint16, .int32: .int32
        case .uint32, .int64, .uint64: .int64
        case .bool: .bool
        }
    }

    /// How tensors of a type are written.
    init(_ dtype: DType) {
        switch dtype {
        case .float32: self = .float32
        case .float64: self = .float64
        case .int32: self = .int32
        case .int64: self = .int64
        case .bool: self = .bool
        }
    }

    /// Whether a tensor's memory looks like the file.
    private var isNative: Bool { StoredType(dtype) == self }
}

// MARK: - Reading

extension StoredType {
    /// A tensor of the numbers that begin at a byte of `source`. The caller has made sure that all are there.
    func read(
        _ shape: Shape, from source: some ByteSource, at offset: Int, bigEndian: Bool = false
    ) throws(DescentError) -> Tensor {
        let count = shape.count
        let storage = Storage(byteCount: count * dtype.byteCount)
        let target = UnsafeMutableRawBufferPointer(start: storage.pointer, count: storage.byteCount)
        if isNative {
            try source.read(at: offset, into: target)
            if bigEndian { swapBytes(target) }
            if self == .bool { for index in target.indices where target[index] > 1 { target[index] = 1 } }
        } else {
            try convert(count, from: source, at: offset, bigEndian, to: storage.pointer)
        }
        return Tensor(Node(storage: storage, dtype, shape))
    }

    /// Piece by piece, so that no second copy of everything is held.
    private func convert(
        _ count: Int, from source: some ByteSource, at offset: Int, _ bigEndian: Bool,
        to target: UnsafeMutableRawPointer
    ) throws(DescentError) {
        let pieceCount = 1 << 14
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceCount * byteCount, alignment: 16)
        defer { piece.deallocate() }
        var done = 0
        while done < count {
            let part = min(pieceCount, count - done)
            let position = offset + done * byteCount
            let bytes = UnsafeMutableRawBufferPointer(rebasing: piece[..<(part * byteCount)])
            try source.read(at: position, into: bytes)
            if bigEndian { swapBytes(bytes) }
            if let misfit = convert(UnsafeRawBufferPointer(bytes), to: target + done * dtype.byteCount) {
                throw source.subject.failure(
                    "unsigned numbers of 64 bits must be below 2⁶³", received: "a larger one",
                    at: position + misfit * byteCount)
            }
            done += part
        }
    }

    /// Converts all numbers; the index of one that does not fit ends it.
    private func convert(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) -> Int? {
        switch self {
        case .float16: Self.map(bytes, target) { (bits: UInt16) in Float(halfBits: bits) }
        case .bfloat16: Self.map(bytes, target) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        case .int8: Self.map(bytes, target) { (value: Int8) in Int32(value) }
        case .uint8: Self.map(bytes, target) { (value: UInt8) in Int32(value) }
        case .int16: Self.map(bytes, target) { (value: Int16) in Int32(value) }
        case .uint16: Self.map(bytes, target) { (value: UInt16) in Int32(value) }
        case .uint32: Self.map(bytes, target) { (value: UInt32) in Int64(value) }
        case .uint64:
            if let misfit = bytes.bindMemory(to: Int64.self).firstIndex(where: { $0 < 0 }) { return misfit }
            target.copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
        case .float32, .float64, .int32, .int64, .bool:
            target.copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
        }
        return nil
    }

    private static func map<Source, Target>(
        _ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableRawPointer, _ convert: (Source) -> Target
    ) {
        let target = target.assumingMemoryBound(to: Target.self)
        for (index, element) in bytes.bindMemory(to: Source.self).enumerated() { target[index] = convert(element) }
    }

    private func swapBytes(_ bytes: UnsafeMutableRawBufferPointer) {
        func swap<Word: FixedWidthInteger>(_ type: Word.Type) {
            let words = bytes.bindMemory(to: Word.self)
            for index in words.indices { words[index] = words[index].byteSwapped }
        }
        switch byteCount {
        case 2: swap(UInt16.self)
        case 4: swap(UInt32.self)
        case 8: swap(UInt64.self)
        default: break
        }
    }
}

extension Float {
    /// The number whose IEEE half-precision bits are these. (Not every processor's Swift has `Float16`.)
    init(halfBits: UInt16) {
        let sign = UInt32(halfBits & 0x8000) << 16
        let magnitude = UInt32(halfBits & 0x7FFF)
        if magnitude >= 0x7C00 {  // infinity, or NaN with its payload
            self.init(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x3FF) << 13)
        } else if magnitude >= 0x0400 {
            self.init(bitPattern: sign | (magnitude << 13) + 112 << 23)
        } else {
            self.init(bitPattern: sign | (Float(magnitude) * 0x1p-24).bitPattern)
        }
    }
}

// MARK: - Writing

extension Tensor {
    /// Calls `body` with the bytes of the value, which is computed now if it is not known.
    func withBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(DescentError) -> Result
    ) throws(DescentError) -> Result {
        let tensor = try known()
        // Whoever holds a tensor keeps updates from writing over its memory.
        defer { withExtendedLifetime(tensor) {} }
        if tensor.node.state == .scalar {
            let bits = tensor.node.scalarBits.littleEndian
            return try withUnsafeBytes(of: bits) { bytes throws(DescentError) in
                try body(UnsafeRawBufferPointer(rebasing: bytes[..<tensor.dtype.byteCount]))
            }
        }
        let storage = tensor.node.storage
        return try body(UnsafeRawBufferPointer(start: storage.pointer, count: tensor.count * tensor.dtype.byteCount))
    }
}
