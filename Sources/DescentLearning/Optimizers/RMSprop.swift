import DescentCore

/// Divides each gradient by the root of a moving average of its squares.
///
/// ```
/// v ← ρ v + (1 − ρ) g²
/// d = v − a², with a ← ρ a + (1 − ρ) g, if centered; else v
/// s = rate · g / √(d + ε)
/// m ← μ m + s, w ← w − m   if momentum μ > 0; else w ← w − s
/// ```
///
/// ```swift
/// let opt = RMSprop(learningRate: 0.1)
/// let var1 = Variable(10.0)
/// let loss = { (var1 ** 2) / 2.0 }
/// try opt.minimize(loss, [var1])
/// print(var1)   // 9.683772
/// ```
///
/// The arithmetic is that of Keras 3.6: epsilon stands inside the root, momentum is plain (not Nesterov's).
/// The centered variance is kept from going below zero by rounding.
public final class RMSprop: Optimizer {
    /// What is kept between steps.
    public let state: OptimizerState
    /// How much of the old average stays at each step.
    public let rho: Double
    /// How much of the last change is repeated; 0 for none.
    public let momentum: Double
    /// Keeps the root away from zero.
    public let epsilon: Double
    /// Whether to divide by the deviation of the gradient rather than by its magnitude.
    public let centered: Bool

    /// An optimizer that has taken no step.
    ///
    /// - Parameters:
    ///   - learningRate: the size of a step; the default is 0.001.
    ///   - rho: how much of the old average stays; the default is 0.9.
    ///   - momentum: how much of the last change is repeated; the default is 0.
    ///   - epsilon: keeps the root away from zero; the default is 1e-7.
    ///   - centered: whether to divide by the deviation of the gradient; the default is false.
    public init(
        learningRate: Double = 0.001, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
        centered: Bool = false
    ) {
        state = OptimizerState(learningRate: learningRate)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
    }

    /// `velocity`, and what momentum and centering need.
    public var slotNames: [String] {
        ["velocity"] + (momentum > 0 ? ["momentum"] : []) + (centered ? ["averageGradient"] : [])
    }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        slots.velocity = rho * slots.velocity + (1 - rho) * g * g
        var denominator = slots.velocity
        if centered {
            slots.averageGradient = rho * slots.averageGradient + (1 - rho) * g
            denominator = maximum(slots.velocity - slots.averageGradient ** 2, 0)
        }
        let increment = step.learningRate * g / sqrt(denominator + epsilon)
        guard momentum > 0 else { return w - increment }
        slots.momentum = momentum * slots.momentum + increment
        return w - slots.momentum
    }
}
