import DescentCore

/// Tables as text: fields between separators, rows on lines.
///
/// ```swift
/// let table = try Table([("x", .numbers([1.5, 2])), ("note", .text(["plain", "with, comma"]))])
/// try CSV.write(table, to: "/tmp/descent-example.csv")
/// let again = try CSV.read("/tmp/descent-example.csv")
/// print(try again.numbers("x"), try again.text("note"))   // [1.5, 2.0] ["plain", "with, comma"]
/// ```
public enum CSV {
    /// What the fields of a column are.
    public enum Kind: Sendable {
        /// Numbers; a missing one is NaN.
        case number
        /// Texts.
        case text
    }

    /// Reads a file of UTF-8 text.
    ///
    /// A column is one of numbers, `float64`, if every field that is not missing is a number, in quotes or not; else one of
    /// texts. Numbers are read to the nearest double. Quoted fields may hold separators, line breaks, and quotes written
    /// twice. Lines may end in LF, CR LF or CR; empty ones are passed over. Spaces around a number do not matter; in a text
    /// they stay.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - separator: what stands between fields, one character of ASCII; the default is a comma.
    ///   - header: whether the first row names the columns; the default is true. Without, they are called `0`, `1`, …
    ///   - kinds: what columns are, by name, where the rule above is not to decide.
    ///   - missing: what stands for a missing number; the default is nothing, `NA`, `N/A` and `null`.
    /// - Throws: where the file cannot be read, a row has too few or too many fields, or a field is not what `kinds` says;
    ///   the error names the line.
    public static func read(
        _ path: String, separator: Character = ",", header: Bool = true, kinds: [String: Kind] = [:],
        missing: Set<String> = ["", "NA", "N/A", "null"], file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> Table {
        try atCaller(file, line) { () throws(DescentError) in
            let input = try InputFile(path, "CSV.read")
            let separator = try checked(separator, "CSV.read")
            // The reader goes on until a line ends, so one does.
            let storage = Storage(byteCount: input.byteCount + 1)
            try input.read(
                at: 0, into: UnsafeMutableRawBufferPointer(start: storage.pointer, count: input.byteCount))
            storage.pointer.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: input.byteCount, as: UInt8.self)
            defer { withExtendedLifetime(storage) {} }
            var reader = CSVReader(
                storage.pointer.assumingMemoryBound(to: UInt8.self), input.byteCount, separator, missing, input.subject)
            return try reader.table(header: header, kinds: kinds)
        }
    }

    /// Writes a table, whole or not at all.
    ///
    /// Numbers are written so that reading gives the same bits; NaN becomes an empty field. Texts that need it are quoted.
    /// (A column of texts that all look like numbers is read as numbers, unless `kinds` says otherwise.)
    ///
    /// - Parameters:
    ///   - table: the columns.
    ///   - path: the file; its folder must exist.
    ///   - separator: what stands between fields, one character of ASCII; the default is a comma.
    ///   - header: whether the first row names the columns; the default is true.
    public static func write(
        _ table: Table, to path: String, separator: Character = ",", header: Bool = true,
        file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        try atCaller(file, line) { () throws(DescentError) in
            let writer = CSVWriter(separator: try checked(separator, "CSV.write"))
            try OutputFile.write(path, "CSV.write") { output throws(DescentError) in
                try writer.write(table, header: header, to: output)
            }
        }
    }

    private static func checked(_ separator: Character, _ operation: StaticString) throws(DescentError) -> UInt8 {
        guard let byte = separator.asciiValue, !separator.isNewline, !separator.isLetter, !separator.isNumber,
            !"\"+-.\0".contains(separator)
        else {
            throw DescentError(
                operation, "a separator must be one character of ASCII that can stand in no number and is no quote",
                received: String(separator).debugDescription)
        }
        return byte
    }
}
