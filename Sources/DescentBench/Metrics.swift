import Descent

extension Workload {
    static let metrics = [Workload("rmse-metric-10M") { try rootMeanSquare() }]

    /// One weighted update of a metric.
    private static func rootMeanSquare() throws -> Prepared {
        let p = Tensor.randomNormal([10_000_000], seed: 1)
        let t = Tensor.randomNormal([10_000_000], seed: 2)
        let w = Tensor.randomUniform([10_000_000], seed: 3)
        try evaluate([p, t, w])
        let metric = RootMeanSquaredError()
        return Prepared(
            step: { try metric.updateState(t, p, sampleWeight: w) },
            found: {
                let sums = metric.state.sums.map { $0.numbers[0] }
                return [("total", sums[0]), ("count", sums[1]), ("result", try number(metric.result()))]
            },
            expected: {
                let (p, t, w) = (try numbers(p), try numbers(t), try numbers(w))
                let total = p.indices.reduce(0) { $0 + w[$1] * (p[$1] - t[$1]) * (p[$1] - t[$1]) }
                let count = w.reduce(0, +)
                let steps = Double(Prepared.checkedSteps)
                return [("total", steps * total), ("count", steps * count), ("result", (total / count).squareRoot())]
            })
    }
}
