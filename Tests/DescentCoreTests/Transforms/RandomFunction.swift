import DescentCore
import DescentTestSupport

/// Functions of a vector, made of random operations that bands go through, or do not. The same seed gives the same function.
struct RandomFunction {
    let seed: UInt64

    func callAsFunction(_ x: Tensor) -> Tensor {
        var random = SplitMix64(seed: seed)
        var pool = [x]
        for _ in 0..<3 + Int.random(in: 0..<12, using: &random) {
            let a = pool[Bool.random(using: &random) ? pool.count - 1 : Int.random(in: 0..<pool.count, using: &random)]
            let alike = pool.filter { $0.shape == a.shape }
            let result = Self.operation(a, alike.randomElement(using: &random)!, &random)
            if (1..<150).contains(result.count) { pool.append(result) }
        }
        return pool[pool.count - 1]
    }

    private static func operation(_ a: Tensor, _ b: Tensor, _ random: inout SplitMix64) -> Tensor {
        func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        func sample(_ shape: Shape) -> Tensor { random.normal(shape, dtype: .float64) }
        let isLong = a.rank > 0 && a.shape[0] > 2
        switch below(28) {
        case 0: return tanh(a)
        case 1: return a + b
        case 2: return a - b
        case 3: return a * b
        case 4: return a / (b * b + 1)
        case 5: return -2.5 * a
        case 6: return Tensor.where(a .> 0, a, b)
        case 7: return Tensor.where(a .> 0.25, a, 0)
        case 8: return Tensor.where(sample(a.shape) .> 0, 0, a)
        case 9, 10: return isLong ? a[.range(from: below(a.shape[0] / 2), to: a.shape[0] - below(a.shape[0] / 2))] : a
        case 11: return isLong ? a[1...] - a[..<(-1)] : square(a)
        case 12, 13:
            let borders = (0..<a.rank).map { $0 == 0 || below(4) == 0 ? (below(4), below(4)) : (0, 0) }
            return a.pad(borders, value: below(6) == 0 ? 1.5 : 0)
        case 14: return a.reshape([a.count])
        case 15: return a.count % 4 == 0 ? a.reshape([4, a.count / 4]) : a.reshape([a.count, 1])
        case 16: return a.reshape([1, a.count])
        case 17: return a.flip()
        case 18: return a.transposed()
        case 19: return a * a.sum()
        case 20: return a.rank > 0 ? a.sum(axes: 0, keepDims: below(2) == 0) : a
        case 21: return a.rank == 1 ? sample([20, a.count]).matmul(a) * 0.1 : a.mean() * a
        case 22: return a.rank > 0 ? a.matmul(sample([a.shape[a.rank - 1], 3])) * 0.1 : a
        case 23: return a.rank > 0 ? concat([a, below(2) == 0 ? b : sample(a.shape)], axis: 0) : a
        case 24: return a.rank > 0 ? a[below(a.shape[0])] : a
        case 25: return a.rank == 1 ? a * sample([2, a.count]) : a * sample(a.shape)
        case 26: return checkpoint({ sin($0) * $0 })(a)
        default: return a * stopGradient(b)
        }
    }
}
