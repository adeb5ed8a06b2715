import DescentCore
import DescentTestSupport
import Testing

@Suite("Statistics")
struct StatisticsTests {
    let x = Tensor([[1, 2, 4], [-3, 0, 5]] as [[Double]])

    @Test func moments() {
        #expect(mismatch(variance(x), 55.0 / 6 - 2.25, .ulps(2)) == nil)
        #expect(mismatch(variance(x, axes: [0]), [4, 1, 0.25]) == nil)
        #expect(mismatch(variance(x, axes: [0], ddof: 1), [8, 2, 0.5]) == nil)
        #expect(variance(x, axes: [0, 1], keepDims: true).shape == [1, 1])
        #expect(mismatch(standardDeviation(x, axes: [0], keepDims: true), [[2, 1, 0.5]]) == nil)
        #expect(Double(variance(Tensor([7.0]), ddof: 1)).isNaN)
        #expect(Double(variance(Tensor.zeros([0], dtype: .float64))).isNaN)
        #expect(variance(Tensor.zeros([0, 2]), axes: [1]).shape == [0])
        #expect(variance(Tensor([1, 3] as [Int])).dtype == .float32)
        #expect(x.variance(axes: [2]).error?.operation == "variance")
        #expect(x.standardDeviation(axes: [0, 0]).error?.operation == "standardDeviation")
    }

    /// Axes in a row are the list of them.
    @Test func axesInARow() {
        let x = Tensor.randomNormal([2, 3, 4], seed: 1)
        let pairs: [(Tensor, Tensor)] = [
            (x.variance(axes: 0, -1, ddof: 1), x.variance(axes: [0, 2], ddof: 1)),
            (x.variance(axes: 1, keepDims: true), x.variance(axes: [1], keepDims: true)),
            (x.standardDeviation(axes: 2, ddof: 1), x.standardDeviation(axes: [2], ddof: 1)),
            (x.standardDeviation(axes: 0, 1, keepDims: true), x.standardDeviation(axes: [0, 1], keepDims: true)),
            (x.norm(order: 1, axes: 1), x.norm(order: 1, axes: [1])),
            (x.norm(axes: 0, 1, keepDims: true), x.norm(axes: [0, 1], keepDims: true)),
            (x.median(axes: 1, 2), x.median(axes: [1, 2])),
            (x.median(axes: 0, keepDims: true), x.median(axes: [0], keepDims: true)),
            (x.logSumExp(axes: 0, 2), x.logSumExp(axes: [0, 2])),
            (x.logSumExp(axes: 1, keepDims: true), x.logSumExp(axes: [1], keepDims: true)),
        ]
        for (number, pair) in pairs.enumerated() {
            #expect(mismatch(pair.0, pair.1, .bits) == nil, "pair \(number)")
        }
        #expect(x.variance(axes: 3).error?.operation == "variance")
    }

    @Test func norms() {
        let v = Tensor([3, -4, 0] as [Double])
        for (order, want) in [(2.0, 5.0), (1, 7), (0, 2), (.infinity, 4), (-.infinity, 0), (3, 4.497941445275415)] {
            #expect(mismatch(norm(v, order: order), want, .within(relative: 1e-15)) == nil)
        }
        #expect(Double(norm(v, order: -1)) == 0 && Double(norm(v, order: 0.5)) > 13.9)
        #expect(mismatch(norm(x, axes: [1], keepDims: true).square(), [[21], [34]], .ulps(2)) == nil)
        for order in [0.0, 1, 2, 2.5] { #expect(Double(norm(Tensor.zeros([0]), order: order)) == 0) }
        #expect(norm(Tensor.zeros([0]), order: .infinity).error?.operation == "norm")
        #expect(norm(v, order: .nan).error?.message == "[norm] the order is a number. Received: nan")
        #expect(norm(v, axes: [1]).error?.operation == "norm")
    }

    @Test func logSums() {
        #expect(Double(logSumExp(Tensor([-Double.infinity, -Double.infinity]))) == -.infinity)
        #expect(Double(logSumExp(Tensor([0, Double.infinity]))) == .infinity)
        #expect(Double(logSumExp(Tensor.zeros([0]))) == -.infinity)
        #expect(logSumExp(Tensor.zeros([0, 2]), axes: [1]).shape == [0])
        #expect(
            mismatch(logSumExp(x - 1000, axes: [0]) + 1000, log(exp(x).sum(axes: 0)), .within(relative: 1e-13)) == nil)
        #expect(logSumExp(x, axes: [0, 1], keepDims: true).shape == [1, 1])
        #expect(countNonZero(x, axes: [1]).scalars(as: Int.self) == [3, 2])
        #expect(Int(countNonZero(Tensor([true, false, true] as [Bool]))) == 2 && countNonZero(x).dtype == .int64)
        #expect(x.logSumExp(axes: [5]).error?.operation == "logSumExp")
        #expect(x.countNonZero(axes: [5]).error?.operation == "countNonZero")
    }

