import DescentCore

/// Writes tables as rows of text.
struct CSVWriter {
    let separator: UInt8

    func write(_ table: Table, header: Bool, to output: OutputFile) throws(DescentError) {
        var columns: [[UInt8]] = []
        if header { try output.write(row(table.names.map { field($0, alone: table.names.count == 1) })) }
        // Some rows of every column at a time: a table may be large.
        let piece = 4096
        for start in stride(from: 0, to: table.rowCount, by: piece) {
            let rows = start..<min(start + piece, table.rowCount)
            var fields: [[[UInt8]]] = []
            for name in table.names {
                switch table[name]! {
                case .numbers(let tensor): fields.append(try numbers(tensor, rows, alone: table.names.count == 1))
                case .text(let texts): fields.append(texts[rows].map { field($0, alone: table.names.count == 1) })
                }
            }
            columns.removeAll(keepingCapacity: true)
            for index in 0..<rows.count {
                for column in fields { columns.append(column[index]) }
                try output.write(row(columns))
                columns.removeAll(keepingCapacity: true)
            }
        }
    }

    private func row(_ fields: [[UInt8]]) -> [UInt8] {
        var row: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { row.append(separator) }
            row.append(contentsOf: field)
        }
        row.append(UInt8(ascii: "\n"))
        return row
    }

    /// A line with nothing on it would be no row, so the only field of a row is quoted if it is empty.
    private func field(_ text: String, alone: Bool) -> [UInt8] {
        let bytes = Array(text.utf8)
        let quote = UInt8(ascii: "\"")
        guard
            alone && bytes.isEmpty
                || bytes.contains(where: { $0 == separator || $0 == quote || $0 == 0x0A || $0 == 0x0D })
        else { return bytes }
        var quoted = [quote]
        for byte in bytes {
            if byte == quote { quoted.append(quote) }
            quoted.append(byte)
        }
        quoted.append(quote)
        return quoted
    }

    private func numbers(_ tensor: Tensor, _ rows: Range<Int>, alone: Bool) throws(DescentError) -> [[UInt8]] {
        let node = try tensor.known().node
        return rows.map { index in
            let bits = node.bits(at: index)
            let text =
                switch node.dtype {
                case .float32: Float(bitPattern: UInt32(truncatingIfNeeded: bits)).description
                case .float64: Double(bitPattern: bits).description
                case .int32: Int32(truncatingIfNeeded: bits).description
                case .int64: Int64(bitPattern: bits).description
                case .bool: bits & 1 == 1 ? "1" : "0"
                }
            return field(text == "nan" || text == "-nan" ? "" : text, alone: alone)
        }
    }
}
