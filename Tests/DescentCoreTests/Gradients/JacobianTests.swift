import DescentCore
import DescentTestSupport
import Testing

struct JacobianTests {
    static let close = Tolerance.within(relative: 1e-12, absolute: 1e-13)

    private func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        var random = SplitMix64(seed: seed)
        return random.normal(shape, dtype: .float64)
    }

    @Test func ofTallWideAndSquareFunctions() throws {
        for (inner, outer) in [([3], [5]), ([5], [3]), ([2, 3], [4]), ([], [3]), ([3], [])] as [(Shape, Shape)] {
            let a = random([outer.count, inner.count], 7)
            let f = { (x: Tensor) in tanh(a.matmul(x.reshape(inner.count))).reshape(outer) }
            let x = random(inner, 8)
            let y = f(x)
            let want = ((1 - y * y).reshape(outer.count, 1) * a).reshape(Shape(outer.dimensions + inner.dimensions))
            #expect(mismatch(jacobian(of: f)(x), want, Self.close) == nil, "\(inner) to \(outer)")
        }
    }

    @Test func isOneEvaluation() throws {
        let a = random([20, 20], 3)
        let f = { (x: Tensor) in tanh(a.matmul(x)) }
        let x = random([20], 4)
        let plans = try tracePlans { try jacobian(of: f)(x).evaluated() }
        #expect(plans.count == 1)
        #expect(plans[0].stepCount < 12)
        let second = try tracePlans { try hessian(of: { tanh(a.matmul($0)).sum() })(x).evaluated() }
        #expect(second.count == 1)
        #expect(second[0].stepCount < 25)
    }

    @Test func aProductForwardCostsNoMoreThanAFewTimesTheFunction() throws {
        // A thousand values of one number: rows of the Jacobian would cost a thousand times as much.
        let a = random([1000, 10], 3)
        let f = { (x: Tensor) in exp(sin(a.matmul(x)) * a.matmul(x * x)) }
        let x = random([10], 4)
        let once = try #require(tracePlans { try f(x).evaluated() }.first)
        let push = try #require(tracePlans { try jvp(of: f)(x, x).tangent.evaluated() }.first)
        #expect(push.bytesMoved < 3 * once.bytesMoved, "\(push)")
        #expect(push.stepCount <= 3 * once.stepCount)
        // The stand-in for the weights is never looked at.
        #expect(!push.description.contains("argument"))
    }

    @Test func severalArguments() throws {
        let f = { (x: [Tensor]) in x[0] * x[1].sum() + x[1] }
        let (a, b) = (random([3], 1), random([3], 2))
        let all = jacobian(of: f)([a, b])
        #expect(mismatch(all[0], Tensor.eye(3, dtype: .float64) * b.sum(), Self.close) == nil)
        #expect(mismatch(all[1], a.expandDims(1) + Tensor.eye(3, dtype: .float64), Self.close) == nil)
        let g = { (x: [Tensor]) in (x[0] * x[1] * x[1]).sum() }
        let blocks = hessian(of: g)([a, b])
        #expect(mismatch(blocks[0][0], Tensor.zeros([3, 3], dtype: .float64), Self.close) == nil)
        #expect(mismatch(blocks[0][1], 2 * Tensor.eye(3, dtype: .float64) * b, Self.close) == nil)
        #expect(mismatch(blocks[1][1], 2 * Tensor.eye(3, dtype: .float64) * a, Self.close) == nil)
        let products = hvp(of: g)([a, b], [b, a])
        #expect(mismatch(products[0], 2 * b * a, Self.close) == nil)
        #expect(mismatch(products[1], 2 * b * b + 2 * a * a, Self.close) == nil)
        let (_, tangent) = jvp(of: f)([a, b], [b, a])
        #expect(mismatch(tangent, b * b.sum() + a * a.sum() + a, Self.close) == nil)
        let (_, gradients) = vjp(of: f)([a, b], b)
        #expect(mismatch(gradients[0], b * b.sum(), Self.close) == nil)
        #expect(mismatch(DescentCore.gradient(of: g)([a, b])[0], b * b, Self.close) == nil)
    }

    @Test func withRespectToVariables() throws {
        let (w, unused) = (Variable([1, 2], dtype: .float64), Variable(3.0))
        let rows = try jacobian([w, unused]) { w * w.value.sum() }
        #expect(mismatch(rows[0], Tensor([[4.0, 1.0], [2.0, 5.0]] as [[Double]])) == nil)
        #expect(mismatch(rows[1], Tensor.zeros([2])) == nil)
        let second = try hessian([w]) { (w ** 3).sum() }
        #expect(mismatch(second[0][0], Tensor([[6.0, 0.0], [0.0, 12.0]] as [[Double]])) == nil)
    }

    @Test func derivativesOfWholeMatrices() throws {
        // The Jacobian is a function like any other.
        let f = { (x: Tensor) in (jacobian(of: { sin($0) * $0.sum() })(x) ** 2).sum() }
        for order in 1...2 {
            let report = try checkGradient(of: { f($0[0]) }, at: [random([3], 5)], order: order)
            #expect(report.failure == nil)
        }
        let third = jacobian(of: hessian(of: { ($0 ** 4).sum() }))([1, 2])
        #expect(third.shape == [2, 2, 2])
        #expect(mismatch(third[1, 1, 1], 48) == nil)
    }

    @Test func whatCannotBeIsRefused() throws {
        let line = #line + 1
        let error = try #require(throws: DescentError.self) { try hessian(of: { $0 * 2 })([1, 2]).evaluated() }
        #expect(error.operation == "hessian" && error.location?.line == line)
        #expect(throws: DescentError.self) { try jvp(of: { $0 * 2 })([1, 2], [1, 2, 3]).tangent.evaluated() }
        #expect(throws: DescentError.self) { try vjp(of: { $0 * 2 })([1, 2], [1, 2, 3]).gradient.evaluated() }
        #expect(throws: DescentError.self) { try jacobian(of: { $0.cast(to: .int32) })([1, 2]).evaluated() }
        #expect(mismatch(jacobian(of: { _ in Tensor([1, 2, 3]) })([1, 2]), Tensor.zeros([3, 2])) == nil)
    }
}
