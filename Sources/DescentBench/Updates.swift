import Descent

extension Workload {
    static let updates = [
        Workload("rmsprop-10M") { updating(count: 1, shape: [10_000_000], seed: 5) },
        Workload("rmsprop-many-small") { updating(count: 200, shape: [64, 64], seed: 6) },
    ]

    /// RMSprop with gradients that are given.
    private static func updating(count: Int, shape: Shape, seed: UInt64) -> Prepared {
        var random = Inputs(seed: seed)
        let starts = (0..<count).map { _ in random.normal(shape.count) }
        let slopes = (0..<count).map { _ in random.normal(shape.count) }
        let variables = starts.map { Variable(Tensor($0, shape: shape)) }
        let gradients = slopes.map { Tensor($0, shape: shape) }
        let opt = RMSprop(learningRate: 1e-5)
        return Prepared(
            step: { try opt.applyGradients(zip(gradients, variables)) },
            found: {
                [
                    (
                        "moved",
                        try zip(variables, starts).reduce(0) { $0 + distance(try numbers($1.0.value), $1.1) }
                    )
                ]
            },
            expected: {
                var moved = 0.0
                for (start, slope) in zip(starts, slopes) {
                    var value = Reference.wide(start)
                    var square = value.map { _ in 0.0 }
                    let gradient = Reference.wide(slope)
                    for _ in 0..<Prepared.checkedSteps {
                        Reference.rmsprop(&value, &square, gradient, rate: 1e-5)
                    }
                    moved += zip(value, start).reduce(0) { $0 + ($1.0 - Double($1.1)).magnitude }
                }
                return [("moved", moved)]
            })
    }
}
