import Descent
import DescentTestSupport
import Testing

@Suite struct LBFGSTests {
    private func precise(_ iterations: Int, history: Int = 10) -> LBFGS {
        LBFGS(
            maxIterations: iterations, maxEvaluations: 10 * iterations, toleranceGradient: 1e-12,
            toleranceChange: 0, historySize: history)
    }

    @Test func rosenbrock() throws {
        let w = Variable([-1.2, 1], dtype: .float64)
        let opt = precise(100)
        let loss = {
            let (x, y) = (w.value[0], w.value[1])
            return (1 - x) ** 2 + 100 * (y - x * x) ** 2
        }
        let end = try opt.minimize(loss, [w])
        #expect(mismatch(w.value, [1, 1], .within(absolute: 1e-10)) == nil)
        #expect(end < 1e-20)
        // Known of the method: a few dozen directions, little more than one evaluation each.
        #expect(opt.iterations < 50 && opt.evaluations < 70, "\(opt.iterations), \(opt.evaluations)")
    }

    @Test func longRosenbrock() throws {
        let w = Variable(Tensor.full([50], -1).cast(to: .float64))
        let opt = precise(500)
        let loss = {
            let (x, y) = (w.value[0..<49], w.value[1..<50])
            return ((1 - x) ** 2 + 100 * (y - x * x) ** 2).sum()
        }
        try opt.minimize(loss, [w])
        #expect(mismatch(w.value, Tensor.ones([50]).cast(to: .float64), .within(absolute: 1e-10)) == nil)
    }

    /// Curvatures from 1 to 1000, and a least value that is not 0: the greater it is, the earlier values say nothing, and
    /// the slopes alone show the way.
    @Test(arguments: [(3, 7), (10, 7), (10, 1e6)])
    func quadratic(history: Int, least: Double) throws {
        var random = SplitMix64(seed: 5)
        let curvature = exp(Tensor.linspace(0, 6.9, count: 20).cast(to: .float64))
        let target = try random.normal([20], dtype: .float64).evaluated()
        let (a, b) = (Variable(Tensor.zeros([4, 3]), dtype: .float64), Variable(Tensor.zeros([8]), dtype: .float64))
        let opt = precise(400, history: history)
        let loss = {
            let w = concat([a.value.reshape([12]), b.value])
            return (curvature * (w - target) ** 2).sum() + least
        }
        let end = try opt.minimize(loss, [a, b])
        let found = concat([a.value.reshape([12]), b.value])
        #expect(mismatch(found, target, .within(absolute: 1e-10)) == nil)
        #expect(abs(end - least) <= 4 * least.ulp)
    }

    @Test func goesOnWhereItStopped() throws {
        let loss = { (w: Variable) in
            let (x, y) = (w.value[0], w.value[1])
            return (1 - x) ** 2 + 100 * (y - x * x) ** 2
        }
        let (together, apart) = (Variable([-1.2, 1], dtype: .float64), Variable([-1.2, 1], dtype: .float64))
        let (one, many) = (precise(12), precise(4))
        try one.minimize({ loss(together) }, [together])
        for _ in 0..<3 { try many.minimize({ loss(apart) }, [apart]) }
        #expect(mismatch(apart.value, together.value, .bits) == nil)
        #expect(many.iterations == 12)
        // Without its memory it starts again with the gradient.
        let forgetful = Variable([-1.2, 1], dtype: .float64)
        let other = precise(4)
        for _ in 0..<3 {
            other.reset()
            try other.minimize({ loss(forgetful) }, [forgetful])
        }
        #expect(mismatch(forgetful.value, together.value, .bits) != nil)
    }

    /// The first two directions know of one pair at most, the third of two if they are kept.
    @Test(arguments: [(2, true), (3, false)])
    func asManyPairsAreKeptAsWanted(iterations: Int, areSame: Bool) throws {
        let results = try [1, 2].map { size in
            let w = Variable([-1.2, 1], dtype: .float64)
            let loss = {
                let (x, y) = (w.value[0], w.value[1])
                return (1 - x) ** 2 + 100 * (y - x * x) ** 2
            }
            try precise(iterations, history: size).minimize(loss, [w])
            return w.value
        }
        #expect((mismatch(results[0], results[1], .bits) == nil) == areSame)
    }

    /// Near 100, values of float32 are 2⁻¹⁷ apart: without trust in the slopes the search ends at an error of 1e-3.
    @Test(arguments: [1, 2, 3])
    func slopesDecideWhereValuesAreNoise(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let curvature = exp(Tensor.linspace(0, 4, count: 30))
        let target = try random.normal([30]).evaluated()
        let w = Variable(Tensor.zeros([30]))
        let opt = LBFGS(maxIterations: 200, maxEvaluations: 2000, toleranceGradient: 1e-5, toleranceChange: 0)
        try opt.minimize({ (curvature * (cosh(w - target) - 1)).sum() + 100 }, [w])
        #expect(mismatch(w.value, target, .within(absolute: 5e-5)) == nil)
    }

    @Test func float32GetsAsFarAsItsTypeAllows() throws {
        let w = Variable([-1.2, 1])
        let loss = {
            let (x, y) = (w.value[0], w.value[1])
            return (1 - x) ** 2 + 100 * (y - x * x) ** 2
        }
        try LBFGS(maxIterations: 100, maxEvaluations: 300, toleranceChange: 0).minimize(loss, [w])
        #expect(mismatch(w.value, [1, 1], .within(absolute: 2e-3)) == nil)
    }

