import DescentCore
import DescentTestSupport
import Testing

/// New values are written over old ones where nobody can see it. Here everybody looks.
struct UpdateTests {
    static let sizes: [Shape] = [[], [5], [7, 11], [3000], [60_000]]

    /// One step of gradient descent with momentum, as an optimizer takes it.
    private func descend(_ v: Variable, _ momentum: Variable, _ loss: () -> Tensor) throws {
        let tape = GradientTape(watchAccessedVariables: false)
        tape.watch(v)
        let value = tape.record(loss)
        let gradient = try #require(tape.gradient(value, [v])[0])
        let m = 0.9 * momentum.current + gradient
        try Engine.update([(v, v.current - 0.01 * m), (momentum, m)])
    }

    private func variable(_ shape: Shape, seed: UInt64) -> Variable {
        var random = SplitMix64(seed: seed)
        return Variable(random.normal(shape))
    }

    private func copy(_ v: Variable) -> [Float] { v.scalars(as: Float.self) }

    @Test(arguments: sizes) func aStepIsTakenInPlaceIfNobodyHoldsTheValue(_ shape: Shape) throws {
        let (v, m) = (variable(shape, seed: 1), variable(shape, seed: 2))
        try descend(v, m) { (v * v).sum() }
        let plans = try tracePlans { try descend(v, m) { (v * v).sum() } }
        #expect(plans.count == (shape.rank == 0 ? 0 : 1))
        #expect(plans.first?.inPlaceCount ?? 2 == 2)
    }

