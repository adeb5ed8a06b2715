import DescentCore

/// Columns of equal length under their names, as a CSV file holds them.
///
/// ```swift
/// let table = try Table([("x", .numbers([1, 2, 3])), ("kind", .text(["a", "b", "a"]))])
/// print(table.names, table.rowCount)          // ["x", "kind"] 3
/// print(try table.numbers("x").mean())        // 2.0
/// print(try table.text("kind"))               // ["a", "b", "a"]
/// ```
public struct Table: Sendable {
    /// A column: numbers or texts.
    public enum Column: Sendable {
        /// A tensor with one axis; a missing number is NaN.
        case numbers(Tensor)
        /// Texts; a missing one is empty.
        case text([String])
    }

    /// The names of the columns, in order.
    public let names: [String]
    /// How many rows there are.
    public let rowCount: Int
    private let columns: [String: Column]

    /// A table of these columns; they must have different names and equal lengths.
    public init(
        _ columns: [(String, Column)], file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        let place = SourceLocation(file, line)
        var byName: [String: Column] = [:]
        var rowCount: Int?
        for (name, column) in columns {
            let count: Int
            switch column {
            case .numbers(let tensor):
                if let error = tensor.error { throw error.located(at: place) }
                guard tensor.rank == 1 else {
                    throw DescentError(
                        "Table", "a column must have one axis", received: "\(name) of shape \(tensor.shape)", at: place)
                }
                count = tensor.count
            case .text(let texts): count = texts.count
            }
            guard rowCount ?? count == count, byName.updateValue(column, forKey: name) == nil else {
                throw DescentError(
                    "Table", "columns must have different names and equal lengths",
                    received: "\(name) with \(count) rows after \(rowCount ?? 0)", at: place)
            }
            rowCount = count
        }
        names = columns.map(\.0)
        self.rowCount = rowCount ?? 0
        self.columns = byName
    }

    /// A column; nil if there is none of this name.
    public subscript(name: String) -> Column? { columns[name] }

    /// The numbers of a column, of shape `[rowCount]`.
    ///
    /// - Throws: if there is no such column, or it is one of texts.
    public func numbers(
        _ name: String, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> Tensor {
        if case .numbers(let tensor) = columns[name] { return tensor }
        throw missing("numbers", name, SourceLocation(file, line))
    }

    /// The texts of a column.
    ///
    /// - Throws: if there is no such column, or it is one of numbers.
    public func text(_ name: String, file: StaticString = #fileID, line: UInt = #line) throws(DescentError) -> [String]
    {
        if case .text(let texts) = columns[name] { return texts }
        throw missing("text", name, SourceLocation(file, line))
    }

    /// Columns of numbers side by side, of shape `[rowCount, columns]`: what a model reads.
    ///
    /// ```swift
    /// let table = try Table([("x", .numbers([1, 2])), ("y", .numbers([3, 4]))])
    /// print(try table.matrix())   // [[1.0, 3.0],
    ///                             //  [2.0, 4.0]]
    /// ```
    ///
    /// - Parameters:
    ///   - names: the columns; the default is all columns of numbers, in order.
    ///   - dtype: the type of the elements; the default is `float32`.
    public func matrix(
        _ names: [String]? = nil, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> Tensor {
        let numeric = self.names.filter { if case .numbers = columns[$0] { true } else { false } }
        var tensors: [Tensor] = []
        for name in names ?? numeric { tensors.append(try numbers(name, file: file, line: line).cast(to: dtype)) }
        if tensors.isEmpty { return .zeros([rowCount, 0], dtype: dtype) }
        return try stack(tensors, axis: 1, file: file, line: line).evaluated(file: file, line: line)
    }

    private func missing(_ kind: String, _ name: String, _ place: SourceLocation) -> DescentError {
        let received =
            columns[name] == nil
            ? "\(name.debugDescription); there is \(names.joined(separator: ", "))"
            : "\(name.debugDescription), which has the other kind"
        return DescentError("Table", "a column of \(kind) must be in the table", received: received, at: place)
    }
}
