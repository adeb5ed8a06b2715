import DescentCore
import DescentTestSupport

/// Expressions of matrix products and what models put behind them: biases, activations, residuals, masks, transposes, means.
/// The same seed gives the same expression.
struct RandomProducts {
    let dtype: DType
    /// A matrix for every two extents.
    let matrices: [[Tensor]]
    private let seed: UInt64
    private let rows: [Tensor]
    private let columns: [Tensor]

    private struct Value {
        let tensor: Tensor
        /// Which extents it has.
        let row: Int
        let column: Int
    }

    init(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let type: DType = seed % 3 == 2 ? .float64 : .float32
        let extents = (0..<3).map { _ in [33, 64, 65, 96, 128, 129, 160, 200].randomElement(using: &random)! }
        func sample(_ rows: Int, _ columns: Int) throws -> Tensor {
            try (random.normal([rows, columns], dtype: type) / 8).evaluated()
        }
        (self.seed, dtype) = (seed, type)
        matrices = try extents.map { rows in try extents.map { try sample(rows, $0) } }
        rows = try extents.map { try sample(1, $0) }
        columns = try extents.map { try sample($0, 1) }
    }

    /// Records an expression of `inputs`, which are shaped like `matrices`, and hands each result to `visit`.
    ///
    /// - Returns: the last result and some of those before; nothing else holds the others.
    func record(_ inputs: [[Tensor]], _ visit: (Tensor) throws -> Void) rethrows -> [Tensor] {
        var random = SplitMix64(seed: seed ^ 0xE919)
        func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        var pool: [Value] = []
        for row in 0..<3 {
            for column in 0..<3 { pool.append(Value(tensor: inputs[row][column], row: row, column: column)) }
        }
        for _ in 0..<5 + below(16) {
            let x = below(2) == 0 ? pool[pool.count - 1] : pool[below(pool.count)]
            let alike = pool.filter { $0.row == x.row && $0.column == x.column }
            let y = alike[below(2) == 0 ? alike.count - 1 : below(alike.count)].tensor
            var (tensor, row, column) = (x.tensor, x.row, x.column)
            switch below(16) {
            case 0, 1, 2, 3, 4:
                let left = pool.last { $0.column == x.row }!
                (tensor, row) = (left.tensor.matmul(tensor), left.row)
            case 5:
                let other = pool[below(pool.count)]
                let right = other.column == x.column ? other : x
                (tensor, column) = (tensor.matmul(right.tensor.transposed()), right.row)
            case 6: (tensor, row, column) = (tensor.transposed(), column, row)
            case 7: tensor = tensor + rows[column]
            case 8: tensor = relu(tensor * columns[row])
            case 9: tensor = tanh(tensor)
            case 10: tensor = tensor + y
            case 11: tensor = y - tensor * 0.5
            case 12: tensor = Tensor.where(tensor .> 0, tensor, y)
            case 13:
                let mean = tensor.mean(axes: below(2), keepDims: true)
                try visit(mean)
                tensor = tensor - mean
            case 14: tensor = square(tensor.reshape([tensor.count])).reshape(tensor.shape)
            default:
                let sum = (tensor * y).sum()
                try visit(sum)
                tensor = y * tanh(sum)
            }
            try visit(tensor)
            pool.append(Value(tensor: tensor, row: row, column: column))
        }
        return [pool[pool.count - 1].tensor] + pool[9..<pool.count - 1].filter { _ in below(5) == 0 }.map(\.tensor)
    }

    /// Variables that start as the matrices, after two updates that are made of expressions of their own values.
    func train(_ visit: (Tensor) throws -> Void) throws -> [Tensor] {
        var random = SplitMix64(seed: seed ^ 0x7EA1)
        let variables = matrices.map { $0.map { Variable($0 + 0) } }
        for _ in 0..<2 {
            try update(variables, &random, visit)
        }
        return try variables.joined().map { try ($0.current + 0).evaluated() }
    }

    /// On its own, so that nothing but the variables holds old values afterwards.
    private func update(
        _ variables: [[Variable]], _ random: inout SplitMix64, _ visit: (Tensor) throws -> Void
    ) throws {
        let old = variables.map { $0.map(\.current) }
        let results = try record(old, visit)
        var assignments: [(Variable, Tensor)] = []
        for (variable, old) in zip(variables.joined(), old.joined()) {
            let fitting = results.filter { $0.shape == old.shape }
            guard let change = fitting.randomElement(using: &random) else { continue }
            let choices = [old - change * 0.1, change, old * 0.9 + tanh(change)]
            assignments.append((variable, choices.randomElement(using: &random)!))
        }
        for (_, value) in assignments { try visit(value) }
        try Engine.update(assignments)
    }
}
