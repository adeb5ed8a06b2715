import DescentCore
import DescentFiles
import DescentTestSupport
import Testing

@Suite("CSV")
struct CSVTests {
    private func read(
        _ text: String, separator: Character = ",", header: Bool = true, kinds: [String: CSV.Kind] = [:],
        missing: Set<String> = ["", "NA", "N/A", "null"]
    ) throws -> Table {
        try withFolder { folder in
            try write(Array(text.utf8), to: folder + "/t.csv")
            return try CSV.read(folder + "/t.csv", separator: separator, header: header, kinds: kinds, missing: missing)
        }
    }

    private func numbers(_ table: Table, _ name: String) throws -> [Double] {
        let tensor = try table.numbers(name)
        #expect(tensor.dtype == .float64 && tensor.shape == [table.rowCount])
        return tensor.scalars(as: Double.self)
    }

    @Test(
        "line ends, a mark at the beginning, a missing last line end, empty lines",
        arguments: [
            "x,name\n1,a\n2,b\n", "x,name\r\n1,a\r\n2,b\r\n", "x,name\r1,a\r2,b\r", "\u{FEFF}x,name\n1,a\n2,b",
            "\n\nx,name\n\n1,a\n\r\n2,b\n\n", "\"x\",\"name\"\n\"1\",\"a\"\n\"2\",\"b\"", "x,name\r\n 1 ,a\n2\t,b\r",
        ])
    func lines(text: String) throws {
        let table = try read(text)
        #expect(table.names == ["x", "name"] && table.rowCount == 2)
        #expect(try numbers(table, "x") == [1, 2])
        #expect(try table.text("name") == ["a", "b"])
    }

    @Test("quoted fields: separators, line breaks, quotes, spaces")
    func quoted() throws {
        let table = try read("a,b\n\"x,y\",\"1\n2\"\n\"say \"\"hi\"\"\",\"\"\"\"\n\" z \",it's \"so\"\n\"\",\r\n")
        #expect(try table.text("a") == ["x,y", "say \"hi\"", " z ", ""])
        #expect(try table.text("b") == ["1\n2", "\"", "it's \"so\"", ""])
    }

    @Test("kinds of columns: by content, late discovery, by demand")
    func kinds() throws {
        let text = "n,late,quoted,none,mixed\n1,5,\"7\",,NA\n-2e1,6,\"8\",,x\n,oops,\"\",null,1\n"
        let table = try read(text)
        let n = try numbers(table, "n")
        #expect(n[0] == 1 && n[1] == -20 && n[2].isNaN)
        #expect(try table.text("late") == ["5", "6", "oops"])
        #expect(try numbers(table, "quoted")[..<2] == [7, 8])
        #expect(try numbers(table, "none").allSatisfy(\.isNaN))
        #expect(try table.text("mixed") == ["NA", "x", "1"])

        let demanded = try read(text, kinds: ["n": .text, "late": .text])
        #expect(try demanded.text("n") == ["1", "-2e1", ""])
        expectRefusal(of: "t.csv", "oops", "line 4") { try read(text, kinds: ["late": .number]) }
        expectRefusal(of: "t.csv", "other") { try read(text, kinds: ["other": .number]) }
        #expect(throws: DescentError.self) { try table.numbers("late") }
        #expect(throws: DescentError.self) { try table.text("n") }
        #expect(throws: DescentError.self) { try table.numbers("absent") }
        #expect(table["absent"] == nil)
    }

    @Test("separators, no header, what counts as missing")
    func options() throws {
        let table = try read("1;2,5;?\n3;4;6\n", separator: ";", header: false, missing: ["?"])
        #expect(table.names == ["0", "1", "2"])
        #expect(try table.text("1") == ["2,5", "4"])
        let last = try numbers(table, "2")
        #expect(last[0].isNaN && last[1] == 6)
        #expect(try numbers(read("a\tb\n1\t 2\n", separator: "\t"), "b") == [2])
        #expect(try numbers(read("a b\n1 2\n", separator: " "), "b") == [2])
        for separator in ["\"", "\n", "é", "1", "-", "a", "."] as [Character] {
            #expect(throws: DescentError.self) { try read("a", separator: separator) }
        }
    }

