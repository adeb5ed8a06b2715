import Testing

@testable import DescentPictures

@Suite("ready-made charts")
struct ReadyMadeTests {
    @Test("a histogram counts each value once, borders to the right")
    func histogram() {
        let bars = Chart.histogram([0, 1, 1, 2, 3, 4, 4, 4], bins: 4).series[0]
        #expect(bars.x == [0, 1, 2, 3, 4] && bars.y == [1, 2, 1, 4])
        var noise = Noise(5)
        let values = (0..<1000).map { _ in noise.next() }
        for bins in [1, 2, 7, 100, 1000] {
            let series = Chart.histogram(values, bins: bins).series[0]
            #expect(series.y.count == bins && series.x.count == bins + 1)
            #expect(series.y.reduce(0, +) == 1000)
            #expect(series.x.first == values.min() && series.x.last == values.max())
        }
        #expect(Chart.histogram([2, 2, 2]).series[0] == .bars("", edges: [1.9, 2.1], heights: [3]))
        #expect(Chart.histogram([0]).series[0] == .bars("", edges: [-0.5, 0.5], heights: [1]))
        #expect(Chart.histogram([.nan]).series == [])
        #expect(Chart.histogram([1, 2], bins: -3).series[0].y == [2])
        #expect(Chart.histogram([1, 2], bins: 1 << 60).series[0].y.count == 1000)
    }

    @Test("the rule of Freedman and Diaconis")
    func freedmanDiaconis() {
        // 0, 1, …, 999: quartiles 249.75 and 749.25, width 2 · 499.5 / 10 = 99.9, 999 / 99.9 = 10 intervals.
        #expect(Chart.histogram((0..<1000).map(Double.init)).series[0].y.count == 10)
        // More than half of the values are the same: Sturges, ⌈log₂ 64⌉ + 1.
        #expect(Chart.histogram([Double](repeating: 1, count: 60) + [2, 3, 4, 5]).series[0].y.count == 7)
        // One far value would ask for very many.
        #expect(Chart.histogram((0..<1000).map(Double.init) + [1e12]).series[0].y.count == 200)
    }

    @Test("curves count epochs")
    func curves() {
        let chart = Chart.curves([("a", [3, 2]), ("b", [1])], title: "T", y: "loss", scale: .logarithmic, first: 5)
        #expect(chart.series == [.line("a", x: [5, 6], y: [3, 2]), .line("b", x: [5], y: [1])])
        #expect(chart.x.title == "epoch" && chart.y == Chart.Axis("loss", .logarithmic))
    }

    @Test("predictions and residuals")
    func residuals() {
        let chart = Chart.residuals(truth: [1, 2, 4], predicted: [2, 2, 3])
        #expect(chart.series[0] == .dots("", x: [2, 2, 3], y: [-1, 0, 1]))
        #expect(chart.references == [.horizontal(0)])
        let other = Chart.predictions(truth: [1, 2], predicted: [3, 4], x: "y", y: "ŷ")
        #expect(other.series[0] == .dots("", x: [1, 2], y: [3, 4]))
        #expect(other.references == [.diagonal(label: "ŷ = y")])
    }

    @Test("a legend that would repeat a title is left out")
    func legends() {
        #expect(Chart("loss", series: [.line("loss", [1])]).legendEntries.isEmpty)
        #expect(Chart(y: "loss", series: [.line("loss", [1])]).legendEntries.isEmpty)
        #expect(Chart("Training", series: [.line("loss", [1]), .line("", [2])]).legendEntries.count == 1)
        var chart = Chart(series: (0..<200).map { .line("a series of some length \($0)", [1, 2]) })
        #expect(chart.svg().contains(" more</text>"))
        chart.showsLegend = false
        #expect(!chart.svg().contains("a series of some length 0</text>"))
    }
}
