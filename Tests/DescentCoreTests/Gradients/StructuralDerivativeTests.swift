import DescentCore
import DescentTestSupport
import Testing

/// Derivatives of what folds, moves, joins, picks and multiplies, of first and second order. Functions that are linear are
/// multiplied by themselves, so that the second derivative has something to say.
struct StructuralDerivativeTests {
    private static func each(
        _ name: String, _ shapes: [Shape], _ domain: DerivativeCase.Domain = .real,
        _ function: @escaping @Sendable (Tensor) throws -> Tensor
    ) -> [DerivativeCase] { DerivativeCase.unary(name, domain, shapes: shapes, function) }

    private static func squared(_ x: Tensor) -> Tensor { x * x }

    static let reductions: [DerivativeCase] = [
        each("sum", DerivativeCase.shapes) { squared($0.sum()) },
        each("sum of the first axis", [[3], [2, 3], [2, 3, 2], [0, 2]]) { squared($0.sum(axes: 0)) },
        each("sum kept", [[3], [2, 3], [2, 3, 2], [2, 0]]) { squared($0.sum(axes: -1, keepDims: true)) * $0 },
        each("sum of alternating axes", [[2, 3, 2], [2, 0, 2]]) { squared($0.sum(axes: 0, 2)) },
        each("sum of the middle axis", [[2, 3, 2]]) { squared($0.sum(axes: 1)) },
        each("mean", [[], [3], [2, 3]]) { squared($0.mean()) },
        each("mean of an axis", [[2, 3], [2, 3, 2], [0, 2]]) { squared($0.mean(axes: 1)) },
        each("prod", [[], [1], [3], [2, 3], [0]], .nonzero) { $0.prod() },
        each("prod of an axis", [[2, 3], [4, 2, 2], [5, 7]], .nonzero) { $0.prod(axes: 0) },
        each("prod of axes", [[2, 3, 2]], .nonzero) { $0.prod(axes: 0, 2, keepDims: true) },
        each("max", [[], [3], [2, 3]], .distinct) { squared($0.max()) },
        each("max of an axis", [[2, 3], [2, 3, 2], [0, 2, 3]], .distinct) { squared($0.max(axes: 1)) },
        each("min of an axis", [[2, 3], [2, 3, 2]], .distinct) { squared($0.min(axes: 0, keepDims: true)) },
        each("logSoftmax", [[3], [2, 3], [2, 3, 2]]) { logSoftmax($0) },
        each("logSoftmax of the first axis", [[2, 3]]) { logSoftmax($0, axis: 0) },
    ].flatMap { $0 }

    @Test(arguments: reductions) func ofReductions(_ item: DerivativeCase) throws { try item.check() }

    static let movements: [DerivativeCase] = [
        each("reshape", [[2, 3, 2], [0, 3, 2]]) { squared($0.reshape([$0.shape[0] * 2, 3])) },
        each("transpose", DerivativeCase.shapes) { squared($0.transposed()) * transpose($0) },
        each("permute", [[2, 3, 2]]) { squared($0.permute(2, 0, 1)) },
        each("broadcast", [[], [3], [1, 3], [2, 1, 3], [0]]) {
            squared($0.broadcast(to: Shape(Array([2, 2, 3].dropLast($0.rank)) + $0.shape.map { $0 == 1 ? 4 : $0 })))
        },
        each("expandDims", DerivativeCase.shapes) { squared($0.expandDims(0)) },
        each("squeeze", [[1, 3, 1]]) { squared($0.squeeze()) },
        each("flip", [[3], [2, 3], [0, 3]]) { squared($0.flip()) * $0 },
        each("slice", [[7]]) { squared($0[1..<6]) },
        each("slice with a step", [[7], [8], [9]]) { squared($0[(1...).step(3)]) },
        each("slice backwards", [[7], [8]]) { squared($0[.range(from: 6, to: 0, step: -2)]) },
        each("slices", [[4, 5, 2]]) { squared($0[(0...).step(2), .range(step: -3), 1]) },
        each("rows", [[4, 3]]) { squared($0[-1]) * $0[0] },
        each("empty slice", [[4, 3]]) { squared($0[2..<2]) },
        each("newAxis", [[4, 3]]) { squared($0[.newAxis, .ellipsis, 1]) },
        each("pad", [[3], [0]]) { squared($0.pad([(1, 2)])) },
        each("pad with a value", [[2, 3], [2, 0]]) { squared($0.pad([(0, 1), (2, 0)], value: 3)) },
        each("split", [[6, 2]]) { x in
            let parts = x.split(into: 3)
            return parts[0] * parts[1] * parts[2]
        },
        each("split in sizes", [[2, 5]]) { x in
            let parts = x.split(sizes: [1, 3, 1], axis: 1)
            return parts[0] * parts[1] * parts[2]
        },
    ].flatMap { $0 }

