import DescentCore
import DescentTestSupport
import Testing

/// Large expressions are evaluated in pieces: what that costs stays in proportion to what was recorded, and few plans do
/// for all of a loop.
struct PieceTests {
    #if DEBUG
        static let operations = 6_000
    #else
        static let operations = 20_000
    #endif

    private struct Cost {
        /// Operations run, reductions included, for each of those recorded.
        var work: Double
        var plans: Int
        var runs: Int
    }

    /// What the plans of a value and its gradients do.
    private func cost(_ operations: Int, _ loss: (Int) -> Tensor, _ variables: [Variable]) throws -> Cost {
        let plans = try tracePlans {
            let (value, gradients) = try valueAndGradient(variables) { loss(operations) }
            try evaluate([value] + gradients.compactMap { $0 })
        }.map(\.description)
        let lines = plans.reduce(0) { $0 + $1.utf8.count { $0 == UInt8(ascii: "\n") } }
        return Cost(work: Double(lines) / Double(operations), plans: Set(plans).count, runs: plans.count)
    }

    private func expectProportional(
        _ loss: (Int) -> Tensor, _ variables: [Variable], most: Double,
        _ place: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let small = try cost(Self.operations, loss, variables)
        let large = try cost(10 * Self.operations, loss, variables)
        #expect(large.work < 1.1 * small.work, "\(small), \(large)", sourceLocation: place)
        #expect(large.work < most, "\(large)", sourceLocation: place)
        #expect(large.plans < small.plans + 20, "\(small), \(large)", sourceLocation: place)
        #expect(large.plans * 4 < large.runs, "\(large)", sourceLocation: place)
    }

    @Test func aChain() throws {
        let v = Variable([0.5, 0.25, -0.5])
        try expectProportional(
            { operations in
                var y = v.tensor
                for _ in 0..<operations / 2 { y = y * v + v }
                return y.sum()
            }, [v], most: 4)
    }

    @Test func aChainOfTwoVariables() throws {
        let (v, w) = (Variable([0.5, 0.25, -0.5]), Variable([1, 2, 3]))
        try expectProportional(
            { operations in
                var y = v.tensor
                for _ in 0..<operations / 3 { y = tanh(y * v) + w }
                return y.sum()
            }, [v, w], most: 5)
    }

    /// A gradient of a long chain in a loop that goes on with it: nothing is computed again.
    @Test func whatIsMadeOfLongGradients() throws {
        let (v, w) = (Variable([0.5, 0.25]), Variable([1, 2]))
        let operations = 4 * Self.operations
        let lines = try tracePlans {
            let (value, gradients) = try valueAndGradient([v, w]) {
                var y = v.tensor
                for _ in 0..<operations / 2 { y = y * v + w }
                return y.sum()
            }
            let next = zip([v, w], gradients).map { $0.tensor - 0.1 * ($1! * 2) }
            try evaluate([value] + next)
        }.reduce(0) { $0 + $1.description.utf8.count { $0 == UInt8(ascii: "\n") } }
        #expect(Double(lines) < 4 * Double(operations), "\(lines)")
    }
}
