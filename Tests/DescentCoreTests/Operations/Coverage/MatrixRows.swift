import DescentCore
import DescentTestSupport

/// Linear algebra.
extension CoverageTable {
    mutating func addMatrixProducts() {
        let infinity = Double.infinity
        row(
            "matmul", at: [([2, 3], .real), ([3, 2], .real)],
            awkward: [
                .gives([infinity, 0, 1, .nan], [[.infinity, .nan], [.nan, .nan]]) {
                    matmul($0[0].reshape(2, 2), $0[0].reshape(2, 2))
                },
                .gives([0, 1], .nan) { matmul($0[0], Tensor([infinity, 1])) }, .gives([1e200, 0], .infinity),
                .follows([1e19, 1e-19, 3]),
            ],
            empty: [
                .empty([0, 3], [3, 2], gives: [0, 2]), .empty([2, 0], [0, 2], is: [[0, 0], [0, 0]]),
                .empty([0], [0], is: 0),
                .empty([2, 3], [3, 0], gives: [2, 0]), .empty([0, 2, 3], [3, 2], gives: [0, 2, 2]),
            ]
        ) { matmul($0[0], $0.last!) }
        row(
            "dot", at: [([2, 3], .real), ([3], .real)],
            awkward: [
                .gives([0, infinity], .nan) { dot($0[0], [1.0, 0]) }, .gives([1e200, 1], .infinity),
                .follows([1e19, 1e-19, 3]),
            ],
            empty: [.empty([0], [0], is: 0), .empty([2, 0], [0], is: [0, 0]), .empty([0, 3], [3], gives: [0])]
        ) { dot($0[0], $0.last!) }
        row(
            "outer", at: [([3], .real), ([2], .real)],
            awkward: [.gives([0, infinity], [[0, .nan], [.nan, .infinity]]), .follows([1e20, 1e-20, 1])],
            empty: [.empty([0], [2], gives: [0, 2]), .empty([2], [0], gives: [2, 0])]
        ) { outer($0[0], $0.last!) }
        row(
            "kron", at: [([2, 2], .real), ([1, 3], .real)],
            awkward: [.gives([0, infinity], [0, .nan, .nan, .infinity]), .follows([1e20, 1e-20, 1])],
            empty: [.empty([0], [2], gives: [0]), .empty([2, 2], [0, 3], gives: [0, 6])]
        ) { kron($0[0], $0.last!) }
        row(
            "tensordot(axes:)", at: [([2, 3, 2], .real), ([3, 2], .real)],
            awkward: [
                .gives([0, infinity], .nan) { tensordot($0[0], Tensor([1.0, 0]), axes: 1) },
                .follows([1e19, 1e-19]) { tensordot($0[0], $0[0], axes: [0], [0]) },
            ],
            empty: [
                .empty([2, 0], [0, 3], is: .zeros([2, 3])) { tensordot($0[0], $0[1], axes: 1) },
                .empty([0, 2], [2, 3], gives: [0, 3]) { tensordot($0[0], $0[1], axes: [1], [0]) },
            ]
        ) { tensordot($0[0], $0[1]) }
        row(
            "einsum", at: [([2, 2, 3], .real), ([3, 2], .real)],
            awkward: [
                .gives([0, infinity], .nan) { einsum("i,i->", $0[0], Tensor([1, 0] as [Double])) },
                .follows([1e19, 1e-19]) { einsum("i,j->ij", $0[0], $0[0]) },
            ],
            empty: [
                .empty([0, 3], [3, 2], gives: [0, 2]) { einsum("ij,jk->ik", $0[0], $0[1]) },
                .empty([2, 0], [0, 2], is: [[0, 0], [0, 0]]) { einsum("ij,jk->ik", $0[0], $0[1]) },
            ]
        ) { einsum("iij,jk->ik", $0[0], $0[1]) }
        row(
            "trace", at: [([3, 3], .real)],
            awkward: [
                .gives([infinity, .nan, 1, -infinity], .nan) { trace($0[0].reshape(2, 2)) },
                .gives([1, .nan, .nan, 2], 3) { trace($0[0].reshape(2, 2)) },
            ],
            empty: [.empty([0, 0], is: 0), .empty([2, 0, 3], is: [0, 0]), .empty([0, 2, 2], gives: [0])]
        ) { trace($0[0]) }
        row(
            "matrixPower", at: [([3, 3], .real)],
            awkward: [
                .gives([0, 1, 0, 0], [[1, 0], [0, 1]]) { matrixPower($0[0].reshape(2, 2), 0) },
                .gives([0, 1, 0, 0], [[0, 0], [0, 0]]) { matrixPower($0[0].reshape(2, 2), 1000) },
                .follows([1e5, 1e-5, 3, -2]) { matrixPower($0[0].reshape(2, 2), 3) },
            ], empty: [.empty([0, 0], gives: [0, 0]), .empty([0, 2, 2], gives: [0, 2, 2])]
        ) { matrixPower($0[0], 3) }
        row(
            "expm", at: [([3, 3], .real)],
            awkward: [
                .gives([0, 0, 0, 0], [[1, 0], [0, 1]]) { expm($0[0].reshape(2, 2)) },
                .gives([0, 1e200, 0, 0], [[1, 1e200], [0, 1]], .within(relative: 1e-12)) { expm($0[0].reshape(2, 2)) },
                .follows([1, -30, 2, 0.5], tolerance: .within(relative: 1e-3)) { expm($0[0].reshape(2, 2)) },
            ],
            empty: [
                .empty([0, 0], gives: [0, 0]), .empty([2, 0, 0], gives: [2, 0, 0]),
                .empty([0, 2, 2], gives: [0, 2, 2]),
            ]
        ) { expm($0[0]) }
    }

