import Testing

@testable import DescentPictures

@Suite("tables")
struct TextTableTests {
    @Test("columns line up")
    func alignment() {
        var table = TextTable([.left("name"), .right("n"), .decimal("value")])
        table.append(["a", "1", "1.25"])
        table.append(["long name", "1000", "-10"])
        table.append(["é日本", "20", "0.5e-3", "too much"])
        table.append(["short"])
        table.append(["x", "3", "nan"])
        #expect(
            table.description == """
                name          n     value
                ─────────  ────  ────────
                a             1    1.25
                long name  1000  -10
                é日本        20    0.5e-3
                short
                x             3  nan
                """)
    }

    @Test("widths of letters")
    func widths() {
        let expected: [(String, Int)] = [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한국", 4), ("😀", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2),
            ("❤️", 2), ("\u{200B}", 0), ("ｆ", 2), ("⠉▄", 2), ("−×", 2), ("👍🏽", 2), ("ก็", 1),
        ]
        for (text, columns) in expected { #expect(text.columns == columns, "\(text)") }
    }

    @Test("without headers there is no rule")
    func headless() {
        var table = TextTable([.left(""), .right("")])
        table.append(["a", "1"])
        table.append(["bcd", "22"])
        #expect(table.text() == "a     1\nbcd  22")
        #expect(TextTable([]).text() == "")
        #expect(TextTable([.left("a")]).text(ascii: true) == "a\n-")
    }

    @Test("cells cannot break lines")
    func hostile() {
        var table = TextTable([.left("a\nb")])
        table.append(["\u{1B}[2J\n"])
        #expect(table.text() == "a b\n─────\n\u{FFFD}[2J")
    }
}
