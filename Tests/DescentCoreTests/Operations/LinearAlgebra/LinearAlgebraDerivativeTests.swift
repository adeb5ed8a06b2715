import DescentCore
import DescentTestSupport
import Testing

/// First and second derivatives against differences, in float64.
@Suite("Derivatives of linear algebra")
struct LinearAlgebraDerivativeTests {
    /// Far from singular, with eigenvalues and singular values that are well apart.
    @Sendable static func regular(_ x: Tensor) -> Tensor {
        let n = x.shape[x.rank - 1]
        return 0.3 * x + (Tensor.eye(n, dtype: .float64) * (Tensor.arange(n, dtype: .float64) + 2))
    }

    @Sendable static func symmetric(_ x: Tensor) -> Tensor {
        let regular = regular(x)
        return 0.5 * (regular + regular.permute(Array(0..<x.rank - 2) + [x.rank - 1, x.rank - 2]))
    }

    /// Lets every element of both take part.
    @Sendable static func together(_ parts: Tensor...) -> Tensor {
        concat(parts.map { $0.reshape([-1]) })
    }

    static let squares: [Shape] = [[1, 1], [3, 3], [2, 4, 4], [0, 0], [0, 2, 2]]

    static let cases: [DerivativeCase] = [
        DerivativeCase.unary("cholesky", shapes: squares) { cholesky(symmetric($0)) },
        DerivativeCase.unary("inverse", shapes: squares) { inverse(regular($0)) },
        DerivativeCase.unary("det", shapes: squares + [[2, 2]]) { det(regular($0)) },
        DerivativeCase.unary("logdet", shapes: squares) { logdet(regular($0)) },
        DerivativeCase.unary("expm", shapes: [[1, 1], [3, 3], [2, 2, 2], [0, 0]]) { expm($0) },
        DerivativeCase.unary("matrixPower", shapes: squares) {
            together(matrixPower(regular($0), 3), matrixPower(regular($0), -2))
        },
        DerivativeCase.unary("eigh", shapes: squares) {
            let (values, vectors) = eigh(symmetric($0))
            return together(values, vectors * vectors)
        },
        DerivativeCase.unary("eigvalsh", shapes: [[4, 4]]) { eigvalsh(symmetric($0)) },
        DerivativeCase.unary("svd", shapes: squares) {
            let (u, s, vt) = svd(regular($0))
            return together(u * u, s, vt * vt)
        },
        DerivativeCase.unary("svd, tall and wide", shapes: [[4, 2], [2, 4], [2, 3, 2], [3, 1], [1, 3]]) {
            let (u, s, vt) = svd($0)
            return together(u * u, s, vt * vt, matmul(u, vt))
        },
        DerivativeCase.unary("qr", shapes: squares) {
            let (q, r) = qr(regular($0))
            return together(q, r)
        },
        DerivativeCase.unary("qr, tall and wide", shapes: [[4, 2], [2, 4], [2, 3, 2], [3, 1], [1, 3]]) {
            let (q, r) = qr($0)
            return together(q, r)
        },
        DerivativeCase.unary("pinverse", shapes: [[3, 2], [2, 3], [2, 2, 1]]) { pinverse($0) },
        DerivativeCase.unary("trace", shapes: [[3, 3], [2, 3], [2, 3, 2], [0, 0]]) { trace($0) },
    ].flatMap { $0 }

    static let pairs: [DerivativeCase] = [
        DerivativeCase.binary(
            "solve",
            pairs: [
                ([3, 3], [3]), ([3, 3], [3, 2]), ([2, 3, 3], [3, 2]), ([3, 3], [2, 3, 1]), ([0, 0], [0, 2]),
            ]
        ) { solve(regular($0), $1) },
        DerivativeCase.binary("triangularSolve, lower", pairs: [([3, 3], [3]), ([2, 3, 3], [3, 2])]) {
            triangularSolve(regular($0), $1)
        },
        DerivativeCase.binary("triangularSolve, upper transposed", pairs: [([3, 3], [3, 2])]) {
            triangularSolve(regular($0), $1, lower: false, transposed: true)
        },
        DerivativeCase.binary("triangularSolve, unit", pairs: [([3, 3], [3, 2])]) {
            triangularSolve($0, $1, lower: false, unitDiagonal: true)
        },
        DerivativeCase.binary("leastSquares", pairs: [([4, 2], [4]), ([2, 4], [2, 3])]) { leastSquares($0, $1) },
        DerivativeCase.binary("dot", pairs: [([3], [3]), ([2, 3], [3]), ([2, 2, 3], [2, 3, 2]), ([], [3])]) {
            dot($0, $1)
        },
        DerivativeCase.binary("outer", pairs: [([3], [2]), ([2, 2], [3])]) { outer($0, $1) },
        DerivativeCase.binary("kron", pairs: [([2, 2], [1, 3]), ([2], [2, 2])]) { kron($0, $1) },
        DerivativeCase.binary("tensordot", pairs: [([2, 3, 4], [3, 4, 2])]) { tensordot($0, $1) },
        DerivativeCase.binary("einsum", pairs: [([2, 2, 3], [3, 2])]) { einsum("iij,jk->ik", $0, $1) },
    ].flatMap { $0 }

