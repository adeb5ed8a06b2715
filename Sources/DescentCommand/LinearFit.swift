/// Least squares with an intercept, by the normal equations in double precision.
struct LinearFit {
    /// The weight of every feature, then the intercept.
    private let weights: [Double]

    init(_ data: DataSet) {
        let rows = data.features[..<data.trainCount].map { $0 + [1] }
        let n = rows[0].count
        var system = [[Double]](repeating: [Double](repeating: 0, count: n + 1), count: n)
        for (row, target) in zip(rows, data.targets) {
            for i in 0..<n {
                for j in 0..<n { system[i][j] += row[i] * row[j] }
                system[i][n] += row[i] * target
            }
        }
        // The three columns of the origin add up to a constant: a little ridge picks one of the equal solutions.
        for i in 0..<n { system[i][i] += 1e-6 * Double(rows.count) }
        weights = LinearFit.solve(&system)
    }

    func predict(_ row: [Double]) -> Double { zip(weights, row + [1]).reduce(0) { $0 + $1.0 * $1.1 } }

    /// Gaussian elimination with pivoting; the last column is the right-hand side.
    private static func solve(_ system: inout [[Double]]) -> [Double] {
        let n = system.count
        for column in 0..<n {
            let pivot = (column..<n).max { system[$0][column].magnitude < system[$1][column].magnitude }!
            system.swapAt(column, pivot)
            for row in 0..<n where row != column {
                let factor = system[row][column] / system[column][column]
                for k in column...n { system[row][k] -= factor * system[column][k] }
            }
        }
        return (0..<n).map { system[$0][n] / system[$0][$0] }
    }
}
