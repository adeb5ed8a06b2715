import Testing

@testable import DescentPictures

@Suite("markup")
struct MarkupTests {
    static let noncharacters = [0xFFFE, 0xFDD0, 0x1FFFF].compactMap { Unicode.Scalar(UInt32($0)) }.map(String.init)
        .joined()

    static let hostile = [
        "</title><script>alert(1)</script>", "a \"b\" 'c' & <d> &amp; ]]> --> <!--",
        "\u{0}\u{1}\u{8}\u{1B}[31m\u{7F}\u{85}",
        noncharacters, "\u{202E}back\u{2066}", "line\nfeed\r\ttab\u{2028}", "\" onload=\"x",
        String(repeating: "long ", count: 400), String(repeating: "w", count: 3000), "😀👩‍👩‍👧 日本語 e\u{301}",
    ]

    private func charts(_ text: String) -> [Chart] {
        var chart = Chart(
            text, x: Chart.Axis(text), y: Chart.Axis(text),
            series: [.line(text, [1, 2]), .dots(text, x: [1], y: [1]), .bars(text, edges: [0, 1], heights: [2])],
            references: [.horizontal(1, label: text), .vertical(1), .diagonal(label: text)])
        chart.remarks = [text]
        return [chart, Chart.curves([(text, [1, .nan, 2])], title: text, y: text, scale: .logarithmic)]
    }

    @Test("no text leaves its place", arguments: hostile)
    func escaping(_ text: String) {
        for chart in charts(text) {
            let markup = chart.svg()
            #expect(malformation(markup) == nil)
            #expect(!markup.contains("<script") && !markup.contains("<d>") && !markup.contains(" onload=\""))
            for style in [Chart.TerminalStyle.braille, .ascii] {
                let picture = chart.terminal(width: 40, height: 30, style: style)
                #expect(
                    picture.unicodeScalars.allSatisfy {
                        $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) || $0 == "\n"
                    })
                #expect(picture.components("\n").allSatisfy { $0.columns <= 40 })
                #expect(picture.components("\n").count <= 30)
            }
        }
        var table = TextTable([.left(text), .decimal(text), .right("")])
        table.append([text, "1.5"])
        var report = HTMLReport(title: text, subtitle: text, language: text)
        report.append(
            text,
            [
                .paragraph(text), .facts([(text, text)]), .figures([(text, text)]), .table(table),
                .charts(charts(text)), .preformatted(text),
            ])
        let html = report.html
        #expect(malformation(html) == nil)
        #expect(!html.contains("<script") && !html.contains("<d>") && !html.contains(" onload=\""))
    }

    @Test("escaping keeps what can be read")
    func escaped() {
        #expect(DescentPictures.escaped("a<b>&\"c\"'d'") == "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;")
        #expect(sanitized("a\u{1B}[31m\r\nb\tc\u{202E}") == "a\u{FFFD}[31m b c\u{FFFD}")
        #expect(sanitized("a\r\nb\tc\rd", keepsLines: true) == "a\nb\tc\nd")
        #expect(sanitized("日本語 é 👩‍👩‍👧") == "日本語 é 👩‍👩‍👧")
    }

    @Test("the checker of markup notices what is wrong")
    func checker() {
        #expect(malformation("<a b=\"1\"><c/>x &amp; y</a>\n") == nil)
        let wrong = [
            "<a>", "<a></b>", "<a></a></a>", "<a b=1/>", "<a b=\"1\" b=\"2\"></a>", "<a>&nbsp;</a>", "<a> & </a>",
            "x<a></a>",
            "<a b=\"<\"></a>", "<a></a><a></a>", "<a>\u{1}</a>", "<a><b></a></b>", "< a></a>",
        ]
        for text in wrong { #expect(malformation(text) != nil, "\(text)") }
    }

    @Test("nothing comes from outside")
    func selfContained() {
        let chart = charts("title")[0]
        let report = HTMLReport(title: "T", sections: [.init("S", [.charts([chart]), .preformatted("x")])])
        let svg = chart.svg().components("xmlns=\"http://www.w3.org/2000/svg\"")
        #expect(svg.count == 2)
        for text in [report.html, svg.joined()] {
            for word in ["http:", "https:", "src=", "href", "@import", "url(", "<script", "<link"] {
                #expect(!text.contains(word), "\(word)")
            }
        }
        #expect(report.html.utf8.count < 20_000)
    }

    @Test("light and dark, words for those who do not see")
    func manners() {
        let chart = Chart("Loss", x: "epoch", y: "mse", series: [.line("loss", [3, 1])])
        let markup = chart.svg()
        #expect(markup.contains("(prefers-color-scheme:dark)") && markup.contains("role=\"img\""))
        #expect(contents(of: "title", in: markup) == ["Loss"])
        #expect(
            contents(of: "desc", in: markup) == [
                "epoch from left to right; mse upwards; loss: a line through 2 points, from 1 to 3."
            ])
        let html = HTMLReport(title: "T", sections: [.init("S", [.charts([chart])])]).html
        #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(html.contains("name=\"viewport\"") && html.contains("@media print"))
        #expect(html.components("<style>").count == 2)
    }

    @Test("a table of a report: numbers to the right, points below each other, rules")
    func table() {
        var table = TextTable([.left("a"), .decimal("b")])
        table.append(["x", "1.25"])
        table.append(["y", "10"])
        table.appendRule()
        table.append(["z"])
        let html = HTMLReport(title: "T", sections: [.init("", [.table(table), .charts([]), .facts([])])]).html
        #expect(
            html.contains(
                """
                <section>
                <div class="wide"><table>
                <thead>
                <tr><th scope="col">a</th><th scope="col" class="number">b</th></tr>
                </thead>
                <tbody>
                <tr><td>x</td><td class="number">1.25</td></tr>
                <tr><td>y</td><td class="number">10\u{2008}\u{2007}\u{2007}</td></tr>
                <tr class="rule"><td>z</td><td class="number"></td></tr>
                </tbody>
                </table></div>
                </section>
                """))
    }

    @Test("the same chart gives the same text")
    func deterministic() {
        for chart in charts("t") {
            #expect(chart.svg() == chart.svg())
            #expect(chart.terminal() == chart.terminal())
        }
    }

    @Test("series of one colour differ in their dashes")
    func patterns() {
        let looks = (0..<64).map { [Palette.colour($0), Palette.pattern($0)] }
        #expect(Set(looks).count == 64)
        #expect(Set(Palette.dashes).count == 8 && Palette.dashes[0].isEmpty)
    }
}
