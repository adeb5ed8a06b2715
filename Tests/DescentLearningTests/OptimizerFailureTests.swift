import Descent
import DescentLearning
import DescentTestSupport
import Testing

/// What every optimizer has from the protocol: steps that happen entirely or not at all, and errors that say what was wrong.
struct OptimizerFailureTests {
    struct Problem: Error, Equatable { let code: Int }

    /// Two variables, an optimizer that remembers two things of each, and what all of it was before.
    private struct Bench {
        let opt = RMSprop(learningRate: 0.1, momentum: 0.9)
        let v = Variable([1, 2, 3], name: "v")
        let w = Variable([[0.5, -1, 2]], name: "w")

        init() throws {
            try opt.minimize({ (v * w).sum() + (w * w).sum() }, [v, w])
        }

        var bits: [[UInt32]] {
            [v, w].map { $0.scalars(as: Float.self).map(\.bitPattern) }
        }

        /// Runs a step that must throw, twice; nothing may have changed. The next good step shows that slots have not
        /// changed either: it has the bits of one that nothing went wrong before.
        @discardableResult
        func expectNothingChanges(_ step: (Bench) throws -> Void) throws -> (any Error)? {
            let (before, iterations) = (bits, opt.iterations)
            var thrown: (any Error)?
            for _ in 0..<2 {
                thrown = #expect(throws: (any Error).self) { try step(self) }
                #expect(bits == before)
                #expect(opt.iterations == iterations)
            }
            let other = try Bench()
            try opt.minimize({ (v * v).sum() + w.sum() }, [v, w])
            try other.opt.minimize({ (other.v * other.v).sum() + other.w.sum() }, [other.v, other.w])
            #expect(bits == other.bits)
            return thrown
        }
    }

    @Test func aLossThatThrows() throws {
        let error = try Bench().expectNothingChanges { bench in
            try bench.opt.minimize(
                {
                    _ = bench.v * bench.w
                    throw Problem(code: 3)
                }, [bench.v, bench.w])
        }
        #expect(error as? Problem == Problem(code: 3))
        // The recording has ended: what follows is not part of it.
        let x = Variable(2.0)
        #expect(try valueAndGradient([x]) { x * x }.gradients[0].map { Float($0) } == 4)
    }

    @Test func variablesThatThrow() throws {
        let error = try Bench().expectNothingChanges { bench in
            try bench.opt.minimize({ bench.v.sum() }, { throw Problem(code: 4) })
        }
        #expect(error as? Problem == Problem(code: 4))
    }

    @Test func shapesThatDoNotFit() throws {
        let line = #line + 2
        let error = try Bench().expectNothingChanges { bench in
            try bench.opt.minimize({ bench.v * Tensor([1, 2]) }, [bench.v, bench.w])
        }
        let refusal = try #require(error as? DescentError)
        #expect(refusal.message == "[multiply] shapes must broadcast. Received: lhs [3], rhs [2]")
        #expect(refusal.location?.line == line)
        #expect(refusal.location?.file.hasSuffix("OptimizerFailureTests.swift") == true)
    }

    @Test func aFunctionKnowsItsOwnLine() throws {
        let line = #line + 3
        let error = try Bench().expectNothingChanges { bench in
            let loss = {
                bench.v.matmul(Tensor([1, 2]))
            }
            try bench.opt.minimize(loss, [bench.v])
        }
        #expect((error as? DescentError)?.location?.line == line)
    }

    @Test func anIndexOutOfRangeShowsWhenItRuns() throws {
        let line = #line + 2
        let error = try Bench().expectNothingChanges { bench in
            let loss = { (bench.v.gather([0, 1, 3]) * bench.w).sum() }
            try bench.opt.minimize(loss, [bench.v, bench.w])
        }
        let refusal = try #require(error as? DescentError)
        #expect(refusal.operation == "gather")
        #expect(refusal.received == "index 3 at position 2 for an axis of length 3")
        #expect(refusal.location?.line == line)
    }