    @Test(arguments: sizes) func heldValuesStay(_ shape: Shape) throws {
        let (v, m) = (variable(shape, seed: 1), variable(shape, seed: 2))
        var held: [(tensor: Tensor, numbers: [Float])] = []
        for step in 0..<8 {
            if step % 2 == 0 { held.append((v.value, copy(v))) }
            try descend(v, m) { (v * v).sum() }
        }
        for (tensor, numbers) in held { #expect(tensor.scalars(as: Float.self) == numbers) }
        #expect(copy(v) != held[3].numbers)
    }

    @Test(arguments: sizes) func heldExpressionsStay(_ shape: Shape) throws {
        let (v, m) = (variable(shape, seed: 1), variable(shape, seed: 2))
        var held: [(tensor: Tensor, numbers: [Float])] = []
        for _ in 0..<5 {
            held.append((v * 2 + m, zip(copy(v), copy(m)).map { $0 * 2 + $1 }))
            try descend(v, m) { (v * v).sum() }
        }
        for (tensor, numbers) in held { #expect(tensor.scalars(as: Float.self) == numbers) }
    }

    @Test(arguments: sizes) func heldViewsStay(_ shape: Shape) throws {
        let (v, m) = (variable(shape, seed: 1), variable(shape, seed: 2))
        let numbers = copy(v)
        let views = [v.flip(), v.reshape([-1]), v.transposed().transposed(), stopGradient(v), v.expandDims(0)]
        for _ in 0..<3 { try descend(v, m) { (v * v).sum() } }
        #expect(views[0].flip().scalars(as: Float.self) == numbers)
        for view in views.dropFirst() { #expect(view.scalars(as: Float.self) == numbers) }
    }

    @Test(arguments: sizes) func aHeldPartOfTheStepItselfStays(_ shape: Shape) throws {
        let v = variable(shape, seed: 1)
        let numbers = copy(v)
        let doubled = v * 2
        let view = v.flip()
        try Engine.update([(v, doubled + 1 + view * 0)])
        #expect(doubled.scalars(as: Float.self) == numbers.map { $0 * 2 })
        #expect(view.flip().scalars(as: Float.self) == numbers)
        #expect(copy(v) == numbers.map { $0 * 2 + 1 })
    }

    @Test(arguments: sizes) func aTapeKeepsWhatItHasSeen(_ shape: Shape) throws {
        let (v, m) = (variable(shape, seed: 1), variable(shape, seed: 2))
        let numbers = copy(v)
        let tape = GradientTape(persistent: true)
        let loss = tape.record { (v * v).sum() }
        for _ in 0..<3 { try descend(v, m) { (v * v).sum() } }
        let gradient = try #require(tape.gradient(loss, [v])[0])
        #expect(gradient.scalars(as: Float.self) == numbers.map { $0 + $0 })
    }

    // MARK: - Shared values

    @Test(arguments: sizes) func variablesThatShareAValueChangeAlone(_ shape: Shape) throws {
        let (v, m) = (variable(shape, seed: 1), variable(shape, seed: 2))
        let numbers = copy(v)
        let twin = Variable(v.value)
        let other = variable(shape, seed: 3)
        other.assign(v.value)
        try descend(v, m) { (v * v).sum() }
        #expect(copy(twin) == numbers)
        #expect(copy(other) == numbers)
        try descend(other, m) { (other * other).sum() }
        #expect(copy(twin) == numbers)
    }

    @Test(.timeLimit(.minutes(1)), arguments: sizes) func oneTensorForTwoVariables(_ shape: Shape) throws {
        let (a, b, m) = (variable(shape, seed: 1), variable(shape, seed: 2), variable(shape, seed: 3))
        let sums = zip(copy(a), copy(b)).map { $0 + $1 }
        let sum = { a + b }
        func assign(_ value: Tensor) throws { try Engine.update([(a, value), (b, value)]) }
        try assign(sum())
        #expect(copy(a) == sums)
        #expect(copy(b) == sums)
        try descend(a, m) { (a * a).sum() }
        #expect(copy(b) == sums)
        #expect(copy(a) != sums)
    }

    @Test(.timeLimit(.minutes(1)), arguments: sizes) func oneVariableTwiceTakesTheLastValue(_ shape: Shape) throws {
        let a = variable(shape, seed: 1)
        let numbers = copy(a)
        try Engine.update([(a, a + 1), (a, a * 2)])
        #expect(copy(a) == numbers.map { $0 * 2 })
    }

    @Test(arguments: sizes) func valuesChangePlaces(_ shape: Shape) throws {
        let (a, b) = (variable(shape, seed: 1), variable(shape, seed: 2))
        let (first, second) = (copy(a), copy(b))
        try Engine.update([(a, b.value), (b, a.value)])
        #expect(copy(a) == second && copy(b) == first)
        try Engine.update([(a, b * 1), (b, a * 1)])
        #expect(copy(a) == first && copy(b) == second)
        try Engine.update([(a, b.flip()), (b, a.flip())])
        try Engine.update([(a, a.flip()), (b, b.flip())])
        #expect(copy(a) == second && copy(b) == first)
    }

    @Test func aValueAssignedToItself() throws {
        for shape in Self.sizes {
            let a = variable(shape, seed: 1)
            let numbers = copy(a)
            try Engine.update([(a, a.value)])
            a.assign(a.value)
            a.assignAdd(0)
            #expect(copy(a) == numbers)
        }
    }

    // MARK: - Other types

    @Test(arguments: [DType.float32, .float64, .int32, .int64, .bool]) func everyType(_ dtype: DType) throws {
        var random = SplitMix64(seed: 4)
        let start = random.integers([1000], in: 0..<2, dtype: dtype)
        let v = Variable(start)
        let held = v.value
        for _ in 0..<3 {
            let value = dtype == .bool ? .!v.tensor : 1 - v.tensor
            try Engine.update([(v, value)])
        }
        #expect(mismatch(held, start) == nil)
        #expect(mismatch(v.value, (1 - start.cast(to: .int32)).cast(to: dtype)) == nil)
    }

    // MARK: - At random

    /// New values that read the old ones in every way are those that the same formula gives for constants.
    @Test func randomFormulas() throws {
        for seed in 0..<UInt64(100) {
            var random = SplitMix64(seed: seed)
            let n = [2, 5, 17, 60][Int(seed % 4)]
            let (first, second) = (random.normal([n, n], dtype: .float64), random.normal([n, n], dtype: .float64))
            let (a, b) = (Variable(first * 1), Variable(second * 1))
            let number = Int(random.next() % 100)
            func formulas(_ a: Tensor, _ b: Tensor) -> [Tensor] {
                [Self.formula(number % 10, a, b), Self.formula(number / 10, b, a)]
            }
            let want = formulas(first, second)
            try evaluate(want)
            func step() throws {
                let new = formulas(a.current, b.current)
                try Engine.update([(a, new[0]), (b, new[1])])
            }
            try step()
            #expect(mismatch(a.value, want[0], .bits) == nil, "seed \(seed), formula \(number)")
            #expect(mismatch(b.value, want[1], .bits) == nil, "seed \(seed), formula \(number)")
        }
    }

    private static func formula(_ number: Int, _ a: Tensor, _ b: Tensor) -> Tensor {
        switch number {
        case 0: a * 2 - b
        case 1: a + a.transposed()
        case 2: a - a.max(axes: 1, keepDims: true) + b.flip()
        case 3: tanh(a) + a.mean() + b
        case 4: a.transposed()
        case 5: (a * 0.01).matmul(b) + a
        case 6: concat([a[1...], b[..<1]]) * a
        case 7: (a + b).flip(axes: [0]) * 0.5
        case 8: a.gather(Tensor.arange(a.shape[0], dtype: .int64).flip()) + a
        default: Tensor.where(a .> b, a, b.transposed())
        }
    }
}