    @Test(arguments: movements) func ofMovements(_ item: DerivativeCase) throws { try item.check() }

    static let joins: [DerivativeCase] = [
        DerivativeCase.binary("concat", pairs: [([2, 3], [1, 3]), ([0, 3], [2, 3]), ([2], [3])]) {
            squared(concat([$0, $1, $0]))
        },
        DerivativeCase.binary("concat of the last axis", pairs: [([2, 3], [2, 1]), ([2, 0], [2, 1])]) {
            squared(concat([$0, $1], axis: -1))
        },
        DerivativeCase.binary("stack", pairs: [([], []), ([3], [3]), ([2, 3], [2, 3])]) { squared(stack([$0, $1])) },
        DerivativeCase.binary("stack last", pairs: [([2, 3], [2, 3])]) { squared(stack([$0, $1], axis: -1)) },
        DerivativeCase.binary("pad with a value that matters", pairs: [([2, 3], [])]) {
            squared($0.pad([(1, 0), (0, 2)], value: $1))
        },
        DerivativeCase.binary(
            "gather", .real, .index(below: 4), pairs: [([4], [6]), ([4, 2], [3]), ([4, 2], [2, 2]), ([4], [0])]
        ) { squared($0.gather($1)) },
        DerivativeCase.binary(
            "gather along an axis", .real, .index(below: 3), pairs: [([2, 3], [5]), ([2, 3, 2], [])]
        ) {
            squared($0.gather($1, axis: 1))
        },
        [
            DerivativeCase(
                name: "scatterAdd", inputs: [([4, 2], .real), ([5], .index(below: 4)), ([5, 2], .real)]
            ) { squared($0[0].scatterAdd($0[1], $0[2])) },
            DerivativeCase(
                name: "scatterAdd along an axis", inputs: [([2, 3], .real), ([4], .index(below: 3)), ([2, 1], .real)]
            ) { squared($0[0].scatterAdd($0[1], $0[2], axis: 1)) },
        ],
    ].flatMap { $0 }

    @Test(arguments: joins) func ofJoinsAndPicks(_ item: DerivativeCase) throws { try item.check() }

    static let products: [DerivativeCase] = DerivativeCase.binary(
        "matmul",
        pairs: [
            ([3], [3]), ([2, 3], [3]), ([3], [3, 2]), ([2, 3], [3, 4]), ([2, 2, 3], [3, 2]), ([2, 3], [4, 3, 2]),
            ([2, 1, 2, 3], [3, 3, 2]), ([1, 2, 3], [5, 3, 1]), ([0, 3], [3, 2]), ([2, 0], [0, 2]), ([2, 3], [3, 0]),
        ]
    ) { squared(matmul($0, $1)) }

    @Test(arguments: products) func ofProducts(_ item: DerivativeCase) throws { try item.check() }

    /// Everything at once.
    @Test func ofANetwork() throws {
        let item = DerivativeCase(
            name: "network", inputs: [([5, 3], .real), ([3, 4], .real), ([4], .real), ([4, 2], .real)]
        ) { x in
            let hidden = tanh(matmul(x[0], x[1]) + x[2])
            return (hidden.matmul(x[3]) - x[0][.all, 0..<2]).square().mean(axes: 1).sqrt().sum()
        }
        try item.check()
    }
}
