import DescentCore
import DescentFiles

extension Table {
    /// A table of the rows at `indices`, in that order.
    ///
    /// ```swift
    /// let table = try Table([("x", .numbers([1, 2, 3])), ("kind", .text(["a", "b", "c"]))])
    /// print(try table.rows(at: [2, 0]).text("kind"))   // ["c", "a"]
    /// ```
    ///
    /// - Parameter indices: numbers of rows, from 0 on.
    /// - Throws: if there is no such row.
    public func rows(
        at indices: [Int], file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> Table {
        if let bad = indices.first(where: { $0 < 0 || $0 >= rowCount }) {
            throw DescentError(
                "rows", "rows of the table lie in 0..<\(rowCount)", received: "row \(bad)",
                at: SourceLocation(file, line))
        }
        var columns: [(String, Column)] = []
        for name in names {
            switch self[name] {
            case .numbers(let tensor):
                columns.append((name, .numbers(try tensor.rows(at: indices, file: file, line: line))))
            case .text(let texts): columns.append((name, .text(indices.map { texts[$0] })))
            case nil: break
            }
        }
        return try Table(columns, file: file, line: line)
    }
}

/// Sets the last rows of a table apart for validation, before any shuffling.
///
/// ```swift
/// let table = try Table([("x", .numbers([1, 2, 3, 4, 5]))])
/// print(try split(table, validationSplit: 0.4).validation.numbers("x"))   // [4.0, 5.0]
/// ```
///
/// - Parameters:
///   - table: the rows.
///   - validationSplit: the share of the rows for validation, between 0 and 1.
/// - Throws: if no row would be left on one side.
public func split(
    _ table: Table, validationSplit: Double, file: StaticString = #fileID, line: UInt = #line
) throws(DescentError) -> (training: Table, validation: Table) {
    let start = try validationStart(
        rowCount: table.rowCount, validationSplit: validationSplit, file: file, line: line)
    return (
        try table.rows(at: Array(0..<start), file: file, line: line),
        try table.rows(at: Array(start..<table.rowCount), file: file, line: line)
    )
}

/// Sets rows of a table apart for testing, drawn at random.
///
/// ```swift
/// let table = try Table([("x", .numbers([1, 2, 3, 4, 5]))])
/// print(try trainTestSplit(table, testSize: 0.2, seed: 1).training.rowCount)   // 4
/// ```
///
/// - Parameters:
///   - table: the rows.
///   - testSize: the share of the rows for testing, between 0 and 1; the default is a quarter.
///   - seed: what the choice follows from; the default is 0.
/// - Throws: if no row would be left on one side.
public func trainTestSplit(
    _ table: Table, testSize: Double = 0.25, seed: Int = 0, file: StaticString = #fileID, line: UInt = #line
) throws(DescentError) -> (training: Table, test: Table) {
    let rows = try atCaller(file, line) { () throws(DescentError) in
        try testRows(of: table.rowCount, testSize: testSize, seed: seed)
    }
    return (
        try table.rows(at: rows.training, file: file, line: line), try table.rows(at: rows.test, file: file, line: line)
    )
}
