import Descent

/// What is looked at before anything is learned from a table, while its rows stand where the file has them.
struct Inspection {
    let table: Table
    /// What messages call it: the name of the file.
    let source: String

    /// Refuses a target that is not there or cannot be predicted, and numbers that are not finite.
    func check(_ settings: Settings) throws {
        guard !table.names.isEmpty else { throw Failure("\(source): there is nothing in it") }
        for name in [settings.target] + settings.leftOut { try requireColumn(name) }
        guard table.rowCount > 0 else { throw Failure("\(source): there is no row below the header") }
        guard table.rowCount > 1 else { throw Failure("\(source): there is 1 row, too few to learn from") }
        guard !settings.leftOut.contains(settings.target) else {
            throw Failure("--leave-out: the target \(settings.target.debugDescription) cannot be left out", status: 2)
        }
        try checkTarget(settings.target)
        for name in table.names where !settings.leftOut.contains(name) {
            guard case .numbers(let tensor) = table[name] else { continue }
            let numbers = tensor.scalars(as: Double.self)
            if let row = numbers.firstIndex(where: \.isInfinite) {
                throw bad("\(numbers[row])", row, name, "is not finite")
            }
        }
    }

    /// Refuses a name that no column has.
    func requireColumn(_ name: String) throws {
        guard table[name] == nil else { return }
        let hint = nearest(name, in: table.names).map { "; did you mean \($0.debugDescription)?" } ?? ""
        throw Failure(
            "\(source): there is no column \(name.debugDescription)\(hint) (there is \(listed(table.names)))")
    }

    private func checkTarget(_ name: String) throws {
        switch table[name] {
        case .text(let texts):
            let row = texts.firstIndex { !$0.isEmpty && Double($0) == nil } ?? 0
            throw bad(texts[row].debugDescription, row, name, "is no number, and the target must be numbers")
        case .numbers(let tensor):
            let numbers = tensor.scalars(as: Double.self)
            if let row = numbers.firstIndex(where: \.isNaN) {
                let count = numbers.count(where: \.isNaN)
                throw bad(
                    "the target", row, name,
                    "is missing" + (count > 1 ? ", and in \(counted(count - 1, "other row"))" : ""))
            }
            if numbers.allSatisfy({ $0 == numbers[0] }) {
                throw Failure(
                    "\(source): column \(name.debugDescription) is \(brief(numbers[0])) in every row: there is nothing to predict"
                )
            }
        case nil: break
        }
    }

    private func bad(_ what: String, _ row: Int, _ column: String, _ why: String) -> Failure {
        Failure("\(source): row \(row + 1), column \(column.debugDescription): \(what) \(why)")
    }

    /// Why a file that should have these columns cannot be read as such; nil if it could.
    func misfit(_ kinds: [(name: String, kind: CSV.Kind)]) -> Failure? {
        let missing = kinds.map(\.name).filter { table[$0] == nil }
        if let first = missing.first {
            let others = missing.count > 1 ? ", nor \(listed(Array(missing.dropFirst())))" : ""
            let hint =
                missing.count == 1
                ? nearest(first, in: table.names).map { "; did you rename it to \($0.debugDescription)?" } ?? "" : ""
            return Failure(
                "\(source): there is no column \(first.debugDescription)\(others), which the model needs\(hint) "
                    + "(there is \(listed(table.names)))")
        }
        for (name, kind) in kinds where kind == .number {
            guard case .text(let texts) = table[name],
                let row = texts.firstIndex(where: { !$0.isEmpty && Double($0) == nil })
            else { continue }
            return bad(texts[row].debugDescription, row, name, "is no number, as it was in training")
        }
        return nil
    }

    private func listed(_ names: [String]) -> String {
        let shown = names.prefix(20).joined(separator: ", ")
        return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
    }
}
