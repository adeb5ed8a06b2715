import DescentCore
import DescentTestSupport
import Testing

@testable import DescentLearning

@Suite("row clock")
struct RowClockTests {
    private static func numbers(_ rows: [Int], _ dtype: DType = .int64) throws -> RowNumbers {
        try RowNumbers(Tensor(rows, dtype: dtype))
    }

    @Test("a row that was left alone for very long has not lost what decays slowly", arguments: [1, 0.99999])
    func longLag(factor: Double) throws {
        let clock = RowClock(rows: 1, factors: ["rms": factor])
        for steps in [9_999, 10_000, 200_000] {
            clock.steps = Int32(steps)
            let lag = clock.lag(of: "rms", try Self.numbers([0]), rank: 2, dtype: .float64)
            let (got, want) = (
                lag.scalars(as: Double.self)[0], Double(exp(Double(steps) * log(Tensor(factor, dtype: .float64))))
            )
            #expect(lag.shape == [1, 1])
            #expect(abs(got - want) < 1e-9 * want)
        }
    }

    @Test("each row lags by the steps that it was not part of", arguments: [DType.int32, .int64])
    func lags(dtype: DType) throws {
        let clock = RowClock(rows: 5, factors: ["rms": 0.5, "momentum": 0.25])
        #expect(!clock.isBehind)
        for rows in [[0, 1], [1, 1, 4], [2]] { clock.touch(try Self.numbers(rows, dtype)) }
        let all = clock.lag(of: "rms", nil, rank: 1, dtype: .float32)
        #expect(mismatch(all, Tensor([0.25, 0.5, 1, 0.125, 0.5]), .bits) == nil)
        let some = clock.lag(of: "momentum", try Self.numbers([3, 0, 3], dtype), rank: 1, dtype: .float64)
        #expect(mismatch(some, Tensor([0.015625, 0.0625, 0.015625], dtype: .float64), .bits) == nil)
        let other = clock.lag(of: "nobody's", try Self.numbers([3], dtype), rank: 1, dtype: .float32)
        #expect(mismatch(other, Tensor([1]), .bits) == nil)
    }
}
