import Descent

extension Workload {
    static let regressions = [Workload("linear-regression") { try regression() }]

    /// 1000 rows of 10, the root mean square error as loss.
    private static func regression() throws -> Prepared {
        let (rows, columns) = (1000, 10)
        let x = Tensor.randomNormal([rows, columns], seed: 1)
        let y =
            matmul(x, Tensor.randomNormal([columns], seed: 2)) + 0.5 + 0.1
            * Tensor.randomNormal([rows], seed: 3)
        try evaluate([x, y])
        let w = Variable(.zeros([columns]))
        let b = Variable(0.0)
        let opt = RMSprop(learningRate: 1e-3)
        let loss = { rmse(matmul(x, w) + b, y) }
        var value: Tensor?
        return Prepared(
            step: { value = try opt.minimize(loss, [w, b]) },
            found: {
                [
                    ("loss", try number(value)), ("w", magnitude(try numbers(w.value))),
                    ("b", try number(b.value)),
                ]
            },
            expected: { expected(try numbers(x), try numbers(y), columns) })
    }

    private static func expected(_ x: [Double], _ y: [Double], _ columns: Int) -> Prepared.Probes {
        var w = [Double](repeating: 0, count: columns)
        var b = [0.0]
        var (squareW, squareB, loss) = (w, b, 0.0)
        for _ in 0..<Prepared.checkedSteps {
            let errors = y.indices.map { row in
                (0..<columns).reduce(b[0] - y[row]) { $0 + x[row * columns + $1] * w[$1] }
            }
            loss = (errors.reduce(0) { $0 + $1 * $1 } / Double(y.count)).squareRoot()
            let d = errors.map { $0 / (Double(y.count) * loss) }
            let gradient = (0..<columns).map { column in
                d.indices.reduce(0) { $0 + x[$1 * columns + column] * d[$1] }
            }
            Reference.rmsprop(&w, &squareW, gradient, rate: 1e-3)
            Reference.rmsprop(&b, &squareB, [d.reduce(0, +)], rate: 1e-3)
        }
        return [("loss", loss), ("w", magnitude(w)), ("b", b[0])]
    }
}
