import DescentCore
import DescentTestSupport

/// What carries elements elsewhere.
extension CoverageTable {
    mutating func addShapes() {
        moves("reshape", shape: [3, 4], empty: [([0, 3], [0]), ([2, 0], [0])]) { $0.reshape([$0.count]) }
        moves("permute", shape: [3, 4], empty: [([0, 3], [3, 0])]) { $0.permute(1, 0) }
        moves("transposed", shape: [3, 4], empty: [([0, 3], [3, 0])]) { $0.transposed() }
        moves("transpose", shape: [3, 4], empty: [([0, 3], [3, 0])]) { transpose($0) }
        moves("broadcast(to:)", shape: [3, 1], empty: [([0, 1], [2, 0, 4]), ([2, 0, 1], [2, 0, 4])]) {
            $0.broadcast(to: [2, $0.shape[$0.rank - 2], 4])
        }
        moves("expandDims", shape: [3, 4], empty: [([0, 3], [0, 1, 3])]) { $0.expandDims(1) }
        moves("squeeze(axes:)", shape: [3, 1, 4], empty: [([0, 1], [0])]) { $0.squeeze(axes: [1]) }
        moves("flip(axes:)", shape: [3, 4], empty: [([0, 3], [0, 3])]) { flip($0) }
        moves("subscript", shape: [5, 4], empty: [([0, 4], [0, 2, 1]), ([5, 0], [3, 0, 1])]) {
            $0[(0...).step(2), .range(step: -2), .newAxis]
        }
        moves("split(into:axis:)", shape: [3, 4], empty: [([0, 4], [0, 2]), ([3, 0], [3, 0])]) {
            $0.split(into: 2, axis: 1)[1]
        }
        moves("split(sizes:axis:)", shape: [3, 4], empty: [([3, 0], [2, 0])]) { $0.split(sizes: [2, 0, 1])[0] }
        moves("pad(value:)", shape: [3, 4], empty: [([0, 4], [1, 6]), ([3, 0], [4, 2])]) { $0.pad([(1, 0), (0, 2)]) }
        moves("pad(mode:)", shape: [3, 4], empty: [([0, 4], [0, 6])]) {
            $0.pad([($0.shape[0] / 2, 0), (0, 2)], mode: .reflect)
        }
        moves("roll(axis:)", shape: [3, 4], empty: [([0, 3], [0, 3])]) { roll(roll($0, -3), 2, axis: 1) }
        moves("tile", shape: [3, 4], empty: [([0, 3], [0, 9]), ([2, 0], [4, 0])]) { tile($0, [2, 3]) }
        moves("repeated(axis:)", shape: [3, 4], empty: [([0, 3], [0, 6]), ([2, 0], [2, 0])]) {
            repeated($0, 2, axis: 1)
        }
        row(
            "concat(axis:)", at: [([2, 3], .real), ([1, 3], .real)], awkward: [.moving([4, 3], [6, 3])],
            empty: [
                .empty([0, 3], [2, 3], gives: [2, 3]), .empty([0], [0], gives: [0]),
                .empty([2, 0], [1, 0], gives: [3, 0]),
            ]
        ) { concat([$0[0], $0[1]]) }
        row(
            "stack(axis:)", at: [([2, 3], .real), ([2, 3], .real)], awkward: [.moving([4, 3], [4, 3])],
            empty: [.empty([0, 3], [0, 3], gives: [0, 2, 3])]
        ) { stack([$0[0], $0[1]], axis: 1) }
        row(
            "meshgrid(indexing:)", at: [([3], .real), ([2], .real)],
            awkward: [.moving([7], [5]), .moving([7], [5]).with { meshgrid([$0[0], $0[1]], indexing: .xy)[0] }],
            empty: [.empty([0], [2], gives: [0, 2])]
        ) { meshgrid([$0[0], $0[1]])[1] }
    }

