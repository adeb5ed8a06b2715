import DescentCore
import DescentTestSupport

private let big = Double.greatestFiniteMagnitude
private let infinity = Double.infinity

/// Moments, norms, quantiles and sums that look away from NaN.
extension CoverageTable {
    mutating func addStatistics() {
        row(
            "variance(axes:ddof:keepDims:)", at: [([2, 3], .real)],
            awkward: [
                .gives([3, 3, 3], 0), .gives([1e8 + 1, 1e8 + 3], 1), .gives([1, infinity], .nan), .gives([7], 0),
                .gives([7], .nan) { variance($0[0], ddof: 1) },
                .follows([1e4, 10001, 10002], tolerance: .within(relative: 1e-4)),
            ],
            empty: [
                .empty([0], is: .nan), .empty([0, 2], gives: [0]) { variance($0[0], axes: [1]) },
                .empty([2, 0], is: [.nan, .nan]) { variance($0[0], axes: [1]) },
            ]
        ) { $0[0].rank == 2 ? variance($0[0], axes: [1]) : variance($0[0]) }
        row(
            "standardDeviation(axes:ddof:keepDims:)", at: [([2, 3], .distinct)],
            awkward: [
                .gives([3, 3, 3], 0), .gives([1e8 + 1, 1e8 + 3], 1), .gives([1, infinity], .nan), .gives([7], 0),
                .follows([1e4, 10001, 10002], tolerance: .within(relative: 1e-4)),
            ],
            empty: [
                .empty([0], is: .nan), .empty([0, 2], gives: [0]) { standardDeviation($0[0], axes: [1]) },
                .empty([2, 0], is: [.nan, .nan]) { standardDeviation($0[0], axes: [1]) },
            ]
        ) { $0[0].rank == 2 ? standardDeviation($0[0], axes: [1]) : standardDeviation($0[0]) }
        row(
            "norm(order:axes:keepDims:)", at: [([2, 3], .nonzero)],
            awkward: [
                .gives([0, 0], 0), .gives([3e150, 4e150], 5e150, .ulps(4)), .gives([3e-150, 4e-150], 5e-150, .ulps(4)),
                .gives([infinity, 1], .infinity), .gives([1, .nan], .nan),
                .gives([0, 0], 0) { norm($0[0], order: 1) }, .gives([2, -2], 2) { norm($0[0], order: infinity) },
                .gives([0, 0], 0) { norm($0[0], order: 3) }, .follows([3e18, 4e18]),
            ],
            empty: [
                .empty([0], is: 0), .empty([0, 2], gives: [0]) { norm($0[0], axes: [1]) },
                .empty([0], fails: "norm") { norm($0[0], order: infinity) },
            ]
        ) { $0[0].rank == 2 ? norm($0[0], axes: [1]) : norm($0[0]) }
        row(
            "logSumExp(axes:keepDims:)", at: [([2, 3], .real)],
            awkward: [
                .gives([-infinity, -infinity], .minusInfinity), .gives([0, infinity], .infinity),
                .gives([1e300, -1e300], 1e300), .gives([1, .nan], .nan), .gives([-1000, -infinity], -1000),
                .follows([88, 89, 104, -3e38]),
            ],
            empty: [
                .empty([0], is: .minusInfinity), .empty([0, 2], gives: [0]) { logSumExp($0[0], axes: [1]) },
            ]
        ) { $0[0].rank == 2 ? logSumExp($0[0], axes: [1]) : logSumExp($0[0]) }
        row(
            "median(axes:keepDims:)", at: [([2, 4], .distinct)],
            awkward: [
                .gives([infinity, 1, -infinity], 1), .gives([1, .nan], .nan), .gives([2, 2, 2, 2], 2),
                .gives([smallest, smallest], Tensor(smallest)), .follows([3e38, -3e38, 1]),
            ],
            empty: [.empty([0], fails: "median"), .empty([0, 3], gives: [0]) { median($0[0], axes: [1]) }]
        ) { $0[0].rank == 2 ? median($0[0], axes: [1]) : median($0[0]) }
        row(
            "quantile(axes:keepDims:)", at: [([2, 4], .distinct)],
            awkward: [
                .gives([1, 2], 1) { quantile($0[0], 0) }, .gives([1, 2], 2) { quantile($0[0], 1) },
                .gives([1, .nan], .nan), .gives([2, 2, 2], 2), .follows([1e38, -1e38, 1]),
            ],
            empty: [.empty([0], fails: "quantile"), .empty([0, 3], gives: [0]) { quantile($0[0], 0.3, axes: [1]) }]
        ) { $0[0].rank == 2 ? quantile($0[0], 0.3, axes: [1]) : quantile($0[0], 0.3) }
        row(
            "nanSum(axes:keepDims:)", at: [([2, 3], .real)],
            awkward: [
                .gives([.nan, .nan], 0), .gives([.nan, 2], 2), .gives([infinity, .nan], .infinity),
                .follows([.nan, 1e38, 1e-45]),
            ], empty: [.empty([0], is: 0), .empty([0, 2], gives: [0]) { nanSum($0[0], axes: [1]) }]
        ) { $0[0].rank == 2 ? nanSum($0[0], axes: [1]) : nanSum($0[0]) }
        row(
            "nanMean(axes:keepDims:)", at: [([2, 3], .real)],
            awkward: [
                .gives([.nan, .nan], .nan), .gives([.nan, 2, 4], 3), .gives([infinity, .nan], .infinity),
                .follows([.nan, 1e38, 1e-45]),
            ], empty: [.empty([0], is: .nan), .empty([0, 2], gives: [0]) { nanMean($0[0], axes: [1]) }]
        ) { $0[0].rank == 2 ? nanMean($0[0], axes: [1]) : nanMean($0[0]) }
        row(
            "nanMax(axes:keepDims:)", at: [([2, 3], .distinct)],
            awkward: [
                .gives([.nan, .nan], .nan), .gives([.nan, -infinity], .minusInfinity), .gives([2, .nan, 2], 2),
                .follows([.nan, -3e38, -1e-45]),
            ], empty: [.empty([0], fails: "nanMax"), .empty([0, 2], gives: [0]) { nanMax($0[0], axes: [1]) }]
        ) { $0[0].rank == 2 ? nanMax($0[0], axes: [1]) : nanMax($0[0]) }
        row(
            "nanMin(axes:keepDims:)", at: [([2, 3], .distinct)],
            awkward: [
                .gives([.nan, .nan], .nan), .gives([.nan, infinity], .infinity), .gives([2, .nan, 2], 2),
                .follows([.nan, 3e38, 1e-45]),
            ], empty: [.empty([0], fails: "nanMin"), .empty([0, 2], gives: [0]) { nanMin($0[0], axes: [1]) }]
        ) { $0[0].rank == 2 ? nanMin($0[0], axes: [1]) : nanMin($0[0]) }
    }
}
