import Descent
import DescentTestSupport
import Testing

/// The modes of RMSprop that differ from Keras 3 in their formula.
@Suite struct RMSpropModeTests {
    /// PyTorch's rule in plain doubles, for every combination of its options.
    @Test(arguments: [0, 0.8], [false, true])
    func pyTorchFollowsItsFormula(momentum: Double, centered: Bool) throws {
        for decay in [0, 0.3] {
            let opt = RMSprop.pyTorch(
                lr: 0.05, alpha: 0.85, eps: 1e-3, weightDecay: decay, momentum: momentum, centered: centered)
            var x = [1.5, -0.25, 3]
            let w = Variable(Tensor(x))
            var (v, a, m) = ([0.0, 0, 0], [0.0, 0, 0], [0.0, 0, 0])
            for step in 0..<6 {
                let gradient = [0.3 * Double(step) - 0.4, 1e-2, -2 + Double(step)]
                try opt.applyGradients([(Tensor(gradient), w)])
                for i in x.indices {
                    let g = gradient[i] + decay * x[i]
                    v[i] = 0.85 * v[i] + 0.15 * g * g
                    a[i] = 0.85 * a[i] + 0.15 * g
                    let d = centered ? max(v[i] - a[i] * a[i], 0) : v[i]
                    m[i] = momentum * m[i] + g / (d.squareRoot() + 1e-3)
                    x[i] -= 0.05 * m[i]
                }
                #expect(mismatch(w.value, Tensor(x), .within(relative: 1e-12)) == nil, "decay \(decay), step \(step)")
            }
        }
    }

    static let refusals: [(rule: String?, make: @Sendable () -> RMSprop)] = [
        ("rho must lie between 0 and 1. Received: 1.5", { RMSprop(rho: 1.5) }),
        ("rho must lie between 0 and 1. Received: -0.5", { RMSprop.pyTorch(alpha: -0.5) }),
        ("epsilon must not be negative. Received: -1.0", { RMSprop(epsilon: -1) }),
        ("epsilon must not be negative. Received: -1.0", { RMSprop.pyTorch(eps: -1) }),
        ("momentum must lie between 0 and 1. Received: 1.5", { RMSprop(momentum: 1.5) }),
        ("momentum must lie between 0 and 1. Received: 1.5", { RMSprop.tensorFlow2(momentum: 1.5) }),
        ("momentum must not be negative. Received: -0.5", { RMSprop.pyTorch(momentum: -0.5) }),
        (nil, { RMSprop(rho: 1, momentum: 1, epsilon: 0) }),
        (nil, { RMSprop.pyTorch(momentum: 1.5) }),
        (nil, { RMSprop.tensorFlow2(rho: 1.5) }),
        (nil, { RMSprop.tensorFlow1(rho: 1.5) }),
    ]

    /// Each mode refuses what its original refuses, at the first step, and nothing else.
    @Test(arguments: refusals.indices)
    func numbersOutOfRange(number: Int) throws {
        let w = Variable([1, 2])
        var message: String?
        do {
            try Self.refusals[number].make().applyGradients([(Tensor([1, 1]), w)])
        } catch let error as DescentError {
            message = error.message
            #expect(mismatch(w.value, [1, 2], .bits) == nil)
        }
        #expect(message == Self.refusals[number].rule.map { "[RMSprop] " + $0 })
    }
}
