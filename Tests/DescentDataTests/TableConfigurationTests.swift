import DescentCore
import DescentData
import DescentFiles
import DescentTestSupport
import Testing

@Suite("tables: what was learned as text, and rows")
struct TableConfigurationTests {
    @Test("random encoders come back from JSON with every bit")
    func roundTrip() throws {
        var random = SplitMix64(seed: 12)
        for round in 0..<40 {
            let rows = Int.random(in: 3...20, using: &random)
            var columns: [(String, Table.Column)] = []
            for index in 0..<Int.random(in: 1...5, using: &random) {
                let scale = Double(sign: .plus, exponent: Int.random(in: -1060...1000, using: &random), significand: 1)
                var numbers = (0..<rows).map { _ in scale * random.gaussian() }
                if Bool.random(using: &random) { numbers[0] = .nan }
                columns.append(("n \(index) \"é\n", .numbers(Tensor(numbers))))
                let texts = ["", "ä\"\\", "b\u{1}", "\u{1F600}", "c"].prefix(Int.random(in: 2...5, using: &random))
                columns.append(
                    ("t\(index)", .text((0..<rows).map { Array(texts)[$0 % 2 == 0 ? 0 : ($0 / 2) % texts.count] })))
            }
            columns.append(("y", .numbers(Tensor((0..<rows).map { _ in random.gaussian() }))))
            let table = try Table(columns)
            let encoder = try TableEncoder(
                learning: table, target: "y", scaleTarget: round % 3 != 0, dtype: round % 2 == 0 ? .float32 : .float64)
            let again = try TableEncoder.fromConfig(Configuration(json: encoder.getConfig().json))
            #expect(again == encoder && again.getConfig() == encoder.getConfig())
            #expect(again.featureNames == encoder.featureNames && again.notes == encoder.notes)
            let (a, b) = (try encoder.encode(table), try again.encode(table))
            #expect(mismatch(a.x, b.x, .bits) == nil)
            #expect(mismatch(try #require(a.y), try #require(b.y), .bits) == nil)
        }
    }

    @Test(
        "configurations that describe no encoder",
        arguments: [
            ("{}", "target"), (#"{"columns": []}"#, "target"), (#"{"target": 3}"#, "target"),
            (#"{"target": TARGET, "dtype": "float32"}"#, "columns"),
            (#"{"target": TARGET, "columns": [], "dtype": "float32"}"#, "columns"),
            (#"{"target": TARGET, "columns": [3], "dtype": "float32"}"#, "columns"),
            (#"{"target": TARGET, "columns": [COLUMN]}"#, "dtype"),
            (#"{"target": TARGET, "columns": [COLUMN], "dtype": "int32"}"#, "int32"),
            (#"{"target": TARGET, "columns": [COLUMN], "dtype": "float32", "other": 1}"#, "other"),
            (#"{"target": TARGET, "columns": [COLUMN, COLUMN], "dtype": "float32"}"#, "different names"),
            (
                #"{"target": {"name": "x", "mean": 1, "deviation": 1}, "columns": [COLUMN], "dtype": "float32"}"#,
                "names"
            ),
            (
                #"{"target": {"name": "y", "mean": 1, "deviation": 0}, "columns": [COLUMN], "dtype": "float32"}"#,
                "positive"
            ),
            (
                #"{"target": {"name": "y", "mean": NaN, "deviation": 1}, "columns": [COLUMN], "dtype": "float32"}"#,
                "finite"
            ),
            (#"{"target": {"name": "y", "deviation": 1}, "columns": [COLUMN], "dtype": "float32"}"#, "mean"),
            (
                #"{"target": {"name": "y", "mean": 0, "deviation": 1, "z": 1}, "columns": [COLUMN], "dtype": "float32"}"#,
                "z"
            ),
            (#"{"target": TARGET, "columns": [{"name": "x", "kind": "date"}], "dtype": "float32"}"#, "date"),
            (#"{"target": TARGET, "columns": [{"kind": "text"}], "dtype": "float32"}"#, "name"),
            (#"{"target": TARGET, "columns": [{"name": "x", "kind": "text"}], "dtype": "float32"}"#, "categories"),
            (
                #"{"target": TARGET, "columns": [{"name": "x", "kind": "text", "categories": []}], "dtype": "float32"}"#,
                "categories"
            ),
            (
                #"{"target": TARGET, "columns": [{"name": "x", "kind": "text", "categories": ["a", "a"]}], "dtype": "float32"}"#,
                "different texts"
            ),
            (
                #"{"target": TARGET, "columns": [{"name": "x", "kind": "number", "mean": 0, "deviation": -1}], "dtype": "float32"}"#,
                "deviation"
            ),
        ])
    func hostile(json: String, part: String) throws {
        let json = json.replacing("TARGET", with: #"{"name": "y", "mean": 0.5, "deviation": 2.0}"#)
            .replacing("COLUMN", with: #"{"name": "x", "kind": "number", "missing": false, "mean": 0, "deviation": 1}"#)
        let config = try Configuration(json: json)
        let error = #expect(throws: DescentError.self) { try TableEncoder.fromConfig(config) }
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test("rows of tables, and tables set apart")
    func rows() throws {
        let table = try Table([("x", .numbers(Tensor.arange(10))), ("t", .text((0..<10).map(String.init)))])
        let some = try table.rows(at: [3, 3, 9])
        #expect(try numbers(some.numbers("x")) == [3, 3, 9] && some.text("t") == ["3", "3", "9"])
        #expect(some.names == ["x", "t"] && some.rowCount == 3)
        let (training, validation) = try split(table, validationSplit: 0.25)
        #expect(
            try numbers(training.numbers("x")) == [0, 1, 2, 3, 4, 5, 6] && validation.text("t") == ["7", "8", "9"])
        let (rest, test) = try trainTestSplit(table, testSize: 0.3, seed: 2)
        #expect(test.rowCount == 3)
        #expect(try Set(rest.text("t") + test.text("t")).count == 10)
        #expect(try numbers(rest.numbers("x")).map { String(Int($0)) } == rest.text("t"))
        // The same rows as those of a tensor.
        #expect(
            try numbers(trainTestSplit(Tensor.arange(10), testSize: 0.3, seed: 2).test.x) == numbers(test.numbers("x")))
        expectRefusal("0..<10", "row 10") { try table.rows(at: [10]) }
        expectRefusal("row -1") { try table.rows(at: [-1]) }
        expectRefusal("for validation") { try split(table.rows(at: [0]), validationSplit: 0.5) }
        expectRefusal("for testing") { try trainTestSplit(table.rows(at: [0]), testSize: 0.5) }
    }
}
