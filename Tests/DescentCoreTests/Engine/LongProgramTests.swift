import DescentCore
import DescentTestSupport
import Testing

/// Programs of thousands of operations.
@Suite(.serialized) struct LongProgramTests {
    private let x = Tensor([0.5, 0.25, -0.5, -0.25])

    /// Pairs, values that are needed again at once or much later, and both sides the same.
    private func chain(_ x: Tensor, _ operations: Int) -> Tensor {
        var (y, z) = (x, x * 0.5)
        for step in 0..<operations / 4 {
            y = step % 5 == 0 ? y * y + z : y * x + x
            if step % 7 == 0 { z = y - z }
            y = (y - x) * 0.5
        }
        return y + z
    }

    @Test(arguments: [100, 250, 270, 5000]) func haveTheBitsOfTheirOperations(_ operations: Int) throws {
        let plans = try tracePlans { try chain(x, operations).evaluated() }
        #expect(plans.count == 1 && plans[0].stepCount == 1)
        var (y, z) = (x, try (x * 0.5).evaluated())
        for step in 0..<operations / 4 {
            y = step % 5 == 0 ? try ((y * y).evaluated() + z).evaluated() : try ((y * x).evaluated() + x).evaluated()
            if step % 7 == 0 { z = try (y - z).evaluated() }
            y = try ((y - x).evaluated() * 0.5).evaluated()
        }
        #expect(mismatch(chain(x, operations), y + z, .bits) == nil)
    }

    /// Those that are not made ready once are resolved at each run.
    @Test func costOfARunStaysInProportion() throws {
        func cost(_ operations: Int) throws -> Duration {
            let f = Function { chain($0, operations) }
            let x = try x.evaluated()
            _ = try f(x).evaluated()
            return try (0..<15).map { _ in try ContinuousClock().measure { _ = try f(x).evaluated() } }.min()!
        }
        let (short, long) = (try cost(2000), try cost(14_000))
        // In proportion it is 7, with the square 49.
        #expect(long < short * 20, "\(short), \(long)")
    }
}
