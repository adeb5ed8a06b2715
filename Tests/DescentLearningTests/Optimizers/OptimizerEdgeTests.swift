import Descent
import DescentTestSupport
import Testing

/// Corners of single formulas that recorded trainings do not reach.
@Suite struct OptimizerEdgeTests {
    @Test func lambStepsByTheRateWhereALengthIsZero() throws {
        let (zero, still) = (Variable([0, 0], dtype: .float64), Variable([3, 4], dtype: .float64))
        let opt = Lamb(learningRate: 0.5, epsilon: 0)
        try opt.applyGradients([(Tensor([2, -1], dtype: .float64), zero)])
        #expect(mismatch(zero.value, [-0.5, 0.5], .within(relative: 1e-12)) == nil)
        try Lamb(learningRate: 0.5).applyGradients([(Tensor([0, 0], dtype: .float64), still)])
        #expect(mismatch(still.value, [3, 4], .exact) == nil)
    }

    @Test func muonDecaysWhatIsLeftToAdamByAShareOfItsOwn() throws {
        func run(_ decay: Double?, _ adamDecay: Double?) throws -> [Tensor] {
            let (matrix, vector) = (Variable([[1, 2], [3, 4]], name: "m"), Variable([1, 2], name: "v"))
            let opt = Muon(learningRate: 0.5, adamWeightDecay: adamDecay, weightDecay: decay)
            try opt.applyGradients([(Tensor.zeros([2, 2]), matrix), (Tensor.zeros([2]), vector)])
            return [matrix.value, vector.value]
        }
        let first = try run(0.5, nil)
        #expect(mismatch(first[0], [[0.75, 1.5], [2.25, 3]], .exact) == nil)
        #expect(mismatch(first[1], [1, 2], .exact) == nil)
        let second = try run(nil, 0.25)
        #expect(mismatch(second[0], [[1, 2], [3, 4]], .exact) == nil)
        #expect(mismatch(second[1], [0.875, 1.75], .exact) == nil)
    }

    @Test func muonMakesUpdatesOrthogonal() throws {
        var random = SplitMix64(seed: 11)
        for shape in [[3, 5], [5, 3], [4, 4], [1, 6]] {
            let w = Variable(Tensor.zeros(Shape(shape)), dtype: .float64)
            let g = random.normal(Shape(shape), dtype: .float64)
            try Muon(learningRate: 1, weightDecay: nil, nsSteps: 12, rmsRate: nil).applyGradients([(g, w)])
            let x = shape[0] > shape[1] ? w.value.transposed() : w.value
            // The standard coefficients keep singular values between about 0.7 and 1.2.
            let products = matmul(x, x.transposed())
            let count = min(shape[0], shape[1])
            #expect(mismatch(products, Tensor.eye(count).cast(to: .float64), .within(absolute: 0.55)) == nil)
        }
    }

    @Test func amsgradNeverForgets() throws {
        let w = Variable(0.0, dtype: .float64)
        let opt = Adam(learningRate: 0.1, beta2: 0.5, amsgrad: true)
        for gradient in [4.0, 0.0, 0.0, 1.0] { try opt.applyGradients([(Tensor(gradient, dtype: .float64), w)]) }
        #expect(Double(try opt.getSlot(w, "velocity_hat")) == 8)
        #expect(Double(try opt.getSlot(w, "velocity")) == 1.5)
    }

    @Test func ftrlMakesExactZeros() throws {
        let w = Variable([0.5, -0.5, 0.5])
        let opt = Ftrl(learningRate: 0.1, l1RegularizationStrength: 1)
        for _ in 0..<5 { try opt.applyGradients([(Tensor([0.02, -0.02, -2]), w)]) }
        let values = w.scalars(as: Float.self)
        #expect(values[0] == 0 && values[1] == 0 && values[2] > 0)
    }

    @Test func scheduleFreeBeginsWhereTheVariableIs() throws {
        let w = Variable([1, -2])
        let opt = ScheduleFreeAdamW()
        opt.build([w])
        #expect(mismatch(try opt.getSlot(w, "momentum").value, [1, -2], .bits) == nil)
        try opt.minimize({ (w * w).sum() }, [w])
        #expect(mismatch(try opt.getSlot(w, "momentum").value, w.value, .within(relative: 1e-6)) == nil)
    }

    @Test func adafactorKeepsRowsAndColumns() throws {
        let (t, v) = (Variable(Tensor.ones([2, 3, 4])), Variable(Tensor.ones([3])))
        let opt = Adafactor()
        opt.build([t, v])
        #expect(try opt.getSlot(t, "row").shape == [2, 3] && opt.getSlot(t, "column").shape == [2, 4])
        #expect(try opt.getSlot(v, "row").shape == [] && opt.getSlot(v, "velocity").shape == [3])
    }

    @Test func ratesThatChange() throws {
        let w = Variable(0.0)
        var rate = 1.0
        let opt = SGD(learningRate: Hyperparameter { rate })
        try opt.minimize({ w * 1 }, [w])
        rate = 0.25
        try opt.minimize({ w * 1 }, [w])
        #expect(Float(w) == -1.25)
        opt.learningRateSource = Hyperparameter(
            warmup(steps: 4, to: 4).then(
                ExponentialDecay(
                    initialLearningRate: 4, decaySteps: 1, decayRate: 0.5)))
        // After two steps: 2, 3, 4, 2.
        for _ in 0..<4 { try opt.minimize({ w * 1 }, [w]) }
        #expect(Float(w) == -12.25)
    }

    @Test func aScheduleThatCannotBeUsedIsRefusedAtItsPlace() throws {
        let w = Variable(1.0)
        let line = #line + 1
        let schedule = ExponentialDecay(initialLearningRate: 1, decaySteps: 0, decayRate: 0.5)
        let error = #expect(throws: DescentError.self) {
            try SGD(learningRate: schedule).minimize({ w * w }, [w])
        }
        #expect(error?.message == "[ExponentialDecay] decaySteps must be positive. Received: 0")
        #expect(error?.location?.line == line)
        #expect(Float(w) == 1)
    }
}
