import DescentCore
import DescentTestSupport

private let big = Double.greatestFiniteMagnitude
private let infinity = Double.infinity

/// What folds axes, what runs along one, and what sorts.
extension CoverageTable {
    mutating func addFolds() {
        row(
            "sum(axes:keepDims:)", "sum(keepDims:)", at: [([2, 3], .real)],
            awkward: [
                .gives([infinity, -infinity], .nan),
                .gives([big, big], .infinity),
                .gives([smallest, smallest], Tensor(2 * smallest)), .gives([1, .nan], .nan),
                .follows([3e38, -3e38, 1e-45, 1]), .follows([1e20, 1, -1e20], tolerance: .within(absolute: 1)),
            ],
            empty: [
                .empty([0], is: 0), .empty([2, 0], is: [0, 0]) { $0[0].sum(axes: 1) },
                .empty([0, 3], gives: [1, 1]) { $0[0].sum(keepDims: true) },
                .empty([0, 3], gives: [0]) { sum($0[0], axes: [1]) },
            ]
        ) { $0[0].rank == 2 ? $0[0].sum(axes: 1) : $0[0].sum() }
        row(
            "mean(axes:keepDims:)", "mean(keepDims:)", at: [([2, 3], .real)],
            awkward: [
                .gives([1, .nan], .nan), .gives([infinity, 1], .infinity),
                .gives([smallest, smallest], Tensor(smallest)),
                .gives([1e300, -1e300, 3], 1), .follows([1e38, 1e38, -1e38]),
            ],
            empty: [
                .empty([0], is: .nan), .empty([2, 0], is: [.nan, .nan]) { $0[0].mean(axes: 1) },
                .empty([0, 3], gives: [0]) { mean($0[0], axes: [1]) },
            ]
        ) { $0[0].rank == 2 ? $0[0].mean(axes: 1) : $0[0].mean() }
        row(
            "prod(axes:keepDims:)", "prod(keepDims:)", at: [([2, 3], .nonzero)],
            awkward: [
                .gives([0, 0, 3], 0), .gives([0, infinity], .nan), .gives([-0.0, big], -0.0), .gives([1, .nan], .nan),
                .gives([1e300, 1e-300], 1, .ulps(4)), .follows([1e38, -3, 0.1, 1e-30]),
            ],
            empty: [
                .empty([0], is: 1), .empty([2, 0], is: [1, 1]) { $0[0].prod(axes: 1) },
                .empty([0, 3], gives: [0]) { prod($0[0], axes: [1]) },
            ]
        ) { $0[0].rank == 2 ? $0[0].prod(axes: 1) : $0[0].prod() }
        row(
            "max(axes:keepDims:)", "max(keepDims:)", at: [([2, 3], .distinct)],
            awkward: [
                .gives([2, 2, 1], 2), .gives([-infinity, -big], .init(-big)), .gives([infinity, .nan, 1], .nan),
                .gives([-smallest, -1], Tensor(-smallest)), .follows([-3e38, 1e-45, 0]),
            ],
            empty: [
                .empty([0], fails: "max"), .empty([2, 0], fails: "max") { $0[0].max(axes: 1) },
                .empty([0, 3], gives: [0]) { max($0[0], axes: [1]) },
            ]
        ) { $0[0].rank == 2 ? $0[0].max(axes: 1) : $0[0].max() }
        row(
            "min(axes:keepDims:)", "min(keepDims:)", at: [([2, 3], .distinct)],
            awkward: [
                .gives([2, 2, 3], 2), .gives([infinity, big], .init(big)), .gives([-infinity, .nan, 1], .nan),
                .gives([smallest, 1], Tensor(smallest)), .follows([3e38, -1e-45, 0]),
            ],
            empty: [
                .empty([0], fails: "min"), .empty([2, 0], fails: "min") { $0[0].min(axes: 1) },
                .empty([0, 3], gives: [0]) { min($0[0], axes: [1]) },
            ]
        ) { $0[0].rank == 2 ? $0[0].min(axes: 1) : $0[0].min() }
        row(
            "argmax(axis:keepDims:)", noDerivative: "the answer is a position",
            awkward: [
                .gives([2, 3, 3], 1), .gives([-infinity, -big], 1), .gives([infinity, .nan, 1], 1),
                .gives([0, -0.0], 0),
            ],
            empty: [.empty([0], fails: "argmax"), .empty([0, 3], gives: [0]) { argmax($0[0], axis: 1) }]
        ) { $0[0].argmax() }
        row(
            "argmin(axis:keepDims:)", noDerivative: "the answer is a position",
            awkward: [
                .gives([3, 2, 2], 1), .gives([infinity, big], 1), .gives([-infinity, .nan, 1], 1),
                .gives([0, -0.0], 0),
            ],
            empty: [.empty([0], fails: "argmin"), .empty([0, 3], gives: [0]) { argmin($0[0], axis: 1) }]
        ) { $0[0].argmin() }
        row(
            "any(axes:keepDims:)", "any(keepDims:)", noDerivative: "the answer is bool",
            awkward: [.gives([0, -0.0], false), .gives([0, smallest], true), .gives([0, .nan], true)],
            empty: [.empty([0], is: false), .empty([0, 3], is: [false, false, false]) { $0[0].any(axes: 0) }]
        ) { $0[0].any() }
        row(
            "all(axes:keepDims:)", "all(keepDims:)", noDerivative: "the answer is bool",
            awkward: [.gives([1, -0.0], false), .gives([-infinity, smallest], true), .gives([1, .nan], true)],
            empty: [.empty([0], is: true), .empty([0, 3], is: [true, true, true]) { $0[0].all(axes: 0) }]
        ) { $0[0].all() }
        row(
            "countNonZero(axes:keepDims:)", noDerivative: "the answer is a number of elements",
            awkward: [.gives([0, -0.0, smallest, .nan, infinity], 3)],
            empty: [.empty([0], is: 0), .empty([0, 2], is: [0, 0]) { countNonZero($0[0], axes: [0]) }]
        ) { countNonZero($0[0]) }
        row(
            "segmentSum(count:)", at: [([4, 2], .real), ([4], .index(below: 3))],
            awkward: [
                Trial(
                    [Tensor([1e300, 1, -1e300, .nan] as [Double]), [0, 0, 0, 2]],
                    .values([1, 0, .nan], .within(absolute: 1)))
            ],
            empty: [
                Trial([.zeros([0, 2]), .zeros([0], dtype: .int64)], .values(.zeros([3, 2]), .exact)),
                Trial([.zeros([4, 0]), [0, 1, 2, 0]], .shape([3, 0])),
            ]
        ) { segmentSum($0[0], $0[1].cast(to: .int64), count: 3) }
    }

