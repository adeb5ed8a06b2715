import DescentCore
import DescentTestSupport
import Testing

@Suite("Pools")
struct PoolingTests {
    /// Every window as a list of its elements, in one dimension.
    private func windows(_ x: [Double], _ window: Int, _ stride: Int, _ before: Int, _ after: Int) -> [[Double]] {
        let last = x.count + before + after - window
        return Swift.stride(from: 0, through: last, by: stride).map { start in
            (start..<start + window).map { $0 - before }.filter(x.indices.contains).map { x[$0] }
        }
    }

    @Test(
        "largest and mean, with padding and overlaps",
        arguments: [(2, 2, 0, 0), (3, 1, 1, 1), (3, 2, 2, 1), (4, 3, 0, 3)])
    func oneDimension(_ window: Int, _ stride: Int, _ before: Int, _ after: Int) {
        var random = SplitMix64(seed: 1)
        let values = (0..<11).map { _ in random.gaussian() }
        let x = Tensor(values, shape: [1, 1, 11])
        let expected = windows(values, window, stride, before, after)
        let padding = WindowPadding.borders([(before, after)])
        let largest = maxPool1d(x, window: window, stride: stride, padding: padding)
        #expect(largest.scalars(as: Double.self) == expected.map { $0.max()! })
        let sums = expected.map { $0.reduce(0, +) }
        let mean = avgPool1d(x, window: window, stride: stride, padding: padding)
        let want = Tensor(zip(sums, expected).map { $0 / Double($1.count) }, shape: mean.shape)
        #expect(mismatch(mean, want, .within(absolute: 1e-15)) == nil)
        let counted = avgPool1d(x, window: window, stride: stride, padding: padding, countsPadding: true)
        #expect(mismatch(counted, Tensor(sums, shape: mean.shape) / Double(window), .within(absolute: 1e-15)) == nil)
    }

    @Test("channels last is channels first, permuted")
    func formats() {
        var random = SplitMix64(seed: 2)
        let x = random.normal([2, 3, 7, 6], dtype: .float64)
        let last = x.permute(0, 2, 3, 1)
        let largest = maxPool2d(x, window: [3, 2], stride: 2, padding: .same)
        #expect(
            mismatch(
                maxPool2d(last, window: [3, 2], stride: 2, padding: .same, dataFormat: .channelsLast),
                largest.permute(0, 2, 3, 1))
                == nil)
        let mean = avgPool2d(x, window: [3, 2], stride: 2, padding: .same)
        #expect(mean.shape == [2, 3, 4, 3])
        #expect(
            mismatch(
                avgPool2d(last, window: [3, 2], stride: 2, padding: .same, dataFormat: .channelsLast),
                mean.permute(0, 2, 3, 1),
                .within(absolute: 1e-15)) == nil)
        let single = maxPool2d(x.cast(to: .float32), window: [3, 2], stride: 2, padding: .same)
        #expect(mismatch(single, largest.cast(to: .float32)) == nil)
    }

    @Test("first and second derivatives")
    func derivatives() throws {
        var random = SplitMix64(seed: 3)
        let x = Tensor((0..<60).shuffled(using: &random).map { Double($0) * 0.3 }, shape: [1, 2, 5, 6])
        for order in 1...2 {
            for f in [
                { maxPool2d($0[0], window: [3, 2], stride: [2, 1], padding: .same) },
                { avgPool2d($0[0], window: [3, 2], stride: [2, 1], padding: .same) },
                { avgPool2d($0[0], window: 2, dataFormat: .channelsLast).square() },
            ] as [@Sendable ([Tensor]) -> Tensor] {
                #expect(try checkGradient(of: f, at: [x], order: order).failure == nil)
            }
        }
    }

    @Test("NaN is the largest; large pools on threads")
    func awkward() throws {
        let x = Tensor([1, .nan, 2, 3, -.infinity, -.infinity] as [Double], shape: [1, 1, 6])
        let y = maxPool1d(x, window: 2).scalars(as: Double.self)
        #expect(y[0].isNaN && y[1] == 3 && y[2] == -.infinity)
        let large = Tensor.ones([4, 8, 64, 64])
        #expect(Double(try avgPool2d(large, window: 2).sum().evaluated()) == 4 * 8 * 32 * 32)
        #expect(Double(try maxPool2d(large, window: 2).sum().evaluated()) == 4 * 8 * 32 * 32)
        #expect(maxPool1d(Tensor.ones([0, 1, 4]), window: 2).shape == [0, 1, 2])
    }

    @Test("refused at once")
    func refused() {
        let x = Tensor.ones([1, 1, 5])
        for poison in [
            maxPool1d(x, window: 6), maxPool1d(x, window: 2, padding: .explicit(2)), maxPool1d(x, window: 0),
            maxPool2d(x, window: 2), avgPool1d(x, window: 2, stride: 0), maxPool1d(Tensor.ones([1, 1, 0]), window: 1),
        ] {
            #expect(poison.error?.location?.file.contains("PoolingTests") == true)
        }
    }
}
