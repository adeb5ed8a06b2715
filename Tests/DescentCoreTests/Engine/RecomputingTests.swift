import DescentCore
import DescentTestSupport
import Testing

/// Large values that are cheap to compute again are not stored between two passes over memory.
struct RecomputingTests {
    static let count = 1 << 20

    private func random(_ count: Int, _ seed: UInt64) -> Tensor {
        var random = SplitMix64(seed: seed)
        return random.normal([1024]).broadcast(to: [count / 1024, 1024]).reshape([count])
            + Tensor.arange(count / 1024).reshape([-1, 1]).broadcast(to: [count / 1024, 1024]).reshape([count])
    }

    private func plan(_ body: () throws -> Void) throws -> PlanDescription {
        let plans = try tracePlans(body)
        try #require(plans.count == 1)
        return plans[0]
    }

    /// A mean, and what needs it beside what it was made of.
    private func twoPasses(_ f: (Tensor, Tensor) -> Tensor, _ count: Int) throws -> PlanDescription {
        let (p, t) = try (random(count, 1).evaluated(), random(count, 2).evaluated())
        // Nobody holds the value, or it would be stored for them.
        func scaled(_ x: Tensor) -> Tensor { x * (x * x).mean() }
        return try plan { _ = try scaled(f(p, t)).evaluated() }
    }

    @Test func whatOneValueGivesIsNotStored() throws {
        let bytes = 4 * Self.count
        let functions: [(Tensor, Tensor) -> Tensor] = [
            { x, _ in -x }, { x, _ in abs(x) * 2 + 1 }, { x, y in x / y.sum() }, { x, _ in maximum(x, 0) },
        ]
        for f in functions {
            let plan = try twoPasses(f, Self.count)
            #expect(plan.temporaryBytes < bytes / 16, "\(plan)")
            #expect(plan.bytesMoved <= 4 * bytes + 64, "\(plan)")
        }
    }

    @Test func whatIsDearOrSmallIs() throws {
        let bytes = 4 * Self.count
        #expect(try twoPasses({ x, _ in tanh(x) }, Self.count).temporaryBytes >= bytes)
        #expect(try twoPasses({ x, _ in -x }, 1 << 16).temporaryBytes >= 4 << 16)
        // Two operands are more to read than what is stored.
        #expect(try twoPasses({ x, y in x - y }, Self.count).temporaryBytes >= bytes)
        // Unless one of them is read anyway.
        let (p, t) = try (random(Self.count, 1).evaluated(), random(Self.count, 2).evaluated())
        func scaled(_ x: Tensor) -> Tensor { x * (x * x).mean() + p }
        let result = try plan { _ = try scaled(p - t).evaluated() }
        #expect(result.temporaryBytes < bytes / 16, "\(result)")
    }

    /// What is made anew may be part of what is made anew later.
    @Test func againAndAgain() throws {
        let x = try random(Self.count, 3).evaluated()
        func scaled(_ x: Tensor, _ visit: (Tensor) throws -> Void) rethrows -> Tensor {
            let mean = (x * x * 1e-6).mean()
            try visit(mean)
            return x * mean
        }
        func record(_ visit: (Tensor) throws -> Void) rethrows -> Tensor {
            try scaled(scaled(scaled(-x, visit), visit), visit)
        }
        let want = try record { try evaluate([$0]) }.evaluated()
        var got = Tensor(0)
        let plan = try plan { got = try record { _ in }.evaluated() }
        #expect(plan.temporaryBytes < Self.count, "\(plan)")
        #expect(Int((got .== want).cast(to: .int64).sum()) == Self.count)
    }

    @Test func whatNobodyNeedsAnyMoreIsNotComputed() throws {
        let x = try random(Self.count, 3).evaluated()
        func scaled(_ opposite: Tensor) -> Tensor {
            let first = opposite * tanh(x).mean()
            return opposite * (first * first).mean()
        }
        let result = try plan { _ = try scaled(-x).evaluated() }
        #expect(result.description.split(separator: "\n").count { $0.contains("= negate ") } == 2, "\(result)")
    }

    /// Nothing is saved where somebody needs all of it in memory.
    @Test func whatIsStoredAnywayIsNotMadeAnew() throws {
        let x = try random(Self.count, 3).reshape([1024, 1024]).evaluated()
        let readers: [(Tensor) -> Tensor] = [
            { $0 * square($0).mean() + $0.transposed() },
            { $0 * square($0).mean() + $0.matmul($0 / square($0).sum()) },
            { $0.matmul($0 / square($0).sum()) },
        ]
        for f in readers {
            let result = try plan { _ = try f(-x).evaluated() }
            #expect(result.description.split(separator: "\n").count { $0.contains("= negate ") } == 1, "\(result)")
        }
    }

    @Test func stripsHandOnWhatTheyHave() throws {
        let x = try random(Self.count, 1).reshape([1024, 1024]).evaluated()
        func logarithms(_ x: Tensor) -> Tensor { x - log(exp(x).sum(axes: 1, keepDims: true)) }
        let result = try plan { _ = try logarithms(x - x.max(axes: 1, keepDims: true)).evaluated() }
        let differences = result.description.split(separator: "\n").count { $0.contains("= sub ") }
        #expect(differences == 2, "\(result)")
    }

    @Test func variablesAreStillWrittenOver() throws {
        let (v, u) = (Variable(random(Self.count, 4)), Variable(Tensor.zeros([Self.count])))
        // To make the opposite anew in the third pass, the old value would have to stay.
        func updates(_ opposite: Tensor) -> [(Variable, Tensor)] {
            let new = v.current * (opposite * opposite).mean()
            return [(v, new), (u, opposite * new.mean())]
        }
        let plan = try plan { try Engine.update(updates(-v.current)) }
        #expect(plan.inPlaceCount == 1, "\(plan)")
    }

    @Test func theBitsAreThoseOfOperationsOneByOne() throws {
        let inputs = try [random(Self.count, 6).evaluated(), random(Self.count, 7).evaluated()]
        func record(_ seed: UInt64, _ visit: (Tensor) throws -> Void) rethrows -> [Tensor] {
            var random = SplitMix64(seed: seed)
            var pool = inputs
            for _ in 0..<10 {
                let x = pool[Int.random(in: 0..<pool.count, using: &random)]
                let y = pool[pool.count - 1]
                let result =
                    switch Int.random(in: 0..<10, using: &random) {
                    case 0: tanh(x)
                    case 7, 8: y / ((y * y).mean() + 1)
                    case 1: x - y
                    case 2: x * 0.5
                    case 3: Tensor.where(x .> y, x, y)
                    case 4: y + x.mean()
                    case 5: y * (x / 1000).max()
                    case 6: abs(y) + x
                    default: y - x.sum() / 1e6
                    }
                try visit(result)
                pool.append(result)
            }
            return [pool[pool.count - 1], pool[5]]
        }
        for seed in 0..<12 as Range<UInt64> {
            let stepwise = try record(seed) { try evaluate([$0]) }
            let fused = record(seed) { _ in }
            try evaluate(fused)
            for (got, want) in zip(fused, stepwise) {
                // Element by element it would take long.
                let isSame = (got .== want) .| ((got .!= got) .& (want .!= want))
                #expect(Int(isSame.cast(to: .int64).sum()) == got.count, "seed \(seed)")
            }
        }
    }
}
