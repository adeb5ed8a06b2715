import DescentCore
import DescentTestSupport
import Testing

@Suite("Scans")
struct ScanTests {
    let x = Tensor([[1, 2, 3], [4, 5, 6]] as [[Double]])

    @Test func sums() {
        #expect(mismatch(cumsum(x), [[1, 2, 3], [5, 7, 9]]) == nil)
        #expect(mismatch(cumsum(x, axis: 1), [[1, 3, 6], [4, 9, 15]]) == nil)
        #expect(mismatch(cumsum(x, axis: -1, exclusive: true), [[0, 1, 3], [0, 4, 9]]) == nil)
        #expect(mismatch(cumsum(x, axis: 1, reverse: true), [[6, 5, 3], [15, 11, 6]]) == nil)
        #expect(mismatch(cumsum(x, axis: 1, exclusive: true, reverse: true), [[5, 3, 0], [11, 6, 0]]) == nil)
        let truths = cumsum(Tensor([true, false, true] as [Bool]))
        #expect(truths.scalars(as: Int.self) == [1, 1, 2] && truths.dtype == .int64)
        #expect(cumsum(x.transposed()[.range(step: -1)], axis: 1).scalars(as: Int.self) == [3, 9, 2, 7, 1, 5])
    }

    @Test func products() {
        #expect(mismatch(cumprod(x, axis: 1), [[1, 2, 6], [4, 20, 120]]) == nil)
        #expect(mismatch(cumprod(x, axis: 1, exclusive: true), [[1, 1, 2], [1, 4, 20]]) == nil)
        #expect(mismatch(cumprod(x, axis: 1, reverse: true), [[6, 6, 3], [120, 30, 6]]) == nil)
        #expect(cumprod(Tensor([2, 3, 4] as [Int32])).scalars(as: Int.self) == [2, 6, 24])
        #expect(mismatch(cumprod(Tensor([2, .infinity, 0, 5] as [Double])), numbers(2, .infinity, .nan, .nan)) == nil)
    }

    @Test func extremes() {
        let y = Tensor([2, 1, 3, .nan, 9] as [Double])
        #expect(mismatch(cummax(y), numbers(2, 2, 3, .nan, .nan)) == nil)
        #expect(mismatch(cummin(y), numbers(2, 1, 1, .nan, .nan)) == nil)
        #expect(mismatch(cummax(y[..<3], reverse: true), [3, 3, 3]) == nil)
        #expect(cummin(Tensor([2, 1, 3] as [Int])).scalars(as: Int.self) == [2, 1, 1])
    }

    @Test func logSums() {
        let y = Tensor([-.infinity, 0, 1000, -1000, 999] as [Double])
        let want = numbers(-.infinity, 0, 1000, 1000, 1000.3132616875182)
        #expect(mismatch(logCumsumExp(y), want, .within(relative: 1e-15)) == nil)
        #expect(mismatch(logCumsumExp(y, exclusive: true)[..<2], numbers(-.infinity, -.infinity)) == nil)
        #expect(mismatch(logCumsumExp(x, axis: 1), log(cumsum(exp(x), axis: 1)), .within(relative: 1e-14)) == nil)
        #expect(
            mismatch(
                logCumsumExp(x, axis: 1, reverse: true), log(cumsum(exp(x), axis: 1, reverse: true)),
                .within(relative: 1e-14)) == nil)
    }

    @Test func emptyAndRefused() {
        for f in [
            { cumsum($0, axis: 1) }, { cumprod($0, axis: 1) }, { cummax($0, axis: 1) }, { logCumsumExp($0, axis: 1) },
        ]
            as [(Tensor) -> Tensor]
        {
            #expect(
                f(Tensor.zeros([2, 0])).shape == [2, 0] && f(Tensor.zeros([2, 0])).scalars(as: Float.self).isEmpty)
            #expect(f(Tensor.zeros([0, 2])).scalars(as: Float.self).isEmpty)
        }
        #expect(cumsum(x, axis: 2).error?.message == "[cumsum] axes lie in -2..<2 for rank 2. Received: axis 2")
        #expect(cumprod(Tensor(1)).error?.operation == "cumprod")
    }
}
