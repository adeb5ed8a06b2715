import Descent

/// Fully connected layers with relu between them.
struct Network {
    private let kernels: [Variable]
    private let biases: [Variable]

    private var variables: [Variable] { kernels + biases }

    /// Kernels spread evenly within ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010), biases zero.
    init(sizes: [Int], seed: UInt64) {
        var random = Random(seed: seed)
        kernels = zip(sizes, sizes.dropFirst()).map { inputs, outputs in
            let limit = (6 / Double(inputs + outputs)).squareRoot()
            let numbers = (0..<inputs * outputs).map { _ in Float(limit * (2 * random.unit() - 1)) }
            return Variable(Tensor(numbers, shape: [inputs, outputs]))
        }
        biases = sizes.dropFirst().map { Variable(Tensor([Float](repeating: 0, count: $0), shape: [$0])) }
    }

    private func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        for (index, (kernel, bias)) in zip(kernels, biases).enumerated() {
            x = matmul(x, kernel) + bias
            if index < kernels.count - 1 { x = relu(x) }
        }
        return x
    }

    /// Calls `progress` after every epoch with the mean of the losses of its steps.
    func train(
        on data: DataSet, epochs: Int, seed: UInt64, progress: (_ epoch: Int, _ loss: Double) -> Void
    ) throws {
        let opt = RMSprop(learningRate: 0.001)
        var random = Random(seed: seed)
        for epoch in 1...epochs {
            let batches = data.batches(of: 32, using: &random)
            var total = 0.0
            for (x, y) in batches {
                let loss = { ((self(x) - y) ** 2).mean() }
                total += Double(try opt.minimize(loss, variables))
            }
            progress(epoch, total / Double(batches.count))
        }
    }

    func predict(_ x: Tensor) throws -> [Float] { try self(x).evaluated().scalars(as: Float.self) }
}
