import Descent

extension Workload {
    static let elementwise = [
        Workload("elementwise-1M") { transcendental() },
        Workload("rmse-10M") { try rootMeanSquare() },
        Workload("softmax-rows") { try softmaxRows() },
    ]

    /// Value and gradient of a loss of one variable.
    private static func valueAndGradientStep(
        of x: Variable, expected: @escaping () throws -> Prepared.Probes, _ loss: @escaping () -> Tensor
    ) -> Prepared {
        var last: (value: Tensor, gradient: Tensor)?
        return Prepared(
            step: {
                last = nil
                let (value, gradients) = try valueAndGradient([x], loss)
                guard let gradient = gradients[0] else { return }
                try evaluate([value, gradient])
                last = (value, gradient)
            },
            found: {
                [("loss", try number(last?.value)), ("gradient", magnitude(try numbers(last?.gradient)))]
            },
            expected: expected)
    }

    private static func transcendental() -> Prepared {
        let x = Variable(.randomNormal([1_000_000], seed: 1))
        return valueAndGradientStep(
            of: x,
            expected: {
                var (loss, gradient) = (0.0, 0.0)
                for x in try numbers(x.value) {
                    let t = Reference.hyperbolicTangent(1.5 * x + 0.5)
                    let e = Reference.exponential(-x * x)
                    loss += t * e + Reference.logarithmOfOnePlus(x * x)
                    gradient += (1.5 * (1 - t * t) * e - 2 * x * t * e + 2 * x / (1 + x * x)).magnitude
                }
                return [("loss", loss / Double(x.count)), ("gradient", gradient / Double(x.count))]
            }
        ) { (tanh(1.5 * x + 0.5) * exp(-x * x) + log1p(x * x)).mean() }
    }

    private static func rootMeanSquare() throws -> Prepared {
        let p = Variable(.randomNormal([10_000_000], seed: 1))
        let t = try Tensor.randomNormal(p.shape, seed: 2).evaluated()
        return valueAndGradientStep(
            of: p,
            expected: {
                let errors = zip(try numbers(p.value), try numbers(t)).map { $0 - $1 }
                let loss = (errors.reduce(0) { $0 + $1 * $1 } / Double(p.count)).squareRoot()
                return [("loss", loss), ("gradient", magnitude(errors) / (Double(p.count) * loss))]
            }
        ) { rmse(p, t) }
    }

    private static func softmaxRows() throws -> Prepared {
        let columns = 1024
        let x = Variable(.randomNormal([4096, columns], seed: 1))
        let w = try Tensor.randomNormal(x.shape, seed: 2).evaluated()
        return valueAndGradientStep(
            of: x,
            expected: {
                let logs = Reference.logSoftmax(try numbers(x.value), columns: columns)
                let weights = try numbers(w)
                var (loss, gradient) = (0.0, 0.0)
                for start in stride(from: 0, to: logs.count, by: columns) {
                    let row = start..<start + columns
                    let total = weights[row].reduce(0, +)
                    for i in row {
                        loss += weights[i] * logs[i]
                        gradient += (weights[i] - Reference.exponential(logs[i]) * total).magnitude
                    }
                }
                return [("loss", loss), ("gradient", gradient)]
            }
        ) { (w * logSoftmax(x)).sum() }
    }
}
