import DescentCore
import DescentTestSupport
import Testing

/// Moments of seeded draws within fixed bounds, about four of their own deviations.
@Suite("Distributions")
struct DistributionTests {
    static let count = 10_000
    static let shape: Shape = [count]

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let mean: Double
        let variance: Double
        let range: ClosedRange<Double>
        let draw: @Sendable (_ seed: Int, _ dtype: DType) -> Tensor
        var testDescription: String { name }
    }

    static let everywhere = -Double.infinity...Double.infinity

    static let cases: [Case] = [
        Case(name: "exponential", mean: 0.5, variance: 0.25, range: 0...1e9) {
            Tensor.randomExponential(shape, rate: 2, seed: $0, dtype: $1)
        },
        Case(name: "laplace", mean: 3, variance: 8, range: everywhere) {
            Tensor.randomLaplace(shape, location: 3, scale: 2, seed: $0, dtype: $1)
        },
        Case(name: "gumbel", mean: 1 + 2 * 0.5772156649, variance: 4 * 1.6449340668, range: everywhere) {
            Tensor.randomGumbel(shape, location: 1, scale: 2, seed: $0, dtype: $1)
        },
        Case(name: "truncated normal", mean: 1, variance: 4 * 0.7737413035, range: -3...5) {
            Tensor.randomTruncatedNormal(shape, mean: 1, standardDeviation: 2, seed: $0, dtype: $1)
        },
        Case(name: "truncated normal, right", mean: 2.3706331597, variance: 0.1095831136, range: 2...4) {
            Tensor.randomTruncatedNormal(shape, from: 2, to: 4, seed: $0, dtype: $1)
        },
        Case(name: "gamma 0.3", mean: 0.3, variance: 0.3, range: 0...1e9) {
            Tensor.randomGamma(shape, concentration: 0.3, seed: $0, dtype: $1)
        },
        Case(name: "gamma 1", mean: 1, variance: 1, range: 0...1e9) {
            Tensor.randomGamma(shape, concentration: 1, seed: $0, dtype: $1)
        },
        Case(name: "gamma 7.5", mean: 15, variance: 30, range: 0...1e9) {
            Tensor.randomGamma(shape, concentration: 7.5, rate: 0.5, seed: $0, dtype: $1)
        },
        Case(name: "beta", mean: 0.4, variance: 0.04, range: 0...1) {
            Tensor.randomBeta(shape, 2, 3, seed: $0, dtype: $1)
        },
        Case(name: "poisson 0.5", mean: 0.5, variance: 0.5, range: 0...1e9) {
            Tensor.randomPoisson(shape, rate: 0.5, seed: $0, dtype: $1)
        },
        Case(name: "poisson 9", mean: 9, variance: 9, range: 0...1e9) {
            Tensor.randomPoisson(shape, rate: 9, seed: $0, dtype: $1)
        },
        Case(name: "poisson 40", mean: 40, variance: 40, range: 0...1e9) {
            Tensor.randomPoisson(shape, rate: 40, seed: $0, dtype: $1)
        },
        Case(name: "bernoulli", mean: 0.3, variance: 0.21, range: 0...1) {
            Tensor.randomBernoulli(shape, probability: 0.3, seed: $0, dtype: $1)
        },
    ]

    @Test(arguments: cases) func moments(_ item: Case) throws {
        for dtype in [DType.float32, .float64] {
            let x = try item.draw(11, dtype).evaluated()
            #expect(x.dtype == dtype && x.shape == Self.shape)
            #expect(Bool(x.isFinite().all()))
            #expect(item.range.contains(Double(x.min())) && item.range.contains(Double(x.max())))
            let wide = x.cast(to: .float64)
            let error = (item.variance / Double(Self.count)).squareRoot()
            #expect(abs(Double(wide.mean()) - item.mean) < 4 * error, "mean \(wide.mean())")
            let squares = (wide - item.mean).square()
            let spread = Double(standardDeviation(squares)) / Double(Self.count).squareRoot()
            #expect(abs(Double(squares.mean()) - item.variance) < 4 * spread, "variance \(squares.mean())")
            #expect(mismatch(item.draw(11, dtype), x, .bits) == nil)
            #expect(mismatch(item.draw(12, dtype), x) != nil)
        }
    }

    @Test func choices() {
        let logits = Tensor([0.0, 0.6931471805599453, -.infinity])
        let classes = Tensor.randomCategorical([6000], logits: logits, seed: 3)
        #expect(classes.dtype == .int64 && Int(classes.max()) == 1)
        #expect((3800..<4200).contains(Int(classes.sum())))
        let rows = Tensor.randomCategorical([500, 2], logits: [[0, -90], [-90, 0]], seed: 3)
        #expect(rows.sum(axes: 0).scalars(as: Int.self) == [0, 500])
        let x = Tensor.arange(10, dtype: .int64)
        #expect(sort(x.randomChoice(10, withReplacement: false, seed: 1)).scalars(as: Int.self) == Array(0..<10))
        let drawn = x.randomChoice(5000, seed: 1)
        #expect(unique(drawn).values.count == 10 && (22000..<23000).contains(Int(drawn.sum())))
        let weights = Tensor([0, 1, 0, 3, 0, 0, 0, 0, 0, 0] as [Double])
        let heavy = x.randomChoice(4000, weights: weights, seed: 2)
        #expect(unique(heavy).values.scalars(as: Int.self) == [1, 3] && (9800..<10200).contains(Int(heavy.sum())))
        let both = x.randomChoice(2, withReplacement: false, weights: weights, seed: 2)
        #expect(sort(both).scalars(as: Int.self) == [1, 3])
        let shares = Tensor.randomDirichlet([4000, 3], concentration: [1, 2, 5], seed: 4, dtype: .float64)
        #expect(mismatch(shares.sum(axes: 1), Tensor.ones([4000], dtype: .float64), .within(absolute: 1e-12)) == nil)
        #expect(mismatch(shares.mean(axes: 0), [0.125, 0.25, 0.625], .within(absolute: 0.01)) == nil)
    }

    /// Numbers move with their parameters as differences say, the random part held still.
    @Test func reparameterised() throws {
        func check(_ name: String, _ at: [Tensor], tolerance: Double = 1e-7, _ draw: @escaping ([Tensor]) -> Tensor)
            throws
        {
            let report = try checkGradient(of: draw, at: at, step: 0.01, tolerance: tolerance)
            #expect(report.failure == nil, "\(name)")
        }
        let p = Tensor([0.5, 1.5, 3] as [Double]), q = Tensor([1, 2, 0.7] as [Double])
        try check("exponential", [p]) { Tensor.randomExponential([3], rate: $0[0], seed: 5, dtype: .float64) }
        try check("laplace", [p, q]) {
            Tensor.randomLaplace([3], location: $0[0], scale: $0[1], seed: 5, dtype: .float64)
        }
        try check("gumbel", [p, q]) {
            Tensor.randomGumbel([3], location: $0[0], scale: $0[1], seed: 5, dtype: .float64)
        }
        try check("truncated", [p, q]) {
            Tensor.randomTruncatedNormal([3], mean: $0[0], standardDeviation: $0[1], seed: 5, dtype: .float64)
        }
        try check("gamma, rate", [p]) {
            Tensor.randomGamma([3], concentration: 2, rate: $0[0], seed: 5, dtype: .float64)
        }
    }

    /// Means over many numbers move as the means of the distribution do.
    @Test func gammaMovesWithItsConcentration() throws {
        // The mean of x is c, that of x² is c + c²: so must the means of the derivatives be 1 and 1 + 2c.
        for concentration in [0.3, 1, 4, 50.0] {
            let c = Tensor.full([3_000], Tensor(concentration), dtype: .float64)
            let draw = { (c: Tensor) in Tensor.randomGamma([3_000], concentration: c, seed: 9, dtype: .float64) }
            let first = try gradient(of: { draw($0).sum() })(c).evaluated()
            let error = Double(standardDeviation(first)) / 3_000.0.squareRoot()
            #expect(abs(Double(first.mean()) - 1) < 4 * error, "\(concentration): \(first.mean()) ± \(error)")
            let second = try gradient(of: { draw($0).square().sum() })(c).evaluated()
            let spread = Double(standardDeviation(second)) / 3_000.0.squareRoot()
            #expect(
                abs(Double(second.mean()) - 1 - 2 * concentration) < 4 * spread, "\(concentration): \(second.mean())")
            #expect(Bool((first .> 0).all()))
        }
    }

    @Test func refused() {
        #expect(Tensor.randomExponential([2], rate: [1, 2, 3], seed: 1).error?.operation == "randomExponential")
        #expect(Tensor.randomGumbel([2], seed: 1, dtype: .int32).error?.rule == "random numbers are float32 or float64")
        #expect(Tensor.randomTruncatedNormal([2], from: 2, to: 1, seed: 1).error?.operation == "randomTruncatedNormal")
        #expect(
            Tensor.randomCategorical([2], logits: Tensor.zeros([0]), seed: 1).error?.operation == "randomCategorical")
        #expect(Tensor.randomDirichlet([], concentration: 1, seed: 1).error?.operation == "randomDirichlet")
        #expect(Tensor([1, 2]).randomChoice(3, withReplacement: false, seed: 1).error?.operation == "randomChoice")
        #expect(Double(Tensor.randomPoisson([1], rate: -1, seed: 1).sum()).isNaN)
        for empty in [
            Tensor.randomGamma([0], concentration: 1, seed: 1), Tensor.randomPoisson([0, 2], rate: 1, seed: 1),
        ] {
            #expect(empty.scalars(as: Float.self).isEmpty)
        }
    }
}
