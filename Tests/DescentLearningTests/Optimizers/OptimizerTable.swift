import Descent
import Testing

/// An optimizer as a user writes one: all else comes with the protocol.
final class UsersOwn: Optimizer {
    let state: OptimizerState
    var slotNames: [String] { ["speed"] }
    init(_ options: OptimizerOptions) { state = OptimizerState(options) }
    func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        slots.speed = 0.9 * slots.speed - step.learningRate * g
        return w + slots.speed
    }
}

/// Every optimizer, with arguments that make use of all that it remembers.
struct OptimizerRow: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (OptimizerOptions) -> any Optimizer

    init(_ name: String, _ make: @escaping @Sendable (OptimizerOptions) -> any Optimizer) {
        (testDescription, self.make) = (name, make)
    }

    static let all: [OptimizerRow] = [
        OptimizerRow("a user's") { UsersOwn($0) },
        OptimizerRow("RMSprop") { RMSprop($0) },
        OptimizerRow("RMSprop, momentum, centered") { RMSprop($0, momentum: 0.9, centered: true) },
        OptimizerRow("SGD") { SGD($0) },
        OptimizerRow("SGD, momentum") { SGD($0, momentum: 0.9) },
        OptimizerRow("SGD, Nesterov") { SGD($0, momentum: 0.9, nesterov: true) },
        OptimizerRow("Adam") { Adam($0) },
        OptimizerRow("Adam, AMSGrad") { Adam($0, beta2: 0.5, amsgrad: true) },
        OptimizerRow("AdamW") { options in
            var options = options
            options.weightDecay = options.weightDecay ?? 0.004
            return AdamW(options)
        },
        OptimizerRow("Adamax") { Adamax($0) },
        OptimizerRow("Nadam") { Nadam($0) },
        OptimizerRow("Adagrad") { Adagrad($0) },
        OptimizerRow("Adadelta") { Adadelta($0) },
        OptimizerRow("Ftrl") { Ftrl($0, l1RegularizationStrength: 0.01, l2RegularizationStrength: 0.01, beta: 0.1) },
        OptimizerRow("Lion") { Lion($0) },
        OptimizerRow("Lamb") { Lamb($0) },
        OptimizerRow("Adafactor") { Adafactor($0) },
        OptimizerRow("Muon") { Muon($0) },
        OptimizerRow("ScheduleFreeAdamW") { ScheduleFreeAdamW($0, warmupSteps: 3) },
    ]
}

/// A small regression, whose gradients are different at every step: a matrix, a vector and a number.
struct SmallProblem {
    let w: Variable
    let b: Variable
    let s: Variable
    let dtype: DType

    init(_ dtype: DType) {
        self.dtype = dtype
        w = Variable([[0.5, -1, 0.25], [2, 0.75, -0.5]], name: "w", dtype: dtype)
        b = Variable([0.1, -0.2, 0.3], name: "b", dtype: dtype)
        s = Variable(1.5, name: "s", dtype: dtype)
    }

    var variables: [Variable] { [w, b, s] }
    var values: [Tensor] { variables.map(\.value) }

    /// The loss over batch `index`, of which there are as many as one likes.
    func loss(_ index: Int) -> Tensor {
        let t = Double(index)
        let x = Tensor([[0.3 + 0.1 * t, -1], [0.9, 0.4 - 0.05 * t]], dtype: dtype)
        let y = Tensor([[1, -0.5, 0.2 * t], [0.7, 1.3 - 0.1 * t, -1]], dtype: dtype)
        let error = tanh(matmul(x, w.value) + b) * s - y
        return (error * error).mean()
    }
}