    mutating func addFactorizations() {
        let empty: [Trial] = [
            .empty([0, 0], gives: [0, 0]), .empty([2, 0, 0], gives: [2, 0, 0]), .empty([0, 2, 2], gives: [0, 2, 2]),
        ]
        let numbers: [Trial] = [
            .empty([0, 0], is: 1), .empty([2, 0, 0], is: [1, 1]), .empty([0, 2, 2], gives: [0]),
        ]
        /// Two rows and two columns.
        @Sendable func square(_ x: Tensor) -> Tensor { x.count == 4 ? x.reshape(2, 2) : x }
        @Sendable func regular(_ x: Tensor) -> Tensor { LinearAlgebraDerivativeTests.regular(x) }
        @Sendable func symmetric(_ x: Tensor) -> Tensor { LinearAlgebraDerivativeTests.symmetric(x) }

        row(
            "det", at: [([4, 4], .real)],
            awkward: [
                .gives([0, 0, 0, 0], 0), .gives([1, 2, 2, 4], 0), .gives([.nan, 0, 0, 1], .nan),
                .gives([1e-200, 0, 0, 1e200], 1, .ulps(4)),
                .follows([1e19, 1, -1, 1e-19], tolerance: .within(relative: 1e-5)),
            ], empty: numbers
        ) { det(square($0[0])) }
        row(
            "logdet", at: [([4, 4], .small)],
            awkward: [
                .gives([0, 1, 1, 0], .nan), .gives([0, 0, 0, 0], .minusInfinity),
                .gives([1e200, 0, 0, 1e200], .init(2 * 460.51701859880916), .ulps(8)),
            ],
            empty: [.empty([0, 0], is: 0), .empty([2, 0, 0], is: [0, 0]), .empty([0, 2, 2], gives: [0])]
        ) { logdet($0[0].shape == [4, 4] ? regular($0[0]) : square($0[0])) }
        row(
            "slogdet", at: [([4, 4], .small)],
            awkward: [
                .gives([0, 0, 0, 0], .minusInfinity),
                .gives([1e200, 0, 0, 1e200], .init(2 * 460.51701859880916), .ulps(8)),
                .gives([0, 1, 1, 0], -1) { slogdet(square($0[0])).sign },
                .gives([1, 2, 2, 4], 0) { slogdet(square($0[0])).sign },
            ],
            empty: [
                .empty([0, 0], is: 0), .empty([0, 0], is: 1) { slogdet($0[0]).sign }, .empty([0, 2, 2], gives: [0]),
            ]
        ) { slogdet($0[0].shape == [4, 4] ? regular($0[0]) : square($0[0])).logAbsDet }
        row(
            "inverse", at: [([3, 3], .small)],
            awkward: [
                .gives([1e-200, 0, 0, 1e200], [[1e200, 0], [0, 1e-200]], .ulps(4)),
                Trial([Tensor([1, 2, 2, 4] as [Double])], .error("inverse")),
                .follows([1e19, 1, -1, 1e-19], tolerance: .within(relative: 1e-5)),
            ], empty: empty
        ) { inverse($0[0].shape == [3, 3] ? regular($0[0]) : square($0[0])) }
        row(
            "pinverse(cutoff:)", at: [([3, 2], .distinct)],
            awkward: [
                .gives([0, 0, 0, 0], [[0, 0], [0, 0]]),
                .gives([1, 0, 0, 0], [[1, 0], [0, 0]], .within(absolute: 1e-15)),
                .gives([2, 0, 0, 4], [[0.5, 0], [0, 0.25]], .within(absolute: 1e-15)),
            ],
            empty: [
                .empty([0, 0], gives: [0, 0]), .empty([0, 3], gives: [3, 0]), .empty([0, 2, 3], gives: [0, 3, 2]),
            ]
        ) { pinverse(square($0[0])) }
        row(
            "cholesky", at: [([3, 3], .small)],
            awkward: [
                .gives([1e-200, 0, 0, 1e200], [[1e-100, 0], [0, 1e100]], .ulps(2)),
                Trial([Tensor([0, 1, 1, 0] as [Double])], .error("cholesky")),
                .follows([1e30, 1, 1, 1e-20], tolerance: .within(relative: 1e-5)),
            ], empty: empty
        ) { cholesky($0[0].shape == [3, 3] ? symmetric($0[0]) : square($0[0])) }
        row(
            "qr", at: [([4, 2], .distinct)],
            awkward: [
                .gives([0, 0, 0, 0], [[0, 0], [0, 0]]).withoutGradient,
                .gives([3e200, 0, 4e200, 0], [[-5e200, 0], [0, 0]], .within(relative: 1e-14)) {
                    qr(square($0[0])).r
                }.withoutGradient,
            ],
            empty: [
                .empty([0, 0], gives: [0, 0]), .empty([0, 3], gives: [0, 3]), .empty([3, 0], gives: [0, 0]),
                .empty([0, 2, 2], gives: [0, 2, 2]),
            ]
        ) { qr(square($0[0])).r }
        row(
            "svd", at: [([3, 2], .distinct)],
            awkward: [
                .gives([0, 0, 0, 0], [0, 0]), .gives([1, 0, 0, 1], [1, 1], .ulps(2)),
                .gives([3e200, 0, 4e200, 0], [5e200, 0], .within(relative: 1e-14)),
                .gives([1e-200, 0, 0, 1e-250], [1e-200, 1e-250], .within(relative: 1e-13)), .follows([1e10, 1, 1, -3]),
            ], empty: [.empty([0, 0], gives: [0]), .empty([0, 3], gives: [0]), .empty([0, 2, 3], gives: [0, 2])]
        ) { svd(square($0[0])).s }
        row(
            "singularValues", at: [([3, 2], .distinct)],
            awkward: [
                .gives([0, 0, 0, 0], [0, 0]), .gives([1, 0, 0, 1], [1, 1], .ulps(2)), .follows([1e10, 1, 1, -3]),
            ],
            empty: [.empty([0, 0], gives: [0]), .empty([3, 0], gives: [0]), .empty([0, 2, 3], gives: [0, 2])]
        ) { singularValues(square($0[0])) }
        row(
            "eigh", at: [([3, 3], .small)],
            awkward: [
                .gives([0, 0, 0, 0], [0, 0]), .gives([1, 0, 0, 1], [1, 1], .ulps(2)),
                .gives([1e200, 0, 0, -1e190], [-1e190, 1e200], .ulps(4)),
                .gives([0, 0, 0, 0], [[1, 0], [0, 1]]) { abs(eigh(square($0[0])).vectors) },
            ],
            empty: [
                .empty([0, 0], gives: [0]), .empty([0, 2, 2], gives: [0, 2]), .empty([2, 0, 0], gives: [2, 0]),
            ]
        ) { eigh($0[0].shape == [3, 3] ? symmetric($0[0]) : square($0[0])).values }
        row(
            "eigvalsh", at: [([3, 3], .small)],
            awkward: [
                .gives([0, 0, 0, 0], [0, 0]), .gives([1, 0, 0, 1], [1, 1], .ulps(2)),
                .gives([1e200, 0, 0, -1e190], [-1e190, 1e200], .ulps(4)),
            ],
            empty: [.empty([0, 0], gives: [0]), .empty([0, 2, 2], gives: [0, 2])]
        ) { eigvalsh($0[0].shape == [3, 3] ? symmetric($0[0]) : square($0[0])) }
        row(
            "solve", at: [([3, 3], .small), ([3, 2], .real)],
            awkward: [
                .gives([1e-200, 0, 0, 1e200], [1e200, 1e-200], .ulps(4)) {
                    solve(square($0[0]), Tensor([1, 1] as [Double]))
                },
                Trial([Tensor([1, 2, 2, 4] as [Double])], .error("solve")) { solve(square($0[0]), [1, 1]) },
            ],
            empty: [
                .empty([0, 0], [0], gives: [0]), .empty([0, 0], [0, 2], gives: [0, 2]),
                .empty([0, 2, 2], [2, 3], gives: [0, 2, 3]),
            ]
        ) { solve($0[0].shape == [3, 3] ? regular($0[0]) : $0[0], $0[1]) }
        row(
            "triangularSolve(lower:transposed:unitDiagonal:)", at: [([3, 3], .small), ([3, 2], .real)],
            awkward: [
                .gives([1e-200, .nan, 0, 1e200], [1e200, 1e-200], .ulps(4)) {
                    triangularSolve(square($0[0]), Tensor([1, 1] as [Double]))
                },
                .gives([.nan, 2, 5, .nan], [-3, 2]) {
                    triangularSolve(square($0[0]), Tensor([1, 2] as [Double]), lower: false, unitDiagonal: true)
                },
            ],
            empty: [
                .empty([0, 0], [0], gives: [0]), .empty([0, 0], [0, 2], gives: [0, 2]),
                .empty([0, 2, 2], [2, 3], gives: [0, 2, 3]),
            ]
        ) { triangularSolve($0[0].shape == [3, 3] ? regular($0[0]) : $0[0], $0[1]) }
        row(
            "leastSquares(cutoff:)", at: [([4, 2], .distinct), ([4], .real)],
            awkward: [
                .gives([0, 0, 0, 0], [0, 0]) { leastSquares(square($0[0]), Tensor([1, 1] as [Double])) },
                .gives([2, 0, 0, 4], [0.5, 0.25], .ulps(8)) {
                    leastSquares(square($0[0]), Tensor([1, 1] as [Double]))
                },
            ],
            empty: [
                .empty([0, 0], [0], gives: [0]), .empty([0, 3], [0, 2], gives: [3, 2]),
                .empty([0, 3, 2], [3, 1], gives: [0, 2, 1]),
            ]
        ) { leastSquares($0[0], $0[1]) }
    }
}
