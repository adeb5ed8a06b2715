import Descent
import DescentTestSupport
import Testing

@testable import DescentLearning

/// Trainings in which anything may happen between two steps: taken again, they give the same bits.
struct RandomScenarioTests {
    @Test func anythingBetweenSteps() throws {
        var taken = 0
        for seed in 0..<24 {
            taken += try ReplayRun.expectTheSame("seed \(seed)") { run in
                var scenario = try RandomScenario(UInt64(seed), run)
                for _ in 0..<6 { try scenario.go() }
            }
        }
        #expect(taken > 100)
    }
}

/// A training that follows from a seed.
private struct RandomScenario {
    private var random: SplitMix64
    private let run: ReplayRun
    private var make: () throws -> any Optimizer
    private var opt: any Optimizer
    /// A table, matrices, vectors, numbers.
    private var variables: [Variable]
    private var rate = 0.05
    private var step = 0

    private mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    init(_ seed: UInt64, _ run: ReplayRun) throws {
        random = SplitMix64(seed: 1000 + seed)
        self.run = run
        var random = random
        func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        var options = OptimizerOptions(learningRate: 0.05)
        if pick(3) == 0 { options.weightDecay = 0.1 }
        switch pick(6) {
        case 0: options.clipNorm = 0.5
        case 1: options.globalClipNorm = 0.7
        case 2: options.clipValue = 0.2
        default: break
        }
        if pick(3) == 0 {
            options.useEMA = true
            options.emaMomentum = 0.8
            if pick(2) == 0 { options.emaOverwriteFrequency = 1 + pick(4) }
        }
        if pick(4) == 0 { options.gradientAccumulationSteps = 2 + pick(2) }
        if pick(5) == 0 { options.lossScaleFactor = 4 }
        if pick(4) == 0 { options.lazy = true }
        if pick(4) == 0 {
            options.learningRate = Hyperparameter(
                ExponentialDecay(initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.5, staircase: pick(2) == 0))
        }
        let rows = OptimizerRow.all
        let (row, mode) = (rows[Int(seed) % rows.count], pick(12))
        let (isScaled, excludes) = (pick(4) == 0, pick(4) == 0)
        make = {
            var opt: any Optimizer =
                switch mode {
                case 0: RMSprop.tensorFlow2(learningRate: 0.02, momentum: 0.5, decay: 0.1, clipNorm: 1)
                case 1: RMSprop.tensorFlow2(learningRate: 0.02, centered: true, clipValue: 0.5)
                case 2: RMSprop.pyTorch(lr: 0.01, weightDecay: 0.1, momentum: 0.5)
                default: row.make(options)
                }
            if isScaled { opt = LossScaleOptimizer(opt, initialScale: 8, dynamicGrowthSteps: 3) }
            if excludes { try opt.excludeFromWeightDecay(varNames: ["vector"]) }
            return run.make(opt)
        }
        opt = try make()
        let types: [DType] = pick(4) == 0 ? [.float64] : pick(3) == 0 ? [.float32, .float64] : [.float32]
        let shapes: [(String, Shape)] = [
            ("table", [6, 3]), ("matrix", [3, 4]), ("vector", [4]), ("number", []), ("twin", [3, 4]), ("single", [1]),
        ]
        variables = shapes.enumerated().map { place, next in
            Variable(random.normal(next.1, dtype: types[place % types.count]), name: next.0)
        }
        self.random = random
    }

    /// One kind of step, some times over, and something between.
    mutating func go() throws {
        let (kind, way, rows) = (pick(6), pick(9), 2 + pick(2))
        let used = [[0, 3], [0, 1, 2, 3], [0, 1, 4, 5], [1, 2, 5], [0], [2, 3, 5]][kind]
        var list = used.map { variables[$0] }
        if pick(4) == 0 { list = Array(variables.prefix(1 + pick(variables.count))) }
        if pick(4) == 0 { list = variables }
        if pick(10) == 0 { list.append(list[pick(list.count)]) }
        if pick(8) == 0 { list.reverse() }
        for _ in 0..<3 + pick(4) {
            step += 1
            let odd = opt is LossScaleOptimizer ? [0, -0.0, .infinity, .nan] : [0, -0.0]
            take(kind, way, list, rows, pick(5) == 0 ? odd[pick(odd.count)] : 1 + Double(step % 3))
            // To read what is remembered lets rows follow that wait.
            run.note(pick(2) == 0 ? variables : variables + opt.weights)
            try happen(pick(48))
        }
        for variable in variables { variable.constraint = nil }
        try happen(pick(17))
    }

