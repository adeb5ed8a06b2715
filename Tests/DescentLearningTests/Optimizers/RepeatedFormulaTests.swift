import CDescent
import Descent
import DescentTestSupport
import Testing

/// A formula is recorded once and holds for all variables like the first; nobody can tell from the results.
struct RepeatedFormulaTests {
    /// A user's optimizer; `asks` makes its formula one of its own for every variable.
    private final class Momentum: Optimizer {
        let state: OptimizerState
        let slotNames = ["m"]
        let recordsOncePerShape = true
        let asks: Bool
        private(set) var recorded = 0

        init(asks: Bool, _ options: OptimizerOptions = OptimizerOptions(learningRate: 0.1)) {
            state = OptimizerState(options)
            self.asks = asks
        }

        func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
            recorded += 1
            if asks { _ = step.variable }
            slots.m = 0.9 * slots.m + g * g.mean() / Double(w.count)
            return w - step.learningRate * slots.m
        }
    }

    private static let shapes: [Shape] = [[3, 4], [7], [3, 4], [], [7], [3, 4], [0, 2], [1], [3, 4], [], [0, 2]]

    private func variables() -> [Variable] {
        var random = SplitMix64(seed: 3)
        return Self.shapes.map { Variable(random.normal($0).cast(to: .float32)) }
    }

    private func loss(_ variables: [Variable], _ step: Int) -> Tensor {
        variables.enumerated().reduce(Tensor(0)) { sum, next in
            sum + (tanh(next.element * Double(step + next.offset + 1)) * next.element).sum()
        }
    }

    @Test func aUsersFormulaIsRecordedOnceForEachShape() throws {
        let (once, each) = (Momentum(asks: false), Momentum(asks: true))
        let (a, b) = (variables(), variables())
        for step in 0..<4 {
            try once.minimize({ loss(a, step) }, a)
            try each.minimize({ loss(b, step) }, b)
            for (x, y) in zip(a, b) { #expect(mismatch(x.value, y.value, .bits) == nil) }
            for (x, y) in zip(once.weights, each.weights) { #expect(mismatch(x.value, y.value, .bits) == nil) }
        }
        // The first step is recorded as it comes.
        #expect(each.recorded == 4 * Self.shapes.count)
        #expect(once.recorded == Self.shapes.count + 3 * Set(Self.shapes).count)
    }

    @Test func aFormulaThatIsAnotherAtEachCallIsRecordedForEach() throws {
        final class Counting: Optimizer {
            let state = OptimizerState(learningRate: 1.0)
            var calls = 0
            func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
                calls += 1
                return w - g * Double(calls)
            }
        }
        let variables = (0..<6).map { _ in Variable(Tensor.zeros([2])) }
        let opt = Counting()
        try opt.minimize({ variables.reduce(Tensor(0)) { $0 + $1.tensor.sum() } }, variables)
        #expect(opt.calls == 6)
        #expect(variables.map { Double($0.value[0]) } == [-1, -2, -3, -4, -5, -6])
    }

    private static let names = [
        "RMSprop", "SGD", "Adam", "AdamW", "Adamax", "Nadam", "Adagrad", "Adadelta", "Ftrl", "Lion", "Lamb",
        "Adafactor",
        "Muon", "ScheduleFreeAdamW",
    ]

    @Test(arguments: names)
    func everyOptimizerGivesTheSameBits(_ name: String) throws {
        for options in [[:], ["weight_decay": 0.01], ["clipnorm": 0.5], ["global_clipnorm": 0.7]] as [Configuration] {
            var config = options
            config["learning_rate"] = .number(0.05)
            let make = { try Optimizers.deserialize(["class_name": .string(name), "config": .object(config)]) }
            let (together, alone) = (try make(), variables().map { _ in make })
            let singles = try alone.map { try $0() }
            let (a, b) = (variables(), variables())
            for step in 0..<3 {
                let gradients = try valueAndGradient(a) { loss(a, step) }.gradients.map { $0! }
                try evaluate(gradients)
                try together.applyGradients(zip(gradients, a))
                guard options["global_clipnorm"] == nil else { continue }
                for (index, single) in singles.enumerated() {
                    try single.applyGradients([(gradients[index], b[index])])
                    #expect(mismatch(a[index].value, b[index].value, .bits) == nil, "\(name) \(options) \(index)")
                }
            }
        }
    }

    @Test func memoryIsWrittenOver() throws {
        let variables = (0..<6).map { _ in Variable(Tensor.ones([64, 64]) + 0) }
        let opt = RMSprop(learningRate: 0.1)
        let gradients = try variables.map { try ($0 * 2).evaluated() }
        func step() throws { try opt.applyGradients(zip(gradients, variables)) }
        try step()
        let tensors = (variables + opt.weights).filter { $0.shape.rank > 0 }
        let places = tensors.map { $0.leaf.storage.pointer }
        try step()
        #expect(zip(tensors, places).map { $0.leaf.storage.pointer == $1 } == tensors.map { _ in true })
    }

    @Test func gradientsAreNotKept() throws {
        let variables = (0..<6).map { _ in Variable(Tensor.ones([8, 8]) + 0) }
        let opt = RMSprop(learningRate: 0.1)
        func step() throws {
            try opt.minimize({ variables.reduce(Tensor(0)) { $0 + matmul($1, $1).sum() } }, variables)
        }
        try step()
        let plan = try #require(try tracePlans { try step() }.last)
        // A value and a slot for each variable, and the loss.
        #expect(plan.description.contains(", 13 outputs,"), "\(plan)")
    }

    @Test func whatReadsValuesIsNotRepeated() throws {
        final class Peeking: Optimizer {
            let recordsOncePerShape = true
            let state = OptimizerState(learningRate: 0.5)
            func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
                Float(w.sum()) > 0 ? w - g : w + g
            }
        }
        let variables = [Variable([1, 2]), Variable([-1, -2]), Variable([3, 4])]
        try Peeking().applyGradients(zip([Tensor([1, 1]), Tensor([1, 1]), Tensor([1, 1])], variables))
        #expect(variables.map { $0.value.scalars(as: Int.self) } == [[0, 1], [0, -1], [2, 3]])
    }

    @Test func expressionsTooLargeForOnePlanAreRepeatedToo() throws {
        let (a, b) = (variables(), variables())
        func long(_ variables: [Variable]) -> Tensor {
            variables.reduce(Tensor(0)) { sum, variable in
                var x = variable.tensor
                for _ in 0..<1000 { x = x * 0.999 + variable }
                return sum + x.sum()
            }
        }
        try Momentum(asks: false).minimize({ long(a) }, a)
        try Momentum(asks: true).minimize({ long(b) }, b)
        for (x, y) in zip(a, b) { #expect(mismatch(x.value, y.value, .bits) == nil) }
    }

    @Test(arguments: [1024, 1025, 6000])
    func anyNumberOfVariables(_ count: Int) throws {
        let variables = (0..<count).map { _ in Variable([1, 2]) }
        let gradients = try variables.indices.map { try Tensor([Double($0 % 7), 1]).evaluated() }
        let opt = RMSprop(learningRate: 0.1)
        for _ in 0..<2 { try opt.applyGradients(zip(gradients, variables)) }
        for (index, variable) in variables.enumerated().reversed() where index >= 7 {
            #expect(mismatch(variable.value, variables[index % 7].value, .bits) == nil)
        }
        let alone = Variable([1, 2])
        let other = RMSprop(learningRate: 0.1)
        for _ in 0..<2 { try other.applyGradients([(gradients[3], alone)]) }
        #expect(mismatch(variables[3].value, alone.value, .bits) == nil)
    }

    @Test func aStepThatFailedLeavesNothingBehind() throws {
        final class Failing: Optimizer {
            let recordsOncePerShape = true
            let state = OptimizerState(learningRate: 0.5)
            let slotNames = ["m"]
            var fails = true
            func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
                if fails { slots.unknown = g }
                slots.m = slots.m + g
                return w - step.learningRate * slots.m
            }
        }
        let opt = Failing()
        let variables = (0..<5).map { _ in Variable([1, 2]) }
        let gradients = variables.map { _ in Tensor([2, 4]) }
        #expect(throws: DescentError.self) { try opt.applyGradients(zip(gradients, variables)) }
        opt.fails = false
        try opt.applyGradients(zip(gradients, variables))
        for variable in variables { #expect(variable.value.scalars(as: Int.self) == [0, 0]) }
    }

    @Test func rowsOfATableAreNotTakenForAnOrdinaryGradient() throws {
        let tables = (0..<3).map { Variable(Tensor.ones([5, 2]) * Double($0 + 1)) }
        let opt = SGD(learningRate: 1, momentum: 0.5)
        for _ in 0..<2 {
            try opt.minimize(
                {
                    (tables[0] * 2).sum() + tables[1].gather(Tensor([1, 3], dtype: .int64), axis: 0).sum()
                        + (tables[2] * 3).sum()
                }, tables)
        }
        #expect(tables[1].value[0].scalars(as: Float.self) == [2, 2])
        #expect(tables[1].value[1].scalars(as: Float.self) == [-0.5, -0.5])
        #expect(tables[2].value[0].scalars(as: Float.self) == [-4.5, -4.5])
    }
}
