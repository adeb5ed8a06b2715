import DescentCore
import DescentTestSupport
import Foundation
import Testing

/// Values, gradients, Hessians and their products with vectors, as other frameworks compute them.
struct RecordedHessianTests {
    struct Case: Decodable {
        let id: String
        let function: String
        let x: RecordedTensor
        let value: RecordedTensor
        let gradient: RecordedTensor
        let hessian: RecordedTensor
        let v: RecordedTensor
        let hessianVectorProduct: RecordedTensor

        enum CodingKeys: String, CodingKey {
            case id, function, x, value, gradient, hessian, v
            case hessianVectorProduct = "hessian_vector_product"
        }
    }

    static let functions: [String: @Sendable (Tensor) -> Tensor] = [
        "quadratic_form": { x in
            let a: [[Double]] = [
                [2, 0.5, -0.25, 0], [0.5, 1.5, 0.25, 0.1], [-0.25, 0.25, 1, 0.3], [0, 0.1, 0.3, 0.8],
            ]
            return x.matmul(Tensor(a)).matmul(x) * 0.5
        },
        "rosenbrock": { x in
            (100 * (x[1...] - x[..<(-1)] ** 2) ** 2 + (1 - x[..<(-1)]) ** 2).sum()
        },
        "sum_cubes": { x in (x ** 3).sum() },
        "product": { x in x.prod() },
        "logsumexp": { x in log(exp(x).sum()) },
        "log_softmax_pick": { x in logSoftmax(x)[1] },
        "sin_exp": { x in sin(exp(x)).sum() },
        "tanh_pair": { x in tanh(x[0] * x[1]) + x[1] * x[2] ** 2 },
        "norm": { x in sqrt((x * x).sum()) },
        "division": { x in x[0] / x[1] + x[2] / x[0] },
        "erf_lgamma": { x in (erf(x) + lgamma(x)).sum() },
        "sigmoid_power": { x in (sigmoid(x) ** 2.5).sum() },
        "matmul_chain": { x in
            let a = x.reshape(2, 2)
            return tanh(a.matmul(a.transposed())).sum()
        },
        "relu_squared": { x in (relu(x) ** 2).sum() },
        "max_times_sum": { x in x.max() * x.sum() },
        "rmse": { x in sqrt((x ** 2).mean()) },
        "cumprod_sum": { x in
            var (product, sum) = (x[0], x[0])
            for index in 1..<x.count {
                product = product * x[index]
                sum = sum + product
            }
            return sum
        },
        "gather_twice": { x in (x.gather([0, 0, 2]) ** 3).sum() },
    ]

    /// Functions of a matrix that the file does not tell.
    static let withoutFormula: Set<String> = ["logdet", "solve"]

    static func cases() throws -> [Case] {
        guard let folder = ProcessInfo.processInfo.environment["DESCENT_GOLDEN_DIR"] else {
            return try Recorded.file("hessian-float64", as: RecordedCases<Case>.self).cases
        }
        let file = URL(fileURLWithPath: folder).appendingPathComponent("ops/hessian-float64.json")
        guard let data = try? Data(contentsOf: file) else {
            throw DescentError("golden", "DESCENT_GOLDEN_DIR must have ops/hessian-float64.json", received: folder)
        }
        return try JSONDecoder().decode(RecordedCases<Case>.self, from: data).cases
    }

    @Test func allAgree() throws {
        let close = Tolerance.within(relative: 1e-9, absolute: 1e-11)
        var count = 0
        for sample in try Self.cases() where !Self.withoutFormula.contains(sample.function) {
            let f = try #require(Self.functions[sample.function], "\(sample.id) is of an unknown function")
            let x = sample.x.tensor
            let (value, gradient) = valueAndGradient(of: f)(x)
            #expect(mismatch(value, sample.value.tensor, close) == nil, "\(sample.id)")
            #expect(mismatch(gradient, sample.gradient.tensor, close) == nil, "\(sample.id)")
            #expect(mismatch(hessian(of: f)(x), sample.hessian.tensor, close) == nil, "\(sample.id)")
            let product = hvp(of: f)(x, sample.v.tensor)
            #expect(mismatch(product, sample.hessianVectorProduct.tensor, close) == nil, "\(sample.id)")
            // Forward over reverse, and the Jacobian of the gradient, are two more ways to the same numbers.
            let forward = jvp(of: DescentCore.gradient(of: f))(x, sample.v.tensor).tangent
            #expect(mismatch(forward, sample.hessianVectorProduct.tensor, close) == nil, "\(sample.id)")
            let rows = jacobian(of: DescentCore.gradient(of: f))(x)
            #expect(mismatch(rows, sample.hessian.tensor, close) == nil, "\(sample.id)")
            count += 1
        }
        print("golden ops/hessian: \(count) cases of 1 file")
        #expect(count > 0)
    }
}
