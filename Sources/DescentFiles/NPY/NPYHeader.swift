import DescentCore

/// What an NPY file says of its numbers: a line of Python, `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct NPYHeader {
    let type: StoredType
    let bigEndian: Bool
    /// Whether the first axis runs fastest.
    let fortranOrder: Bool
    let shape: Shape
    /// Where the numbers begin.
    let dataOffset: Int

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// Longer headers are refused; those of plain arrays have some hundred bytes.
    private static let greatestLength = 1 << 16
    private static let types: [String: StoredType] = [
        "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
        "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
    ]
}

// MARK: - Reading

extension NPYHeader {
    init(_ source: some ByteSource) throws(DescentError) {
        let subject = source.subject
        let start = try source.bytes(at: 0, count: min(12, source.byteCount))
        guard start.count >= 10, start.starts(with: Self.magic) else {
            throw subject.failure("an NPY file must begin with \\x93NUMPY", received: "something else", at: 0)
        }
        let version = Int(start[6])
        let lengthSize = version == 1 ? 2 : 4
        guard (1...3).contains(version), start[7] == 0 else {
            throw subject.failure("the version must be 1.0, 2.0 or 3.0", received: "\(version).\(start[7])", at: 6)
        }
        guard let length = version == 1 ? start.little16(8) : start.little32(8), length <= Self.greatestLength,
            length <= source.byteCount - 8 - lengthSize
        else {
            throw subject.failure(
                "the header must lie in the file and have at most \(Self.greatestLength) bytes",
                received: "a file of \(source.byteCount) bytes", at: 8)
        }
        let text = try source.bytes(at: 8 + lengthSize, count: length)
        var parser = PythonParser(bytes: text, offset: 8 + lengthSize, subject: subject)
        let fields = try parser.header()

        guard let type = Self.types[String(fields.descr.dropFirst())], let order = fields.descr.first,
            "<>=|".contains(order), order != "|" || type.byteCount == 1
        else {
            throw subject.failure(
                "the type must be a plain number (bool, an integer, or a float of up to 8 bytes)",
                received: "descr \(fields.descr.debugDescription)")
        }
        self.type = type
        bigEndian = order == ">"
        fortranOrder = fields.fortranOrder
        shape = Shape(fields.shape)
        if let error = shape.misfit(subject.operation.description) {
            throw subject.failure(error.rule, received: error.received)
        }
        dataOffset = 8 + lengthSize + length
        guard shape.count * type.byteCount == source.byteCount - dataOffset else {
            throw subject.failure(
                "shape \(shape) of \(type) must fill the file: \(shape.count * type.byteCount) bytes",
                received: "\(source.byteCount - dataOffset) bytes", at: dataOffset)
        }
    }

    /// The tensor that the file holds.
    static func readTensor(_ source: some ByteSource) throws(DescentError) -> Tensor {
        let header = try NPYHeader(source)
        let reversed = header.fortranOrder && header.shape.rank > 1
        let shape = reversed ? Shape(header.shape.dimensions.reversed()) : header.shape
        let tensor = try header.type.read(shape, from: source, at: header.dataOffset, bigEndian: header.bigEndian)
        return reversed ? try tensor.transposed().known() : tensor
    }
}

/// Reads just so much Python as headers are written in.
private struct PythonParser {
    let bytes: [UInt8]
    let offset: Int
    let subject: Subject
    private var position = 0

    init(bytes: [UInt8], offset: Int, subject: Subject) {
        self.bytes = bytes
        self.offset = offset
        self.subject = subject
    }

    /// The three entries, in any order.
    mutating func header() throws(DescentError) -> (descr: String, fortranOrder: Bool, shape: [Int]) {
        var descr: String?
        var fortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !take("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where descr == nil:
                // Records are lists, and Python's own objects would have to be executed to be read.
                guard next == UInt8(ascii: "'") || next == UInt8(ascii: "\"") else {
                    throw failure("the type must be a plain number, no record")
                }
                descr = try string()
            case "fortran_order" where fortranOrder == nil:
                fortranOrder = take("True")
                if fortranOrder == false { try expect("False") }
            case "shape" where shape == nil: shape = try tuple()
            default: throw failure("the header must have descr, fortran_order and shape, once each")
            }
            if !take(",") {
                try expect("}")
                break
            }
        }
        guard let descr, let fortranOrder, let shape, next == nil else {
            throw failure("the header must have descr, fortran_order and shape, and nothing more")
        }
        return (descr, fortranOrder, shape)
    }

    private func failure(_ rule: String) -> DescentError {
        let rest = String(decoding: bytes[min(position, bytes.count)...].prefix(16), as: UTF8.self)
        return subject.failure(rule, received: rest.debugDescription, at: offset + position)
    }

    /// The next byte that is no space.
    private var next: UInt8? {
        mutating get {
            while position < bytes.count, [0x20, 0x0A, 0x09, 0x0D].contains(bytes[position]) { position += 1 }
            return position < bytes.count ? bytes[position] : nil
        }
    }

    private mutating func take(_ word: String) -> Bool {
        guard next != nil, bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func expect(_ word: String) throws(DescentError) {
        if !take(word) { throw failure("\(word.debugDescription) must stand here") }
    }

    private mutating func string() throws(DescentError) -> String {
        guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw failure("a string must stand here")
        }
        let content = bytes[(position + 1)...].prefix { $0 != quote && $0 != UInt8(ascii: "\\") }
        guard content.endIndex < bytes.count, bytes[content.endIndex] == quote else {
            throw failure("a string must end")
        }
        position = content.endIndex + 1
        return String(decoding: content, as: UTF8.self)
    }

    private mutating func tuple() throws(DescentError) -> [Int] {
        var extents: [Int] = []
        try expect("(")
        while !take(")") {
            guard next != nil else { throw failure("a shape must end") }
            let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
            guard let extent = Int(String(decoding: digits, as: UTF8.self)), extents.count < 64 else {
                throw failure("an extent must be a whole number")
            }
            position = digits.endIndex
            _ = take("L")  // as Python 2 wrote them
            extents.append(extent)
            if !take(",") {
                try expect(")")
                break
            }
        }
        return extents
    }
}

// MARK: - Writing

extension NPYHeader {
    /// The header of a tensor in version 1.0; the numbers behind it begin at a multiple of 64, as NumPy has it.
    static func bytes(_ tensor: Tensor) -> [UInt8] {
        let descr =
            switch tensor.dtype {
            case .float32: "<f4"
            case .float64: "<f8"
            case .int32: "<i4"
            case .int64: "<i8"
            case .bool: "|b1"
            }
        let extents = tensor.shape.dimensions
        let shape =
            extents.count == 1 ? "(\(extents[0]),)" : "(" + extents.map(String.init).joined(separator: ", ") + ")"
        var text = Array("{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shape), }".utf8)
        let padding = 63 - (10 + text.count) % 64
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
        text.append(UInt8(ascii: "\n"))
        var bytes = magic + [1, 0]
        bytes.append(little: UInt16(text.count))
        return bytes + text
    }
}
