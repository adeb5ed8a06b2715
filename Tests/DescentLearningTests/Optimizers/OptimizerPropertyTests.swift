import Descent
import DescentTestSupport
import Testing

/// What holds for every optimizer, a user's own included.
@Suite struct OptimizerPropertyTests {
    /// The variables after some steps, batch after batch.
    private func train(_ opt: any Optimizer, _ problem: SmallProblem, _ batches: Range<Int>) throws {
        for index in batches { try opt.minimize({ problem.loss(index) }, problem.variables) }
    }

    private func bits(_ tensors: [Tensor]) -> [[UInt64]] {
        tensors.map { $0.scalars(as: Double.self).map(\.bitPattern) }
    }

    private func expectSame(_ got: [Tensor], _ want: [Tensor], _ tolerance: Tolerance, _ comment: Comment? = nil) {
        #expect(got.count == want.count)
        for (got, want) in zip(got, want) { #expect(mismatch(got, want, tolerance) == nil, comment) }
    }

    @Test(arguments: OptimizerRow.all)
    func theLossFalls(row: OptimizerRow) throws {
        let problem = SmallProblem(.float32)
        let opt = row.make(OptimizerOptions(learningRate: 0.01))
        let first = Double(problem.loss(0))
        for _ in 0..<100 { try opt.minimize({ problem.loss(0) }, problem.variables) }
        // Adadelta begins with tiny steps whatever the rate.
        #expect(Double(problem.loss(0)) < (row.testDescription == "Adadelta" ? first : 0.9 * first))
        #expect(opt.iterations == 100)
    }

    @Test(arguments: OptimizerRow.all)
    func microBatchesThatAreAccumulatedEqualOneLargeBatch(row: OptimizerRow) throws {
        let (small, large) = (SmallProblem(.float64), SmallProblem(.float64))
        var options = OptimizerOptions(learningRate: 0.05, weightDecay: 0.1, globalClipNorm: 0.5)
        let whole = row.make(options)
        options.gradientAccumulationSteps = 3
        let parts = row.make(options)
        try train(parts, small, 0..<12)
        for step in 0..<4 {
            let batches = (0..<3).map { 3 * step + $0 }
            try whole.minimize({ batches.map(large.loss).reduce(Tensor(0), +) / 3 }, large.variables)
        }
        #expect(parts.iterations == 4 && whole.iterations == 4)
        expectSame(small.values, large.values, .within(relative: 1e-10, absolute: 1e-12))
    }

    @Test(arguments: OptimizerRow.all)
    func float32FollowsFloat64(row: OptimizerRow) throws {
        let (single, double) = (SmallProblem(.float32), SmallProblem(.float64))
        let options = OptimizerOptions(learningRate: 0.02, weightDecay: 0.01, clipNorm: 1, useEMA: true)
        let opts = (row.make(options), row.make(options))
        try train(opts.0, single, 0..<15)
        try train(opts.1, double, 0..<15)
        expectSame(
            single.values.map { $0.cast(to: .float64) }, double.values, .within(relative: 1e-4, absolute: 1e-5))
    }

    /// Amid an accumulation, with averages, under a schedule: all that there is to forget.
    @Test(arguments: OptimizerRow.all, [DType.float32, .float64])
    func savedAndRestoredItGoesOnToTheLastBit(row: OptimizerRow, dtype: DType) throws {
        let options = OptimizerOptions(
            learningRate: ExponentialDecay(initialLearningRate: 0.05, decaySteps: 3, decayRate: 0.7), weightDecay: 0.01,
            useEMA: true, emaMomentum: 0.9, emaOverwriteFrequency: 3, gradientAccumulationSteps: 2)
        let (straight, stopped, resumed) = (SmallProblem(dtype), SmallProblem(dtype), SmallProblem(dtype))
        let one = row.make(options)
        try train(one, straight, 0..<12)
        let before = row.make(options)
        try train(before, stopped, 0..<5)
        let (values, weights) = (stopped.values, before.getWeights())
        for (variable, value) in zip(resumed.variables, values) { variable.assign(value) }
        let after = row.make(options)
        after.build(resumed.variables)
        try after.setWeights(weights)
        try train(after, resumed, 5..<12)
        #expect(bits(resumed.values) == bits(straight.values))
        #expect(bits(after.getWeights()) == bits(one.getWeights()))
        // And the one that was saved has not noticed.
        try train(before, stopped, 5..<12)
        #expect(bits(stopped.values) == bits(straight.values))
    }

    struct Failure: Error {}

    @Test(arguments: OptimizerRow.all)
    func aStepThatFailsChangesNothing(row: OptimizerRow) throws {
        let (plain, disturbed) = (SmallProblem(.float32), SmallProblem(.float32))
        let options = OptimizerOptions(learningRate: 0.05, weightDecay: 0.01, clipValue: 0.5, useEMA: true)
        let (one, other) = (row.make(options), row.make(options))
        for index in 0..<4 {
            try train(one, plain, index..<index + 1)
            #expect(throws: Failure.self) {
                try other.minimize(
                    {
                        _ = disturbed.loss(index)
                        throw Failure()
                    }, disturbed.variables)
            }
            #expect(throws: DescentError.self) {
                try other.minimize({ disturbed.loss(index) * Tensor([1, 2]).gather([5]) }, disturbed.variables)
            }
            try train(other, disturbed, index..<index + 1)
        }
        #expect(bits(plain.values) == bits(disturbed.values))
        #expect(bits(one.getWeights()) == bits(other.getWeights()))
    }

    /// A scale that is a power of two is exact both ways; overflow leaves a step out.
    @Test(arguments: OptimizerRow.all)
    func aScaledLossTrainsTheSame(row: OptimizerRow) throws {
        let (plain, scaled, dynamic) = (SmallProblem(.float64), SmallProblem(.float64), SmallProblem(.float64))
        var options = OptimizerOptions(learningRate: 0.05)
        let one = row.make(options)
        let wrapped = LossScaleOptimizer(row.make(options), initialScale: 1024, dynamicGrowthSteps: 3)
        options.lossScaleFactor = 256
        let other = row.make(options)
        try train(one, plain, 0..<8)
        try train(other, scaled, 0..<8)
        try train(wrapped, dynamic, 0..<5)
        let (values, weights) = (bits(dynamic.values), bits(Array(wrapped.getWeights().dropFirst(2))))
        try wrapped.minimize({ dynamic.loss(0) * Tensor(1e300) * Tensor(1e300) }, dynamic.variables)
        #expect(bits(dynamic.values) == values)
        #expect(bits(Array(wrapped.getWeights().dropFirst(2))) == weights)
        #expect(wrapped.iterations == 5)
        try train(wrapped, dynamic, 5..<8)
        #expect(bits(scaled.values) == bits(plain.values))
        #expect(bits(dynamic.values) == bits(plain.values))
    }

    /// Numbers that change from step to step are inputs: all is computed in one go, and the same way at every step.
    @Test(arguments: OptimizerRow.all)
    func everyStepTakesTheSamePasses(row: OptimizerRow) throws {
        let problem = SmallProblem(.float32)
        let opt = row.make(
            OptimizerOptions(
                learningRate: InverseTimeDecay(initialLearningRate: 0.05, decaySteps: 1, decayRate: 0.5),
                weightDecay: 0.01, useEMA: true))
        var plans: [[[Int]]] = []
        for index in 0..<5 {
            let traces = try tracePlans { try train(opt, problem, index..<index + 1) }
            plans.append(traces.map { [$0.stepCount, $0.programCount, $0.bytesMoved, $0.temporaryBytes] })
        }
        #expect(plans[2].count == 1)
        #expect(plans[3] == plans[2] && plans[4] == plans[2])
    }

    @Test(arguments: OptimizerRow.all)
    func exclusionsMultipliersAndConstraints(row: OptimizerRow) throws {
        func run(_ prepare: (any Optimizer, SmallProblem) throws -> Void) throws -> [Tensor] {
            let problem = SmallProblem(.float64)
            let opt = row.make(OptimizerOptions(learningRate: 0.05, weightDecay: 0.5))
            try prepare(opt, problem)
            // Two: in its first step ScheduleFreeAdamW looks at nothing but z.
            try train(opt, problem, 0..<2)
            return problem.values
        }
        let plain = try run { _, _ in }
        let excluded = try run { opt, _ in try opt.excludeFromWeightDecay(varNames: ["^b$"]) }
        #expect(bits([excluded[1]]) != bits([plain[1]]))
        let slow = try run { opt, problem in opt.setLearningRateMultiplier(0, for: [problem.w]) }
        if row.testDescription != "Ftrl" {  // Its rule divides by the rate.
            #expect(mismatch(slow[0], SmallProblem(.float64).w.value, .exact) == nil)
        }
        #expect(bits([slow[2]]) != bits([SmallProblem(.float64).s.value]))
        let bounded = try run { _, problem in problem.w.constraint = { maximum($0, 0) } }
        #expect(mismatch(bounded[0], maximum(bounded[0], 0), .exact) == nil)
        #expect(bits([bounded[0]]) != bits([plain[0]]))
    }

    /// Reads the gradient, reads and writes the variable and its slots, over the old values, and nothing else.
    @Test(arguments: OptimizerRow.all)
    func anUpdateIsOnePassOverMemory(row: OptimizerRow) throws {
        let opt = row.make(OptimizerOptions(learningRate: 0.01, weightDecay: 0.01))
        guard opt.isElementwise else { return }
        let (w, g) = (Variable(Tensor.ones([4096])), Tensor.full([4096], 0.5))
        try evaluate([g])
        for _ in 0..<2 { try opt.applyGradients([(g, w)]) }
        let plans = try tracePlans { try opt.applyGradients([(g, w)]) }
        let kept = 1 + opt.getSlotNames().count
        #expect(plans.count == 1)
        #expect(plans[0].stepCount == 1 && plans[0].programCount == 1)
        #expect(plans[0].bytesMoved == 4 * 4096 * (1 + 2 * kept))
        #expect(plans[0].inPlaceCount == kept)
    }

    /// Rows that repeat, rows that come back after a while, rows that never come.
    @Test(arguments: OptimizerRow.all)
    func gradientsByRowDoWhatDenseOnesDo(row: OptimizerRow) throws {
        func run(dense: Bool, lazy: Bool) throws -> (values: Tensor, weights: [Tensor], first: Tensor) {
            var random = SplitMix64(seed: 3)
            let first = try random.normal([7, 2], dtype: .float64).evaluated()
            let table = Variable(first, name: "table")
            let opt = row.make(OptimizerOptions(learningRate: 0.05, lazy: lazy))
            for picks in [[0, 3, 3], [5, 1], [3], [6, 6, 0], [1, 0]] {
                let target = random.normal([picks.count, 2], dtype: .float64)
                let rows = Tensor(picks)
                let loss = {
                    let x =
                        dense
                        ? matmul(rows.oneHot(depth: 7, dtype: .float64), table.value) : table.gather(rows)
                    return ((x - target) ** 2).sum()
                }
                try opt.minimize(loss, [table])
            }
            return (table.value, opt.getWeights(), first)
        }
        let (dense, sparse) = (try run(dense: true, lazy: false), try run(dense: false, lazy: false))
        expectSame([sparse.values], [dense.values], .within(relative: 1e-11, absolute: 1e-13))
        expectSame(
            sparse.weights.map { $0.cast(to: .float64) }, dense.weights.map { $0.cast(to: .float64) },
            .within(relative: 1e-11, absolute: 1e-13))
        guard row.make(OptimizerOptions()).isElementwise else { return }
        let lazy = try run(dense: false, lazy: true)
        for number in 0..<7 {
            let isTouched = ![2, 4].contains(number)
            #expect((mismatch(lazy.values[number], lazy.first[number], .bits) != nil) == isTouched, "row \(number)")
        }
    }
}
