import Descent

extension Workload {
    static let networks = [
        Workload("mlp-small") { training([9, 64, 64, 1], batch: 32) },
        Workload("mlp-mnist") { training([784, 512, 10], batch: 128, classifies: true) },
        Workload("mlp-large") { training([256, 1024, 1024, 1], batch: 512) },
    ]

    private static let rate = 1e-5

    /// Fully connected layers with relu between; mean square error, or cross entropy with integer labels.
    private static func training(_ sizes: [Int], batch: Int, classifies: Bool = false) -> Prepared {
        var random = Inputs(seed: 2)
        let inputs = classifies ? random.uniform(batch * sizes[0]) : random.normal(batch * sizes[0])
        let targets = random.normal(batch)
        let labels = random.integers(batch, below: sizes.last!)
        let layers = zip(sizes, sizes.dropFirst()).map { rows, columns in
            let limit = (6 / Float(rows + columns)).squareRoot()
            return (
                kernel: random.uniform(rows * columns, in: -limit..<limit),
                bias: [Float](repeating: 0, count: columns)
            )
        }
        let x = Tensor(inputs, shape: [batch, sizes[0]])
        let y = Tensor(targets, shape: [batch, 1])
        let classes = Tensor(labels, dtype: .int32)
        let kernels = layers.indices.map {
            Variable(Tensor(layers[$0].kernel, shape: [sizes[$0], sizes[$0 + 1]]))
        }
        let biases = layers.map { Variable(Tensor($0.bias, shape: [$0.bias.count])) }
        let variables = zip(kernels, biases).flatMap { [$0, $1] }
        let opt = RMSprop(learningRate: rate)

        let output = {
            var h = x
            for (index, (kernel, bias)) in zip(kernels, biases).enumerated() {
                h = matmul(h, kernel) + bias
                if index < kernels.count - 1 { h = relu(h) }
            }
            return h
        }
        let loss = {
            classifies
                ? -(oneHot(classes, depth: sizes.last!) * logSoftmax(output())).sum(axes: -1).mean()
                : ((output() - y) ** 2).mean()
        }
        var value: Tensor?
        return Prepared(
            step: { value = try opt.minimize(loss, variables) },
            found: {
                let moved = try zip(variables, layers.flatMap { [$0.kernel, $0.bias] }).map {
                    distance(try numbers($0.value), $1)
                }
                return [("loss", try number(value)), ("moved", moved.reduce(0, +))]
            },
            expected: {
                var network = ReferenceNetwork(
                    sizes: sizes, batch: batch, x: Reference.wide(inputs),
                    target: classifies ? .labels(labels) : .values(Reference.wide(targets)),
                    parameters: layers.flatMap { [Reference.wide($0.kernel), Reference.wide($0.bias)] }
                )
                return network.probes()
            })
    }
}

/// The same network in plain loops.
private struct ReferenceNetwork {
    enum Target {
        case values([Double])
        case labels([Int])
    }

    let sizes: [Int]
    let batch: Int
    let x: [Double]
    let target: Target
    /// Kernel, bias, kernel, bias, …
    var parameters: [[Double]]

    mutating func probes() -> Prepared.Probes {
        let start = parameters
        var squares = parameters.map { $0.map { _ in 0.0 } }
        var loss = 0.0
        for _ in 0..<Prepared.checkedSteps {
            let gradients: [[Double]]
            (loss, gradients) = lossAndGradients()
            for i in parameters.indices {
                Reference.rmsprop(&parameters[i], &squares[i], gradients[i], rate: 1e-5)
            }
        }
        var moved = 0.0
        for (now, before) in zip(parameters.joined(), start.joined()) { moved += (now - before).magnitude }
        return [("loss", loss), ("moved", moved)]
    }

    private func lossAndGradients() -> (Double, [[Double]]) {
        var inputs: [[Double]] = []
        var h = x
        for layer in 0..<sizes.count - 1 {
            inputs.append(h)
            let columns = sizes[layer + 1]
            h = Reference.product(h, parameters[2 * layer], batch, sizes[layer], columns)
            for i in h.indices { h[i] += parameters[2 * layer + 1][i % columns] }
            if layer + 2 < sizes.count { h = h.map { max($0, 0) } }
        }
        var (loss, d) = lossAndDerivative(h)
        var gradients = parameters
        for layer in (0..<sizes.count - 1).reversed() {
            let (rows, columns) = (sizes[layer], sizes[layer + 1])
            let turned = Reference.transposed(inputs[layer], batch, rows)
            gradients[2 * layer] = Reference.product(turned, d, rows, batch, columns)
            gradients[2 * layer + 1] = (0..<columns).map { column in
                stride(from: column, to: d.count, by: columns).reduce(0) { $0 + d[$1] }
            }
            guard layer > 0 else { break }
            let kernel = Reference.transposed(parameters[2 * layer], rows, columns)
            d = Reference.product(d, kernel, batch, columns, rows)
            for i in d.indices where inputs[layer][i] <= 0 { d[i] = 0 }
        }
        return (loss, gradients)
    }

    private func lossAndDerivative(_ output: [Double]) -> (Double, [Double]) {
        switch target {
        case .values(let values):
            let errors = zip(output, values).map { $0 - $1 }
            return (
                errors.reduce(0) { $0 + $1 * $1 } / Double(batch), errors.map { 2 * $0 / Double(batch) }
            )
        case .labels(let labels):
            let columns = sizes.last!
            let logs = Reference.logSoftmax(output, columns: columns)
            var d = logs.map { exponential($0) / Double(batch) }
            var loss = 0.0
            for (row, label) in labels.enumerated() {
                loss -= logs[row * columns + label] / Double(batch)
                d[row * columns + label] -= 1 / Double(batch)
            }
            return (loss, d)
        }
    }
}
