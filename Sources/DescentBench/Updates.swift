import Descent

extension Workload {
    static let updates = [
        Workload("rmsprop-10M") { try updating(count: 1, shape: [10_000_000]) },
        Workload("rmsprop-many-small") { try updating(count: 200, shape: [64, 64]) },
    ]

    /// RMSprop with gradients that are given.
    private static func updating(count: Int, shape: Shape) throws -> Prepared {
        let starts = (0..<count).map { Tensor.randomNormal(shape, seed: $0) }
        let gradients = (0..<count).map { Tensor.randomNormal(shape, seed: count + $0) }
        try evaluate(starts + gradients)
        // Copies: while somebody else holds a variable's value, it cannot be updated in place.
        let variables = starts.map { Variable($0 + 0) }
        let opt = RMSprop(learningRate: 1e-5)
        return Prepared(
            step: { try opt.applyGradients(zip(gradients, variables)) },
            found: {
                var moved = 0.0
                for (variable, start) in zip(variables, starts) {
                    moved += distance(try numbers(variable.value), try numbers(start))
                }
                return [("moved", moved)]
            },
            expected: {
                var moved = 0.0
                for (start, gradient) in zip(starts, gradients) {
                    let start = try numbers(start)
                    let gradient = try numbers(gradient)
                    var value = start
                    var square = start.map { _ in 0.0 }
                    for _ in 0..<Prepared.checkedSteps {
                        Reference.rmsprop(&value, &square, gradient, rate: 1e-5)
                    }
                    moved += distance(value, start)
                }
                return [("moved", moved)]
            })
    }
}
