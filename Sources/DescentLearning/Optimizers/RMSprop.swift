import DescentCore

/// Divides each gradient by the root of a moving average of its squares.
///
/// ```
/// v ← ρ v + (1 − ρ) g²
/// d = max(v − a², 0), with a ← ρ a + (1 − ρ) g, if centered; else v
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
/// The arithmetic is that of Keras 3.6. Three others are kept to the letter, for comparing with what they computed:
///
/// | | `RMSprop(…)` | `.tensorFlow2` | `.tensorFlow1` | `.pyTorch` |
/// |---|---|---|---|---|
/// | step | g/√(d + ε) | g/(√d + ε); with momentum g/√(d + ε) | g/(√v + ε) | g/(√d + ε) |
/// | rate | inside m | inside m | – | outside: w ← w − rate · m |
/// | ε | 1e-7 | 1e-7, also in place of 0 | 1e-8 | 1e-8 |
/// | decay | a schedule | rate/(1 + decay · t) | rate/(1 + decay · t) | a schedule |
/// | clipping | one kind, of every gradient that is used | norm, then value, in `minimize` only | the same, one norm of all | – |
/// | weight decay | w − rate · decay · w | – | – | g + decay · w |
///
/// Choose the first for new work: a schedule says more than `decay`, and ε inside the root bounds the step.
public final class RMSprop: Optimizer {
    /// Whose arithmetic is followed.
    public enum Mode: String, Sendable, CaseIterable {
        /// Keras 3.
        case keras3
        /// TensorFlow 2.0.
        case tensorFlow2
        /// TensorFlow 1.
        case tensorFlow1
        /// PyTorch.
        case pyTorch
    }

    /// What is kept between steps.
    public let state: OptimizerState
    /// Whose arithmetic is followed.
    public let mode: Mode
    /// Keeps the root away from zero.
    @exclusivity(unchecked) public var epsilon: Double { didSet { noteWhetherSpoiled() } }
    /// Whether to divide by the deviation of the gradient rather than by its magnitude.
    public let centered: Bool
    /// Whether the change before is repeated. Decided once: a momentum that is set later changes nothing without it.
    let usesMomentum: Bool
    /// Whether a number was set since the optimizer was made that it would have refused.
    @exclusivity(unchecked) private var isSpoiled = false
    @exclusivity(unchecked) private var rhoSource: Hyperparameter
    @exclusivity(unchecked) private var momentumSource: Hyperparameter
    /// ρ and μ, unless one of them is asked for.
    @exclusivity(unchecked) private var constants: (rho: Double, momentum: Double)?
    /// ρ and μ of a step, if one of them is asked for: once, whatever there is to change.
    @exclusivity(unchecked) private var asked: (attempt: Int, rho: Double, momentum: Double)?

    /// The modes share this beginning.
    init(
        _ options: OptimizerOptions, mode: Mode, rho: Hyperparameter, momentum: Hyperparameter, epsilon: Double,
        centered: Bool
    ) {
        state = OptimizerState(options)
        self.mode = mode
        self.epsilon = epsilon
        self.centered = centered
        rhoSource = rho
        momentumSource = momentum
        usesMomentum = momentum.number.map { $0 > 0 } ?? true
        state.problem = state.problem ?? Self.problem(mode, rho.number, momentum.number, epsilon)
        noteConstants()
    }

    /// How much of the old average stays at each step.
    public var rho: Double {
        get { rhoSource.value(at: state.calls) }
        set {
            rhoSource = Hyperparameter(newValue)
            noteConstants()
        }
    }

    /// How much of the last change is repeated; 0 for none.
    public var momentum: Double {
        get { momentumSource.value(at: state.calls) }
        set {
            momentumSource = Hyperparameter(newValue)
            noteConstants()
        }
    }

