import Testing

@testable import DescentPictures

@Suite("geometry")
struct GeometryTests {
    @Test("points land on the pixels that the grid gives them")
    func placed() throws {
        let chart = Chart(
            x: Chart.Axis("x", range: 0...10), y: Chart.Axis("y", range: -5...5),
            series: [.line("", x: [0, 10, 5], y: [-5, 5, 0])])
        let markup = chart.svg(width: 400, height: 300)
        let inner = markup.components("<svg")[2]
        let frame = try ["x", "y", "width", "height"].map { try #require(Double(values(of: $0, in: inner)[0])) }
        let (left, top, width, height) = (frame[0], frame[1], frame[2], frame[3])
        #expect(width > 300 && height > 200 && left + width <= 400 - 6 && top + height < 300 - 30)
        let line = try #require(lines(0, in: markup).first)
        let expected = [
            SIMD2(left, top + height), SIMD2(left + width, top), SIMD2(left + width / 2, top + height / 2),
        ]
        for (got, want) in zip(line, expected) { #expect(abs(got.x - want.x) <= 0.11 && abs(got.y - want.y) <= 0.11) }

        // The label of 5 stands below the middle.
        let label = try #require(markup.components("<text ").first { $0.contains(">6<") })
        #expect(abs(try #require(Double(label.components("\"")[1])) - (left + width * 0.6)) <= 0.11)
    }

    @Test("without a range, points stay inside by the inset")
    func inset() throws {
        let markup = Chart(series: [.line("", x: [3, 7], y: [20, 10])]).svg(width: 400, height: 300)
        let inner = markup.components("<svg")[2]
        let line = try #require(lines(0, in: markup).first)
        let left = try #require(Double(values(of: "x", in: inner)[0]))
        let top = try #require(Double(values(of: "y", in: inner)[0]))
        #expect(abs(line[0].x - left - Layout.inset) <= 0.11)
        #expect(abs(line[0].y - top - Layout.inset) <= 0.11)
    }

    @Test("factors are equally long on a logarithmic axis")
    func logarithmic() throws {
        let markup = Chart(y: Chart.Axis("", .logarithmic), series: [.line("", [1, 10, 100, 0.1])]).svg()
        let line = try #require(lines(0, in: markup).first)
        #expect(abs((line[0].y - line[1].y) - (line[1].y - line[2].y)) <= 0.21)
        #expect(abs((line[0].y - line[1].y) - (line[3].y - line[0].y)) <= 0.21)
    }

    @Test("equal scales make the plot square")
    func square() throws {
        let chart = Chart.predictions(truth: [1, 2, 3], predicted: [1.5, 2, 9])
        for (width, height) in [(640, 400), (300, 600)] {
            let inner = chart.svg(width: width, height: height).components("<svg")[2]
            #expect(values(of: "width", in: inner)[0] == values(of: "height", in: inner)[0])
            let diagonal = try #require(values(of: "d", in: inner).first)
            let ends = diagonal.dropFirst().split { " L".contains($0) }.compactMap { Double($0) }
            #expect(abs((ends[2] - ends[0]) - (ends[1] - ends[3])) <= 0.21)
        }
    }

    @Test("bars stand on zero, between their edges")
    func bars() throws {
        let chart = Chart(
            x: Chart.Axis(range: 0...3), series: [.bars("", edges: [0, 1, 2, 3], heights: [2, 0, -1])])
        let inner = chart.svg(width: 400, height: 300).components("<svg")[2]
        let bars = try #require(values(of: "d", in: inner).first).dropFirst().split(separator: "M")
        #expect(bars.count == 2)
        let numbers = bars.map { $0.split { " VHzM".contains($0) }.compactMap { Double($0) } }
        let width = try #require(Double(values(of: "width", in: inner)[0]))
        // Left, zero, height, right, zero.
        #expect(numbers[0][1] == numbers[1][1] && numbers[0][4] == numbers[0][1])
        #expect(abs((numbers[0][1] - numbers[0][2]) + 2 * (numbers[1][1] - numbers[1][2])) <= 0.31)
        #expect(abs(numbers[0][3] - numbers[0][0] - (width / 3 - 1)) <= 0.21)
        #expect(abs(numbers[1][0] - numbers[0][0] - width * 2 / 3) <= 0.21)
    }

    @Test("where no bar hangs, zero is the foot of the plot; where all hang, its top")
    func standing() throws {
        for (heights, foot) in [([1.0, 3], 1.0), ([-1, -3], 0)] {
            let chart = Chart(series: [.bars("", edges: [0, 1, 2], heights: heights)])
            let inner = chart.svg(width: 400, height: 300).components("<svg")[2]
            let top = try #require(Double(values(of: "y", in: inner)[0]))
            let height = try #require(Double(values(of: "height", in: inner)[0]))
            let bar = try #require(values(of: "d", in: inner).first).split { " VHzM".contains($0) }.compactMap {
                Double($0)
            }
            #expect(abs(bar[1] - (top + height * foot)) <= 0.21)
        }
    }

    @Test("labels do not overlap, and nothing leaves the picture")
    func labels() throws {
        let ranges: [ClosedRange<Double>] = [
            0...1, 0...123456, -1e9...1e9, 1e-12...3e-12, 1e9...1_000_000_001, -1e300...1e300, 0...1e-300, 7...7,
        ]
        for range in ranges {
            for (width, height) in [(160, 120), (320, 200), (640, 400), (1600, 900)] {
                var chart = Chart(
                    "A title", x: "x", y: "y",
                    series: [
                        .line("a", x: [range.lowerBound, range.upperBound], y: [range.lowerBound, range.upperBound])
                    ])
                for isLogarithmic in [false, true] {
                    if isLogarithmic { (chart.x.scale, chart.y.scale) = (.logarithmic, .logarithmic) }
                    let layout = Layout(
                        chart, Survey(chart), width: Double(width), height: Double(height), margin: 16)
                    let spans = layout.xTicks.map { tick in
                        let middle = layout.left + layout.frame.x.place(tick.value) * layout.frame.width
                        let half = letterWidth(tick.label) * 6
                        return (middle - half, middle + half)
                    }
                    #expect(spans.allSatisfy { $0.0 >= 0 && $0.1 <= Double(width) })
                    #expect(zip(spans, spans.dropFirst()).allSatisfy { $1.0 - $0.1 >= 8 })
                    let heights = layout.yTicks.map { layout.frame.y.place($0.value) * layout.frame.height }
                    #expect(zip(heights, heights.dropFirst()).allSatisfy { $1 - $0 >= 14 })
                    #expect(layout.frame.width >= 20 && layout.frame.height >= 20 && layout.top > 0)
                    #expect(layout.top + layout.frame.height <= Double(height))
                    if width >= 320, !isLogarithmic, range.lowerBound < range.upperBound {
                        #expect(layout.xTicks.count + layout.yTicks.count >= 3, "\(range) \(width)")
                    }
                }
            }
        }
    }
}