    @Test func aStepTooFarIsTakenBack() throws {
        // Beyond 0 the loss is not a number: the first step of length 1 lands there.
        let w = Variable(0.05, dtype: .float64)
        try precise(50).minimize({ w * 3 - log(w) }, [w])
        #expect(mismatch(w.value, 1.0 / 3, .within(absolute: 1e-9)) == nil)
    }

    @Test func aFixedStepIsTheDirectionTimesTheRate() throws {
        let w = Variable([1, -2], dtype: .float64)
        let opt = LBFGS(learningRate: 0.5, maxIterations: 1, lineSearch: .fixed)
        let end = try opt.minimize({ (w * w).sum() / 2 }, [w])
        // The first direction is the gradient, cut to a sum of magnitudes of 1.
        let want = Tensor([1 - 0.5 / 3, -2 + 1 / 3.0], dtype: .float64)
        #expect(mismatch(w.value, want, .within(relative: 1e-14)) == nil)
        #expect(opt.evaluations == 2)
        #expect(abs(end - Double((w * w).sum() / 2)) < 1e-15)
    }

    @Test func doneMeansDone() throws {
        let w = Variable([0, 0], dtype: .float64)
        let opt = LBFGS()
        #expect(try opt.minimize({ (w * w).sum() }, [w]) == 0)
        #expect(opt.iterations == 0 && opt.evaluations == 1)
    }

    // MARK: - Failures

    struct Failure: Error {}

    /// Whichever evaluation fails: the variables keep their bits, and the next call is as if nothing had happened.
    @Test(arguments: [1, 2, 5, 9])
    func allOrNothing(failing: Int) throws {
        func run(failing: Int?) throws -> (Tensor, Int) {
            let (v, w) = (Variable([-1.2, 1], dtype: .float64), Variable(0.3))
            let opt = precise(8)
            var count = 0
            let loss = { () throws -> Tensor in
                count += 1
                if count == failing { throw Failure() }
                let (x, y) = (v.value[0], v.value[1])
                return (1 - x) ** 2 + 100 * (y - x * x) ** 2 + (w.value * w.value).cast(to: .float64)
            }
            if failing != nil {
                #expect(throws: Failure.self) { try opt.minimize(loss, [v, w]) }
                #expect(mismatch(v.value, Tensor([-1.2, 1], dtype: .float64), .bits) == nil)
                #expect(mismatch(w.value, 0.3, .bits) == nil)
                #expect(opt.iterations == 0 && opt.evaluations == 0)
            }
            try opt.minimize(loss, [v, w])
            return (v.value, opt.evaluations)
        }
        let (plain, disturbed) = (try run(failing: nil), try run(failing: failing))
        #expect(mismatch(disturbed.0, plain.0, .bits) == nil)
        #expect(disturbed.1 == plain.1)
    }

    @Test func refusals() throws {
        let (w, n, c) = (Variable([1, 2]), Variable([1, 2], dtype: .int32), Variable([1, 2]))
        c.constraint = { maximum($0, 0) }
        let cases: [(String, () throws -> Void)] = [
            ("there must be a variable", { try LBFGS().minimize({ w.sum() }, []) }),
            ("may be listed once", { try LBFGS().minimize({ w.sum() }, [w, w]) }),
            ("only floating-point variables", { try LBFGS().minimize({ w.sum() }, [w, n]) }),
            ("follows no constraints", { try LBFGS().minimize({ w.sum() }, [w, c]) }),
            ("must depend on a variable", { try LBFGS().minimize({ Tensor(1) * 2 }, [w]) }),
            ("the loss must be finite", { try LBFGS().minimize({ log(w - 5).sum() }, [w]) }),
            ("shapes must broadcast", { try LBFGS().minimize({ (w * Tensor([1, 2, 3])).sum() }, [w]) }),
            ("maxIterations must be positive", { try LBFGS(maxIterations: 0).minimize({ w.sum() }, [w]) }),
            ("historySize must be positive", { try LBFGS(historySize: 0).minimize({ w.sum() }, [w]) }),
            ("learningRate must be positive", { try LBFGS(learningRate: .nan).minimize({ w.sum() }, [w]) }),
            ("tolerances must not be", { try LBFGS(toleranceChange: -1).minimize({ w.sum() }, [w]) }),
        ]
        for (rule, body) in cases {
            let error = #expect(throws: DescentError.self) { try body() }
            #expect(error?.rule.contains(rule) == true, "\(String(describing: error))")
            #expect(error?.location?.file.hasSuffix("LBFGSTests.swift") == true)
        }
        #expect(mismatch(w.value, [1, 2], .bits) == nil)
    }

    @Test func configuration() throws {
        let opt = LBFGS(
            learningRate: 0.5, maxIterations: 7, maxEvaluations: 9, toleranceGradient: 1e-3, toleranceChange: 1e-4,
            historySize: 3, lineSearch: .fixed)
        let again = try LBFGS.fromConfig(opt.getConfig())
        #expect(again.getConfig() == opt.getConfig())
        #expect(try LBFGS.fromConfig([:]).getConfig() == LBFGS().getConfig())
        for bad: Configuration in [["rate": 1], ["line_search": "none"], ["history_size": 0]] {
            #expect(throws: DescentError.self) { try LBFGS.fromConfig(bad) }
        }
    }
}
