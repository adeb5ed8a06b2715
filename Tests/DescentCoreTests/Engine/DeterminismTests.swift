import CDescent
import DescentCore
import DescentTestSupport
import Testing

/// The same bits on any number of threads, and the same numbers on any instruction set. Both are settings of the whole
/// process, so each test has one of its own.
struct DeterminismTests {
    @Test func anyNumberOfThreadsGivesTheSameBits() async {
        await #expect(processExitsWith: .success) {
            #if DEBUG
                let (count, size) = (6, 100_000)
            #else
                let (count, size) = (40, 400_000)
            #endif
            func results() throws -> [Tensor] {
                var all: [Tensor] = Large.expressions(size)
                for seed in 0..<UInt64(count) {
                    all += RandomExpression.record(seed: seed, operations: 12, size: 20_000)
                }
                try evaluate(all)
                return all
            }
            cd_set_threads(1)
            let want = try results()
            for threads in [2, 3, 64] {
                cd_set_threads(Int32(threads))
                for (index, (got, want)) in zip(try results(), want).enumerated() {
                    #expect(mismatch(got, want, .bits) == nil, "\(threads) threads, result \(index)")
                }
            }
        }
    }

    @Test func everyInstructionSetAgrees() async {
        await #expect(processExitsWith: .success) {
            func results() throws -> [Tensor] {
                let all = Large.functions(5000)
                try evaluate(all)
                return all
            }
            _ = cd_set_isa(0)
            let want = try results()
            for isa in 1..<Int32(CD_ISA_COUNT) where cd_set_isa(isa) == CD_OK {
                for (index, (got, want)) in zip(try results(), want).enumerated() {
                    // Each is within 2 units in the last place (float64: 1.5) of the exact value.
                    #expect(mismatch(got, want, .ulps(4)) == nil, "instruction set \(isa), result \(index)")
                }
            }
        }
    }
}

/// What is worth sharing between threads.
private enum Large {
    static func expressions(_ n: Int) -> [Tensor] {
        var random = SplitMix64(seed: 11)
        let rows = 1 + n / 1000
        let x = random.normal([rows, 1000])
        let w = random.normal([1000, 70])
        let y = random.normal([rows, 1000], dtype: .float64)
        return [
            x.sum(), x.sum(axes: 0), x.sum(axes: 1), y.mean(), y.prod(axes: 1), x.max(), x.argmax(axis: 1),
            (tanh(x) * y).sum(), tanh(x).matmul(w).sum(axes: 0), x.transposed().matmul(x[.all, ..<40]),
            logSoftmax(x).mean(axes: 0), (x.reshape([rows * 1000]) * 2).sum(),
        ]
    }

    /// Elementwise functions and sums of whole numbers: what must not depend on the order of adding.
    static func functions(_ n: Int) -> [Tensor] {
        var random = SplitMix64(seed: 12)
        return [DType.float32, .float64].flatMap { dtype -> [Tensor] in
            let x = random.uniform([n], in: -20..<20, dtype: dtype)
            let p = abs(x)
            let whole = floor(x)
            return [
                tanh(x), exp(x), expm1(x), log(p), log1p(p), sin(x), cos(x), tan(x), atan(x), sqrt(p), rsqrt(p),
                sigmoid(x), softplus(x), erf(x), x * x - 3 / x, x ** 5, p ** 2.5, atan2(x, p + 1), x % 3, round(x),
                whole.sum(), whole.reshape([n / 50, 50]).matmul(whole.reshape([50, n / 50])), whole.max(),
                Tensor.where(x .> 0, x, -x), x.cast(to: .int32), whole.cast(to: .int64).sum(),
            ]
        }
    }
}
