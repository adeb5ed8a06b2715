import DescentCore
import DescentTestSupport
import Testing

/// Second derivatives that other frameworks computed, reproduced row by row: 17 of the 20 cases of `hessian-float64`. The
/// others need linear algebra, or the files do not tell their formula.
struct RecordedHessianTests {
    struct Case: Decodable {
        enum CodingKeys: String, CodingKey {
            case function, x, value, gradient, hessian, v
            case product = "hessian_vector_product"
        }
        let function: String
        let x: RecordedTensor
        let value: RecordedTensor
        let gradient: RecordedTensor
        let hessian: RecordedTensor
        let v: RecordedTensor
        let product: RecordedTensor
    }

    typealias Function = @Sendable (Tensor) -> Tensor

    static let form: [[Double]] = [
        [2, 0.5, -0.25, 0], [0.5, 1.5, 0.25, 0.1], [-0.25, 0.25, 1, 0.3], [0, 0.1, 0.3, 0.8],
    ]

    static let functions: [String: Function] = [
        "quadratic_form": { 0.5 * matmul($0, matmul(Tensor(form), $0)) },
        "rosenbrock": { x in (100 * (x[1...] - x[..<2].square()).square() + (1 - x[..<2]).square()).sum() },
        "sum_cubes": { ($0 ** 3).sum() },
        "product": { $0.prod() },
        "logsumexp": { logSumExp($0) },
        "log_softmax_pick": { logSoftmax($0)[1] },
        "sin_exp": { sin(exp($0)).sum() },
        "tanh_pair": { x in tanh(x[0] * x[1]) + x[1] * x[2].square() },
        "norm": { norm($0) },
        "division": { x in x[0] / x[1] + x[2] / x[0] },
        "erf_lgamma": { (erf($0) + lgamma($0)).sum() },
        "sigmoid_power": { (sigmoid($0) ** 2.5).sum() },
        "relu_squared": { relu($0).square().sum() },
        "max_times_sum": { $0.max() * $0.sum() },
        "rmse": { sqrt($0.square().mean()) },
        "cumprod_sum": { cumprod($0).sum() },
        "gather_twice": { ($0.gather([0, 0, 2]) ** 3).sum() },
    ]

    @Test func hessians() throws {
        let cases = try Recorded.file("hessian-float64", as: RecordedCases<Case>.self).cases
        let tolerance = Tolerance.within(relative: 1e-9, absolute: 1e-11)
        var checked = 0
        for item in cases {
            guard let f = Self.functions[item.function] else { continue }
            let x = item.x.tensor
            let (value, slope) = valueAndGradient(of: f)(x)
            #expect(mismatch(value, item.value.tensor, tolerance) == nil, "\(item.function)")
            #expect(mismatch(slope, item.gradient.tensor, tolerance) == nil, "\(item.function), gradient")
            let rows = (0..<x.count).map { row in gradient(of: { gradient(of: f)($0)[row] })(x) }
            #expect(mismatch(stack(rows), item.hessian.tensor, tolerance) == nil, "\(item.function), hessian")
            let v = item.v.tensor
            let product = gradient(of: { (gradient(of: f)($0) * v).sum() })(x)
            #expect(mismatch(product, item.product.tensor, tolerance) == nil, "\(item.function), product")
            checked += 1
        }
        #expect(cases.count == 20)
        #expect(checked == 17)
    }
}
