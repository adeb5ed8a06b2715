/// Rows of text in aligned columns.
///
/// ```swift
/// var table = TextTable([.left("layer"), .right("parameters"), .decimal("share")])
/// table.append(["dense", "640", "0.125"])
/// table.append(["dense_1", "4160", "0.81"])
/// print(table)
/// // layer    parameters  share
/// // ───────  ──────────  ─────
/// // dense           640  0.125
/// // dense_1        4160  0.81
/// ```
///
/// `HTMLReport` shows the same value as a table of HTML. Control characters become spaces or �.
public struct TextTable: Sendable, Hashable, CustomStringConvertible {
    /// Where the texts of a column line up.
    public enum Alignment: Sendable, Hashable {
        /// Where they begin.
        case left
        /// Where they end.
        case right
        /// Where the decimal point is or would be.
        case decimal
    }

    /// A column: its header, and where its texts line up.
    public struct Column: Sendable, Hashable {
        /// What stands above the texts.
        public var header: String
        /// Where they line up.
        public var alignment: Alignment

        /// A column that lines up where its texts begin.
        public static func left(_ header: String) -> Column { Column(header: header, alignment: .left) }
        /// A column that lines up where its texts end.
        public static func right(_ header: String) -> Column { Column(header: header, alignment: .right) }
        /// A column of numbers that lines up at the decimal point.
        public static func decimal(_ header: String) -> Column { Column(header: header, alignment: .decimal) }
    }

    /// From left to right.
    public var columns: [Column]
    /// From top to bottom. A short row is filled with empty cells; what it has too much is not shown.
    public private(set) var rows: [[String]] = []
    /// Numbers of rows with a rule above.
    private(set) var rules: Set<Int> = []

    /// A table without rows.
    public init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row below the others.
    public mutating func append(_ row: [String]) { rows.append(row) }

    /// Draws a rule below the rows so far: what follows is of another kind, sums for example.
    ///
    /// ```swift
    /// var table = TextTable([.left("part"), .right("count")])
    /// table.append(["a", "1"])
    /// table.append(["b", "2"])
    /// table.appendRule()
    /// table.append(["sum", "3"])
    /// print(table.text(ascii: true))
    /// // part  count
    /// // ----  -----
    /// // a         1
    /// // b         2
    /// // ----  -----
    /// // sum       3
    /// ```
    public mutating func appendRule() { rules.insert(rows.count) }

    /// The text, as `text(ascii: false)` gives it.
    public var description: String { text() }

    /// The text, without a line feed at the end.
    ///
    /// - Parameter ascii: whether rules are made of hyphens.
    public func text(ascii: Bool = false) -> String {
        let cells = columns.indices.map(alignedCells)
        let widths = columns.indices.map { column in
            max(sanitized(columns[column].header).columns, cells[column].map(\.columns).max() ?? 0)
        }
        func line(_ texts: [String], _ alignments: [Alignment]) -> String {
            zip(zip(texts, widths), alignments).map { cell, alignment in
                alignment == .left ? cell.0.padded(right: cell.1) : cell.0.padded(left: cell.1)
            }.joined(separator: "  ").withoutTrailingSpaces
        }
        let alignments = columns.map(\.alignment)
        let rule = line(widths.map { String(repeating: ascii ? "-" : "─", count: $0) }, alignments)

        var lines =
            columns.contains { !$0.header.isEmpty }
            ? [line(columns.map { sanitized($0.header) }, alignments), rule] : []
        for row in rows.indices {
            if rules.contains(row) { lines.append(rule) }
            lines.append(line(cells.map { $0[row] }, alignments))
        }
        if rules.contains(rows.count) { lines.append(rule) }
        return lines.joined(separator: "\n")
    }

    /// The texts of a column; those of a decimal column are padded so that their points line up.
    func alignedCells(_ column: Int) -> [String] {
        let texts = rows.map { column < $0.count ? sanitized($0[column]) : "" }
        guard columns[column].alignment == .decimal else { return texts }
        let tails = texts.map { $0.columns - Self.whole($0).columns }
        let longest = tails.max() ?? 0
        return zip(texts, tails).map { $0.isEmpty ? "" : $0.padded(right: $0.columns + longest - $1) }
    }

    /// What stands before the decimal point; all of a text that is no number.
    private static func whole(_ text: String) -> String {
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber || "+-−_,' ".contains($0) }
        return digits.contains { $0.isWholeNumber } ? String(digits) : text.hasPrefix(".") ? "" : text
    }
}
