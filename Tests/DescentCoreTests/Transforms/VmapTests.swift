import DescentCore
import DescentTestSupport
import Testing

struct VmapTests {
    private let close = Tolerance.within(relative: 1e-5, absolute: 1e-6)

    private func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        var random = SplitMix64(seed: seed)
        return random.normal(shape)
    }

    @Test func examplesMayLieAlongAnyAxis() throws {
        let x = random([2, 3, 4], 1)
        for axis in -3..<3 {
            let moved = x.permute([axis < 0 ? axis + 3 : axis] + (0..<3).filter { $0 != (axis < 0 ? axis + 3 : axis) })
            let got = vmap({ exp($0).sum(axes: 0) }, axis: axis)(x)
            #expect(mismatch(got, exp(moved).sum(axes: 1), close) == nil, "axis \(axis)")
        }
    }

    @Test func gradientsOfExamplesInOneEvaluation() throws {
        let w = random([4, 3], 1)
        let x = random([16, 4], 2)
        let loss = { (w: Tensor, x: Tensor) in tanh(x.matmul(w)).sum() }
        let each = vmap({ w, x in gradient(of: { loss($0, x) })(w) }, axes: (nil, 0))
        let plans = try tracePlans { try each(w, x).evaluated() }
        #expect(plans.count == 1)
        let got = each(w, x)
        #expect(got.shape == [16, 4, 3])
        for index in 0..<16 {
            #expect(mismatch(got[index], gradient(of: { loss($0, x[index]) })(w), close) == nil)
        }
    }

    @Test func nested() throws {
        let (a, b) = (random([3, 2], 1), random([4, 2], 2))
        let all = vmap({ row in vmap { ($0 * row).sum() }(b) })(a)
        #expect(mismatch(all, a.matmul(b.transposed()), close) == nil)
        let pairs = vmap({ (x: Tensor) in vmap({ x[0] * $0 }, axis: 1)(b) })(a)
        #expect(pairs.shape == [3, 2, 4])
    }

    @Test func whatDoesNotDependOnTheExampleIsShared() throws {
        let b = random([2], 2)
        #expect(mismatch(vmap { _ in b * 2 }(random([3, 2], 1)), stack([b * 2, b * 2, b * 2])) == nil)
        let v = Variable([1, 2])
        let slopes = try valueAndGradient([v]) { vmap { ($0 * v).sum() }([[1, 2], [3, 4]]).sum() }
        #expect(mismatch(try #require(slopes.gradients[0]), [4, 6]) == nil)
    }

    @Test func functionsThatLookAtNumbersRunRowByRow() throws {
        let f = { (x: Tensor) in Float(x.sum()) > 0 ? x * 2 : -x }
        #expect(mismatch(vmap(f)([[1, 2], [-3, 1]]), [[2, 4], [3, -1]]) == nil)
    }

    @Test func operationsWithoutARuleAreStacked() throws {
        // Seeds are numbers of the source; one computed from an example has no rule.
        let unusual = Primitive("unusual", .random(0), .none)
        let f = { (x: Tensor) in Tensor(Node(unusual, .float32, [4], x.cast(to: .int64).node)) }
        let got = vmap(f)([3, 5])
        #expect(mismatch(got, stack([f(Tensor(3.0).cast(to: .float32)), f(Tensor(5.0).cast(to: .float32))])) == nil)
    }

    @Test func noExamplesAtAll() throws {
        let got = vmap { $0.sum() * 2 }(Tensor.zeros([0, 3]))
        #expect(got.shape == [0])
        #expect(vmap(gradient(of: { ($0 ** 2).sum() }))(Tensor.zeros([0, 3])).shape == [0, 3])
    }

    @Test func indicesOutsideOfAnExampleAreErrors() throws {
        let x: Tensor = [[1, 2], [3, 4]]
        let pick = vmap({ (x: Tensor, i: Tensor) in x.gather(i) })
        #expect(mismatch(pick(x, Tensor([[0], [1]], dtype: .int64)), [[1], [4]]) == nil)
        #expect(throws: DescentError.self) { try pick(x, Tensor([[2], [1]], dtype: .int64)).evaluated() }
        #expect(throws: DescentError.self) { try pick(x, Tensor([[0], [-1]], dtype: .int64)).evaluated() }
    }

    @Test func rulesOfTheCallerAreBatched() throws {
        let f = { (x: Tensor) in
            customGradient(x) { x in
                let y = exp(x)
                return (y * 1, { g in g * y * 10 })
            }.sum()
        }
        let x = random([3, 2], 1)
        #expect(mismatch(vmap(gradient(of: f))(x), exp(x) * 10, close) == nil)
        #expect(mismatch(gradient(of: { vmap(f)($0).sum() })(x), exp(x) * 10, close) == nil)
        #expect(mismatch(jvp(of: f)(x[0], [1, 0]).tangent, exp(x[0, 0]) * 10, close) == nil)
        // What the rule computes itself can be differentiated again.
        let again = { (x: Tensor) in customGradient(x) { x in (exp(x), { g in g * exp(x) * 10 }) }.sum() }
        #expect(mismatch(hessian(of: again)(x[0]), Tensor.eye(2) * exp(x[0]) * 10, close) == nil)
        #expect(mismatch(vmap(hessian(of: again))(x)[2], Tensor.eye(2) * exp(x[2]) * 10, close) == nil)
    }

    @Test func constantsStayConstant() throws {
        let f = { (x: Tensor) in (x * stopGradient(x)).sum() }
        let x = random([3, 2], 1)
        #expect(mismatch(vmap(gradient(of: f))(x), x, close) == nil)
        #expect(mismatch(jvp(of: f)(x[0], [1, 1]).tangent, x[0].sum(), close) == nil)
        #expect(mismatch(hessian(of: f)(x[0]), Tensor.zeros([2, 2])) == nil)
    }

    @Test func whatCannotBeIsRefused() throws {
        let line = #line + 1
        let error = try #require(throws: DescentError.self) { try vmap { $0 }(3).evaluated() }
        #expect(error.operation == "vmap" || error.operation == "axis" || error.location?.line == line)
        #expect(throws: DescentError.self) { try vmap({ $0 + $1 })([1, 2], [1, 2, 3]).evaluated() }
        #expect(throws: DescentError.self) { try vmap { $0 + Tensor([1, 2, 3]) }([[1, 2]]).evaluated() }
        #expect(throws: DescentError.self) { try vmap({ $0 + $1 }, axes: (nil, nil))([1, 2], [1, 2]).evaluated() }
    }
}