    @Test func quantiles() {
        #expect(mismatch(median(x, axes: [1]), [2, 0]) == nil)
        #expect(Double(median(x)) == 1.5)
        #expect(mismatch(quantile(x, 0.25, axes: [1], keepDims: true), [[1.5], [-1.5]]) == nil)
        #expect(mismatch(quantile(x, 0), -3) == nil && mismatch(quantile(x, 1), 5) == nil)
        #expect(mismatch(median(x.expandDims(1), axes: [0, 2]), [1.5]) == nil)
        #expect(Double(median(Tensor([1, .nan, 2] as [Double]))).isNaN)
        #expect(quantile(x, 1.5).error?.message == "[quantile] the share lies in 0...1. Received: 1.5")
        #expect(median(Tensor.zeros([0])).error?.operation == "median")
        #expect(median(Tensor.zeros([0, 3]), axes: [1]).shape == [0])
        #expect(median(Tensor([1, 2] as [Int])).dtype == .float32)
    }

    @Test func withoutNaN() {
        let y = Tensor([[1, .nan, 4], [.nan, .nan, .nan]] as [[Double]])
        #expect(mismatch(nanSum(y, axes: [1]), [5, 0]) == nil)
        #expect(mismatch(nanMean(y, axes: [1]), numbers(2.5, .nan)) == nil)
        #expect(mismatch(nanMax(y, axes: [1]), numbers(4, .nan)) == nil)
        #expect(mismatch(nanMin(y, axes: [1], keepDims: true), numbers(1, .nan).expandDims(1)) == nil)
        #expect(nanMax(Tensor.zeros([0])).error?.operation == "nanMax")
        #expect(Int(nanSum(Tensor([1, 2] as [Int]))) == 3)
    }

    @Test func numbersThatAreNone() {
        let y = Tensor([1, .nan, .infinity, -.infinity] as [Double])
        #expect(isNaN(y).scalars(as: Bool.self) == [false, true, false, false])
        #expect(isInfinite(y).scalars(as: Bool.self) == [false, false, true, true])
        #expect(isFinite(y).scalars(as: Bool.self) == [true, false, false, false])
        #expect(mismatch(nanToNum(y), numbers(1, 0, .greatestFiniteMagnitude, -.greatestFiniteMagnitude)) == nil)
        #expect(mismatch(nanToNum(y, nan: 7, positiveInfinity: 8, negativeInfinity: 9), [1, 7, 8, 9]) == nil)
        #expect(Double(nanToNum(Tensor([Float.infinity])).sum()) == Double(Float.greatestFiniteMagnitude))
        let whole = Tensor([1, 2] as [Int])
        #expect(isFinite(whole).scalars(as: Bool.self) == [true, true])
        #expect(isInfinite(whole).scalars(as: Bool.self) == [false, false] && nanToNum(whole).dtype == .int64)
    }

    @Test func bounds() {
        let y = Tensor([-2, 0.5, 3, .nan] as [Double])
        #expect(mismatch(clip(y, 0, 1), numbers(0, 0.5, 1, .nan)) == nil)
        #expect(mismatch(clip(y, nil, 1), numbers(-2, 0.5, 1, .nan)) == nil)
        #expect(mismatch(clip(y, [-3, 1, 1, 0], nil), numbers(-2, 1, 3, .nan)) == nil)
        #expect(clip(Tensor([5, -5] as [Int]), 0, 3).scalars(as: Int.self) == [3, 0])
        #expect(clip(y, [1, 2], nil).error?.message == "[clip] shapes must broadcast. Received: [4], [2]")
        #expect(lerp(y, Tensor([1, 2]), 0.5).error?.operation == "lerp")
        #expect(xlogy(y, Tensor([1, 2])).error?.operation == "xlogy")
        #expect(hypot(y, Tensor([1, 2])).error?.operation == "hypot")
        #expect(logAddExp(y, Tensor([1, 2])).error?.operation == "logAddExp")
        #expect(polygamma(-1, y).error?.operation == "polygamma" && zeta(y, Tensor([1, 2])).error?.operation == "zeta")
        #expect(mismatch(lerp(Tensor([0.1, 1e20]), Tensor([0.3, 1]), 1), [0.3, 1], .bits) == nil)
        #expect(mismatch(lerp(Tensor([0.1, 1e20]), Tensor([0.3, 1]), 0), [0.1, 1e20], .bits) == nil)
    }
}