    mutating func addScans() {
        let shapes: [Trial] = [
            .empty([0], gives: [0]), .empty([2, 0], gives: [2, 0]), .empty([0, 3], gives: [0, 3]),
        ]
        row(
            "cumsum(axis:exclusive:reverse:)", at: [([3, 2], .real)],
            awkward: [
                .gives([1, infinity, -infinity], [1, .infinity, .nan]), .gives([1, .nan, 1], [1, .nan, .nan]),
                .gives([smallest, smallest], Tensor([smallest, 2 * smallest])), .follows([1e38, -1e38, 1e-45]),
            ], empty: shapes
        ) { cumsum($0[0]) + cumsum($0[0], exclusive: true) * 0 }
        row(
            "cumprod(axis:exclusive:reverse:)", at: [([3, 2], .nonzero)],
            awkward: [
                .gives([2, 0, 3], [2, 0, 0]), .gives([0, infinity], [0, .nan]), .gives([1, .nan, 1], [1, .nan, .nan]),
                .follows([1e30, 1e-30, -1e38]),
            ], empty: shapes
        ) { cumprod($0[0]) }
        row(
            "cummax(axis:reverse:)", at: [([3, 2], .distinct)],
            awkward: [
                .gives([-infinity, -big, 0], [.minusInfinity, .init(-big), 0]),
                .gives([1, .nan, 2], [1, .nan, .nan]), .gives([2, 2, 1], [2, 2, 2]), .follows([-3e38, 1e-45, 0]),
            ], empty: shapes
        ) { cummax($0[0]) }
        row(
            "cummin(axis:reverse:)", at: [([3, 2], .distinct)],
            awkward: [
                .gives([infinity, big, 0], [.infinity, .init(big), 0]), .gives([1, .nan, 0], [1, .nan, .nan]),
                .gives([2, 2, 3], [2, 2, 2]), .follows([3e38, -1e-45, 0]),
            ], empty: shapes
        ) { cummin($0[0]) }
        row(
            "logCumsumExp(axis:exclusive:reverse:)", at: [([3, 2], .real)],
            awkward: [
                .gives([-infinity, -infinity, 0], [.minusInfinity, .minusInfinity, 0]),
                .gives([1, .nan], [1, .nan]), .gives([0, infinity], [0, .infinity]),
                .gives([1e300, -1e300], [1e300, 1e300]), .follows([-104, 88, 89, -3e38]),
            ], empty: shapes
        ) { logCumsumExp($0[0]) }
    }

