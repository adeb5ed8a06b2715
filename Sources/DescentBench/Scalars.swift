import Descent

extension Workload {
    static let scalars = [
        Workload("scalar-minimize") { minimizing() },
        Workload("scalar-tape", in: .nanosecondsEach(operations: 2 * Double(repeats))) { taping() },
    ]

    /// One variable from 10 on: v²/2 and RMSprop.
    private static func minimizing() -> Prepared {
        let v = Variable(10.0)
        let opt = RMSprop(learningRate: 0.1)
        let loss = { v * v / 2 }
        return Prepared(
            step: { try opt.minimize(loss, [v]) },
            found: { [("v", try number(v.value))] },
            expected: {
                var value = [10.0]
                var square = [0.0]
                for _ in 0..<Prepared.checkedSteps { Reference.rmsprop(&value, &square, value, rate: 0.1) }
                return [("v", value[0])]
            })
    }

    private static let repeats = 1000

    /// y ← y x + x, a thousand times, each product and each sum recorded anew.
    private static func taping() -> Prepared {
        let start = Float(1.0001)
        var last: (y: Tensor, slope: Tensor?)?
        return Prepared(
            step: {
                let x = Tensor([start], shape: [])
                let tape = GradientTape()
                tape.watch(x)
                let y = tape.record {
                    var y = x
                    for _ in 0..<repeats { y = y * x + x }
                    return y
                }
                let slope = try tape.gradient(y, [x])[0]
                try evaluate([y, slope].compactMap { $0 })
                last = (y, slope)
            },
            found: { [("y", try number(last?.y)), ("slope", try number(last?.slope))] },
            expected: {
                let x = Double(start)
                var (y, slope) = (x, 1.0)
                for _ in 0..<repeats { (y, slope) = (y * x + x, slope * x + y + 1) }
                return [("y", y), ("slope", slope)]
            })
    }
}
