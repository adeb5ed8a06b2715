import Testing

@testable import DescentPictures

@Suite("what has no place")
struct NumbersLeftOutTests {
    @Test("a line breaks where a point is not finite")
    func breaks() {
        let chart = Chart(series: [.line("", [1, 2, .nan, 3, .infinity, 4, 5])])
        let pieces = lines(0, in: chart.svg())
        #expect(pieces.map(\.count) == [2, 2, 1])
        #expect(chart.notes == ["2 points are not finite and left out."])
        #expect(chart.svg().contains(">2 points are not finite and left out.</text>"))
        #expect(chart.terminal(width: 60, height: 10).hasSuffix("\n2 points are not finite and left out."))
    }

    @Test("notes count")
    func notes() {
        var chart = Chart(
            x: Chart.Axis("", .logarithmic), y: Chart.Axis("", .logarithmic),
            series: [.dots(x: [1, 0, -1, .nan, 5, 6], y: [1, 1, 1, 1, 0, 2, 9])])
        #expect(
            chart.notes == [
                "1 point is not finite and left out.", "3 points are not positive and left out.",
                "1 number is without a partner and left out.",
            ])
        chart.remarks = ["Measured twice."]
        #expect(chart.notes.first == "Measured twice.")
        #expect(Chart(series: [.line("", [1, 1e301])]).notes == ["1 point is not finite and left out."])
        #expect(
            Chart(series: [.bars(edges: [1, 2], heights: [3, 4])]).notes == [
                "1 number is without a partner and left out."
            ])
        // An empty bar is no mistake.
        let empty = Chart(y: Chart.Axis("", .logarithmic), series: [.bars(edges: [1, 2, 3], heights: [3, 0])])
        #expect(empty.notes == [])
        #expect(Chart().notes == ["There are no points to show."])
        #expect(
            Chart.residuals(truth: [1, 2, 3], predicted: [1]).notes == ["2 numbers are without a partner and left out."]
        )
        #expect(
            Chart.residuals(truth: [1], predicted: [1, 2]).notes == ["1 number is without a partner and left out."])
        #expect(Chart.histogram([1, .nan, 2, .infinity]).notes == ["2 values are not finite and left out."])
    }

    @Test("any numbers give a sound picture")
    func hostile() {
        let awkward: [[Double]] = [
            [], [0], [5], [-3, -3, -3], [.nan], [.nan, .infinity, -.infinity], [1e-30, 1e30], [-1e300, 1e300],
            [.leastNonzeroMagnitude, 2 * .leastNonzeroMagnitude], [1, 1 + 1e-15], [1e300, 1e300],
            [1.7e308, -1.7e308, 1], [0, .leastNormalMagnitude / 64], [-1, 0, 1],
        ]
        for values in awkward {
            for scale in [Chart.Scale.linear, .logarithmic] {
                var charts = [
                    Chart.curves([("a", values), ("b", values.map { -$0 })], title: "T", y: "y", scale: scale),
                    Chart.predictions(truth: values, predicted: values.reversed()),
                    Chart.residuals(truth: values, predicted: values.reversed()), Chart.histogram(values),
                ]
                for i in charts.indices { (charts[i].x.scale, charts[i].y.scale) = (scale, scale) }
                charts.append(Chart(y: Chart.Axis("y", scale, range: 0...(.infinity)), series: [.line("", values)]))
                charts.append(Chart(y: Chart.Axis("y", scale, range: 1...1), series: [.dots(x: values, y: values)]))
                for chart in charts {
                    let markup = chart.svg(width: 300, height: 200)
                    #expect(malformation(markup) == nil)
                    #expect(!markup.contains("nan") && !markup.contains("inf"))
                    for style in [Chart.TerminalStyle.braille, .ascii] {
                        for (width, height) in [(20, 5), (33, 9), (80, 24)] {
                            let text = chart.terminal(width: width, height: height, style: style)
                            let rows = text.components("\n")
                            #expect(rows.allSatisfy { $0.columns <= width }, "\(text)")
                            #expect(rows.count <= height)
                        }
                    }
                    #expect(sparkline(values, width: 4).count == min(values.count, 4))
                }
            }
        }
    }

    @Test("a range that the axis asks for cuts off, and cannot be absurd")
    func ranges() throws {
        let far = Chart(y: Chart.Axis("", range: 0...1e-3), series: [.line("", [0, 1e9, -1e9, 1e-3])])
        #expect(malformation(far.svg()) == nil)
        #expect(far.terminal(width: 30, height: 8).components("\n").count <= 8)
        let negative = Chart.Axis("", .logarithmic, range: -1...1)
        let extent = Extent(low: 1, high: 100, isWhole: true)
        #expect(Scaling(negative, extent, margin: 0) == Scaling(Chart.Axis("", .logarithmic), extent, margin: 0))
    }
}
