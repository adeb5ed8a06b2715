import DescentCore
import DescentFiles

/// Makes tensors of tables: learns from the training rows how, and then does the same to any rows.
///
/// - Numbers are scaled to mean 0 and deviation 1 in the training rows; a column that is the same everywhere becomes 0. A
///   missing number (NaN) becomes the mean, and if one was missing in training, a feature of its own says so.
/// - Texts become one feature for each text in the training rows, in sorted order, 1 where it stands. A missing (empty) text
///   is a text like others. Texts that training did not have are 0 everywhere, and counted.
/// - Columns of texts that are different in every row, or the same in all, are left out; `notes` says so.
///
/// ```swift
/// let cars = try Table([
///     ("weight", .numbers(Tensor([1000, 1200, Double.nan, 1600]))), ("origin", .text(["EU", "US", "EU", "JP"])),
///     ("mpg", .numbers([30, 25, 28, 20])),
/// ])
/// let encoder = try TableEncoder(learning: cars, target: "mpg")
/// print(encoder.featureNames)   // ["weight", "weight (missing)", "origin=EU", "origin=JP", "origin=US"]
/// let data = try encoder.encode(cars)
/// print(data.x[2])              // [0.0, 1.0, 1.0, 0.0, 0.0]
/// print(encoder.inverseTarget(data.y!).cast(to: .float32)[3])   // [20.0]
/// ```
public struct TableEncoder: Sendable, Hashable {
    /// The column to predict.
    public let target: String
    /// The type of the tensors.
    public let dtype: DType
    /// What is worth knowing: which columns are left out, and why.
    public let notes: [String]
    let columns: [TableColumn]
    let targetScore: StandardScore

    init(target: String, _ targetScore: StandardScore, _ columns: [TableColumn], _ notes: [String], _ dtype: DType) {
        self.target = target
        self.targetScore = targetScore
        self.columns = columns
        self.notes = notes
        self.dtype = dtype
    }

    /// Learns from a table of training rows.
    ///
    /// - Parameters:
    ///   - table: the training rows, and only these: what is learned from test rows makes a test worth less.
    ///   - target: the column to predict, one of numbers.
    ///   - leavingOut: columns that are not to be used; the default is none.
    ///   - scaleTarget: whether the target is scaled too; the default is true. `inverseTarget` undoes it.
    ///   - maximumCategories: columns with more different texts are left out; the default is 1000.
    ///   - dtype: the type of the tensors; the default is `float32`.
    /// - Throws: if a column is not there, the target cannot be predicted, nothing is left to predict it from, or a number
    ///   is infinite; the error names row and column.
    public init(
        learning table: Table, target: String, leavingOut: [String] = [], scaleTarget: Bool = true,
        maximumCategories: Int = 1000, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        self = try atCaller(file, line) { () throws(DescentError) in
            guard dtype.isFloatingPoint else {
                throw DescentError("TableEncoder", "dtype must be float32 or float64", received: "\(dtype)")
            }
            for name in [target] + leavingOut where table[name] == nil {
                throw DescentError(
                    "TableEncoder", "there must be a column \(name.debugDescription)",
                    received: "columns \(table.names.joined(separator: ", "))")
            }
            guard !leavingOut.contains(target) else {
                throw DescentError("TableEncoder", "the target cannot be left out", received: target.debugDescription)
            }
            guard table.rowCount > 1 else {
                throw DescentError(
                    "TableEncoder", "there must be two rows to learn from", received: "\(table.rowCount)")
            }
            let targetScore = try TableEncoder.learnTarget(target, table)
            var columns: [TableColumn] = []
            var notes: [String] = []
            for name in table.names where name != target {
                guard let column = table[name] else { continue }
                guard !leavingOut.contains(name) else {
                    notes.append("column \(name.debugDescription) is left out: as asked")
                    continue
                }
                switch try TableColumn.learn(name, column, maximumCategories: maximumCategories) {
                case .learned(let column): columns.append(column)
                case .leftOut(let reason): notes.append("column \(name.debugDescription) is left out: \(reason)")
                }
            }
            guard !columns.isEmpty else {
                throw DescentError(
                    "TableEncoder", "there must be a column to predict \(target.debugDescription) from",
                    received: notes.isEmpty ? "no other column" : notes.joined(separator: "; "))
            }
            return TableEncoder(target: target, scaleTarget ? targetScore : .identity, columns, notes, dtype)
        }
    }

