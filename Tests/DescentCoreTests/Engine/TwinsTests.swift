import DescentCore
import DescentTestSupport
import Testing

/// What an expression says twice is computed once.
struct TwinsTests {
    private func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        var random = SplitMix64(seed: seed)
        return random.normal(shape)
    }

    private func plan(_ body: () throws -> Void) throws -> PlanDescription {
        let plans = try tracePlans(body)
        try #require(plans.count == 1)
        return plans[0]
    }

    private func count(_ word: String, in plan: PlanDescription) -> Int {
        plan.description.split(whereSeparator: { " \n".contains($0) }).count { $0 == word }
    }

    @Test func oneStepForBoth() throws {
        let (x, w) = (random([6, 5], 1), random([5, 4], 2))
        let indices = Tensor([1, 3], dtype: .int64)
        for (word, f) in [
            ("tanh", { tanh(x) }), ("sum", { (x * x).sum(axes: 1) }), ("matmul", { x.matmul(w) }),
            ("gather", { x.gather(indices) }), ("cumsum", { x.cumsum(axis: 0) }),
            ("select", { Tensor.where(x .> 0, x, w.sum()) }),
        ] as [(String, () -> Tensor)] {
            let once = try plan { _ = try exp(f()).evaluated() }
            let twice = try plan { _ = try (exp(f()) + exp(f())).evaluated() }
            #expect(count("exp", in: twice) == 1, "\(twice)")
            #expect(count(word, in: twice) == count(word, in: once), "\(twice)")
            #expect(twice.stepCount == once.stepCount, "\(twice)")
        }
    }

    @Test func whatDiffersStays() throws {
        let x = random([4, 4], 3)
        let pairs: [(() -> Tensor, () -> Tensor)] = [
            ({ x.sum(axes: 0) }, { x.sum(axes: 1) }), ({ x[1...].sum() }, { x[..<(-1)].sum() }),
            ({ x.max() }, { x.sum() }), ({ x - 1 }, { 1 - x }), ({ x.permute(1, 0)[0] }, { x[0] }),
            ({ x.cast(to: .int32).sum() }, { x.cast(to: .float64).sum() }),
            ({ x.pad([(1, 1), (0, 0)]).min(axes: 0) }, { x.pad([(1, 1), (0, 0)], value: -9).min(axes: 0) }),
            ({ x.reshape([2, 8])[0] }, { x.reshape([8, 2])[0] }),
            ({ Tensor.randomNormal([4], seed: 1) }, { Tensor.randomNormal([4], seed: 2) }),
            ({ x.sum() + Tensor.zeros([3]) }, { x.sum() + Tensor.zeros([4]) }),
            // Only the shape says so.
            ({ tanh(x).reshape([2, 8]).sum(axes: 0) }, { tanh(x).reshape([8, 2]).sum(axes: 0) }),
            ({ tanh(x)[..<2].sum() }, { tanh(x)[..<3].sum() }),
            ({ x.sum().broadcast(to: [3]) }, { x.sum().broadcast(to: [4]) }),
        ]
        for (number, (f, g)) in pairs.enumerated() {
            let apart = try [exp(f()).evaluated(), exp(g()).evaluated()]
            let (a, b) = (exp(f()), exp(g()))
            try evaluate([a.sum() * b.sum(), a, b])
            #expect(mismatch(a, apart[0], .bits) == nil && mismatch(b, apart[1], .bits) == nil, "pair \(number)")
            #expect(mismatch(a, b, .bits) != nil, "pair \(number)")
        }
    }

    @Test func twinsThatAreWanted() throws {
        let x = random([5], 4)
        let (a, b) = (tanh(x), tanh(x))
        let c = tanh(x) * 2
        let result = try plan { try evaluate([c, a, b]) }
        #expect(count("tanh", in: result) == 2, "\(result)")
        #expect(mismatch(a, b, .bits) == nil)
        #expect(mismatch(c, a + b, .bits) == nil)
        // The one recorded later is wanted, the other only used.
        let used = exp(x)
        let product = used * 2
        let wanted = exp(x)
        let second = try plan { try evaluate([product, wanted]) }
        #expect(second.stepCount == 1)
        #expect(mismatch(product, 2 * wanted, .bits) == nil)
    }

    @Test func variablesThatGetTheSameValue() throws {
        let (v, w) = (Variable([1, 2, 3]), Variable([4, 5, 6]))
        let x = random([3], 5)
        v.assign(tanh(x))
        w.assign(tanh(x))
        #expect(mismatch(v.value, w.value, .bits) == nil)
        v.assign(v.value + 1)
        #expect(mismatch(w.value, tanh(x), .bits) == nil)
    }

    @Test func errorsAreTheSame() throws {
        let x = random([3], 6)
        let outside = Tensor([5], dtype: .int64)
        let error = try #require(throws: DescentError.self) {
            try (x.gather(outside) + x.gather(outside)).evaluated()
        }
        #expect(error.operation == "gather")
        #expect(throws: DescentError.self) {
            let n = Tensor([1, 2], dtype: .int32)
            let zero = Tensor([0, 1], dtype: .int32)
            _ = try (n % zero + n % zero).evaluated()
        }
    }

    /// Few operations on few values: most expressions say something twice.
    @Test func theBitsAreThoseOfOperationsOneByOne() throws {
        let inputs = [random([3, 4], 7), random([4], 8), random([3, 1], 9)]
        func record(_ seed: UInt64, _ visit: (Tensor) throws -> Void) rethrows -> [Tensor] {
            var random = SplitMix64(seed: seed)
            var pool = inputs
            for _ in 0..<24 {
                let x = pool[Int.random(in: 0..<pool.count, using: &random) / 2]
                let y = pool[Int.random(in: 0..<pool.count, using: &random) / 3]
                let result =
                    switch Int.random(in: 0..<7, using: &random) {
                    case 0: tanh(x)
                    case 1: x + y
                    case 2: x * y
                    case 3: x.sum(axes: 0)
                    case 4: x.sum()
                    case 5: x.rank > 1 ? x[.all, 0].reshape([-1, 1]) : x.reshape([1, -1])
                    default: y - x
                    }
                guard result.shape.rank < 3, result.error == nil else { continue }
                try visit(result)
                pool.append(result)
            }
            return Array(pool.suffix(6))
        }
        for seed in 0..<200 as Range<UInt64> {
            let stepwise = try record(seed) { try evaluate([$0]) }
            let fused = record(seed) { _ in }
            try evaluate(fused)
            for (got, want) in zip(fused, stepwise) { #expect(mismatch(got, want, .bits) == nil, "seed \(seed)") }
        }
    }
}
