import Descent

/// What a model should be better than.
enum Baselines {
    /// The mean of the training rows, for as many rows.
    static func mean(_ targets: [Double], rows: Int) -> [Double] {
        let mean = targets.reduce(0) { $0 + $1 / Double(targets.count) }
        return [Double](repeating: mean, count: rows)
    }

    /// The most features for which least squares are computed.
    static let maximumFeatures = 2000

    /// Linear least squares with an intercept, by the normal equations: what it predicts for the rows `at`.
    static func leastSquares(_ x: Tensor, _ y: Tensor, at rows: Tensor) throws -> Tensor {
        let a = design(x)
        // Features of one text column add up to a constant: a little ridge picks one of the equal solutions.
        let ridge = 1e-7 * Double(a.shape[0]) * Tensor.eye(a.shape[1], dtype: .float64)
        let weights = solve(matmul(a.transposed(), a) + ridge, matmul(a.transposed(), y.cast(to: .float64)))
        return try matmul(design(rows), weights).evaluated()
    }

    private static func design(_ x: Tensor) -> Tensor {
        concat([x.cast(to: .float64), Tensor.ones([x.shape[0], 1], dtype: .float64)], axis: 1)
    }
}
