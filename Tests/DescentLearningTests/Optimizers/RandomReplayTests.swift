import Descent
import DescentTestSupport
import Testing

/// Random losses, of numbers and of arrays, for random optimizers: steps that are taken again give the same bits.
struct RandomReplayTests {
    private static let names = ReplayTests.names
    private static let options: [Configuration] = [
        [:], ["weight_decay": 0.01], ["global_clipnorm": 0.7], ["use_ema": true, "ema_overwrite_frequency": 3],
        ["gradient_accumulation_steps": 2, "clipnorm": 0.5],
    ]

    @Test func numbers() throws {
        var taken = 0
        for seed in 0..<20 {
            taken += try ReplayRun.expectTheSame("seed \(seed)") { run in
                var random = SplitMix64(seed: UInt64(seed))
                let dtype: DType = seed % 3 == 0 ? .float64 : .float32
                let variables = (0..<3).map { _ in Variable(random.normal([], dtype: dtype)) }
                try train(run, variables, seed, &random) { loss, step in
                    let figure = Tensor(Double(step % 3)).cast(to: dtype)
                    return loss.numbers(variables.map(\.value) + [figure], 3 + seed)
                }
            }
        }
        #expect(taken > 70)
    }

    @Test func arrays() throws {
        var taken = 0
        for seed in 0..<30 {
            taken += try ReplayRun.expectTheSame("seed \(seed)") { run in
                var random = SplitMix64(seed: UInt64(seed))
                let n = [1, 2, 3, 5, 17, 33][seed % 6]
                let shapes: [Shape] = [[n, n], [n, n], [n], [], [n], []]
                let variables = shapes.map { Variable(random.normal($0).cast(to: .float32)) }
                try train(run, variables, seed, &random) { loss, step in
                    let data = Tensor.randomNormal([n, n], seed: step)
                    return loss.arrays(variables, [data, Tensor(Double(step % 3))], 3 + seed % 20, run)
                }
            }
        }
        #expect(taken > 100)
    }

    /// Some steps of two losses; now and then something happens between them.
    private func train(
        _ run: ReplayRun, _ variables: [Variable], _ seed: Int, _ random: inout SplitMix64,
        _ loss: (inout RandomLoss, Int) -> Tensor
    ) throws {
        var config = Self.options[seed % Self.options.count]
        config["learning_rate"] = 0.02
        var opt = try Optimizers.deserialize(
            ["class_name": .string(Self.names[seed % Self.names.count]), "config": .object(config)])
        if seed % 4 == 3 { opt = LossScaleOptimizer(opt, initialScale: 4, dynamicGrowthSteps: 3) }
        opt = run.make(opt)
        for step in 0..<9 {
            let kind = random.next() % 2
            run.step(opt, variables) {
                var formula = RandomLoss(2 * UInt64(seed) + kind)
                return loss(&formula, step)
            }
            run.note(variables + opt.weights)
            switch random.next() % 10 {
            case 0: for variable in variables { variable.assign(random.normal(variable.shape, dtype: variable.dtype)) }
            case 1: run.keep(variables[0].value)
            case 6: for weight in opt.weights { run.keep(weight.value) }
            case 2: opt.learningRate = 0.01 * Double(step % 4)
            case 3: try opt.setWeights(opt.getWeights().map { $0 * 1 })
            case 4: opt.setLearningRateMultiplier(0.5, for: [variables[0]])
            case 5: variables[1].assign(variables[0].value)
            default: break
            }
        }
    }
}

/// An expression that follows from a seed.
private struct RandomLoss {
    private var random: SplitMix64

    init(_ seed: UInt64) { random = SplitMix64(seed: seed) }

    private mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    mutating func numbers(_ given: [Tensor], _ size: Int) -> Tensor {
        var pool = given
        for _ in 0..<size {
            let (a, b) = (pool[pick(pool.count)], pool[pick(pool.count)])
            let choices: [() -> Tensor] = [
                { a + b }, { a - b }, { a * b }, { a / b }, { a.pow(b) }, { minimum(a, b) }, { a % b }, { 2 / a },
                { Tensor.where((a .< b) .| (a .== 1), a, b * 2) }, { exp(a * 0.25) }, { log(abs(a)) }, { tanh(a) },
                { sqrt(abs(a)) }, { a.reciprocal() }, { relu(a) }, { a.sign() * b }, { a ** 3 }, { atan2(a, b) },
                { a / 3 }, { (a .>= b).cast(to: a.dtype) * a }, { stopGradient(a) * b }, { a.reshape([1]).sum() + b },
            ]
            pool.append(choices[pick(choices.count)]())
        }
        return pool[pool.count - 1] + pool[pool.count - 2]
    }

    /// Looks at some of what it computes, keeps some, and has stretches of recording of its own.
    mutating func arrays(_ variables: [Variable], _ given: [Tensor], _ size: Int, _ run: ReplayRun) -> Tensor {
        var pool = variables.map(\.value) + given
        for _ in 0..<size {
            let (a, b) = (pool[pick(pool.count)], pool[pick(pool.count)])
            var choices: [() -> Tensor] = [
                { a + b }, { a * b }, { a / (b * b + 1) }, { tanh(a) }, { relu(a) }, { exp(-(a * a)) },
                { Tensor.where(a .> 0, a, b * 0.1) }, { stopGradient(a) + b }, { sigmoid(a) * b }, { a * 0.7 + 0.1 },
            ]
            if a.rank > 0 {
                choices += [
                    { a.sum(axes: [0], keepDims: a.rank == 1) }, { softmax(a) }, { a - a.mean() },
                    { a.cumsum(axis: 0) * 0.3 }, { a.gather(Tensor((0..<a.shape[0]).map { Int64($0 / 2) }), axis: 0) },
                    { concat([a, a * 2], axis: 0).sum(axes: [0], keepDims: a.rank == 1) * 0.1 },
                ]
            }
            if a.rank == 2 {
                choices += [{ a.transposed() }, { a.max(axes: [1]) }, { a.reshape([-1]).reshape(a.shape) * 0.5 }]
                if b.rank == 2 { choices.append { matmul(a, b) * 0.3 } }
            }
            var result = choices[pick(choices.count)]()
            switch pick(16) {
            case 0: run.note(ReplayRun.bits(result))
            case 1: run.keep(result)
            case 2:
                let variable = variables[pick(variables.count)]
                result = GradientTape().record { variable * result + variable * 0.5 }
                pool.append(variable.value)
            default: break
            }
            pool.append(result)
        }
        return pool.suffix(4).reduce(Tensor(0.0)) { $0 + ($1 * $1).mean() }
    }
}
