import Testing

@testable import DescentPictures

@Suite("terminal")
struct TerminalTests {
    @Test("a falling line in braille")
    func braille() {
        let chart = Chart("Fall", x: "t", y: "h", series: [.line("", [4, 3, 2, 1, 0])])
        #expect(
            chart.terminal(width: 20, height: 9) == """
                Fall
                h
                4 ┤⠉⠒⠤⣀
                2 ┤    ⠉⠒⠢⠤⣀⡀
                  │         ⠈⠑⠢⢄⡀
                0 ┤             ⠈⠑⠢⢄
                  └┬───────┬───────┬
                   0       2       4
                           t
                """)
    }

    @Test("two series in ASCII, with a gap")
    func ascii() {
        let chart = Chart(series: [.line("a", [0, 1, 2, .nan, 4]), .dots("b", x: [0, 4], y: [4, 0])])
        #expect(
            chart.terminal(width: 24, height: 9, style: .ascii) == """
                * a   o b
                4 +o                   *
                2 +        ***
                  |   *****
                0 +***                 o
                  ++---------+---------+
                   0         2         4
                1 point is not finite
                and left out.
                """)
    }

    @Test("bars")
    func bars() {
        #expect(
            Chart.histogram([1, 2, 2, 3, 3, 3, 4], bins: 3).terminal(width: 24, height: 7, style: .ascii) == """
                count
                4 +             ********
                2 +       **************
                  |*********************
                0 +*********************
                  ++------+-----+------+
                   1      2     3      4
                """)
    }

    @Test("series in braille differ by their dashes, dots by their shapes, a reference is sparse")
    func patterns() {
        let chart = Chart(
            series: [
                .line("a", [3, 3]), .line("b", [2, 2]), .line("c", [1, 1]), .dots("d", x: [0.5], y: [4]),
                .dots("e", x: [0.5], y: [5]),
            ], references: [.horizontal(0, label: "zero")])
        #expect(
            chart.terminal(width: 26, height: 11) == """
                ⠒⠒⠒ a   ⠒⠂⠒ b   ⠂⠂⠂ c
                 ⠐⠁ d    ⠐⠄ e   ⠂⠐  zero
                  │           ⠈⠂
                4 ┤           ⠐⠁
                  │⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
                  │
                2 ┤⠉⠁⠉⠁⠉⠁⠉⠁⠉⠁⠉⠁⠉⠁⠉⠁⠉⠁⠉⠁⠉⠁⠉
                  │⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄
                0 ┤⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀ ⡀⢀
                  └┬──────────┬──────────┬
                  0.0        0.5       1.0
                """)
    }

    @Test("predictions have a square plot")
    func square() {
        let chart = Chart.predictions(truth: [0, 4, 2], predicted: [0, 4, 3], title: "")
        #expect(
            chart.terminal(width: 40, height: 9, style: .ascii) == """
                . prediction = truth
                prediction
                4 +      *
                2 +   *
                  |
                0 +*
                  ++--+--+
                   0  2  4
                    truth
                """)
    }

    @Test("colours only if asked for")
    func colours() {
        let chart = Chart(series: [.line("a", [1, 2]), .line("b", [2, 1])])
        let plain = chart.terminal(width: 30, height: 8)
        let coloured = chart.terminal(width: 30, height: 8, colors: true)
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[38;5;33m") && coloured.contains("\u{1B}[38;5;208m"))
        let bare = coloured.components("\u{1B}[").map {
            $0.contains("m") ? $0.components("m").dropFirst().joined(separator: "m") : $0
        }
        #expect(bare.joined().components("\n").map(\.withoutTrailingSpaces).joined(separator: "\n") == plain)
    }

    @Test("sparklines")
    func sparklines() {
        #expect(sparkline([]) == "")
        #expect(sparkline([1]) == "▄")
        #expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
        #expect(sparkline([3, 3, 3]) == "▄▄▄")
        #expect(sparkline([.nan, 1, .infinity, 2]) == " ▁ █")
        #expect(sparkline([.nan, .nan]) == "  ")
        #expect(sparkline([0, 0, 1, 1, .nan, 2], width: 3) == "▁▅█")
        #expect(sparkline([-1e300, 1e300]) == "▁█")
        #expect(sparkline([1, 2], width: 0) == "▄")
    }
}
