import CDescent
import DescentCore
import DescentTestSupport
import Testing

/// Small programs that have nothing to do with each other are one step that threads share.
struct ProgramBatchTests {
    private func updates(_ count: Int, _ shape: Shape) throws -> (variables: [Variable], gradients: [Tensor]) {
        var random = SplitMix64(seed: 7)
        let variables = (0..<count).map { _ in Variable(random.normal(shape)) }
        return (variables, (0..<count).map { _ in random.normal(shape) })
    }

    private func step(_ variables: [Variable], _ gradients: [Tensor]) throws {
        try Engine.update(
            zip(variables, gradients).map { ($0, $0.current * 0.9 - tanh($1) * $1 / (sqrt(abs($1)) + 1)) })
    }

    @Test func smallUpdatesAreOneStepInPlace() throws {
        let (variables, gradients) = try updates(12, [64, 64])
        try step(variables, gradients)
        let plan = try #require(try tracePlans { try step(variables, gradients) }.first)
        #expect(plan.stepCount == 1 && plan.programCount == 12 && plan.inPlaceCount == 12, "\(plan)")
        #expect(plan.description.contains("12 programs side by side"))
    }

    @Test func whatDependsOnEachOtherStaysInOrder() throws {
        let (variables, gradients) = try updates(16, [128, 64])
        let sums = gradients.map { ($0 * 2).sum() }
        let plan = try #require(
            try tracePlans {
                try Engine.update(zip(variables, sums).map { ($0, $0.current * $1 + $1) })
            }.first)
        // The sums side by side, then what is made of them.
        #expect(plan.stepCount == 2 && plan.programCount == 32, "\(plan)")
    }

    @Test func anOldValueThatAnotherReadsIsNotWrittenOverBesides() throws {
        let (variables, _) = try updates(8, [64, 64])
        let before = variables.map(\.value)
        let expected = try (0..<8).map { try (before[$0] * 0.5 + before[($0 + 1) % 8] * 3).evaluated() }
        for _ in 0..<3 {
            for (variable, value) in zip(variables, before) { variable.assign(value + 0) }
            try Engine.update(
                (0..<8).map { (variables[$0], variables[$0].current * 0.5 + variables[($0 + 1) % 8].current * 3) })
            for (variable, value) in zip(variables, expected) {
                #expect(mismatch(variable.value, value, .bits) == nil)
            }
        }
    }

    @Test func threadsGiveTheSameBits() throws {
        var results: [[Tensor]] = []
        for threads in [1, 2, 3] {
            let outer = cd_threads()
            cd_set_threads(Int32(threads))
            defer { cd_set_threads(outer) }
            let (variables, gradients) = try updates(30, [40, 50])
            for _ in 0..<3 { try step(variables, gradients) }
            results.append(try variables.map { try $0.value.evaluated() })
        }
        for other in results.dropFirst() {
            for (a, b) in zip(results[0], other) { #expect(mismatch(a, b, .bits) == nil) }
        }
    }
}