    @Test("tables without rows, or columns")
    func empty() throws {
        #expect(try read("").names == [] && read("\n\n").rowCount == 0)
        let table = try read("a,b\n")
        #expect(table.names == ["a", "b"] && table.rowCount == 0)
        #expect(try table.matrix().shape == [0, 2])
    }

    @Test("faults name the line")
    func faults() throws {
        expectRefusal(of: "t.csv", "2 fields", "1 on line 3") { try read("a,b\n1,2\n3\n") }
        expectRefusal(of: "t.csv", "2 fields", "more on line 2") { try read("a,b\n1,2,3\n") }
        expectRefusal(of: "t.csv", "quote", "line 2") { try read("a,b\n1,\"open\n") }
        expectRefusal(of: "t.csv", "quote", "line 2") { try read("a,b\n1,\"x\"y\n") }
        expectRefusal(of: "t.csv", "different names", "line 1") { try read("a,a\n1,2\n") }
        try withFolder { folder in
            try write(Array("a\n".utf8) + [0x78, 0xFF, 0x0A], to: folder + "/latin.csv")
            expectRefusal(of: "latin.csv", "UTF-8", "line 2") { try CSV.read(folder + "/latin.csv") }
            try write([0xFF, 0xFE, 0x61, 0], to: folder + "/wide.csv")
            expectRefusal(of: "wide.csv", "UTF-16") { try CSV.read(folder + "/wide.csv") }
        }
    }

    @Test("what is written is read, to the last bit")
    func roundTrip() throws {
        var random = SplitMix64(seed: 5)
        let doubles =
            (0..<500).map { _ in random.gaussian() } + [
                .nan, .infinity, -0.0, .leastNonzeroMagnitude, 1.7976931348623157e308,
            ]
        let texts = doubles.indices.map { ["plain", "a,b", "a;b", "\"", "x\ny", "\r", "", " s", "ü😀"][$0 % 9] }
        let floats = doubles.map { Float($0) }
        let table = try Table([
            ("d", .numbers(Tensor(doubles))), ("t,\"", .text(texts)), ("f", .numbers(Tensor(floats))),
            ("i", .numbers(Tensor(Array(0..<505)))), ("b", .numbers(Tensor(doubles.map { $0 > 0 }))),
        ])
        for separator in [",", ";", "\t"] as [Character] {
            let again = try withFolder { folder in
                try CSV.write(table, to: folder + "/t.csv", separator: separator)
                return try CSV.read(folder + "/t.csv", separator: separator)
            }
            #expect(again.names == table.names && again.rowCount == 505)
            let same = zip(try numbers(again, "d"), doubles).allSatisfy {
                $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN
            }
            #expect(same)
            #expect(try zip(numbers(again, "f"), floats).allSatisfy { Float($0) == $1 || $0.isNaN })
            #expect(try numbers(again, "i") == (0..<505).map(Double.init))
            #expect(try again.text("t,\"") == texts)
        }
    }

    @Test("a single column keeps its empty fields")
    func single() throws {
        try withFolder { folder in
            let path = folder + "/t.csv"
            try CSV.write(try Table([("x", .numbers(Tensor([1, Double.nan, 3])))]), to: path)
            let again = try CSV.read(path).numbers("x").scalars(as: Double.self)
            #expect(again.count == 3 && again[1].isNaN)
            try CSV.write(try Table([("x", .text(["a", "", "b"]))]), to: path, header: false)
            #expect(try CSV.read(path, header: false).text("0") == ["a", "", "b"])
        }
    }

    @Test("tables refuse columns that do not fit, and give matrices")
    func tables() throws {
        let table = try Table([("a", .numbers([1, 2])), ("t", .text(["x", "y"])), ("b", .numbers([3, 4]))])
        #expect(try table.matrix().scalars(as: Double.self) == [1, 3, 2, 4])
        #expect(try table.matrix(["b"], dtype: .float64).dtype == .float64)
        #expect(throws: DescentError.self) { try table.matrix(["t"]) }
        #expect(throws: DescentError.self) { try Table([("a", .text(["x"])), ("a", .text(["y"]))]) }
        #expect(throws: DescentError.self) { try Table([("a", .text(["x"])), ("b", .numbers([1, 2]))]) }
        #expect(throws: DescentError.self) { try Table([("a", .numbers([[1]]))]) }
        #expect(throws: DescentError.self) { try Table([("a", .numbers(Tensor([1, 2]) + Tensor([1, 2, 3])))]) }
    }
}
