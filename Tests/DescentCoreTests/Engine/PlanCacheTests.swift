import DescentCore
import DescentTestSupport
import Testing

/// Plans are found by structure. The counts are those of the whole process, so each test has one of its own.
struct PlanCacheTests {
    @Test func otherNumbersUseTheSamePlan() async {
        await #expect(processExitsWith: .success) {
            let v = Variable([1, 2, 3])
            func step(_ number: Double) throws -> Tensor {
                let x = Tensor([Float(number), 1, 2])
                try Engine.update([(v, v.current + number)])
                let shift: Tensor = 0.5
                return try ((x + v) * number + shift).sum().evaluated()
            }
            _ = try step(1)
            let before = Engine.planCounts
            for number in 2..<40 { #expect(try Double(step(Double(number))).isFinite) }
            #expect(Engine.planCounts == before)
        }
    }

    @Test func otherStructuresHavePlansOfTheirOwn() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor([1, 2, 3, 4] as [Float])
            let y = Tensor([1, 2, 3, 4] as [Double])
            let expressions: [() -> Tensor] = [
                { x + 1 }, { y + 1 }, { x - 1 }, { 1 - x }, { x + x }, { x[..<3] + 1 }, { x[1...] + 1 },
                { x.reshape([2, 2]) + 1 }, { x.sum() }, { x.sum(keepDims: true) }, { x.max() }, { x.flip() + 1 },
                { x.cast(to: .int32) }, { x.cast(to: .int64) }, { x.gather([0, 1] as Tensor) }, { x.pad([(1, 0)]) },
                { x.pad([(0, 1)]) }, { (x + 1) * (x + 1) }, { x + 1 + (x + 1) },
            ]
            var made = Engine.planCounts.made
            for (number, expression) in expressions.enumerated() {
                let want = try expression().evaluated().scalars(as: Double.self)
                #expect(Engine.planCounts.made > made, "expression \(number)")
                made = Engine.planCounts.made
                #expect(try expression().evaluated().scalars(as: Double.self) == want)
                #expect(Engine.planCounts.made == made, "expression \(number)")
            }
        }
    }

    /// Plans of large expressions are large.
    @Test func fewLargeOnesAreKept() async {
        await #expect(processExitsWith: .success) {
            // Slices of eight axes say much of themselves.
            let x = Tensor.ones([2, 1, 1, 1, 1, 1, 1, 2])
            for n in 1...30 {
                var y = x
                for _ in 0..<1000 + n { y = y.flip() }
                _ = try (y + x).evaluated()
            }
            #expect(Engine.planCounts.made >= 30)
            #expect(Engine.planCounts.kept < 25)
        }
    }

    @Test func onlySoManyAreKept() async {
        await #expect(processExitsWith: .success) {
            let often = Tensor([1, 2] as [Float])
            var kept = 0
            for n in 1...700 {
                _ = try (Tensor.ones([n]) * 2).evaluated()
                let made = Engine.planCounts.made
                _ = try (often * 3).evaluated()
                // What is used all the time is never the one that goes.
                if n > 1 { #expect(Engine.planCounts.made == made) }
                kept = max(kept, Engine.planCounts.kept)
            }
            #expect(Engine.planCounts.made > 700)
            #expect(kept <= 300)
        }
    }
}
