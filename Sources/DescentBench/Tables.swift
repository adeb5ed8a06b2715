import Descent

extension Workload {
    static let tables = [Workload("embedding-sparse") { try embedding() }]

    /// RMSprop on the rows of a large table that each batch reads.
    private static func embedding() throws -> Prepared {
        let (rows, width, batch) = (1_000_000, 64, 1024)
        let start = Tensor.randomNormal([rows, width], seed: 1)
        let batches = (0..<64).map { number in
            (Tensor.randomUniform([batch], seed: 2 + number) * Double(rows)).cast(to: .int64)
        }
        try evaluate([start] + batches)
        let ids = batches.map { $0.scalars(as: Int.self).map { min($0, rows - 1) } }
        let inputs = ids.map { Tensor($0, dtype: .int64) }
        let table = Variable(start + 0, name: "table")
        let opt = RMSprop(learningRate: 1e-5)
        var next = 0
        let touched = Set(ids[..<Prepared.checkedSteps].joined()).sorted()
        let places = Tensor(touched, dtype: .int64)
        return Prepared(
            step: {
                try opt.minimize({ (table.gather(inputs[next]) ** 2).sum() / Double(batch) }, [table])
                next = (next + 1) % inputs.count
            },
            found: {
                let now = try numbers(table.gather(places))
                return [("moved", distance(now, try numbers(start.gather(places))))]
            },
            expected: {
                let first = try numbers(start.gather(places))
                var (value, square) = (first, [Double](repeating: 0, count: first.count))
                for batch in ids[..<Prepared.checkedSteps] {
                    var counts = [Double](repeating: 0, count: touched.count)
                    for id in batch { counts[touched.firstIndex(of: id)!] += 1 }
                    let gradient = value.indices.map { 2 * value[$0] * counts[$0 / width] / Double(batch.count) }
                    Reference.rmsprop(&value, &square, gradient, rate: 1e-5)
                }
                return [("moved", distance(value, first))]
            })
    }
}