    private mutating func take(_ kind: Int, _ way: Int, _ list: [Variable], _ rows: Int, _ number: Double) {
        let data = Tensor.randomNormal([rows, 3], seed: step)
        let index = Tensor((0..<rows).map { Int64($0 * step % 6) })
        let v = variables.map { variable in { variable.value.cast(to: .float32) } }
        func loss() -> Tensor {
            switch kind {
            case 0: ((v[0]().gather(index) - data) ** 2).mean() * number + v[3]() * v[3]()
            case 1: (tanh(matmul(data, v[1]()) + v[2]()) * v[3]()).square().mean() + (v[0]() * number).square().mean()
            case 2: (matmul(v[0]().gather(index), v[1]() + v[4]()) * number).square().sum() + v[5]().sum()
            case 3: (v[1]() * v[2]()).sum() * number + v[5]().square().sum()
            case 4: (v[0]() ** 2).sum() * number + (v[0]().gather(index) * data).sum()
            default: (v[3]() ** 2 + v[5]().sum() * number) / (1 + v[2]().square().sum())
            }
        }
        let opt = opt
        run.step(opt) {
            switch way {
            case 2: return try opt.minimize(loss, list, gradLoss: Tensor(0.5))
            case 3: return try opt.minimize(loss, { list })
            case 4:
                let (value, gradients) = try valueAndGradient(list) { opt.scaleLoss(loss()) }
                if number == 2 { try evaluate(gradients.compactMap { $0 }) }
                try opt.applyGradients(zip(gradients, list))
                return value
            case 5: return try opt.getUpdates(loss, list)[0]
            default: return try opt.minimize(loss, list)
            }
        }
    }

    private mutating func happen(_ event: Int) throws {
        let variable = variables[pick(variables.count)]
        switch event {
        case 0: variable.assign(random.normal(variable.shape, dtype: variable.dtype))
        case 1: run.keep(variable.value)
        case 2: for weight in opt.weights { run.keep(weight.value) }
        case 3: opt.learningRate = 0.01 * Double(pick(4))
        case 4:
            var weights = opt.getWeights()
            let place = pick(weights.count + 1)
            if place < weights.count { weights[place] = weights[place] * 1 }
            try opt.setWeights(weights)
        case 5: opt.setLearningRateMultiplier(pick(2) == 0 ? 0.5 : 1, for: [variable])
        case 6: variables[4].assign(variables[1].value.cast(to: variables[4].dtype))
        case 7: _ = try? opt.withAverages([variable]) { run.keep(variable.value * 1) }
        case 8: _ = try? opt.finalizeVariableValues([variable])
        case 9:
            // Goes on with another optimizer that was told all that this one knows.
            let (old, weights) = (opt, opt.getWeights())
            opt = try make()
            opt.learningRateSource = old.learningRateSource
            opt.build(old.state.entries.map { $0.variable })
            try? opt.setWeights(weights)
        case 10: variables.append(Variable(random.normal([2, 2]), name: "new \(variables.count)"))
        case 11:
            let bound: @Sendable (Tensor) -> Tensor = { minimum($0, 2) }
            variable.constraint = variable.constraint == nil ? bound : nil
        case 12:
            rate = 0.03
            opt.learningRateSource = Hyperparameter { [rate] in rate }
        case 13: opt.addSlot(variable, "mine", initialValue: 0.5)
        case 14:
            guard let opt = opt as? RMSprop else { return }
            switch pick(3) {
            case 0: opt.rho = 0.8
            case 1: opt.epsilon = 1e-3
            default: opt.momentum = 0.7
            }
        case 15: if let name = opt.getSlotNames().first { run.keep((try? opt.getSlot(variable, name).value) ?? 0) }
        case 16: try? opt.setIterations(pick(6))
        default: break
        }
    }
}
