import Descent

/// Least squares with an intercept, by the normal equations.
struct LinearFit {
    /// The weight of every feature, then the intercept.
    private let weights: Tensor

    init(_ data: DataSet) throws {
        let x = LinearFit.design(data.trainFeatures).cast(to: .float64)
        let n = x.shape[1]
        // The three columns of the origin add up to a constant: a little ridge picks one of the equal solutions.
        let matrix = matmul(x.transposed(), x) + 1e-4 * Tensor.eye(n, dtype: .float64)
        let right = matmul(x.transposed(), data.trainTargets.cast(to: .float64))
        var rows = try concat([matrix, right], axis: 1).split(into: n).map {
            try $0.evaluated().scalars(as: Double.self)
        }
        weights = Tensor(LinearFit.solve(&rows), shape: [n, 1], dtype: .float32)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { matmul(LinearFit.design(x), weights) }

    private static func design(_ x: Tensor) -> Tensor { concat([x, .ones([x.shape[0], 1])], axis: 1) }

    /// Gaussian elimination with pivoting; the last column is the right-hand side.
    private static func solve(_ rows: inout [[Double]]) -> [Double] {
        let n = rows.count
        for column in 0..<n {
            let pivot = (column..<n).max { rows[$0][column].magnitude < rows[$1][column].magnitude }!
            rows.swapAt(column, pivot)
            for row in 0..<n where row != column {
                let factor = rows[row][column] / rows[column][column]
                for k in column...n { rows[row][k] -= factor * rows[column][k] }
            }
        }
        return (0..<n).map { rows[$0][n] / rows[$0][$0] }
    }
}
