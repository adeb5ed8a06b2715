import Descent

extension Workload {
    static let products = [64, 256, 1024, 2048].map { n in
        Workload("gemm-\(n)", in: .gigaflops(operations: 2 * Double(n) * Double(n) * Double(n))) {
            try product(n)
        }
    }

    /// Two square matrices.
    private static func product(_ n: Int) throws -> Prepared {
        let a = Tensor.randomNormal([n, n], seed: 1)
        let b = Tensor.randomNormal([n, n], seed: 2)
        let probe = Tensor.randomNormal([n], seed: 3)
        try evaluate([a, b, probe])
        var c: Tensor?
        return Prepared(
            step: {
                c = nil
                let product = matmul(a, b)
                try evaluate([product])
                c = product
            },
            // (A B) r against A (B r): as good as comparing all elements, without a second product of matrices
            // (Freivalds, 1977).
            found: { [("product", magnitude(applied(try numbers(c), try numbers(probe))))] },
            expected: {
                let inner = applied(try numbers(b), try numbers(probe))
                return [("product", magnitude(applied(try numbers(a), inner)))]
            })
    }

    private static func applied(_ matrix: [Double], _ vector: [Double]) -> [Double] {
        Reference.product(matrix, vector, matrix.count / vector.count, vector.count, 1)
    }
}
