import DescentCore

/// Writes tables as rows of text.
struct CSVWriter {
    let separator: UInt8
    private static let quote = UInt8(ascii: "\"")
    private static let pieceSize = 1 << 15

    init(separator: UInt8) { self.separator = separator }

    /// A column whose numbers are known.
    private enum Source {
        case numbers(Node)
        case text([String])
    }

    func write(_ table: Table, header: Bool, to output: OutputFile) throws(DescentError) {
        var sources: [Source] = []
        for name in table.names {
            switch table[name]! {
            case .numbers(let tensor): sources.append(.numbers(try tensor.known().node))
            case .text(let texts): sources.append(.text(texts))
            }
        }
        // A line with nothing on it would be no row, so the only field of a row is quoted if it is empty.
        let alone = sources.count == 1
        var piece: [UInt8] = []
        if header {
            for (column, name) in table.names.enumerated() {
                if column > 0 { piece.append(separator) }
                append(name, alone, to: &piece)
            }
            piece.append(UInt8(ascii: "\n"))
        }
        for row in 0..<table.rowCount {
            for column in sources.indices {
                if column > 0 { piece.append(separator) }
                switch sources[column] {
                case .numbers(let node): append(node, row, alone, to: &piece)
                case .text(let texts): append(texts[row], alone, to: &piece)
                }
            }
            piece.append(UInt8(ascii: "\n"))
            if piece.count > Self.pieceSize {
                try output.write(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        try output.write(piece)
    }

    private func append(_ text: String, _ alone: Bool, to piece: inout [UInt8]) {
        let bytes = text.utf8
        guard
            alone && bytes.isEmpty
                || bytes.contains(where: { $0 == separator || $0 == Self.quote || $0 == 0x0A || $0 == 0x0D })
        else {
            piece.append(contentsOf: bytes)
            return
        }
        piece.append(Self.quote)
        for byte in bytes {
            if byte == Self.quote { piece.append(Self.quote) }
            piece.append(byte)
        }
        piece.append(Self.quote)
    }

    /// The shortest text that is read as the same number. No separator can stand in it.
    private func append(_ node: Node, _ row: Int, _ alone: Bool, to piece: inout [UInt8]) {
        let bits = node.bits(at: row)
        switch node.dtype {
        case .float32: append(Float(bitPattern: UInt32(truncatingIfNeeded: bits)), alone, to: &piece)
        case .float64: append(Double(bitPattern: bits), alone, to: &piece)
        case .int32: append(Int32(truncatingIfNeeded: bits).description, to: &piece)
        case .int64: append(Int64(bitPattern: bits).description, to: &piece)
        case .bool: piece.append(UInt8(ascii: "0") + UInt8(bits & 1))
        }
    }

    private func append(
        _ value: some BinaryFloatingPoint & CustomStringConvertible, _ alone: Bool, to piece: inout [UInt8]
    ) {
        if value.isNaN {
            append("", alone, to: &piece)
        } else {
            append(value.description, to: &piece)
        }
    }

    private func append(_ digits: String, to piece: inout [UInt8]) {
        var digits = digits
        digits.withUTF8 { piece.append(contentsOf: $0) }
    }
}