    @Test func aRemainderByZeroShowsWhenItRuns() throws {
        let divisors = Tensor([1, 0, 2] as [Int])
        let error = try Bench().expectNothingChanges { bench in
            try bench.opt.minimize({ bench.v * (Tensor([1, 2, 3] as [Int]) % divisors) }, [bench.v])
        }
        #expect((error as? DescentError)?.operation == "mod")
    }

    @Test func anErrorInTheGradientOnly() throws {
        try Bench().expectNothingChanges { bench in
            let loss = {
                customGradient(bench.v.value) { x in (x.sum(), { g in (g * Tensor([1, 1, 1])).gather([0, 1, 5]) }) }
            }
            try bench.opt.minimize(loss, [bench.v])
        }
    }

    // MARK: - Lists of variables

    @Test func noVariables() throws {
        let error = try Bench().expectNothingChanges { try $0.opt.minimize({ [v = $0.v] in v.sum() }, []) }
        #expect((error as? DescentError)?.message.hasPrefix("[minimize] there must be a variable to change") == true)
    }

    @Test func variablesThatTheLossDoesNotReach() throws {
        let other = Variable(1.0)
        let counter = Variable([1, 2], name: "counter", dtype: .int64)
        let error = try Bench().expectNothingChanges { bench in
            try bench.opt.minimize({ other * other }, [bench.v, bench.w, counter])
        }
        let refusal = try #require(error as? DescentError)
        #expect(refusal.received.contains("v, w, counter (int64)"))
        #expect(refusal.location?.file.hasSuffix("OptimizerFailureTests.swift") == true)
    }

    @Test func aLossOfIntegers() throws {
        let error = try Bench().expectNothingChanges { bench in
            try bench.opt.minimize({ bench.v.cast(to: .int32).sum() }, [bench.v])
        }
        #expect((error as? DescentError)?.message.contains("floating-point") == true)
    }

    @Test func gradientsOfAnotherShape() throws {
        let error = try Bench().expectNothingChanges { bench in
            try bench.opt.applyGradients([(Tensor([1, 2, 3]), bench.v), (Tensor([1, 2]), bench.w)])
        }
        #expect((error as? DescentError)?.received == "[2] for w of shape [1, 3]")
    }

    @Test func weightsOfAnotherShape() throws {
        try Bench().expectNothingChanges { bench in
            try bench.opt.minimize({ bench.v * 2 }, [bench.v], gradLoss: [1, 2])
        }
    }

    // MARK: - What a step gives

    @Test func theValueOfTheLossBeforeTheStep() throws {
        let v = Variable([1, 2])
        let loss = try RMSprop(learningRate: 0.1).minimize({ v * v }, [v])
        #expect(mismatch(loss, [1, 4]) == nil)
    }

    @Test func gradLossWeighs() throws {
        final class Descend: Optimizer {
            let state = OptimizerState(learningRate: 1)
            func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: DescentLearning.Step) -> Tensor {
                w - g
            }
        }
        let v = Variable([1, 2])
        try Descend().minimize({ v * 1 }, [v], gradLoss: [10, 0.5])
        #expect(mismatch(v.value, [-9, 1.5]) == nil)
        try Descend().minimize({ v * 1 }, { [v] }, gradLoss: 2)
        #expect(mismatch(v.value, [-11, -0.5]) == nil)
    }

    @Test func aValueThatBecomesASlotAndAVariable() throws {
        final class Copy: Optimizer {
            let state = OptimizerState(learningRate: 1)
            var slotNames: [String] { ["last"] }
            func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: DescentLearning.Step) -> Tensor {
                let new = w - 0.5 * slots.last - g
                slots.last = new
                return new
            }
        }
        let v = Variable(Tensor.ones([2000]))
        let opt = Copy()
        for _ in 0..<3 { try opt.minimize({ v.sum() }, [v]) }
        // 1, 0, -1, -1.5
        #expect(v.scalars(as: Float.self).allSatisfy { $0 == -1.5 })
    }
}
