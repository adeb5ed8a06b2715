import Testing

@testable import DescentPictures

@Suite("thinning")
struct ThinningTests {
    @Test("a line keeps the first, last, lowest and highest of each column of pixels")
    func extremes() {
        var noise = Noise(7)
        let count = 60_000
        var values = (0..<count).map { _ in noise.next() }
        values[12_345] = 40
        values[54_321] = -30
        let places = values.indices.map { SIMD2(Double($0) / 100, values[$0]) }
        let thinned = LineThinning(places, columnWidth: 1, limit: 6000).pieces
        #expect(thinned.count == 1)
        let kept = thinned[0]
        #expect(kept.count < 3000)
        for column in 0..<count / 100 {
            let all = places[column * 100..<(column + 1) * 100]
            let some = kept.filter { $0.x >= Double(column) && $0.x < Double(column + 1) }
            #expect(some.first == all.first && some.last == all.last)
            #expect(some.map(\.y).max() == all.map(\.y).max())
            #expect(some.map(\.y).min() == all.map(\.y).min())
        }
        #expect(kept.map(\.x) == kept.map(\.x).sorted())
    }

    @Test("gaps survive if one could see them")
    func gaps() {
        var places = (0..<20_000).map { SIMD2(Double($0) / 40, 0.0) }
        for i in 8000..<12_000 { places[i] = SIMD2(.nan, .nan) }
        places[50] = SIMD2(.nan, .nan)
        let pieces = LineThinning(places, columnWidth: 1, limit: 6000).pieces
        #expect(pieces.count == 2)
        #expect(pieces[0].last?.x == 7999.0 / 40 && pieces[1].first?.x == 300)
    }

    @Test("a picture stays small, whatever comes")
    func size() {
        var noise = Noise(11)
        let values = (0..<40_000).map { _ in noise.next() }
        let others = (0..<40_000).map { _ in noise.next() }
        let gaps = values.enumerated().map { $0 % 2 == 0 ? $1 : .nan }
        let charts = [
            Chart(series: [.line("", values)]), Chart(series: [.line("", gaps)]),
            Chart(series: [.line("", x: values, y: others)]), Chart(series: [.dots(x: values, y: others)]),
            Chart(series: (0..<8).map { .line("\($0)", Array(values[$0 * 1000..<$0 * 1000 + 5000])) }),
            Chart(
                series: (0..<8).map {
                    .dots("\($0)", x: Array(values[..<4000]), y: Array(others[($0 * 1000)...].prefix(4000)))
                }),
            Chart.histogram(values, bins: 1000),
        ]
        for (i, chart) in charts.enumerated() {
            let size = chart.svg(width: 1000, height: 600).utf8.count
            #expect(size < 110_000, "chart \(i): \(size)")
        }
    }

    @Test("dots stand for those they cover, and the outermost stay")
    func dots() {
        var noise = Noise(13)
        let places = (0..<30_000).map { _ in SIMD2(noise.next() * 600, noise.next() * 400) }
        let dots = DotThinning(places, limit: 2000).dots
        #expect(dots.count <= 2004)
        #expect(dots.reduce(0) { $0 + $1.count } >= places.count)
        for key in [\SIMD2<Double>.x, \SIMD2<Double>.y] {
            #expect(dots.map { $0.place[keyPath: key] }.min() == places.map { $0[keyPath: key] }.min())
            #expect(dots.map { $0.place[keyPath: key] }.max() == places.map { $0[keyPath: key] }.max())
        }
        #expect(DotThinning(Array(places.prefix(100)), limit: 100).dots.map(\.count) == Array(repeating: 1, count: 100))
    }
}