    /// ρ and μ for a step.
    private func numbers(in attempt: Int) -> (rho: Double, momentum: Double) {
        if let constants { return constants }
        if let asked, asked.attempt == attempt { return (asked.rho, asked.momentum) }
        let numbers = (rho, momentum)
        asked = (attempt, rho: numbers.0, momentum: numbers.1)
        return numbers
    }

    private func noteConstants() {
        asked = nil
        if let rho = rhoSource.number, let momentum = momentumSource.number { constants = (rho, momentum) }
        noteWhetherSpoiled()
    }

    private func noteWhetherSpoiled() {
        isSpoiled = Self.problem(mode, rhoSource.number, momentumSource.number, epsilon) != nil
    }

    /// The average of squares, and what momentum and centering need, by the names of the documents.
    public var slotNames: [String] {
        [names.square] + (usesMomentum ? [names.momentum] : []) + (centered ? [names.mean] : [])
    }

    /// The formula above.
    public func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
        if isSpoiled, let problem = Self.problem(mode, rhoSource.number, momentumSource.number, epsilon) {
            return Tensor(error: problem)
        }
        let ((rho, momentum), names) = (numbers(in: step.attempt), names)
        let square = rho * slots[names.square] + (1 - rho) * g * g
        slots[names.square] = square
        var variance = square
        if centered {
            let mean = rho * slots[names.mean] + (1 - rho) * g
            slots[names.mean] = mean
            // Rounding may make the difference negative where the gradient hardly changes.
            variance = maximum(square - mean * mean, 0)
        }
        let divisor = hasEpsilonInside ? sqrt(variance + epsilon) : sqrt(variance) + epsilon
        if mode == .pyTorch, usesMomentum {
            let buffer = momentum * slots[names.momentum] + g / divisor
            slots[names.momentum] = buffer
            return w - step.learningRate * buffer
        }
        let increment = step.learningRate * g / divisor
        guard usesMomentum else { return w - increment }
        let buffer = momentum * slots[names.momentum] + increment
        slots[names.momentum] = buffer
        return w - buffer
    }

    /// Rate, ρ, μ and ε.
    public func formulaNumbers(learningRate: Double) -> SIMD4<Double>? {
        constants.map { SIMD4(learningRate, $0.rho, $0.momentum, epsilon) }
    }

    /// Without momentum and weight decay a gradient of zero leaves the variable alone, and the averages decay.
    public var zeroGradientDecay: [String: Double]? {
        guard !usesMomentum else { return nil }
        let rho = numbers(in: state.attempts).rho
        return [names.square: rho].merging(centered ? [names.mean: rho] : [:]) { a, _ in a }
    }

    private var hasEpsilonInside: Bool { mode == .keras3 || mode == .tensorFlow2 && usesMomentum }

    private var names: (square: String, momentum: String, mean: String) {
        switch mode {
        case .keras3: ("velocity", "momentum", "average_gradient")
        case .tensorFlow2: ("rms", "momentum", "mg")
        case .tensorFlow1: ("accumulator", "momentum", "mg")
        case .pyTorch: ("square_avg", "momentum_buffer", "grad_avg")
        }
    }

    /// What is wrong with the numbers. TensorFlow's modes let pass what their originals let pass.
    private static func problem(
        _ mode: Mode, _ rho: Double?, _ momentum: Double?, _ epsilon: Double
    ) -> DescentError? {
        func wrong(_ rule: String, _ received: Double) -> DescentError {
            DescentError("RMSprop", rule, received: "\(received)")
        }
        if mode == .keras3 || mode == .pyTorch {
            if let rho, !(0...1).contains(rho) { return wrong("rho must lie between 0 and 1", rho) }
            if !(epsilon >= 0) { return wrong("epsilon must not be negative", epsilon) }
        }
        if mode == .keras3 || mode == .tensorFlow2, let momentum, !(0...1).contains(momentum) {
            return wrong("momentum must lie between 0 and 1", momentum)
        }
        if mode == .pyTorch, let momentum, !(momentum >= 0) { return wrong("momentum must not be negative", momentum) }
        return nil
    }
}
