import Descent

extension Workload {
    static let replays = [
        Workload("scalar-replay", in: .nanosecondsEach(operations: 2 * Double(repeats))) { replaying() },
        Workload("hessian-100") { curvature() },
    ]

    private static let repeats = 1000

    /// y ← y x + x, a thousand times, compiled: value and slope at a given x.
    private static func replaying() -> Prepared {
        let start = Float(1.0001)
        let function = Function(
            valueAndGradient(of: { x in
                var y = x
                for _ in 0..<repeats { y = y * x + x }
                return y
            }))
        var last: (value: Tensor, gradient: Tensor)?
        return Prepared(
            step: {
                let result = function(Tensor([start], shape: []))
                try evaluate([result.value, result.gradient])
                last = result
            },
            found: { [("y", try number(last?.value)), ("slope", try number(last?.gradient))] },
            expected: {
                let x = Double(start)
                var (y, slope) = (x, 1.0)
                for _ in 0..<repeats { (y, slope) = (y * x + x, slope * x + y + 1) }
                return [("y", y), ("slope", slope)]
            })
    }

    /// All second derivatives of Rosenbrock's function of a hundred numbers.
    private static func curvature() -> Prepared {
        let count = 100
        let x = Tensor.randomUniform([count], in: -1.2..<1.2, seed: 1)
        let function = Function(
            hessian(of: { x in
                let (head, tail) = (x[..<(-1)], x[1...])
                return (100 * (tail - head ** 2) ** 2 + (1 - head) ** 2).sum()
            }))
        var last: Tensor?
        return Prepared(
            step: { last = try function(x).evaluated() },
            found: {
                let found = try numbers(last)
                let diagonal = (0..<count).map { found[$0 * count + $0] }
                let beside = (1..<count).map { found[$0 * count + $0 - 1] }
                return [
                    ("diagonal", magnitude(diagonal)), ("beside it", magnitude(beside)),
                    ("all", magnitude(found)),
                ]
            },
            expected: {
                let x = try numbers(x)
                var diagonal = [Double](repeating: 0, count: count)
                var beside: [Double] = []
                for index in 0..<count - 1 {
                    diagonal[index] += 1200 * x[index] * x[index] - 400 * x[index + 1] + 2
                    diagonal[index + 1] += 200
                    beside.append(-400 * x[index])
                }
                let (first, second) = (magnitude(diagonal), magnitude(beside))
                return [("diagonal", first), ("beside it", second), ("all", first + 2 * second)]
            })
    }
}
