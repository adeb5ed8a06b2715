import DescentCore
import DescentTestSupport

/// Expressions of random operations over random shapes and types. The same seed gives the same expression.
struct RandomExpression {
    private var random: SplitMix64
    private var pool: [Tensor] = []
    /// The largest number of elements of an input.
    private let size: Int

    /// Records `operations` operations, and hands each result to `visit` as soon as it is recorded.
    ///
    /// - Returns: the last results and some of those before; nothing else holds the others.
    static func record(
        seed: UInt64, operations: Int, size: Int = 60, visit: (Tensor) throws -> Void
    ) rethrows -> [Tensor] {
        var expression = RandomExpression(random: SplitMix64(seed: seed), size: size)
        for _ in 0..<3 { expression.pool.append(expression.input()) }
        for _ in 0..<operations {
            let result = expression.operation()
            try visit(result)
            expression.pool.append(result)
        }
        let recent = expression.pool.suffix(2)
        return recent + expression.pool.dropLast(2).filter { _ in expression.chance(1, of: 8) }
    }

    /// Records `operations` operations.
    static func record(seed: UInt64, operations: Int, size: Int = 60) -> [Tensor] {
        record(seed: seed, operations: operations, size: size) { _ in }
    }

    private init(random: SplitMix64, size: Int) {
        self.random = random
        self.size = size
    }

    // MARK: - Dice

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private mutating func chance(_ numerator: Int, of denominator: Int) -> Bool { below(denominator) < numerator }

    /// Recent results are taken more often, so that chains grow.
    private mutating func pick() -> Tensor {
        chance(1, of: 2) ? pool[pool.count - 1 - below(min(3, pool.count))] : pool[below(pool.count)]
    }

    private mutating func fraction() -> Tensor {
        let x = pick()
        return x.dtype.isFloatingPoint ? x : x.cast(to: chance(1, of: 3) ? .float64 : .float32)
    }

    private mutating func input() -> Tensor {
        var extents: [Int] = []
        for _ in 0..<below(4) { extents.append(chance(1, of: 30) ? 0 : 1 + below(5)) }
        if let last = extents.indices.last, chance(1, of: 4) { extents[last] = 1 + below(size) }
        let shape = Shape(extents)
        return switch below(8) {
        case 0: random.integers(shape, in: -5..<6, dtype: .int32)
        case 1: random.integers(shape, in: -5..<6, dtype: .int64)
        case 2: random.integers(shape, in: 0..<2, dtype: .bool)
        case 3: random.normal(shape, dtype: .float64)
        default: random.normal(shape)
        }
    }

    // MARK: - Operations

    private mutating func operation() -> Tensor {
        switch below(20) {
        case 0, 1, 2: function(of: fraction())
        case 3, 4, 5, 6: combination()
        case 7: selection()
        case 8: slice(of: pick())
        case 9: permutation(of: pick())
        case 10: reshaping(of: pick())
        case 11: stretching(of: pick())
        case 12, 13: reduction(of: pick())
        case 14: product()
        case 15: joining()
        case 16: padding(of: pick())
        case 17: gathering(from: pick())
        case 18: pick().cast(to: DType.allCases[below(5)])
        default: input()
        }
    }

    private mutating func function(of x: Tensor) -> Tensor {
        switch below(12) {
        case 0: tanh(x)
        case 1: exp(-abs(x))
        case 2: sin(x)
        case 3: sqrt(abs(x))
        case 4: sigmoid(x)
        case 5: relu(x)
        case 6: -x
        case 7: square(x)
        case 8: log1p(abs(x))
        case 9: floor(x)
        case 10: reciprocal(x + 0.5)
        default: softplus(x)
        }
    }

    /// Another operand that broadcasts with `x`.
    private mutating func partner(of x: Tensor) -> Tensor {
        let y = pick()
        if x.shape.broadcast(with: y.shape)?.count ?? .max <= 4 * size { return y }
        return chance(1, of: 2) || y.shape.contains(0) ? y.sum() : x
    }

    private mutating func combination() -> Tensor {
        let x = pick()
        let y = partner(of: x)
        return switch below(8) {
        case 0, 1: x + y
        case 2: x - y
        case 3, 4: x * y
        case 5: x / y
        case 6: maximum(x, y)
        default: minimum(x, y)
        }
    }