    mutating func addPositions() {
        let indices: Tensor = Tensor([2, 0, 2] as [Int])
        let none = Tensor.zeros([0], dtype: .int64)
        row(
            "gather(axis:)", at: [([3, 4], .real), ([5], .index(below: 3))],
            awkward: [.moving([3, 12], with: [indices])],
            empty: [
                Trial([.zeros([3, 2]), none], .shape([0, 2])), Trial([.zeros([3, 0]), indices], .shape([3, 0])),
                Trial([.zeros([0, 3]), indices], .error("gather")),
            ]
        ) { gather($0[0], $0[1]) }
        row(
            "takeAlongAxis(axis:)", at: [([3, 4], .real), ([3, 2], .index(below: 4))],
            awkward: [.moving([3, 12], with: [Tensor([[11, 0], [5, 5], [3, 8]] as [[Int]])])],
            empty: [
                Trial([.zeros([3, 2]), .zeros([3, 0], dtype: .int64)], .shape([3, 0])),
                Trial([.zeros([0, 2]), .zeros([0, 1], dtype: .int64)], .shape([0, 1])),
                Trial([.zeros([1, 0]), .zeros([1, 2], dtype: .int64)], .error("gather")),
            ]
        ) { takeAlongAxis($0[0], $0[1]) }
        row(
            "booleanMask", at: [([3, 4], .real)], awkward: [.moving([3, 12])],
            empty: [
                .empty([0, 2], gives: [0, 2]) { booleanMask($0[0], .zeros([0], dtype: .bool)) },
                .empty([3, 0], gives: [2, 0]),
                .empty([3], gives: [0]) { booleanMask($0[0], .zeros([3], dtype: .bool)) },
            ]
        ) { booleanMask($0[0], Tensor([true, false, true])) }
        row(
            "nonZero", noDerivative: "the answer is positions",
            awkward: [.gives([0, -0.0, smallest, .nan, -.infinity], [[2], [3], [4]])],
            empty: [.empty([0], gives: [0, 1]), .empty([2, 0], gives: [0, 2])]
        ) { nonZero($0[0]) }
        row(
            "oneHot(depth:dtype:)", noDerivative: "positions come in",
            awkward: [
                Trial(
                    [Tensor([0, 2, -1, 3, .max, .min] as [Int])],
                    .values([[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]], .exact))
            ],
            empty: [
                Trial([none], .shape([0, 3])),
                Trial([.zeros([2], dtype: .int64)], .shape([2, 0])) { oneHot($0[0], depth: 0) },
            ]
        ) { oneHot($0[0], depth: 3) }
        moves("diagonal(offset:)", shape: [3, 4], empty: [([0, 3], [0]), ([2, 0, 3], [2, 0])]) {
            diagonal($0, offset: $0.rank == 2 && $0.count > 0 ? 1 : 0)
        }
        moves("diag(offset:)", shape: [4], empty: [([0], [1, 1])]) { diag($0, offset: -1) }
        moves("tril(offset:)", shape: [4, 4], empty: [([0, 3], [0, 3])]) { tril($0, offset: 1) }
        moves("triu(offset:)", shape: [4, 4], empty: [([3, 0], [3, 0])]) { triu($0, offset: -1) }
    }

    mutating func addWritings() {
        let indices = Tensor([2, 0, 2] as [Int])
        let none = Tensor.zeros([0], dtype: .int64)
        func nothing(_ name: String) -> [Trial] {
            [
                Trial([.zeros([3, 2]), none, .zeros([0, 2])], .shape([3, 2])),
                Trial([.zeros([3, 0]), indices, .zeros([3, 0])], .shape([3, 0])),
                Trial([.zeros([0, 2]), indices, .zeros([3, 2])], .error(name)),
            ]
        }
        func writes(_ x: [Double], _ values: [Double], _ want: [Double]) -> Trial {
            Trial([Tensor(x), indices, Tensor(values)], .values(Tensor(want), .exact))
        }
        let inputs: [(Shape, DerivativeCase.Domain)] = [
            ([3, 2], .distinct), ([3], .index(below: 3)), ([3, 2], .nonzero),
        ]
        let infinity = Double.infinity

        row(
            "scatterAdd(axis:)", at: inputs,
            awkward: [
                writes([1, .nan, 1e300], [infinity, 0, -infinity], [1, .nan, .nan]),
                writes([smallest, 0, 1], [1e300, smallest, -1e300], [2 * smallest, 0, 0]),
            ], empty: nothing("scatterAdd")
        ) { $0[0].scatterAdd($0[1], $0[2]) }
        row(
            "scatterSet(axis:)", at: inputs,
            awkward: [writes([1, .nan, 1e300], [infinity, smallest, .nan], [smallest, .nan, .nan])],
            empty: nothing("scatterSet")
        ) { $0[0].scatterSet($0[1], $0[2]) }
        row(
            "at.set", "at.subscript(axis:)", "at.subscript", at: inputs,
            awkward: [
                writes([1, .nan, 1e300], [infinity, smallest, .nan], [smallest, .nan, .nan]),
                writes([1, .nan, 1e300], [infinity, smallest, .nan], [1, infinity, smallest]).with {
                    $0[0].at[1...].set($0[2][..<2])
                },
            ], empty: nothing("scatterSet") + [.empty([3, 0], gives: [3, 0]) { $0[0].at[1...].set(4) }]
        ) { $0[0].at[$0[1], axis: 0].set($0[2]) }
        row(
            "at.add", at: inputs,
            awkward: [writes([1, .nan, 1e300], [infinity, 0, -infinity], [1, .nan, .nan])], empty: nothing("scatterAdd")
        ) { $0[0].at[$0[1], axis: 0].add($0[2]) }
        row(
            "at.multiply", at: inputs,
            awkward: [
                writes([-0.0, .nan, 0], [2, infinity, infinity], [.nan, .nan, .nan]),
                writes([0, 1, 3], [0, 2, 5], [0, 1, 0]),
            ],
            empty: nothing("scatterMultiply")
        ) { $0[0].at[$0[1], axis: 0].multiply($0[2]) }
        row(
            "at.min", at: inputs,
            awkward: [
                writes([1, .nan, infinity], [5, .nan, 7], [.nan, .nan, 5]), writes([1, 1, 2], [2, 1, 2], [1, 1, 2]),
            ],
            empty: nothing("scatterMinimum")
        ) { $0[0].at[$0[1], axis: 0].min($0[2]) }
        row(
            "at.max", at: inputs,
            awkward: [
                writes([1, .nan, -infinity], [5, .nan, 7], [.nan, .nan, 7]), writes([1, 1, 2], [2, 1, 2], [1, 1, 2]),
            ],
            empty: nothing("scatterMaximum")
        ) { $0[0].at[$0[1], axis: 0].max($0[2]) }
    }
}
