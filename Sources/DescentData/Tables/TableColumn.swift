import DescentCore
import DescentFiles

/// A column of a table as a `TableEncoder` has learned it: what becomes of a field.
struct TableColumn: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// The score; with a mark in a second feature where the number is missing, if one was while learning.
        case number(StandardScore, marksMissing: Bool)
        /// A feature for each text, 1 where it stands.
        case text([String])
    }

    let name: String
    let kind: Kind

    /// The names of its features.
    var features: [String] {
        switch kind {
        case .number(_, let marksMissing): marksMissing ? [name, "\(name) (missing)"] : [name]
        case .text(let categories): categories.map { $0.isEmpty ? "\(name) (missing)" : "\(name)=\($0)" }
        }
    }
}

// MARK: - Learning

extension TableColumn {
    /// What a column teaches, or why it teaches nothing.
    enum Lesson {
        case learned(TableColumn)
        case leftOut(String)
    }

    static func learn(
        _ name: String, _ column: Table.Column, maximumCategories: Int
    ) throws(DescentError) -> Lesson {
        switch column {
        case .numbers(let tensor):
            let numbers = try finiteNumbers(tensor, name)
            let known = numbers.filter { !$0.isNaN }
            guard let score = StandardScore(of: known) else { return .leftOut("it has no number") }
            let kind = Kind.number(score, marksMissing: known.count < numbers.count)
            return .learned(TableColumn(name: name, kind: kind))
        case .text(let texts):
            let categories = Set(texts)
            if categories.count == 1 { return .leftOut("every row has the same text") }
            if categories.count == texts.count { return .leftOut("every row has another text") }
            if categories.count > maximumCategories {
                return .leftOut("it has \(categories.count) different texts, more than \(maximumCategories)")
            }
            return .learned(TableColumn(name: name, kind: .text(categories.sorted())))
        }
    }

    /// The numbers of a column; missing ones are NaN.
    static func finiteNumbers(_ tensor: Tensor, _ name: String) throws(DescentError) -> [Double] {
        let numbers = try tensor.known().scalars(as: Double.self)
        if let row = numbers.firstIndex(where: \.isInfinite) {
            throw refusal("numbers must be finite", "\(numbers[row])", row, name)
        }
        return numbers
    }

    /// An error that names a field; rows are counted from 1, as people do.
    static func refusal(_ rule: String, _ received: String, _ row: Int, _ column: String) -> DescentError {
        DescentError(
            operation: "TableEncoder", rule,
            received: "\(received) in row \(row + 1), column \(column.debugDescription)")
    }
}

// MARK: - Encoding

extension TableColumn {
    /// What became of fields that could not be encoded as they stand.
    struct Exceptions {
        var unknown: [String: Int] = [:]
        var imputed: [String: Int] = [:]
    }

    /// Writes the features of a column, each `stride` numbers after that of the row before, to memory that holds zeros.
    func encode(
        _ column: Table.Column, to memory: UnsafeMutableRawPointer, stride: Int, _ dtype: DType,
        _ exceptions: inout Exceptions
    ) throws(DescentError) {
        switch kind {
        case .number(let score, let marksMissing):
            for (row, number) in try numbers(column).enumerated() {
                let place = row * stride
                if number.isNaN {
                    exceptions.imputed[name, default: 0] += 1
                    if marksMissing { Self.store(1, to: memory, at: place + 1, dtype) }
                } else {
                    let value = score.score(number)
                    guard Self.store(value, to: memory, at: place, dtype) else {
                        throw Self.refusal("scaled numbers must fit in \(dtype)", "\(number)", row, name)
                    }
                }
            }
        case .text(let categories):
            let places = Dictionary(uniqueKeysWithValues: zip(categories, 0...))
            for (row, text) in try texts(column).enumerated() {
                if let place = places[text] {
                    Self.store(1, to: memory, at: row * stride + place, dtype)
                } else {
                    exceptions.unknown[name, default: 0] += 1
                }
            }
        }
    }

    /// Stores a number as one of type `dtype`; false if it is too large for that.
    @discardableResult
    static func store(
        _ value: Double, to memory: UnsafeMutableRawPointer, at index: Int, _ dtype: DType
    ) -> Bool {
        if dtype == .float32 {
            memory.storeBytes(of: Float(value), toByteOffset: 4 * index, as: Float.self)
            return Float(value).isFinite
        }
        memory.storeBytes(of: value, toByteOffset: 8 * index, as: Double.self)
        return value.isFinite
    }

    private func numbers(_ column: Table.Column) throws(DescentError) -> [Double] {
        switch column {
        case .numbers(let tensor): return try Self.finiteNumbers(tensor, name)
        case .text(let texts):
            if let row = texts.firstIndex(where: { !$0.isEmpty }) {
                throw Self.refusal("a column of numbers must hold numbers", texts[row].debugDescription, row, name)
            }
            return texts.map { _ in .nan }
        }
    }

    private func texts(_ column: Table.Column) throws(DescentError) -> [String] {
        switch column {
        case .text(let texts): return texts
        case .numbers(let tensor):
            // Without a field there was nothing to tell texts from numbers.
            let numbers = try tensor.known().scalars(as: Double.self)
            if let row = numbers.firstIndex(where: { !$0.isNaN }) {
                throw Self.refusal(
                    "a column of texts must hold texts (CSV.read takes the encoder's kinds)", "\(numbers[row])", row,
                    name)
            }
            return numbers.map { _ in "" }
        }
    }
}
