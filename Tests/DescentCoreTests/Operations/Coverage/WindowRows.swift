import DescentCore
import DescentTestSupport

/// Windows, normalization and signals.
extension CoverageTable {
    mutating func addWindows() {
        let sequence: [(Shape, DerivativeCase.Domain)] = [([2, 2, 5], .real), ([3, 2, 2], .real)]
        let image: [(Shape, DerivativeCase.Domain)] = [([1, 2, 4, 3], .real), ([2, 2, 2, 2], .real)]
        let infinity = Double.infinity
        row(
            "conv1d(stride:padding:dilation:groups:dataFormat:)", at: sequence,
            awkward: [
                .gives([1, infinity, 0, 0], [[[.nan, .infinity, 0]]]) {
                    conv1d($0[0].reshape(1, 1, 4), Tensor([[[1, 0]]] as [[[Double]]]))
                },
                .follows([[[1e19, 1, 1e-19, 3]]]) { conv1d($0[0], $0[0][.ellipsis, ..<2]) },
            ],
            empty: [
                .empty([0, 2, 5], [3, 2, 2], gives: [0, 3, 4]), .empty([2, 0, 5], [3, 0, 2], is: .zeros([2, 3, 4])),
                .empty([2, 2, 5], [0, 2, 2], gives: [2, 0, 4]),
            ]
        ) { conv1d($0[0], $0[1]) }
        row(
            "conv2d(stride:padding:dilation:groups:dataFormat:)", at: image,
            awkward: [.follows([[[[1e19, 1], [1e-19, 3]]]]) { conv2d($0[0], $0[0], padding: .same) }],
            empty: [
                .empty([0, 2, 4, 3], [2, 2, 2, 2], gives: [0, 2, 3, 2]),
                .empty([1, 0, 4, 3], [2, 0, 2, 2], is: .zeros([1, 2, 3, 2])),
            ]
        ) { conv2d($0[0], $0[1]) }
        row(
            "convTranspose1d(stride:padding:outputPadding:dilation:groups:dataFormat:)",
            at: [([2, 3, 4], .real), ([3, 2, 2], .real)],
            awkward: [.follows([[[1e19, 1, 1e-19, 3]]]) { convTranspose1d($0[0], $0[0][.ellipsis, ..<2], stride: 2) }],
            empty: [
                .empty([0, 3, 4], [3, 2, 2], gives: [0, 2, 5]), .empty([2, 0, 4], [0, 2, 2], is: .zeros([2, 2, 5])),
            ]
        ) { convTranspose1d($0[0], $0[1]) }
        row(
            "convTranspose2d(stride:padding:outputPadding:dilation:groups:dataFormat:)", at: image,
            awkward: [.follows([[[[1e19, 1], [1e-19, 3]]]]) { convTranspose2d($0[0], $0[0]) }],
            empty: [
                .empty([0, 2, 4, 3], [2, 2, 2, 2], gives: [0, 2, 5, 4]),
                .empty([1, 0, 4, 3], [0, 2, 2, 2], is: .zeros([1, 2, 5, 4])),
            ]
        ) { convTranspose2d($0[0], $0[1]) }

        row(
            "maxPool1d(window:stride:padding:dataFormat:)", at: [([2, 2, 6], .distinct)],
            awkward: [
                .gives([-infinity, -1e300, 1, .nan], [[[-1e300, .nan]]]) {
                    maxPool1d($0[0].reshape(1, 1, 4), window: 2)
                },
                .gives([3, 3, 3, 3], [[[3, 3]]]) { maxPool1d($0[0].reshape(1, 1, 4), window: 2) },
            ], empty: [.empty([0, 2, 6], gives: [0, 2, 3]), .empty([2, 0, 6], gives: [2, 0, 3])]
        ) { maxPool1d($0[0], window: 2) }
        row(
            "maxPool2d(window:stride:padding:dataFormat:)", at: [([1, 2, 4, 4], .distinct)],
            awkward: [
                .gives([-infinity, -1e300, 1e300, infinity], [[[[.infinity]]]]) {
                    maxPool2d($0[0].reshape(1, 1, 2, 2), window: 2)
                }
            ],
            empty: [.empty([0, 2, 4, 4], gives: [0, 2, 2, 2]), .empty([1, 0, 4, 4], gives: [1, 0, 2, 2])]
        ) { maxPool2d($0[0], window: 2) }
        row(
            "avgPool1d(window:stride:padding:countsPadding:dataFormat:)", at: [([2, 2, 6], .real)],
            awkward: [
                .gives([1e300, -1e300, infinity, -infinity], [[[0, .nan]]]) {
                    avgPool1d($0[0].reshape(1, 1, 4), window: 2)
                },
                .gives([3, 3, 3], [[[3, 3]]]) { avgPool1d($0[0].reshape(1, 1, 3), window: 2, padding: .same) },
            ], empty: [.empty([0, 2, 6], gives: [0, 2, 3]), .empty([2, 0, 6], gives: [2, 0, 3])]
        ) { avgPool1d($0[0], window: 2) }
        row(
            "avgPool2d(window:stride:padding:countsPadding:dataFormat:)", at: [([1, 2, 4, 4], .real)],
            awkward: [
                .gives([1e300, -1e300, 1, .nan], [[[[.nan]]]]) { avgPool2d($0[0].reshape(1, 1, 2, 2), window: 2) }
            ],
            empty: [.empty([0, 2, 4, 4], gives: [0, 2, 2, 2]), .empty([1, 0, 4, 4], gives: [1, 0, 2, 2])]
        ) { avgPool2d($0[0], window: 2) }

        let features: [Trial] = [.empty([0, 4], gives: [0, 4]), .empty([0, 4, 2], gives: [0, 4, 2])]
        row(
            "layerNorm(scale:offset:axes:epsilon:)", at: [([2, 4], .real), ([4], .real)],
            awkward: [
                .gives([3, 3, 3, 3], [0, 0, 0, 0]) { layerNorm($0[0]) },
                .gives([1, .nan], [.nan, .nan]) { layerNorm($0[0]) }, .follows([1e15, -1e15, 3]) { layerNorm($0[0]) },
            ],
            empty: [
                .empty([0, 4], gives: [0, 4]) { layerNorm($0[0]) },
                .empty([2, 0], gives: [2, 0]) { layerNorm($0[0]) },
            ]
        ) { layerNorm($0[0], scale: $0[1], offset: $0[1] * 2) }
        row(
            "groupNorm(groups:scale:offset:axis:epsilon:)", at: [([2, 4, 2], .real)],
            awkward: [
                .gives([3, 3, 3, 3], [[0, 0, 0, 0]]) { groupNorm($0[0].reshape(1, 4), groups: 2) },
                .follows([[1e15, -1e15, 3, 4]]),
            ], empty: features
        ) { groupNorm($0[0], groups: 2) }
        row(
            "batchNorm(scale:offset:axis:epsilon:)", at: [([5, 2], .real)],
            awkward: [
                .gives([3, 3, 3], [[0], [0], [0]]) { batchNorm($0[0].reshape(3, 1)).y },
                .follows([[1e15], [-1e15], [3]]),
            ], empty: features
        ) { batchNorm($0[0]).y }
        row(
            "batchNorm(mean:variance:scale:offset:axis:epsilon:)",
            at: [([5, 2], .real), ([2], .real), ([2], .positive)],
            awkward: [
                .gives([3, 4], [[0], [1e150]], .within(relative: 1e-12)) {
                    batchNorm(
                        $0[0].reshape(2, 1), mean: Tensor([3] as [Double]), variance: Tensor([0] as [Double]),
                        epsilon: 1e-300)
                }
            ],
            empty: [.empty([0, 2], [2], [2], gives: [0, 2]), .empty([3, 0], [0], [0], gives: [3, 0])]
        ) { batchNorm($0[0], mean: $0[1], variance: $0[2]) }
    }

