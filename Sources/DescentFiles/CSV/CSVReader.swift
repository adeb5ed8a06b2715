import DescentCore

/// Reads the rows of a table from bytes. Behind the last of them stands a line feed.
struct CSVReader: ~Copyable {
    private let bytes: UnsafePointer<UInt8>
    private let count: Int
    private let separator: UInt8
    private let missing: [[UInt8]]
    private let subject: Subject
    private var position = 0
    /// Where the field in hand is, without its quotes; `quotes` tells how many in it are written twice.
    private var field = 0..<0
    private var quotes = 0

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ separator: UInt8, _ missing: Set<String>, _ subject: Subject
    ) {
        self.bytes = bytes
        self.count = count
        self.separator = separator
        self.missing = missing.map { Array($0.utf8) }
        self.subject = subject
    }

    /// What is known of a column while it is read.
    private enum State {
        /// Numbers so far.
        case number
        /// Numbers, or it is an error.
        case surelyNumber
        /// Texts, from the first row on.
        case text
        /// Texts, but earlier rows had been taken for numbers.
        case lateText
    }

    mutating func table(header: Bool, kinds: [String: CSV.Kind]) throws(DescentError) -> Table {
        try skipMark()
        let names = try names(header)
        for name in kinds.keys where !names.contains(name) {
            throw subject.failure(
                "kinds must be of columns that are there", received: "\(name.debugDescription); there is \(names)")
        }
        var states = names.map { name -> State in
            switch kinds[name] {
            case .number: .surelyNumber
            case .text: .text
            case nil: .number
            }
        }
        var texts = [[String]](repeating: [], count: names.count)
        let first = position
        let values = try rows(&states, &texts)
        let late = states.map { if case .lateText = $0 { true } else { false } }
        if late.contains(true) {
            position = first
            try lateTexts(late, &texts)
        }
        let width = names.count
        let rowCount = width == 0 ? 0 : values.count / width
        let numeric = states.map {
            switch $0 {
            case .number, .surelyNumber: true
            case .text, .lateText: false
            }
        }
        let tensors = columns(values, rowCount, numeric)
        return try Table(
            names.indices.map { (names[$0], tensors[$0].map { .numbers($0) } ?? .text(texts[$0])) })
    }

    /// Passes over the mark that some programs write before UTF-8.
    private mutating func skipMark() throws(DescentError) {
        if count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
        if count >= 2, bytes[0] == 0xFF && bytes[1] == 0xFE || bytes[0] == 0xFE && bytes[1] == 0xFF {
            throw subject.failure("text must be UTF-8", received: "the mark of UTF-16", at: 0)
        }
    }

    /// The names in the first row, or numbers for its fields.
    private mutating func names(_ header: Bool) throws(DescentError) -> [String] {
        guard skipEmptyLines() else { return [] }
        let start = position
        var names: [String] = []
        var seen: Set<String> = []
        repeat {
            try nextField()
            let name = header ? try text() : String(names.count)
            guard seen.insert(name).inserted else {
                throw failure("columns must have different names", name.debugDescription, at: field.lowerBound)
            }
            names.append(name)
        } while takeSeparator()
        if header { endLine() } else { position = start }
        return names
    }
}

// MARK: - Rows

extension CSVReader {
    /// All rows, one number for every field; fields of texts go to `texts`.
    private mutating func rows(_ states: inout [State], _ texts: inout [[String]]) throws(DescentError) -> [Double] {
        let width = states.count
        var values: [Double] = []
        // As many as there could be in a typical file; it grows if there are more.
        values.reserveCapacity(count / 8 + width)
        var isFirstRow = true
        while skipEmptyLines() {
            for column in 0..<width {
                if column > 0, !takeSeparator() {
                    throw failure("a row must have \(width) fields", "\(column)", at: position)
                }
                switch states[column] {
                case .number:
                    if try number(into: &values) { continue }
                    values.append(.nan)
                    if isFirstRow {
                        states[column] = .text
                        texts[column].append(try text())
                    } else {
                        states[column] = .lateText
                    }
                case .surelyNumber:
                    guard try number(into: &values) else {
                        throw failure(
                            "a field of this column must be a number", try text().debugDescription, at: field.lowerBound
                        )
                    }
                case .text:
                    try nextField()
                    texts[column].append(try text())
                    values.append(.nan)
                case .lateText:
                    try nextField()
                    values.append(.nan)
                }
            }
            if !isAtEndOfLine {
                throw failure("a row must have \(width) fields", "more", at: position)
            }
            endLine()
            isFirstRow = false
        }
        return values
    }

    /// The texts of columns that were taken for numbers at first.
    private mutating func lateTexts(_ late: [Bool], _ texts: inout [[String]]) throws(DescentError) {
        while skipEmptyLines() {
            for column in late.indices {
                if column > 0 { _ = takeSeparator() }
                try nextField()
                if late[column] { texts[column].append(try text()) }
            }
            endLine()
        }
    }

