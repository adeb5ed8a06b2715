import DescentCore
import DescentTestSupport
import Testing

/// The checker accepts right gradients and, above all, notices wrong ones.
struct GradientCheckTests {
    let x: Tensor = [[0.5, -1.25, 2], [0.75, 1.5, -0.5]]
    let y: Tensor = [1.5, 0.25, -2]

    @Test(arguments: [1, 2])
    func rightGradientsPass(order: Int) throws {
        #expect(try checkGradient(of: { ($0[0] * $0[0]).sum() }, at: [x], order: order).failure == nil)
        #expect(try checkGradient(of: { tanh($0[0] * $0[1]) }, at: [x, y], order: order).failure == nil)
        #expect(
            try checkGradient(of: { exp($0[0]) / (1.0 + $0[1] * $0[1]) }, at: [x, y], order: order).failure
                == nil)
    }

    @Test func anInputThatDoesNotMatterHasGradientZero() throws {
        #expect(try checkGradient(of: { $0[0] * $0[0] }, at: [x, y]).failure == nil)
    }

    @Test func theReportHasBothDerivatives() throws {
        let report = try checkGradient(of: { $0[0] * 3.0 }, at: [x], seed: 5)
        #expect(abs(report.recorded - report.numeric) <= 1e-9 * abs(report.recorded))
        #expect(report.recorded != 0)
    }

    /// A function that is right going forward; `wrong` is what its author believes the gradient to be.
    func claiming(
        _ wrong: @escaping @Sendable (_ g: Tensor, _ x: Tensor) -> Tensor
    ) -> ([Tensor]) throws -> Tensor {
        { inputs in
            let x = inputs[0]
            return customGradient([x]) { ($0[0] * $0[0], { [wrong($0, x)] }) }
        }
    }

    @Test func theRightClaimPasses() throws {
        #expect(try checkGradient(of: claiming { 2.0 * $0 * $1 }, at: [x]).failure == nil)
        #expect(try checkGradient(of: claiming { 2.0 * $0 * $1 }, at: [x], order: 2).failure == nil)
    }

    @Test func wrongGradientsFail() throws {
        let claims: [String: @Sendable (Tensor, Tensor) -> Tensor] = [
            "a factor is missing": { $0 * $1 },
            "a sign is wrong": { -2.0 * $0 * $1 },
            "nothing passes": { $0 * $1 * 0.0 },
            "the incoming gradient is ignored": { $1 + $1 + 0.0 * $0 },
            "slightly off": { 2.00001 * $0 * $1 },
            "not a number": { $0 * $1 * Double.nan },
        ]
        for (name, claim) in claims {
            let report = try checkGradient(of: claiming(claim), at: [x])
            #expect(report.failure != nil, "\(name)")
        }
    }

    /// The value of the first gradient is right, the way it was computed is not.
    @Test func aWrongSecondGradientFails() throws {
        let detached = claiming { 2.0 * $0 * stopGradient($1) }
        #expect(try checkGradient(of: detached, at: [x]).failure == nil)
        #expect(try checkGradient(of: detached, at: [x], order: 2).failure != nil)
    }

    @Test func theGuiltyInputIsNamed() throws {
        let report = try checkGradient(
            of: { inputs in
                let (a, b) = (inputs[0], inputs[1])
                return customGradient([a, b]) {
                    ($0[0] * $0[1], { [$0 * b, ($0 * a).sum() * 0.5 + 0.0 * b] })
                }
            }, at: [y, [2, 3, 4]])
        let failure = try #require(report.failure)
        #expect(failure.description.contains("input 1"))
    }

    @Test func aKinkIsCalledAKink() throws {
        let report = try checkGradient(of: { abs($0[0]).sum() }, at: [[1, 1e-4, -1]])
        let failure = try #require(report.failure)
        #expect(failure.description.contains("kink"))
    }

    @Test func errorsComeThrough() {
        #expect(throws: DescentError.self) {
            try checkGradient(of: { $0[0] + $0[1] }, at: [[1, 2], [1, 2, 3]])
        }
    }
}

/// The form for one tensor, in one line.
struct GradientCheckOfOneTensorTests {
    @Test func rightAndWrong() throws {
        #expect(try checkGradient(of: { x in (x * tanh(x)).sum() }, at: [0.5, -1, 2]).isRight)
        #expect(try checkGradient(of: { x in (x * tanh(x)).sum() }, at: [0.5, -1, 2], order: 2).isRight)
        let wrong = { (x: Tensor) in customGradient(x) { ($0 * 2, { $0 * 3 }) } }
        #expect(try !checkGradient(of: wrong, at: [0.5, -1, 2]).isRight)
    }
}
