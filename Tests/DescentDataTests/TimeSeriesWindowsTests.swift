import DescentCore
import DescentData
import DescentFiles
import DescentTestSupport
import Testing

@Suite("windows over series")
struct TimeSeriesWindowsTests {
    @Test("the batches that Keras makes")
    func asKeras() throws {
        for value in try Recorded.cases("windows", 12) {
            let item = try #require(value.object)
            func integer(_ key: String) throws -> Int { try #require(item[key]?.integer) }
            let (count, features) = (try integer("count"), try integer("features"))
            let series = Tensor.arange(count * max(features, 1)).reshape(features > 0 ? [count, features] : [count])
            let data = try timeSeriesWindows(
                series, targets: item["targets"]?.integer.map { Tensor.arange($0) + 1000 }, length: integer("length"),
                stride: integer("stride"), sampling: integer("sampling"), startIndex: item["start"]?.integer ?? 0,
                endIndex: item["end"]?.integer, batchSize: integer("batchSize"))
            let batches = try #require(item["batches"]?.list)
            #expect(data.count == batches.count)
            for (got, want) in zip(data.epoch(), batches) {
                #expect(mismatch(got.x, try Recorded.tensor(want.object?["x"], dtype: .float32), .bits) == nil)
                let described = try #require(want.object?["y"])
                let y = described.object == nil ? nil : try Recorded.tensor(described, dtype: .float32)
                #expect((got.y == nil) == (y == nil))
                if let y, let labels = got.y { #expect(mismatch(labels, y, .bits) == nil) }
            }
        }
    }

    @Test("random windows, shuffled: each once, with its rows and its target")
    func shuffled() throws {
        var random = SplitMix64(seed: 3)
        for seed in 0..<40 {
            let (length, sampling) = (Int.random(in: 1...6, using: &random), Int.random(in: 1...4, using: &random))
            let stride = Int.random(in: 1...5, using: &random)
            let start = Int.random(in: 0...3, using: &random)
            let rows = start + (length - 1) * sampling + Int.random(in: 1...30, using: &random)
            let series = Tensor.arange(2 * rows, dtype: .float64).reshape(rows, 2)
            let data = try timeSeriesWindows(
                series, targets: Tensor.arange(rows), length: length, stride: stride, sampling: sampling,
                startIndex: start, batchSize: Int.random(in: 1...9, using: &random), shuffle: true, seed: seed)
            var starts: [Int] = []
            for batch in data.epoch(seed) {
                let labels = try numbers(batch.y).map { Int($0) }
                let want = labels.flatMap { first in
                    (0..<length).flatMap { step -> [Double] in
                        let row = Double(first + step * sampling)
                        return [2 * row, 2 * row + 1]
                    }
                }
                #expect(batch.x.shape == [labels.count, length, 2] && batch.x.dtype == .float64)
                #expect(try numbers(batch.x) == want)
                starts += labels
            }
            let last = rows - (length - 1) * sampling
            #expect(starts.sorted() == Array(Swift.stride(from: start, to: last, by: stride)))
        }
    }

    @Test("targets of several axes; targets that end early end the windows")
    func targets() throws {
        let series = Tensor.arange(10)
        let data = try timeSeriesWindows(
            series, targets: Tensor.arange(12).reshape(6, 2), length: 2, stride: 2, startIndex: 1)
        #expect(data.rowCount == 3)
        #expect(try numbers(data.batch(0).y) == [2, 3, 6, 7, 10, 11])
    }

    @Test("windows that cannot be")
    func refusals() {
        let series = Tensor.arange(10)
        expectRefusal("window must fit", "length 11", "10 rows") { try timeSeriesWindows(series, length: 11) }
        expectRefusal("window must fit", "sampling 5") { try timeSeriesWindows(series, length: 3, sampling: 5) }
        expectRefusal("window must fit") { try timeSeriesWindows(series, length: .max, sampling: .max) }
        for number in [0, -1, Int.min] {
            expectRefusal("length", "\(number)") { try timeSeriesWindows(series, length: number) }
            expectRefusal("stride", "\(number)") { try timeSeriesWindows(series, length: 2, stride: number) }
            expectRefusal("sampling", "\(number)") { try timeSeriesWindows(series, length: 2, sampling: number) }
            expectRefusal("batchSize", "\(number)") { try timeSeriesWindows(series, length: 2, batchSize: number) }
        }
        expectRefusal("startIndex 10") { try timeSeriesWindows(series, length: 2, startIndex: 10) }
        expectRefusal("startIndex -1") { try timeSeriesWindows(series, length: 2, startIndex: -1) }
        expectRefusal("endIndex 11") { try timeSeriesWindows(series, length: 2, endIndex: 11) }
        expectRefusal("endIndex 3") { try timeSeriesWindows(series, length: 2, startIndex: 3, endIndex: 3) }
        expectRefusal("2 targets", "startIndex 4") {
            try timeSeriesWindows(series, targets: Tensor.arange(2), length: 2, startIndex: 4)
        }
        expectRefusal("axis of rows") { try timeSeriesWindows(Tensor(1), length: 2) }
        expectRefusal("at most 8 axes") { try timeSeriesWindows(Tensor.zeros([2, 1, 1, 1, 1, 1, 1, 1]), length: 2) }
    }
}