    /// Columns of numbers as tensors, nil for the others.
    private func columns(_ values: [Double], _ rowCount: Int, _ numeric: [Bool]) -> [Tensor?] {
        let width = numeric.count
        let storages = numeric.map { $0 ? Storage(byteCount: rowCount * 8) : nil }
        // Some rows at a time, so that they stay in the cache for all columns.
        values.withUnsafeBufferPointer { values in
            for start in stride(from: 0, to: rowCount, by: 1024) {
                let rows = start..<min(start + 1024, rowCount)
                for (column, storage) in storages.enumerated() {
                    guard let target = storage?.pointer.assumingMemoryBound(to: Double.self) else { continue }
                    for row in rows { target[row] = values[row * width + column] }
                }
            }
        }
        return storages.map { $0.map { Tensor(Node(storage: $0, .float64, [rowCount])) } }
    }
}

// MARK: - Fields

extension CSVReader {
    /// Whether the end of the field, or of the row, is here.
    @inline(__always)
    private func isBoundary(_ byte: UInt8) -> Bool {
        byte == separator || byte == Self.lineFeed || byte == Self.carriageReturn
    }

    private var isAtEndOfLine: Bool { bytes[position] == Self.lineFeed || bytes[position] == Self.carriageReturn }

    /// Passes over the end of a line.
    private mutating func endLine() {
        if bytes[position] == Self.carriageReturn, position < count { position += 1 }
        if bytes[position] == Self.lineFeed, position < count { position += 1 }
    }

    /// Passes over lines with nothing on them; false at the end of the file.
    private mutating func skipEmptyLines() -> Bool {
        while position < count, isAtEndOfLine { position += 1 }
        return position < count
    }

    private mutating func takeSeparator() -> Bool {
        guard position < count, bytes[position] == separator else { return false }
        position += 1
        return true
    }

    /// Appends the number in the next field, NaN if it is missing; false, with `field` set, if there is something else.
    @inline(__always)
    private mutating func number(into values: inout [Double]) throws(DescentError) -> Bool {
        var end = position
        while bytes[end] == 0x20, separator != 0x20 { end += 1 }
        if let value = Decimal.parse(bytes, &end), isBoundary(bytes[end]) {
            position = end
            values.append(value)
            return true
        }
        try nextField()
        guard let value = numberInField() else { return false }
        values.append(value)
        return true
    }

    /// The number in the field in hand, which may have spaces around it.
    private func numberInField() -> Double? {
        let content = UnsafeBufferPointer(start: bytes + field.lowerBound, count: field.count)
        if missing.contains(where: { $0.elementsEqual(content) }) { return .nan }
        var start = field.lowerBound
        var end = field.upperBound
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while start < end, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        let trimmed = UnsafeBufferPointer(start: bytes + start, count: end - start)
        if trimmed.count < field.count, missing.contains(where: { $0.elementsEqual(trimmed) }) { return .nan }
        let value = Decimal.parse(bytes, &start)
        return start == end ? value : nil
    }

    /// Finds the next field and goes behind it.
    private mutating func nextField() throws(DescentError) {
        quotes = 0
        let start = position
        guard bytes[start] == Self.quote else {
            while !isBoundary(bytes[position]) { position += 1 }
            field = start..<position
            return
        }
        position += 1
        while true {
            while bytes[position] != Self.quote, position < count { position += 1 }
            guard position < count else {
                throw failure("a quoted field must end with a quote", "the end of the file", at: start)
            }
            position += 1
            guard bytes[position] == Self.quote, position < count else { break }
            quotes += 1
            position += 1
        }
        field = start + 1..<position - 1
        guard isBoundary(bytes[position]) else {
            throw failure("a quote must be the last of its field, or written twice", "more behind it", at: position)
        }
    }

    /// The field in hand.
    private func text() throws(DescentError) -> String {
        let content = UnsafeBufferPointer(start: bytes + field.lowerBound, count: field.count)
        // Most fields are ASCII, which needs no general check.
        let isASCII = content.reduce(0) { $0 | $1 } < 0x80
        guard let text = isASCII ? String(decoding: content, as: UTF8.self) : String(validating: content, as: UTF8.self)
        else { throw failure("text must be UTF-8", "other bytes", at: field.lowerBound) }
        guard quotes > 0 else { return text }
        var single: [UInt8] = []
        single.reserveCapacity(content.count - quotes)
        var isSecond = false
        for byte in content {
            isSecond = byte == Self.quote && !isSecond
            if !isSecond || byte != Self.quote { single.append(byte) }
        }
        return String(decoding: single, as: UTF8.self)
    }

    private func failure(_ rule: String, _ received: String, at place: Int) -> DescentError {
        var line = 1
        for index in 0..<min(place, count) where bytes[index] == Self.lineFeed { line += 1 }
        return subject.failure(rule, received: "\(received.prefix(80)) on line \(line)", at: place)
    }
}
