import DescentCore
import DescentTestSupport
import Testing

/// First and second derivatives of what folds, runs along axes, sorts, and moves elements about.
struct FoldDerivativeTests {
    static let shapes: [Shape] = [[5], [3, 4], [2, 3, 2], [2, 0, 3]]
    static let axes: [Shape] = [[5], [3, 4], [2, 3, 2], [2, 3, 0]]

    static let folds: [DerivativeCase] = [
        DerivativeCase.unary("variance", shapes: [[5], [3, 4], [2, 3, 2]]) { variance($0) },
        DerivativeCase.unary("variance, axis", shapes: [[3, 4], [2, 3, 2], [0, 3]]) {
            variance($0, axes: [1], ddof: 1)
        },
        DerivativeCase.unary("standardDeviation", shapes: [[5], [2, 3, 2]]) { standardDeviation($0, keepDims: true) },
        DerivativeCase.unary("standardDeviation, axis", shapes: [[3, 4]]) { standardDeviation($0, axes: [0]) },
        DerivativeCase.unary("norm", shapes: shapes) { norm($0) },
        DerivativeCase.unary("norm, axis", shapes: axes) { norm($0, axes: [-1]) * 2 },
        DerivativeCase.unary("norm 1", .nonzero, shapes: shapes) { norm($0 * $0, order: 1) },
        DerivativeCase.unary("norm 3", .nonzero, shapes: axes) { norm($0, order: 3, axes: [0]) },
        DerivativeCase.unary("norm -2", .nonzero, shapes: [[5], [3, 4]]) { norm($0, order: -2) },
        DerivativeCase.unary("norm infinity", .distinct, shapes: [[5], [3, 4]]) { norm($0 * $0, order: .infinity) },
        DerivativeCase.unary("norm -infinity", .distinct, shapes: [[5], [3, 4]]) { norm($0 * $0, order: -.infinity) },
        DerivativeCase.unary("logSumExp", shapes: [[], [5], [2, 3, 2]]) { logSumExp($0) },
        DerivativeCase.unary("logSumExp, axis", shapes: [[3, 4], [2, 3, 2], [0, 2]]) { logSumExp($0, axes: [1]) },
        DerivativeCase.unary("median", .distinct, shapes: [[5], [4], [3, 4]]) { median($0) * $0.sum() },
        DerivativeCase.unary("quantile", .distinct, shapes: [[3, 4], [2, 3, 2]]) { quantile($0 * $0, 0.3, axes: [0]) },
        DerivativeCase.unary("nanMean", shapes: [[5], [3, 4]]) { nanMean($0 * $0) },
        DerivativeCase.unary("nanMax", .distinct, shapes: [[5], [3, 4]]) { nanMax($0 * $0, axes: [-1]) },
    ].flatMap { $0 }

    @Test(arguments: folds) func ofReductions(_ item: DerivativeCase) throws { try item.check() }

    static let scans: [DerivativeCase] = [
        DerivativeCase.unary("cumsum", shapes: axes) { cumsum($0 * $0) },
        DerivativeCase.unary("cumsum, exclusive", shapes: axes) { cumsum($0 * $0, axis: -1, exclusive: true) },
        DerivativeCase.unary("cumsum, reverse", shapes: axes) { cumsum($0 * $0, axis: -1, reverse: true) },
        DerivativeCase.unary("cumprod", shapes: axes) { cumprod($0, axis: -1) },
        DerivativeCase.unary("cumprod, exclusive", shapes: axes) { cumprod($0, exclusive: true) },
        DerivativeCase.unary("cumprod, reverse", shapes: axes) { cumprod($0, axis: -1, reverse: true) },
        DerivativeCase.unary("cumprod with zeros", shapes: axes) {
            cumprod($0 * Tensor.where($0 .> 0, 1, 0), axis: -1)
        },
        DerivativeCase.unary("cummax", .distinct, shapes: axes) { cummax($0 * $0, axis: -1) },
        DerivativeCase.unary("cummin", .distinct, shapes: axes) { cummin($0 * $0, reverse: true) },
        DerivativeCase.unary("logCumsumExp", shapes: axes) { logCumsumExp($0, axis: -1) },
        DerivativeCase.unary("logCumsumExp, reverse", shapes: axes) { logCumsumExp($0, axis: 0, reverse: true) },
    ].flatMap { $0 }

    @Test(arguments: scans) func ofScans(_ item: DerivativeCase) throws { try item.check() }

