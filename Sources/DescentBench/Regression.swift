import Descent

extension Workload {
    static let regressions = [Workload("linear-regression") { regression() }]

    /// 1000 rows of 10, the root mean square error as loss.
    private static func regression() -> Prepared {
        let (rows, columns) = (1000, 10)
        var random = Inputs(seed: 1)
        let design = random.normal(rows * columns)
        let truth = random.normal(columns)
        let noise = random.normal(rows)
        let targets = (0..<rows).map { row in
            (0..<columns).reduce(0.5 + 0.1 * noise[row]) { $0 + design[row * columns + $1] * truth[$1] }
        }
        let x = Tensor(design, shape: [rows, columns])
        let y = Tensor(targets, shape: [rows])
        let w = Variable(Tensor([Float](repeating: 0, count: columns), shape: [columns]))
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
            expected: { expected(Reference.wide(design), Reference.wide(targets), columns) })
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
        return [("loss", loss), ("w", Reference.magnitude(w)), ("b", b[0])]
    }
}