    mutating func addSignals() {
        let infinity = Double.infinity
        row(
            "fft", at: [([2, 5, 2], .real)],
            awkward: [
                .gives([1e300, 0, 1e300, 0], [[.infinity, 0], [0, 0]]) { fft($0[0].reshape(2, 2) * 1e8) },
                .follows([[1e19, 1], [1e-19, 3], [0, 0]], tolerance: .within(relative: 1e-5, absolute: 1e13)),
            ],
            empty: [.empty([2, 0, 2], gives: [2, 0, 2]), .empty([0, 3, 2], gives: [0, 3, 2])]
        ) { fft($0[0]) }
        row(
            "ifft", at: [([2, 4, 2], .real)],
            awkward: [
                .gives([0, 0, 0, 0], [[0, 0], [0, 0]]) { ifft($0[0].reshape(2, 2)) },
                .follows([[1e19, 1], [1e-19, 3], [0, 0]], tolerance: .within(relative: 1e-5, absolute: 1e13)),
            ],
            empty: [.empty([2, 0, 2], gives: [2, 0, 2]), .empty([0, 3, 2], gives: [0, 3, 2])]
        ) { ifft($0[0]) }
        row(
            "rfft(n:)", at: [([2, 5], .real)],
            awkward: [
                .gives([5], [[5, 0]]), .gives([1, .nan], [[.nan, 0], [.nan, .nan]]),
                .follows([1e19, 1, 1e-19], tolerance: .within(relative: 1e-5, absolute: 1e13)),
            ],
            empty: [
                .empty([0], fails: "rfft"), .empty([0, 4], gives: [0, 3, 2]),
                .empty([0], is: [[0, 0], [0, 0]]) { rfft($0[0], n: 2) },
            ]
        ) { rfft($0[0]) }
        row(
            "irfft(n:)", at: [([2, 3, 2], .real)],
            awkward: [
                .gives([5, 0], [5]) { irfft($0[0].reshape(1, 2), n: 1) },
                .follows([[1e19, 0], [1, 3]], tolerance: .within(relative: 1e-5, absolute: 1e13)),
            ],
            empty: [.empty([0, 2], fails: "irfft"), .empty([0, 3, 2], gives: [0, 4])]
        ) { irfft($0[0]) }
        row(
            "complexMagnitude", at: [([3, 2], .nonzero)],
            awkward: [
                .gives([0, 0], 0), .gives([3e200, 4e200], 5e200, .ulps(2)),
                .gives([3e-200, -4e-200], 5e-200, .ulps(2)),
                .gives([1, .nan], .nan), .follows([3e38, 1e-38]),
            ], empty: [.empty([0, 2], gives: [0]), .empty([3, 0, 2], gives: [3, 0])]
        ) { complexMagnitude($0[0].rank == 1 ? $0[0].reshape(1, 2) : $0[0]).squeeze() }
        row(
            "interp(left:right:)", at: [([2, 3], .small), ([4], .real)],
            awkward: [
                .gives([-infinity, infinity, .nan, 1, smallest], [0, 30, .nan, 10, 0], .within(absolute: 1e-300)) {
                    interp($0[0], [0, 1, 3], [0, 10, 30])
                },
                .gives([1, 2], [7, 7]) { interp($0[0], [1], [7]) },
            ],
            empty: [
                .empty([0], [4], gives: [0]), .empty([0, 3], [4], gives: [0, 3]),
                .empty([2], [0], fails: "interp") { interp($0[0], $0[1], $0[1]) },
            ]
        ) { interp($0[0], [-1.05, -0.35, 0.42, 1.1], $0[1]) }
    }
}
