import Descent

/// Fully connected layers with relu between them.
struct Network {
    private let kernels: [Variable]
    private let biases: [Variable]

    /// Kernels spread evenly within ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010), biases zero.
    init(sizes: [Int], seed: Int) {
        kernels = zip(sizes, sizes.dropFirst()).enumerated().map { layer, extents in
            let limit = (6 / Double(extents.0 + extents.1)).squareRoot()
            return Variable(
                .randomUniform([extents.0, extents.1], in: -limit..<limit, seed: seed &+ layer),
                name: "kernel \(layer)")
        }
        biases = sizes.dropFirst().enumerated().map { Variable(.zeros([$1]), name: "bias \($0)") }
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        for (layer, (kernel, bias)) in zip(kernels, biases).enumerated() {
            x = matmul(x, kernel) + bias
            if layer < kernels.count - 1 { x = relu(x) }
        }
        return x
    }

    /// Calls `progress` after every epoch with the mean of the losses of its steps.
    func train(
        on data: DataSet, epochs: Int, seed: Int, progress: (_ epoch: Int, _ loss: Double) -> Void
    ) throws {
        let opt = RMSprop(learningRate: 0.001)
        for epoch in 1...epochs {
            var losses: [Tensor] = []
            for (x, y) in data.batches(of: 32, seed: seed &+ epoch) {
                losses.append(try opt.minimize(kernels + biases) { ((self(x) - y) ** 2).mean() })
            }
            progress(epoch, Double(stack(losses).mean()))
        }
    }
}
