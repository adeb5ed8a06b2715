import DescentCore
import DescentTestSupport
import Foundation
import Testing

/// Every public operation has a derivative that is checked, awkward values, empty tensors and an example. The operations
/// are those that the sources declare, so a new one without a row fails here.
struct CoverageTests {
    @Test("every public operation has a row, every row an operation")
    func complete() throws {
        let operations = try PublicOperation.all()
        #expect(operations.count > 400)
        let names = CoverageTable.all.flatMap(\.names)
        let known = Set(names)
        #expect(known.count == names.count, "one row for each")
        let forgotten = operations.filter { !known.contains($0.key) }
        #expect(forgotten.isEmpty, "public, but without a row")
        let gone = known.subtracting(operations.map(\.key)).sorted()
        #expect(gone.isEmpty, "there is no such operation")
        for row in CoverageTable.all where row.exemption == nil {
            #expect(!row.awkward.isEmpty && !row.empty.isEmpty, "\(row.names)")
        }
    }

    @Test("every public operation has an example, or calls one that has")
    func documented() throws {
        let operations = try PublicOperation.all()
        let explained = Set(operations.filter(\.hasExample).map(\.name))
        let silent = operations.filter { operation in
            if operation.hasExample || explained.contains(operation.name) { return false }
            return operation.forwarding.map { Self.words($0).isDisjoint(with: explained) } ?? true
        }
        #expect(silent.isEmpty, "no example")
    }

    @Test("Docs/Operations.md names every public operation, and nothing else")
    func indexed() throws {
        let index = Repository.root.appendingPathComponent("Docs/Operations.md")
        let text = try String(contentsOf: index, encoding: .utf8).replacingOccurrences(of: "\\|", with: "|")
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        // Every other piece between backticks is code; in the first column it is ours.
        let columns = rows.map { $0.components(separatedBy: " | ")[0].components(separatedBy: "→")[0] }
        let spans = columns.flatMap { column in
            column.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap {
                $0.offset % 2 == 1 ? String($0.element) : nil
            }
        }
        let named = spans.reduce(into: Set<String>()) { $0.formUnion(Self.words($1)) }
        let operations = try PublicOperation.all()
        let forgotten = operations.filter { operation in
            let name = operation.name.split(separator: ".").last.map(String.init) ?? operation.name
            if name == "subscript" { return !spans.contains { $0.hasPrefix("x[") } }
            return !named.contains(operation.name) && !named.contains(name)
        }
        #expect(forgotten.isEmpty, "not in the index")
        let all = Set(operations.map(\.name))
        let gone = spans.compactMap { span -> String? in
            var name = Substring(span)
            for prefix in ["Tensor.", "x."] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
            let word = name.prefix { $0.isLetter || $0.isNumber }
            let rest = name.dropFirst(word.count)
            guard let first = word.first, first.isLowercase, rest.isEmpty || rest.hasPrefix("(") else { return nil }
            return all.contains(String(word)) ? nil : span
        }
        #expect(gone.isEmpty, "in the index, but not public")
    }

    @Test("first and second derivatives", arguments: CoverageTable.all.filter(\.isDifferentiable))
    func derivatives(_ row: CoverageRow) throws {
        if case .checked(let item) = row.derivative { try item.check() }
    }

    @Test("awkward values", arguments: CoverageTable.all.filter { $0.exemption == nil })
    func awkward(_ row: CoverageRow) throws {
        for trial in row.awkward {
            let failure = try trial.failure(of: row.function, isDifferentiable: row.isDifferentiable)
            #expect(
                failure == nil,
                "\(row.names[0]) of \(trial.inputs.map { "\($0.count > 12 ? "\($0.shape)" : "\($0)")" })")
        }
    }

    @Test("empty tensors", arguments: CoverageTable.all.filter { $0.exemption == nil })
    func empty(_ row: CoverageRow) throws {
        for trial in row.empty {
            let failure = try trial.failure(of: row.function, isDifferentiable: row.isDifferentiable)
            #expect(failure == nil, "\(row.names[0]) of shapes \(trial.inputs.map { "\($0.shape)" })")
        }
    }

    @Test("the scan finds what it should, and notices what is missing")
    func scanning() {
        let source = """
            extension TensorConvertible {
                /// A.
                ///
                /// ```swift
                /// print(1)   // 1
                /// ```
                @discardableResult
                public func first(
                    _ b: [(before: Int, after: Int)], by f: (Int, Int) -> Int = max, file: StaticString = #fileID
                ) -> Tensor {
                    let a = 1
                    let b = 2
                    let c = 3
                    let d = 4
                    return tensor
                }

                func hidden() -> Tensor { tensor }

                /// B.
                public static func .< (lhs: Self, rhs: Self) -> Tensor { lhs.first() }
            }

            extension Shape {
                public func other() {}
            }

            /// C.
            public func `where`<T>(_ x: T, axis: Int) -> Tensor { x.first(axis: axis) }
            """
        let found = PublicOperation.operations(of: source, file: "F")
        #expect(found.map(\.key) == ["first(by:)", ".<", "where(axis:)"])
        #expect(found.map(\.line) == [8, 21, 29])
        #expect(found.map(\.hasExample) == [true, false, false])
        #expect(found.map { $0.forwarding != nil } == [false, true, true])
    }

    /// Names and operators in a text.
    private static func words(_ text: String) -> Set<String> {
        var found: Set<String> = []
        var word = ""
        var wasName = false
        for character in text + " " {
            let isName = character.isLetter || character.isNumber
            let isOperator = "+-*/%.<>=!&|".contains(character)
            if !word.isEmpty, !(isName || isOperator) || isName != wasName {
                found.insert(word)
                word = ""
            }
            if isName || isOperator { word.append(character) }
            wasName = isName
        }
        return found
    }
}
