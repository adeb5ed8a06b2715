import DescentCore
import DescentTestSupport
import Testing

struct ImplicitTests {
    private let close = Tolerance.within(relative: 1e-9, absolute: 1e-10)

    @Test func theSquareRootAndItsDerivatives() throws {
        let babylonian = { (a: Tensor) in fixedPoint(of: { x, p in (x + p[0] / x) / 2 }, from: a, parameters: [a]) }
        let newton = { (a: Tensor) in root(of: { x, p in x * x - p[0] }, from: a, parameters: [a]) }
        for f in [babylonian, newton] {
            let a = Tensor(2.0, dtype: .float64)
            #expect(mismatch(f(a), 2.0.squareRoot(), close) == nil)
            #expect(mismatch(gradient(of: f)(a), 0.5 / 2.0.squareRoot(), close) == nil)
            #expect(mismatch(gradient(of: gradient(of: f))(a), -0.25 / (2 * 2.0.squareRoot()), close) == nil)
            #expect(mismatch(jvp(of: f)(a, 3).tangent, 1.5 / 2.0.squareRoot(), close) == nil)
        }
    }

    @Test func linearSystems() throws {
        var random = SplitMix64(seed: 4)
        let a = random.uniform([3, 3], in: -0.25..<0.25, dtype: .float64)
        let b = random.normal([3], dtype: .float64)
        // x = A x + b
        let rest = { (p: [Tensor]) in
            fixedPoint(of: { x, p in p[0].matmul(x) + p[1] }, from: Tensor.zeros([3], dtype: .float64), parameters: p)
        }
        let zero = { (p: [Tensor]) in
            root(of: { x, p in x - p[0].matmul(x) - p[1] }, from: Tensor.zeros([3], dtype: .float64), parameters: p)
        }
        for f in [rest, zero] {
            let x = f([a, b])
            #expect(mismatch(x - a.matmul(x), b, close) == nil)
            // The closed form: with w = (I - A)⁻ᵀ g the gradients are w xᵀ and w.
            let gradients = gradient(of: { (p: [Tensor]) in f(p).sum() })([a, b])
            let w = gradients[1]
            #expect(mismatch(w - a.transposed().matmul(w), Tensor.ones([3], dtype: .float64), close) == nil)
            #expect(mismatch(gradients[0], w.expandDims(1) * x, close) == nil)
            for order in 1...2 {
                let report = try checkGradient(of: f, at: [a, b], order: order)
                #expect(report.failure == nil)
            }
        }
    }

    @Test func systemsThatAreNotLinear() throws {
        let f = { @Sendable (x: Tensor, p: [Tensor]) in
            stack([x[0] ** 2 + x[1] ** 2 - p[0][0], x[0] - x[1] * p[0][1]])
        }
        let solution = { (p: [Tensor]) in root(of: f, from: Tensor([1.0, 1.0] as [Double]), parameters: p) }
        let p = Tensor([4.0, 0.7] as [Double])
        let y = (4 / (1 + 0.49)).squareRoot()
        #expect(mismatch(solution([p]), Tensor([0.7 * y, y]), close) == nil)
        for order in 1...2 {
            let report = try checkGradient(of: solution, at: [p], order: order)
            #expect(report.failure == nil)
        }
    }

    @Test func insideOtherTransformations() throws {
        let f = { (a: Tensor) in fixedPoint(of: { x, p in cos(x) * p[0] }, from: 0.5, parameters: [a]) }
        let a = Tensor([0.3, 0.6])
        let close = Tolerance.within(relative: 1e-4, absolute: 1e-5)
        #expect(mismatch(vmap(f)(a), stack([f(a[0]), f(a[1])]), close) == nil)
        let slopes = stack([gradient(of: f)(a[0]), gradient(of: f)(a[1])])
        #expect(mismatch(vmap(gradient(of: f))(a), slopes, close) == nil)
        #expect(mismatch(gradient(of: checkpoint(f))(a[0]), slopes[0], close) == nil)
        let compiled = Function(f)
        #expect(mismatch(compiled(a[0]), f(a[0])) == nil && mismatch(compiled(a[1]), f(a[1])) == nil)
    }

    @Test func whatHasNoSolutionIsAnError() throws {
        let line = #line + 1
        let runaway = fixedPoint(of: { x, _ in x * 2 + 1 }, from: 1)
        let error = try #require(throws: DescentError.self) { try runaway.evaluated() }
        #expect(error.operation == "fixedPoint" && error.location?.line == line)
        #expect(throws: DescentError.self) { try root(of: { x, _ in x * 0 + 1 }, from: 1).evaluated() }
        #expect(throws: DescentError.self) { try root(of: { x, _ in x[0] }, from: [1, 2]).evaluated() }
    }
}