    private mutating func selection() -> Tensor {
        let x = pick()
        let y = partner(of: x)
        let condition = chance(1, of: 2) ? x .< y : x .== y
        return Tensor.where(condition, x, chance(1, of: 2) ? y : 2.5)
    }

    private mutating func slice(of x: Tensor) -> Tensor {
        guard x.rank > 0, !x.shape.contains(0) else { return x.flip() }
        let axis = below(min(x.rank, 3))
        let extent = x.shape[axis]
        let (a, b) = (below(extent), below(extent))
        let step = 1 + below(3)
        let part =
            chance(1, of: 2)
            ? Slice.range(from: min(a, b), to: max(a, b) + 1, step: step)
            : Slice.range(from: max(a, b), to: min(a, b) == 0 ? nil : min(a, b) - 1, step: -step)
        if chance(1, of: 4) { return chance(1, of: 2) ? x[.ellipsis, -1] : x.flip() }
        return switch (axis, x.rank) {
        case (0, _): x[part]
        case (1, _): x[.all, part]
        default: x[.all, .all, part]
        }
    }

    private mutating func permutation(of x: Tensor) -> Tensor {
        x.permute((0..<x.rank).shuffled(using: &random))
    }

    private mutating func reshaping(of x: Tensor) -> Tensor {
        switch below(4) {
        case 0: x.reshape([x.count])
        case 1: x.expandDims(below(x.rank + 1))
        case 2: x.squeeze()
        default: x.count % 2 == 0 ? x.reshape([2, x.count / 2]) : x.reshape([x.count, 1])
        }
    }

    private mutating func stretching(of x: Tensor) -> Tensor {
        guard x.count <= size, x.rank < 4 else { return x.transposed() }
        return x.broadcast(to: Shape([1 + below(3)] + x.shape.map { $0 == 1 ? 1 + below(4) : $0 }))
    }

    private mutating func reduction(of x: Tensor) -> Tensor {
        let axes = (0..<x.rank).filter { _ in chance(1, of: 2) }
        let keepDims = chance(1, of: 3)
        let isEmpty = axes.contains { x.shape[$0] == 0 }
        switch below(8) {
        case 0 where !isEmpty: return x.max(axes: axes, keepDims: keepDims)
        case 1 where !isEmpty: return x.min(axes: axes, keepDims: keepDims)
        case 2: return tanh(x).prod(axes: axes, keepDims: keepDims)
        case 3: return x.mean(axes: axes, keepDims: keepDims)
        case 4 where !isEmpty && !axes.isEmpty: return x.argmax(axis: axes[0], keepDims: keepDims)
        case 5: return (x .> 0).any(axes: axes, keepDims: keepDims)
        default: return x.sum(axes: axes, keepDims: keepDims)
        }
    }

    private mutating func product() -> Tensor {
        let operand = tanh(fraction())
        let x = operand.rank == 0 ? operand.reshape([1]) : operand
        guard x.rank >= 2 else { return x.matmul(x) }
        if chance(1, of: 2) { return x.matmul(x.permute(Array(0..<x.rank - 2) + [x.rank - 1, x.rank - 2])) }
        return x.matmul(random.normal([x.shape[x.rank - 1], 1 + below(4)]))
    }

    private mutating func joining() -> Tensor {
        let x = pick()
        guard x.count <= size else { return x.sum() }
        if x.rank == 0 || chance(1, of: 3) { return stack([x, x * 2, x], axis: below(x.rank + 1)) }
        return concat([x, x.flip(), x + 1], axis: below(x.rank))
    }

    private mutating func padding(of x: Tensor) -> Tensor {
        guard x.count <= size else { return x.sum() }
        return x.pad((0..<x.rank).map { _ in (below(2), below(3)) }, value: 1)
    }

    private mutating func gathering(from x: Tensor) -> Tensor {
        guard x.rank > 0, !x.shape.contains(0), x.count <= size else { return x.flip() }
        let axis = below(x.rank)
        let indices = random.integers([1 + below(4)], in: 0..<x.shape[axis], dtype: chance(1, of: 2) ? .int32 : .int64)
        let rows = x.gather(indices, axis: axis)
        return chance(1, of: 2) ? rows : (x * 1).scatterAdd(indices, rows, axis: axis)
    }
}
