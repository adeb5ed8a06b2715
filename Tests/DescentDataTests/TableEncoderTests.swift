import DescentCore
import DescentData
import DescentFiles
import DescentTestSupport
import Testing

@Suite("tables as tensors")
struct TableEncoderTests {
    private func training() throws -> Table {
        try Table([
            ("age", .numbers(Tensor([2, 4, .nan, 6]))), ("kind", .text(["b", "", "a", "b"])),
            ("same", .numbers([5, 5, 5, 5])),
            ("id", .text(["q", "r", "s", "t"])), ("price", .numbers([10, 20, 30, 40])),
            ("unit", .text(["m", "m", "m", "m"])),
            ("empty", .numbers(Tensor([Double](repeating: .nan, count: 4)))),
        ])
    }

    @Test("numbers, texts, what is missing, what is left out")
    func learning() throws {
        let encoder = try TableEncoder(learning: training(), target: "price")
        #expect(
            encoder.featureNames == ["age", "age (missing)", "kind (missing)", "kind=a", "kind=b", "same"]
                && encoder.columnNames == ["age", "kind", "same"] && encoder.target == "price")
        #expect(encoder.notes.count == 3)
        for (note, parts) in zip(
            encoder.notes, [["\"id\"", "another"], ["\"unit\"", "same text"], ["\"empty\"", "no number"]])
        {
            for part in parts { #expect(note.contains(part), "\(note)") }
        }
        let data = try encoder.encode(training())
        let score = (3.0 / 2).squareRoot()
        let want: [[Double]] = [
            [-score, 0, 0, 0, 1, 0], [0, 0, 1, 0, 0, 0], [0, 1, 0, 1, 0, 0], [score, 0, 0, 0, 1, 0],
        ]
        #expect(mismatch(data.x, Tensor(want, dtype: .float32), .ulps(1)) == nil)
        let deviation = 125.0.squareRoot()
        let targets = [-15, -5, 5, 15].map { [$0 / deviation] }
        #expect(mismatch(try #require(data.y), Tensor(targets, dtype: .float32), .ulps(1)) == nil)
        #expect(data.unknown.isEmpty && data.imputed == ["age": 1])
        let back = encoder.inverseTarget(try #require(data.y))
        #expect(back.dtype == .float64)
        #expect(mismatch(back, [[10], [20], [30], [40]], .within(relative: 1e-6)) == nil)
    }

    @Test("new tables: other order, other columns, no target, unknown texts, missing numbers")
    func newTables() throws {
        let encoder = try TableEncoder(learning: training(), target: "price", dtype: .float64)
        let table = try Table([
            ("kind", .text(["c", "a", "c"])), ("more", .numbers([1, 2, 3])), ("same", .numbers(Tensor([9, 5, .nan]))),
            ("age", .numbers(Tensor([4, .nan, 100]))),
        ])
        let data = try encoder.encode(table)
        #expect(data.y == nil && data.x.dtype == .float64)
        #expect(data.unknown == ["kind": 2] && data.imputed == ["age": 1, "same": 1])
        let score = 96 / (8.0 / 3).squareRoot()
        let want: [[Double]] = [[0, 0, 0, 0, 0, 0], [0, 1, 0, 1, 0, 0], [score, 0, 0, 0, 0, 0]]
        #expect(mismatch(data.x, Tensor(want), .ulps(1)) == nil)
        // Without a field a column of texts looks like one of numbers, and the other way round.
        let blank = try Table([
            ("kind", .numbers(Tensor([Double.nan]))), ("age", .text([""])), ("same", .numbers([5])),
            ("price", .numbers(Tensor([Double.nan]))),
        ])
        #expect(try numbers(encoder.encode(blank, withTarget: false).x) == [0, 1, 1, 0, 0, 0])
        expectRefusal("known in every row", "row 1", "\"price\"") { try encoder.encode(blank) }
        let none = try Table([("kind", .text([])), ("age", .numbers(Tensor([Double]()))), ("same", .text([]))])
        #expect(try encoder.encode(none).x.shape == [0, 6])
    }

    @Test("numbers that are missing only later have no feature of their own")
    func missingLater() throws {
        let table = try Table([("x", .numbers([1, 2, 3])), ("y", .numbers([1, 2, 4]))])
        let encoder = try TableEncoder(learning: table, target: "y", scaleTarget: false)
        #expect(encoder.featureNames == ["x"])
        let data = try encoder.encode(Table([("x", .numbers(Tensor([Double.nan, 3]))), ("y", .numbers([7, 8]))]))
        #expect(try numbers(data.x)[0] == 0 && data.imputed == ["x": 1])
        #expect(try numbers(data.y) == [7, 8])
        #expect(try numbers(encoder.inverseTarget([3, 4])) == [3, 4])
    }

    @Test("columns left out on request, and those of too many texts")
    func leavingOut() throws {
        let encoder = try TableEncoder(
            learning: training(), target: "price", leavingOut: ["age"], maximumCategories: 3)
        #expect(encoder.columnNames == ["kind", "same"] && encoder.notes[0].contains("\"age\""))
        let fewer = try TableEncoder(learning: training(), target: "price", maximumCategories: 2)
        #expect(fewer.columnNames == ["age", "same"])
        #expect(fewer.notes.contains { $0.contains("\"kind\"") && $0.contains("3 different") })
    }

    @Test("scores of random columns have mean 0 and deviation 1, at every magnitude")
    func scores() throws {
        var random = SplitMix64(seed: 8)
        for (scale, shift) in [(1.0, 0.0), (1e-300, 0), (1e300, 0), (1, 1e6), (3e307, 0), (1e-3, -5)] {
            let values = (0..<200).map { _ in scale * (random.gaussian() + shift) }
            let table = try Table([("x", .numbers(Tensor(values))), ("y", .numbers(Tensor(values)))])
            let encoder = try TableEncoder(learning: table, target: "y", dtype: .float64)
            let x = try numbers(encoder.encode(table).x)
            let mean = x.reduce(0, +) / 200
            let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200
            #expect(
                abs(mean) < 1e-9 && abs(variance - 1) < 1e-9, "scale \(scale), shift \(shift): \(mean), \(variance)")
            let back = try numbers(encoder.inverseTarget(try #require(encoder.encode(table).y)))
            for (got, want) in zip(back, values) { #expect(abs(got - want) <= 1e-12 * scale * (abs(shift) + 10)) }
        }
        let far: [Double] = [1.7e308, 1.7e308, 1.7e308, -1.7e308]
        let farTable = try Table([("x", .numbers(Tensor(far))), ("y", .numbers([1, 2, 3, 4]))])
        let scores = try TableEncoder(learning: farTable, target: "y").encode(farTable).x
        let third = 1 / 3.0.squareRoot()
        #expect(mismatch(scores, Tensor([[third], [third], [third], [-3 * third]], dtype: .float32), .ulps(1)) == nil)
        let same = try Table([
            ("x", .numbers(Tensor([Double](repeating: 0.1, count: 7)))), ("y", .numbers(Tensor.arange(7))),
        ])
        let constant = try TableEncoder(learning: same, target: "y")
        #expect(try numbers(constant.encode(same).x) == [Double](repeating: 0, count: 7))
    }

    @Test("the mean of many large numbers is the nearest number to it")
    func largeMean() throws {
        var random = SplitMix64(seed: 21)
        let (offset, count) = (1_000_000_000_000_000, 1000)
        let values = (0..<count).map { _ in Int.random(in: 0..<1000, using: &random) }
        let table = try Table([
            ("x", .numbers(Tensor(values.map { Double(offset + $0) }))), ("y", .numbers(Tensor(values))),
        ])
        let x = try numbers(TableEncoder(learning: table, target: "y", dtype: .float64).encode(table).x)
        let mean = Double(values.reduce(0, +)) / Double(count)
        let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
        // Half a step between neighbouring numbers there.
        let tolerance = 0.0626 / variance.squareRoot()
        for (got, value) in zip(x, values) {
            #expect(abs(got - (Double(value) - mean) / variance.squareRoot()) <= tolerance)
        }
    }

    @Test("kinds for CSV.read keep texts that look like numbers")
    func kinds() throws {
        let table = try Table([
            ("zone", .text(["1", "02", "A", "1"])), ("x", .numbers([1, 2, 3, 4])), ("y", .numbers([1, 2, 3, 5])),
        ])
        let encoder = try TableEncoder(learning: table, target: "y")
        #expect(encoder.kinds.count == 2)
        if case .text = encoder.kinds["zone"] {} else { Issue.record("zone must be text") }
        if case .number = encoder.kinds["x"] {} else { Issue.record("x must be a number") }
        let numbers = try Table([("zone", .numbers([1, 2])), ("x", .numbers([1, 2]))])
        expectRefusal("kinds", "1.0 in row 1", "\"zone\"") { try encoder.encode(numbers) }
    }

    @Test("tables that teach nothing")
    func refusals() throws {
        func table(_ columns: (String, Table.Column)...) throws -> Table { try Table(columns) }
        func learn(_ table: Table, _ leavingOut: [String] = []) throws -> TableEncoder {
            try TableEncoder(learning: table, target: "y", leavingOut: leavingOut)
        }
        let x = ("x", Table.Column.numbers([1, 2, 3]))
        let y = ("y", Table.Column.numbers([1, 2, 4]))
        expectRefusal("\"y\"", "columns x") { try learn(table(x)) }
        expectRefusal("\"z\"", "columns x, y") { try learn(table(x, y), ["z"]) }
        expectRefusal("target cannot be left out") { try learn(table(x, y), ["y"]) }
        expectRefusal("same in all rows", "4.0", "\"y\"") { try learn(table(x, ("y", .numbers([4, 4, 4])))) }
        expectRefusal("column of numbers", "\"a\" in row 1", "\"y\"") {
            try learn(table(x, ("y", .text(["a", "b", "c"]))))
        }
        expectRefusal("known in every row", "row 2", "\"y\"") {
            try learn(table(x, ("y", .numbers(Tensor([1, Double.nan, 2])))))
        }
        expectRefusal("finite", "inf in row 3", "\"y\"") {
            try learn(table(x, ("y", .numbers(Tensor([1, 2, Double.infinity])))))
        }
        expectRefusal("finite", "-inf in row 2", "\"x\"") {
            try learn(table(("x", .numbers(Tensor([1, -Double.infinity, 2]))), y))
        }
        expectRefusal("two rows", "Received: 0") {
            try learn(table(("x", .numbers(Tensor([Double]()))), ("y", .text([]))))
        }
        expectRefusal("two rows", "Received: 1") { try learn(table(("x", .numbers([1])), ("y", .numbers([1])))) }
        expectRefusal("predict \"y\"", "no other column") { try learn(table(y)) }
        expectRefusal("predict \"y\"", "as asked") { try learn(table(x, y), ["x"]) }
        expectRefusal("columns", "Received: columns ") { try learn(table()) }
        expectRefusal("dtype") { try TableEncoder(learning: table(x, y), target: "y", dtype: .int32) }

        let encoder = try TableEncoder(learning: training(), target: "price")
        expectRefusal("the columns age, same", "columns kind") { try encoder.encode(table(("kind", .text(["a"])))) }
        let bad = try table(("kind", .text(["a", "b"])), ("same", .numbers([1, 2])), ("age", .text(["", "old"])))
        expectRefusal("hold numbers", "\"old\" in row 2", "\"age\"") { try encoder.encode(bad) }
        let far: [Double] = [1e60]
        let huge = try table(("kind", .text(["a"])), ("same", .numbers([1])), ("age", .numbers(Tensor(far))))
        expectRefusal("fit in float32", "1e+60 in row 1", "\"age\"") { try encoder.encode(huge) }
        let infinite = try table(
            ("kind", .text(["a"])), ("same", .numbers(Tensor([Double.infinity]))), ("age", .numbers([1])))
        expectRefusal("finite", "inf in row 1", "\"same\"") { try encoder.encode(infinite) }
    }
}