    static let movements: [DerivativeCase] = [
        DerivativeCase.unary("sort", .distinct, shapes: axes) { sort($0 * $0) },
        DerivativeCase.unary("sort, descending", .distinct, shapes: axes) { sort($0 * $0, axis: 0, descending: true) },
        DerivativeCase.unary("topK", .distinct, shapes: [[5], [2, 3, 2]]) { topK($0 * $0, 2, axis: -1).values },
        DerivativeCase.unary("takeAlongAxis", shapes: [[3, 4]]) {
            takeAlongAxis($0 * $0, [[0, 0, 3], [1, 2, 1], [3, 3, 3]])
        },
        DerivativeCase.unary("roll", shapes: axes) { roll($0 * $0, 2, axis: -1) },
        DerivativeCase.unary("roll, all", shapes: axes) { roll($0 * $0, -1) },
        DerivativeCase.unary("tile", shapes: axes) { tile($0 * $0, [2, 3]) },
        DerivativeCase.unary("repeated", shapes: axes) { repeated($0 * $0, 3, axis: -1) },
        DerivativeCase.unary("diagonal", shapes: [[3, 3], [2, 3, 4], [0, 3]]) { diagonal($0 * $0, offset: 1) },
        DerivativeCase.unary("diag", shapes: [[3], [0], [3, 4]]) { diag($0 * $0, offset: -1) },
        DerivativeCase.unary("tril", shapes: [[3, 4], [2, 3, 2], [0, 2]]) { tril($0 * $0) },
        DerivativeCase.unary("triu", shapes: [[3, 4], [2, 3, 2], [0, 2]]) { triu($0 * $0, offset: 1) },
        DerivativeCase.unary("meshgrid", shapes: [[3]]) { x in
            let grid = meshgrid([x, x * x])
            return grid[0] * grid[1]
        },
        DerivativeCase.unary("pad, reflect", shapes: [[3, 4]]) { ($0 * $0).pad([(2, 1), (0, 5)], mode: .reflect) },
        DerivativeCase.unary("pad, wrap", shapes: [[3, 4]]) { ($0 * $0).pad([(2, 1), (0, 5)], mode: .wrap) },
        DerivativeCase.unary("booleanMask", shapes: [[3, 4]]) { x in
            booleanMask(x * x, Tensor([true, false, true] as [Bool]))
        },
        DerivativeCase.unary("unique", .distinct, shapes: [[3, 4]]) { unique($0 * $0).values },
        DerivativeCase.unary("segmentSum", shapes: [[4, 2], [4, 0]]) { segmentSum($0 * $0, [1, 0, 1, 1], count: 3) },
    ].flatMap { $0 }

    @Test(arguments: movements) func ofMovements(_ item: DerivativeCase) throws { try item.check() }

    /// Writing at places: from ranges, and at indices with and without repetition.
    static let writings: [DerivativeCase] = ["set", "add", "multiply", "min", "max"].flatMap { name in
        let write: @Sendable (TensorPlaces.Chosen, Tensor) -> Tensor = { places, values in
            switch name {
            case "set": places.set(values)
            case "add": places.add(values)
            case "multiply": places.multiply(values)
            case "min": places.min(values)
            default: places.max(values)
            }
        }
        return [
            DerivativeCase(name: "at[1..., 0].\(name)", inputs: [([3, 2], .distinct), ([2], .nonzero)], step: 0.005) {
                write(($0[0] * $0[0]).at[1..., 0], $0[1] * $0[1])
            },
            DerivativeCase(
                name: "at[[2, 0]].\(name)", inputs: [([3, 2], .distinct), ([2, 2], .nonzero)], step: 0.005
            ) {
                write(($0[0] * $0[0]).at[[2, 0], axis: 0], $0[1] * $0[1])
            },
            DerivativeCase(
                name: "at[[1, 1, 0], axis: 1].\(name)", inputs: [([2, 3], .distinct), ([2, 3], .nonzero)], step: 0.005
            ) {
                write(($0[0] * $0[0]).at[[1, 1, 0], axis: 1], $0[1] * $0[1])
            },
        ]
    }

    @Test(arguments: writings) func ofWritings(_ item: DerivativeCase) throws { try item.check() }

    @Test func tiesAndZeros() {
        func slopes(_ x: [Double], _ f: @escaping (Tensor) -> Tensor) -> [Double] {
            gradient(of: { f($0).sum() })(Tensor(x)).scalars(as: Double.self)
        }
        #expect(slopes([1, 2, 2]) { norm($0, order: .infinity) } == [0, 0.5, 0.5])
        #expect(slopes([0, 0]) { norm($0) } == [0, 0])
        #expect(slopes([0, 3]) { norm($0, order: 0.5) }[0] == 0)
        #expect(slopes([2, 2, 1]) { cummax($0) } == [3, 0, 0])
        #expect(slopes([0, 2, 0]) { cumprod($0) } == [3, 0, 0])
        #expect(slopes([3, 1, 3]) { topK($0, 1).values } == [1, 0, 0])
        #expect(slopes([1, 1]) { $0.at[[0, 0], axis: 0].max([1, 1]) } == [1.0 / 3, 1])
        #expect(slopes([0, 0, 5]) { Tensor([1.0]).at[[0, 0, 0], axis: 0].multiply($0) } == [0, 0, 0])
        #expect(slopes([0, 2, 5]) { Tensor([1.0]).at[[0, 0, 0], axis: 0].multiply($0) } == [10, 0, 0])
        #expect(slopes([1, 2, 3]) { Tensor([0, 0] as [Double]).at[[0, 1, 0], axis: 0].set($0) } == [0, 1, 1])
        #expect(slopes([.nan, 2]) { nanMax($0) } == [0, 1])
        #expect(slopes([.nan, 2]) { nanSum($0) } == [0, 1])
    }
}
