import Descent

extension Workload {
    static let networks = [
        Workload("mlp-small") { try training([9, 64, 64, 1], batch: 32) },
        Workload("mlp-mnist") { try training([784, 512, 10], batch: 128, classifies: true) },
        Workload("mlp-large") { try training([256, 1024, 1024, 1], batch: 512) },
    ]

    private static let rate = 1e-5

    /// Fully connected layers with relu between; mean square error, or cross entropy with integer labels.
    private static func training(_ sizes: [Int], batch: Int, classifies: Bool = false) throws -> Prepared {
        let shape: Shape = [batch, sizes[0]]
        let x: Tensor = classifies ? .randomUniform(shape, seed: 1) : .randomNormal(shape, seed: 1)
        let y = Tensor.randomNormal([batch, 1], seed: 2)
        let depth = sizes.last!
        let labels = Tensor.randomUniform([batch], in: 0..<Double(depth), seed: 3).cast(to: .int32)
        let starts = zip(sizes, sizes.dropFirst()).enumerated().flatMap { layer, extents -> [Tensor] in
            let limit = (6 / Double(extents.0 + extents.1)).squareRoot()
            let kernel = Tensor.randomUniform([extents.0, extents.1], in: -limit..<limit, seed: 4 + layer)
            return [kernel, .zeros([extents.1])]
        }
        try evaluate([x, y, labels] + starts)
        // Copies: while somebody else holds a variable's value, it cannot be updated in place.
        let variables = starts.map { Variable($0 + 0) }
        let opt = RMSprop(learningRate: rate)

        let output = {
            var h = x
            for layer in stride(from: 0, to: variables.count, by: 2) {
                h = matmul(h, variables[layer]) + variables[layer + 1]
                if layer + 2 < variables.count { h = relu(h) }
            }
            return h
        }
        let loss = {
            classifies
                ? -(oneHot(labels, depth: depth) * logSoftmax(output())).sum(axes: 1).mean()
                : ((output() - y) ** 2).mean()
        }
        var value: Tensor?
        return Prepared(
            step: { value = try opt.minimize(loss, variables) },
            found: {
                var moved = 0.0
                for (variable, start) in zip(variables, starts) {
                    moved += distance(try numbers(variable.value), try numbers(start))
                }
                return [("loss", try number(value)), ("moved", moved)]
            },
            expected: {
                var network = ReferenceNetwork(
                    sizes: sizes, batch: batch, x: try numbers(x),
                    target: classifies
                        ? .labels(try numbers(labels).map { Int($0) }) : .values(try numbers(y)),
                    parameters: try starts.map(numbers))
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
        let moved = zip(parameters, start).reduce(0) { $0 + distance($1.0, $1.1) }
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
            var d = logs.map { Reference.exponential($0) / Double(batch) }
            var loss = 0.0
            for (row, label) in labels.enumerated() {
                loss -= logs[row * columns + label] / Double(batch)
                d[row * columns + label] -= 1 / Double(batch)
            }
            return (loss, d)
        }
    }
}
