import DescentCore
import DescentTestSupport
import Testing

/// However the engine fuses, orders and places an expression, the numbers are those of its operations one by one.
struct FusionTests {
    #if DEBUG
        static let count: UInt64 = 300
    #else
        static let count: UInt64 = 3000
    #endif

    @Test func fusedExpressionsHaveTheBitsOfTheirOperations() throws {
        for seed in 0..<Self.count {
            let stepwise = try RandomExpression.record(seed: seed, operations: 14) { try evaluate([$0]) }
            let fused = RandomExpression.record(seed: seed, operations: 14)
            try evaluate(fused)
            for (index, (got, want)) in zip(fused, stepwise).enumerated() {
                #expect(mismatch(got, want, .bits) == nil, "seed \(seed), result \(index)")
            }
        }
    }

    /// Results read one after the other: what was computed for the first is there for the next.
    @Test func theOrderOfReadingDoesNotMatter() throws {
        for seed in 0..<Self.count / 4 {
            let forward = RandomExpression.record(seed: seed, operations: 20)
            let backward = RandomExpression.record(seed: seed, operations: 20)
            for tensor in forward { _ = try tensor.evaluated() }
            for tensor in backward.reversed() { _ = try tensor.evaluated() }
            for (got, want) in zip(forward, backward) {
                #expect(mismatch(got, want, .bits) == nil, "seed \(seed)")
            }
        }
    }

    /// Long rows: more than a block of a program, and reductions that are split.
    @Test func largeExpressions() throws {
        for seed in 1000..<1000 + Self.count / 10 {
            let stepwise = try RandomExpression.record(seed: seed, operations: 10, size: 20_000) {
                try evaluate([$0])
            }
            let fused = RandomExpression.record(seed: seed, operations: 10, size: 20_000)
            try evaluate(fused)
            for (index, (got, want)) in zip(fused, stepwise).enumerated() {
                #expect(mismatch(got, want, .bits) == nil, "seed \(seed), result \(index)")
            }
        }
    }

    /// Gradients are expressions like any others.
    @Test func gradientsHaveTheBitsOfTheirOperations() throws {
        for seed in 2000..<2000 + Self.count / 4 {
            var random = SplitMix64(seed: seed)
            let x = random.normal([3, 4])
            func loss(_ visit: (Tensor) throws -> Void) throws -> (Tensor, Tensor) {
                let tape = GradientTape(watchAccessedVariables: false)
                tape.watch(x)
                let y = try tape.record { () -> Tensor in
                    let parts = try RandomExpression.record(seed: seed, operations: 8, visit: visit)
                    let sums = parts.map { tanh($0.cast(to: .float32)).sum() }
                    let y = (tanh(x) * sums.reduce(Tensor(1.0)) { $0 + tanh($1) }).square().mean(axes: 1)
                    try visit(y)
                    return y
                }
                return (y, try #require(tape.gradient(y, [x])[0]))
            }
            let stepwise = try loss { try evaluate([$0]) }
            let fused = try loss { _ in }
            try evaluate([fused.0, fused.1])
            #expect(mismatch(fused.0, stepwise.0, .bits) == nil, "seed \(seed)")
            #expect(mismatch(fused.1, stepwise.1, .bits) == nil, "seed \(seed), gradient")
        }
    }

    /// A column times a row adds nothing up, so it is computed where it is used.
    @Test(arguments: [DType.float32, .float64, .int32]) func columnsTimesRows(_ dtype: DType) throws {
        var random = SplitMix64(seed: 11)
        func sample(_ shape: Shape) -> Tensor { random.integers(shape, in: -9..<9, dtype: .int32).cast(to: dtype) }
        for (a, b) in [
            ([5, 1], [1, 7]), ([3, 5, 1], [1, 7]), ([2, 1, 4, 1], [3, 1, 6]), ([1, 1], [1, 1]), ([0, 1], [1, 3]),
        ] {
            let (left, right) = (try sample(Shape(a)).evaluated(), try sample(Shape(b)).evaluated())
            let shape = matmul(left, right).shape
            let mask = try (sample(shape) .> 0).evaluated()
            var result = Tensor(0)
            let plans = try tracePlans {
                result = try Tensor.where(mask, matmul(left, right), Tensor.zeros(shape, dtype: dtype)).evaluated()
            }
            #expect(plans.map(\.stepCount).reduce(0, +) <= 1, "\(plans)")
            #expect(plans.allSatisfy { !$0.description.contains("matmul") })
            let want = Tensor.where(mask, left * right, Tensor.zeros(shape, dtype: dtype))
            #expect(mismatch(result, want, .bits) == nil, "\(a) \(b)")
        }
    }
}