    @Test("first and second order", arguments: cases + pairs)
    func derivative(_ item: DerivativeCase) throws { try item.check() }

    @Test("the second derivative of the determinant of a large matrix, and the first of singular ones")
    func determinants() throws {
        // Beyond three rows cofactors are a primitive of their own.
        let singular = Tensor([1, 2, 3, 4, 2, 4, 6, 8, 1, 0, 2, 5, 0, 3, 1, 1] as [Double], shape: [4, 4])
        for matrix in [singular, Tensor.zeros([4, 4], dtype: .float64), singular[0..<3, 0..<3]] {
            let report = try checkGradient(of: { det($0[0]) }, at: [matrix])
            #expect(report.failure == nil)
        }
        // A matrix of zeros has a Hessian: det of two rows is a quadratic form.
        let report = try checkGradient(of: { det($0[0]) }, at: [Tensor.zeros([2, 2])], order: 2)
        #expect(report.failure == nil)
    }

    @Test("values that are equal give finite gradients")
    func repeated() throws {
        let identity = Tensor.eye(3, dtype: .float64)
        for f in [
            { eigvalsh($0).sum() }, { (eigh($0).vectors * 2).sum() }, { singularValues($0).sum() },
            { (svd($0).u + svd($0).vt).sum() },
        ] as [@Sendable (Tensor) -> Tensor] {
            let tape = GradientTape(watchAccessedVariables: false)
            tape.watch(identity)
            let y = tape.record { f(identity) }
            let gradient = try #require(try tape.gradient(y, [identity])[0])
            #expect(gradient.scalars(as: Double.self).allSatisfy { $0.isFinite })
        }
        // Sums of eigenvalues and of singular values of these are smooth.
        #expect(try checkGradient(of: { eigvalsh($0[0]).sum() }, at: [identity]).failure == nil)
        #expect(try checkGradient(of: { singularValues($0[0]).sum() }, at: [identity]).failure == nil)
        let zero = Tensor.zeros([3, 2], dtype: .float64)
        let tape = GradientTape(watchAccessedVariables: false)
        tape.watch(zero)
        let y = tape.record { svd(zero).u.sum() + svd(zero).s.sum() }
        let gradient = try #require(try tape.gradient(y, [zero])[0])
        #expect(gradient.scalars(as: Double.self).allSatisfy { $0.isFinite })
    }

    @Test("the Hessian of a log-determinant, as recorded")
    func hessian() throws {
        let x = Tensor([2.9065, 0.5486, 2.2996] as [Double])
        let f = { (x: Tensor) in logdet(x * Tensor.eye(3, dtype: .float64) + 0.1) }
        let outer = GradientTape(watchAccessedVariables: false)
        outer.watch(x)
        let weighted = try outer.record {
            let inner = GradientTape(watchAccessedVariables: false)
            inner.watch(x)
            let y = inner.record { f(x) }
            #expect(mismatch(y, 1.5305486226070468, .within(relative: 1e-9)) == nil)
            return try #require(try inner.gradient(y, [x])[0]) * Tensor([0.0808, 0.5757, -0.5862] as [Double])
        }
        let product = try #require(try outer.gradient(weighted, [x])[0])
        let want = Tensor([-0.010392789832956356, -1.3973840022766333, 0.10104372290488636] as [Double])
        #expect(mismatch(product, want, .within(relative: 1e-9)) == nil)
    }
}