    private static func learnTarget(_ target: String, _ table: Table) throws(DescentError) -> StandardScore {
        guard case .numbers(let tensor) = table[target] else {
            let texts = try table.text(target)
            throw TableColumn.refusal(
                "the target must be a column of numbers", texts[0].debugDescription, 0, target)
        }
        guard let score = StandardScore(of: try knownNumbers(tensor, target)), score.deviation > 0 else {
            throw DescentError(
                "TableEncoder", "the target must not be the same in all rows",
                received: "column \(target.debugDescription) of \(Double(tensor[0])) in \(table.rowCount) rows")
        }
        return score
    }

    /// The numbers of the target, none of which may be missing.
    fileprivate static func knownNumbers(_ tensor: Tensor, _ target: String) throws(DescentError) -> [Double] {
        let numbers = try TableColumn.finiteNumbers(tensor, target)
        if let row = numbers.firstIndex(where: \.isNaN) {
            throw TableColumn.refusal("the target must be known in every row", "\(numbers[row])", row, target)
        }
        return numbers
    }
}

// MARK: - What is known

extension TableEncoder {
    /// The names of the columns of `x`: that of the column of the table, `column=text`, or `column (missing)`.
    public var featureNames: [String] { columns.flatMap(\.features) }

    /// The names of the columns that a table must have, in the order of training.
    public var columnNames: [String] { columns.map(\.name) }

    /// What the columns are, for `CSV.read`: texts that look like numbers are to stay texts.
    public var kinds: [String: CSV.Kind] {
        Dictionary(
            uniqueKeysWithValues: columns.map { column in
                if case .number = column.kind { (column.name, .number) } else { (column.name, .text) }
            })
    }

    /// Targets, or what a model predicts, in the units of the table: in double precision.
    public func inverseTarget(_ y: Tensor) -> Tensor {
        let scaled = y.cast(to: .float64)
        return targetScore == .identity ? scaled : scaled * targetScore.deviation + targetScore.mean
    }
}

// MARK: - Encoding

extension TableEncoder {
    /// A table as tensors.
    public struct Encoded: Sendable {
        /// The features, of shape `[rows, features]`.
        public let x: Tensor
        /// The target, of shape `[rows, 1]`; nil if the table does not have it.
        public let y: Tensor?
        /// How many texts were unknown, by column; columns without such are not there.
        public let unknown: [String: Int]
        /// How many numbers were missing, by column; columns without such are not there.
        public let imputed: [String: Int]
    }

    /// Makes tensors of a table, which may have columns in another order, and others besides.
    ///
    /// - Parameters:
    ///   - table: the rows.
    ///   - withTarget: whether to read the target if it is there; the default is true.
    /// - Throws: if columns are missing, of another kind, or hold infinities; the error names row and column.
    public func encode(
        _ table: Table, withTarget: Bool = true, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> Encoded {
        try atCaller(file, line) { () throws(DescentError) in
            let missing = columns.map(\.name).filter { table[$0] == nil }
            guard missing.isEmpty else {
                throw DescentError(
                    "TableEncoder", "the table must have the columns \(missing.joined(separator: ", "))",
                    received: "columns \(table.names.joined(separator: ", "))")
            }
            let widths = columns.map(\.features.count)
            let width = widths.reduce(0, +)
            let shape = try Shape([table.rowCount, width]).checked("TableEncoder")
            let storage = Storage(byteCount: shape.count * dtype.byteCount)
            storage.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: storage.byteCount)
            var exceptions = TableColumn.Exceptions()
            var place = storage.pointer
            for (column, width) in zip(columns, widths) {
                guard let fields = table[column.name] else { continue }
                try column.encode(fields, to: place, stride: shape[1], dtype, &exceptions)
                place += width * dtype.byteCount
            }
            return Encoded(
                x: Tensor(Node(storage: storage, dtype, shape)), y: withTarget ? try encodeTarget(of: table) : nil,
                unknown: exceptions.unknown, imputed: exceptions.imputed)
        }
    }

    private func encodeTarget(of table: Table) throws(DescentError) -> Tensor? {
        switch table[target] {
        case nil: return nil
        case .text(let texts)?:
            throw TableColumn.refusal(
                "the target must be a column of numbers", (texts.first ?? "").debugDescription, 0, target)
        case .numbers(let tensor)?:
            let numbers = try TableEncoder.knownNumbers(tensor, target)
            let storage = Storage(byteCount: numbers.count * dtype.byteCount)
            for (row, number) in numbers.enumerated() {
                guard TableColumn.store(targetScore.score(number), to: storage.pointer, at: row, dtype) else {
                    throw TableColumn.refusal("scaled numbers must fit in \(dtype)", "\(number)", row, target)
                }
            }
            return Tensor(Node(storage: storage, dtype, [numbers.count, 1]))
        }
    }
}
