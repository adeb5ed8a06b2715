import Descent

extension Workload {
    static let elementwise = [
        Workload("elementwise-1M") { transcendental() },
        Workload("rmse-10M") { rootMeanSquare() },
        Workload("softmax-rows") { softmaxRows() },
    ]

    /// Value and gradient of a loss of one variable.
    private static func valueAndGradientStep(
        _ x: [Float], shape: Shape, expected: @escaping () -> Prepared.Probes,
        _ loss: @escaping (Variable) -> Tensor
    ) -> Prepared {
        let x = Variable(Tensor(x, shape: shape))
        var last: (value: Tensor, gradient: Tensor)?
        return Prepared(
            step: {
                last = nil
                let (value, gradients) = try valueAndGradient([x]) { loss(x) }
                try complete(value, gradients[0]!)
                last = (value, gradients[0]!)
            },
            found: {
                [
                    ("loss", try number(last?.value)),
                    ("gradient", try last.map { magnitude(try numbers($0.gradient)) } ?? .nan),
                ]
            },
            expected: expected)
    }

    private static func transcendental() -> Prepared {
        var random = Inputs(seed: 3)
        let numbers = random.normal(1_000_000)
        return valueAndGradientStep(
            numbers, shape: [numbers.count],
            expected: {
                var (loss, gradient) = (0.0, 0.0)
                for x in Reference.wide(numbers) {
                    let t = hyperbolicTangent(1.5 * x + 0.5)
                    let e = exponential(-x * x)
                    loss += t * e + logarithmOfOnePlus(x * x)
                    gradient += (1.5 * (1 - t * t) * e - 2 * x * t * e + 2 * x / (1 + x * x)).magnitude
                }
                return [
                    ("loss", loss / Double(numbers.count)), ("gradient", gradient / Double(numbers.count)),
                ]
            },
            { x in (tanh(1.5 * x + 0.5) * exp(-x * x) + log1p(x * x)).mean() })
    }

    private static func rootMeanSquare() -> Prepared {
        var random = Inputs(seed: 4)
        let predictions = random.normal(10_000_000)
        let targets = random.normal(predictions.count)
        let t = Tensor(targets)
        return valueAndGradientStep(
            predictions, shape: [predictions.count],
            expected: {
                let (square, sum) = zip(predictions, targets).reduce((0.0, 0.0)) {
                    let error = Double($1.0) - Double($1.1)
                    return ($0.0 + error * error, $0.1 + error.magnitude)
                }
                let loss = (square / Double(targets.count)).squareRoot()
                return [("loss", loss), ("gradient", sum / (Double(targets.count) * loss))]
            },
            { p in rmse(p, t) })
    }

    private static func softmaxRows() -> Prepared {
        let (rows, columns) = (4096, 1024)
        var random = Inputs(seed: 7)
        let logits = random.normal(rows * columns)
        let weights = random.normal(rows * columns)
        let w = Tensor(weights, shape: [rows, columns])
        return valueAndGradientStep(
            logits, shape: [rows, columns],
            expected: {
                let logs = Reference.logSoftmax(Reference.wide(logits), columns: columns)
                var (loss, gradient) = (0.0, 0.0)
                for row in 0..<rows {
                    let range = row * columns..<(row + 1) * columns
                    let total = weights[range].reduce(0) { $0 + Double($1) }
                    for i in range {
                        loss += Double(weights[i]) * logs[i]
                        gradient += (Double(weights[i]) - exponential(logs[i]) * total).magnitude
                    }
                }
                return [("loss", loss), ("gradient", gradient)]
            },
            { x in (w * logSoftmax(x.value)).sum() })
    }
}
