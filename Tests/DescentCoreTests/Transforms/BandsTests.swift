import DescentCore
import DescentTestSupport
import Testing

/// Derivatives at all unit vectors at once, which are zero almost everywhere.
struct BandsTests {
    static let count = 40
    static let close = Tolerance.within(relative: 1e-13, absolute: 1e-13)

    struct Function: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let f: @Sendable (Tensor) -> Tensor

        init(_ name: String, _ f: @escaping @Sendable (Tensor) -> Tensor) { (testDescription, self.f) = (name, f) }
    }

    static let functions = [
        Function("the identity") { $0 },
        Function("elements") { tanh($0) * $0 / (1 + $0 * $0) - log(Tensor.where($0 .> 0, $0, 1)) },
        Function("numbers") { -3 * $0 / 7 + 1 },
        Function("another type") { ($0.cast(to: .float32) * 2).cast(to: .float64) },
        Function("the larger") { maximum($0, 0.25) * 2 - relu(-$0) },
        Function("shared vectors") { x in x * stopGradient(x) - stopGradient(x) / x },
        Function("neighbors") { 100 * ($0[1...] - $0[..<(-1)] ** 2) ** 2 + (1 - $0[..<(-1)]) ** 2 },
        Function("neighbors further off") { $0[3...] * $0[..<(-3)] - $0[3...] * $0[.range(from: 2, to: -1)] },
        Function("borders") { ($0 * $0).pad([(2, 3)]) * 2 + $0.pad([(0, 5)]) },
        Function("parts") { $0[..<35] },
        Function("parts among zeros") { $0[..<38].pad([(0, 2)]) },
        Function("nothing that stays") { $0[5..<8].pad([(0, 40)])[10...] },
        Function("a single element beside all") { $0[3..<4] + $0 },
        Function("what leaves the axis") { $0[5..<8].pad([(0, 40)])[1...].pad([(38, 0)])[30...] + 1 },
        Function("rows of a matrix") { x in
            let rows = x.reshape([5, 8])
            return (rows[1...] - rows[..<(-1)]) * rows[0]
        },
        Function("columns of a matrix") { x in
            let rows = x.reshape([5, 8])
            return (rows[.all, 1...] * rows[.all, ..<(-1)]).reshape([35])
        },
        Function("single elements") { x in stack((0..<30).map { x[$0] * x[39 - $0] }) },
        Function("sums") { x in x * x.sum() + (x * x).mean() },
        Function("two sums") { x in stack([x[1...].sum() * x[0], (x ** 3).sum()]).broadcast(to: [30, 2]) },
        Function("products of matrices") { x in
            let a = Tensor.arange(35 * 40, dtype: .float64).reshape([35, 40]) / 1000
            return a.matmul(tanh(x)) + x[..<35].matmul(a[.all, ..<35])
        },
        Function("products with parts") { x in
            let a = Tensor.arange(35 * 30, dtype: .float64).reshape([35, 30]) / 1000
            return a.matmul(x[4..<34] * x[4..<34])
        },
        Function("more bands than are kept") { x in
            (1..<25).reduce(x[..<12]) { $0 + $1 * x[.range(from: $1, to: $1 + 12)] ** 2 }.pad([(0, 20)])
        },
        Function("the other way round") { $0.flip() * $0 + cumsum($0) + $0[(0..<40).step(2)].pad([(0, 20)]) },
        Function("a rule of the caller") { x in
            customGradient(x) { x in (x * 2, { g in g * 3 * x }) } * x
        },
        Function("a checkpoint") { x in checkpoint({ sin($0) * $0 })(x) * x },
        Function("nothing") { x in Tensor.ones([32], dtype: .float64) + 0 * stopGradient(x).sum() },
    ]

    private func point(_ seed: UInt64) -> Tensor {
        var random = SplitMix64(seed: seed)
        return random.normal([Self.count], dtype: .float64)
    }

    /// Row by row, each as a product with one unit vector.
    private func rows(of f: @escaping (Tensor) -> Tensor, at x: Tensor) throws -> Tensor {
        let y = f(x)
        // One by one, as they have one plan.
        let rows = try (0..<y.count).map { row in
            var unit = [Double](repeating: 0, count: y.count)
            unit[row] = 1
            return try vjp(of: f)(x, Tensor(unit, dtype: .float64).reshape(y.shape)).gradient.evaluated()
        }
        return stack(rows).reshape(Shape(y.shape.dimensions + x.shape.dimensions))
    }

    @Test(arguments: functions) func rowsAreThoseOfSingleProducts(_ function: Function) throws {
        let (f, x) = (function.f, point(3))
        try #expect(mismatch(jacobian(of: f)(x), rows(of: f, at: x), Self.close) == nil)
        let g = { (x: Tensor) in gradient(of: { (sin(f($0)) * f($0)).sum() })(x) }
        try #expect(mismatch(hessian(of: { (sin(f($0)) * f($0)).sum() })(x), rows(of: g, at: x), Self.close) == nil)
    }

    @Test(arguments: functions) func columnsAreThoseOfSingleProducts(_ function: Function) throws {
        let x = point(4)
        // More values than arguments: forward.
        let f = { (x: Tensor) in concat([function.f(x).reshape([-1]), x, x * x]) }
        try #expect(mismatch(jacobian(of: f)(x), rows(of: f, at: x), Self.close) == nil)
    }

    @Test func randomFunctions() throws {
        #if DEBUG
            let seeds: Range<UInt64> = 0..<60
        #else
            let seeds: Range<UInt64> = 0..<600
        #endif
        for seed in seeds {
            let f = RandomFunction(seed: seed)
            var random = SplitMix64(seed: seed)
            let x = random.normal([32 + Int(seed % 3) * 4], dtype: .float64)
            func compare(_ got: Tensor, _ want: Tensor, _ what: String) throws {
                let (got, want) = try (got.evaluated(), want.evaluated())
                let largest = try Double(maximum(abs(want).max(), 1).evaluated())
                let close = Tolerance.within(relative: 1e-11, absolute: 1e-11 * largest)
                #expect(mismatch(got, want, close) == nil, "seed \(seed), \(what)")
            }
            try compare(jacobian(of: { f($0) })(x), rows(of: { f($0) }, at: x), "Jacobian")
            guard seed % 3 == 0 else { continue }
            let loss = { (x: Tensor) in (sin(f(x)) * f(x)).sum() }
            try compare(hessian(of: loss)(x), rows(of: gradient(of: loss), at: x), "Hessian")
        }
    }

    @Test func costsWhatItsBandsCost() throws {
        let x = point(5)
        let f = { (x: Tensor) in (100 * (x[1...] - x[..<(-1)] ** 2) ** 2 + (1 - x[..<(-1)]) ** 2).sum() }
        let plan = try #require(tracePlans { try hessian(of: f)(x).evaluated() }.first)
        let result = Self.count * Self.count * 8
        #expect(plan.bytesMoved < 2 * result, "\(plan)")
        #expect(plan.temporaryBytes < result / 2)
        let product = Tensor.ones([50, Self.count], dtype: .float64)
        let rows = try #require(tracePlans { try jacobian(of: { product.matmul(tanh($0)) })(x).evaluated() }.first)
        #expect(!rows.description.contains("matmul"), "\(rows)")
    }

    /// A rule of the caller may do with a gradient what no derivative does.
    @Test func rulesThatAreNotLinear() throws {
        let rules: [@Sendable (_ g: Tensor, _ x: Tensor) -> Tensor] = [
            { g, _ in cos(g) }, { g, _ in maximum(g, 2 * g - 1) }, { g, _ in maximum(g, 2 * g) }, { g, x in g + x },
            { g, x in x - g }, { g, x in g - x }, { g, x in x / (g + 2) },
            { g, _ in g.pad([(1, 0)], value: 2)[..<(-1)] },
        ]
        for (number, rule) in rules.enumerated() {
            let f = { (x: Tensor) in customGradient(x) { x in (x * 2, { g in rule(g, x) }) } }
            let x = point(10)
            #expect(try mismatch(jacobian(of: f)(x), rows(of: f, at: x), Self.close) == nil, "rule \(number)")
        }
    }

    @Test func variablesThatAreZeroNow() throws {
        let v = Variable(0.0, dtype: .float64)
        let f = { (x: Tensor) in
            customGradient(x) { x in (x * 2, { g in Tensor.where(x .> 0, g, v) }) }
        }
        let compiled = DescentCore.Function { jacobian(of: f)($0) }
        for value in [0.0, 1] {
            v.assign(Tensor(value, dtype: .float64))
            #expect(mismatch(compiled(point(9)), try rows(of: f, at: point(9)), Self.close) == nil)
        }
    }

    @Test func whatIsZeroStaysZero() throws {
        let x = Tensor([Double](repeating: 0, count: Self.count), dtype: .float64)
        let all = jacobian(of: { sqrt($0[1...]) * $0[..<(-1)] })(x)
        #expect(mismatch(all[3, 7], 0) == nil)
    }

    @Test func derivativesGoOn() throws {
        let f = { (x: Tensor) in (hessian(of: { ($0[1...] ** 2 * $0[..<(-1)] ** 3).sum() })(x) ** 2).sum() }
        for order in 1...2 {
            let report = try checkGradient(of: { f($0[0]) }, at: [point(6)], order: order)
            #expect(report.failure == nil)
        }
    }

    @Test func batchesOfThem() throws {
        let f = { (x: Tensor) in hessian(of: { ($0[1...] ** 2 * $0[..<(-1)]).sum() })(x) }
        let all = vmap(f)(stack([point(7), point(8)]))
        #expect(mismatch(all, stack([f(point(7)), f(point(8))]), Self.close) == nil)
        let compiled = DescentCore.Function(f)
        #expect(mismatch(compiled(point(7)), f(point(7))) == nil)
    }
}