    mutating func addSorting() {
        let shapes: [Trial] = [
            .empty([0], gives: [0]), .empty([2, 0], gives: [2, 0]), .empty([0, 3], gives: [0, 3]),
        ]
        let wild: [Double] = [.nan, infinity, 1, -infinity, smallest, -big]
        row(
            "sort(axis:descending:)", at: [([2, 4], .distinct)],
            awkward: [.gives(wild, Tensor([-infinity, -big, smallest, 1, infinity, .nan])), .gives([1, 1], [1, 1])],
            empty: shapes
        ) { sort($0[0]) }
        row(
            "argsort(axis:descending:)", noDerivative: "the answer is positions",
            awkward: [.gives(wild, [3, 5, 4, 2, 1, 0]), .gives([0, -0.0, 0], [0, 1, 2])], empty: shapes
        ) { argsort($0[0]) }
        row(
            "topK(axis:largest:)", at: [([2, 4], .distinct)],
            awkward: [
                .gives(wild, Tensor([Double.nan, infinity])), .gives([3, 3, 3], [3, 3]),
                .gives(wild, Tensor([-infinity, -big])) { topK($0[0], 2, largest: false).values },
            ],
            empty: [
                .empty([0], fails: "topK"), .empty([0, 3], gives: [0, 2]),
                .empty([2, 0], gives: [2, 0]) { topK($0[0], 0).values },
            ]
        ) { topK($0[0], 2).values }
        row(
            "searchSorted(side:)", noDerivative: "the answer is positions",
            awkward: [
                .gives([-infinity, 0, big, infinity], [0, 1, 1, 3, 4]) {
                    searchSorted($0[0], Tensor([-infinity, -big, -0.0, infinity, .nan]))
                }
            ],
            empty: [
                .empty([0], is: [0, 0]) { searchSorted($0[0], [1, 2]) },
                .empty([0], gives: [0]) { searchSorted(Tensor([1, 2]), $0[0]) },
            ]
        ) { searchSorted($0[0], [1]) }
        row(
            "unique", at: [([2, 3], .distinct)],
            awkward: [
                .gives([.nan, 0, infinity, .nan, -0.0, infinity], Tensor([0, infinity, .nan])),
                .gives([1, 1, 1], [1]), .gives([1, .nan, 1, .nan], [2, 2]) { unique($0[0]).counts },
            ],
            empty: [.empty([0], gives: [0]), .empty([0, 2], gives: [0, 2]) { unique($0[0]).inverse }]
        ) { unique($0[0]).values }
    }
}
