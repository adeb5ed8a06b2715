import Descent

extension Workload {
    static let products = [64, 256, 1024, 2048].map { n in
        Workload("gemm-\(n)", in: .gigaflops(operations: 2 * Double(n) * Double(n) * Double(n))) {
            product(n)
        }
    }

    /// Two square matrices.
    private static func product(_ n: Int) -> Prepared {
        var random = Inputs(seed: 8)
        let (left, right, probe) = (random.normal(n * n), random.normal(n * n), random.normal(n))
        let a = Tensor(left, shape: [n, n])
        let b = Tensor(right, shape: [n, n])
        var c: Tensor?
        return Prepared(
            step: {
                c = nil
                let product = matmul(a, b)
                try complete(product)
                c = product
            },
            // (A B) r against A (B r): as good as comparing all elements, without a second product of matrices
            // (Freivalds, 1977).
            found: {
                guard let c else { return [("product", .nan)] }
                let seen = applied(Reference.wide(try numbers(c)), Reference.wide(probe))
                return [("product", Reference.magnitude(seen))]
            },
            expected: {
                let inner = applied(Reference.wide(right), Reference.wide(probe))
                return [("product", Reference.magnitude(applied(Reference.wide(left), inner)))]
            })
    }

    private static func applied(_ matrix: [Double], _ vector: [Double]) -> [Double] {
        Reference.product(matrix, vector, vector.count, vector.count, 1)
    }
}
