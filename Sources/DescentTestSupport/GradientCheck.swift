import DescentCore

/// What a gradient check found.
public struct GradientReport: Sendable, CustomStringConvertible {
    /// The derivative along the random direction as reverse mode has it, ⟨vjp(v), u⟩.
    public let recorded: Double
    /// The same derivative by differences, ⟨v, J u⟩.
    public let numeric: Double
    /// How far the differences can be trusted.
    public let numericError: Double
    /// 1 for the gradient, 2 for the gradient of the gradient.
    public let order: Int
    /// What is wrong; nil if nothing is. It prints as a sentence.
    public let failure: Mismatch?

    /// Whether recorded and numeric derivative agree.
    public var isRight: Bool { failure == nil }

    /// Both derivatives, and what is wrong if something is.
    public var description: String {
        let both = "order \(order): recorded \(recorded), numeric \(numeric) ± \(numericError)"
        return failure.map { "\($0)" } ?? both
    }
}

/// Compares the gradient of `f` at `inputs` with differences of `f`, in float64.
///
/// One random direction `u` through the inputs and one random weighting `v` of the outputs are enough: reverse mode
/// gives ⟨vjp(v), u⟩, differences along `u` give ⟨v, J u⟩, and unless the gradient is right the two
/// agree with probability zero. (The idea is that of the checker of HIPS/autograd.) For order 2 the same is asked of the
/// gradient itself.
///
/// Kinks and poles must be further from the inputs than about four times `step`: beyond a kink differences are no judge
/// (the report says that they do not settle). Inputs that are no floating-point numbers are passed on as they are.
///
/// ```swift
/// import DescentTestSupport
///
/// let report = try checkGradient(of: { $0[0] * tanh($0[1]) }, at: [[1, 2], [3, 4]])
/// print(report.failure == nil)   // true
/// ```
///
/// - Parameters:
///   - f: the function; it must answer with a floating-point tensor.
///   - inputs: where to check; converted to float64.
///   - seed: of the direction and the weighting.
///   - order: 1 or 2.
///   - step: the longest step along the direction, whose numbers are of size 1.
///   - tolerance: how far the two may be apart, relative to the larger of them.
/// - Throws: what `f`, differentiating or evaluating throws.
public func checkGradient(
    of f: @escaping ([Tensor]) throws -> Tensor, at inputs: [Tensor], seed: UInt64 = 0, order: Int = 1,
    step: Double = 0.02, tolerance: Double = 1e-7
) throws -> GradientReport {
    var check = GradientCheck(
        f: f, inputs: inputs, seed: seed, order: order, step: step, tolerance: tolerance)
    return try check.run()
}

/// Compares the gradient of a function of one tensor with differences; see `checkGradient(of:at:)` for several.
///
/// ```swift
/// import DescentTestSupport
///
/// print(try checkGradient(of: { x in (x * tanh(x)).sum() }, at: [0.5, -1, 2]).isRight)   // true
/// ```
///
/// - Parameters:
///   - f: the function; it must answer with a floating-point tensor.
///   - input: where to check; converted to float64.
///   - order: 1 or 2.
/// - Throws: what `f`, differentiating or evaluating throws.
@_disfavoredOverload
public func checkGradient(
    of f: @escaping (Tensor) throws -> Tensor, at input: Tensor, seed: UInt64 = 0, order: Int = 1,
    step: Double = 0.02, tolerance: Double = 1e-7
) throws -> GradientReport {
    try checkGradient(
        of: { (x: [Tensor]) in try f(x[0]) }, at: [input] as [Tensor], seed: seed, order: order, step: step,
        tolerance: tolerance)
}

private struct GradientCheck {
    let f: ([Tensor]) throws -> Tensor
    /// float64 where there are derivatives.
    let inputs: [Tensor]
    let order: Int
    let step: Double
    let tolerance: Double
    private var random: SplitMix64

    init(
        f: @escaping ([Tensor]) throws -> Tensor, inputs: [Tensor], seed: UInt64, order: Int, step: Double,
        tolerance: Double
    ) {
        self.f = f
        self.inputs = inputs.map { $0.dtype.isFloatingPoint ? $0.cast(to: .float64) : $0 }
        self.order = order
        self.step = step
        self.tolerance = tolerance
        random = SplitMix64(seed: seed)
    }

    mutating func run() throws -> GradientReport {
        let y = try f(inputs).evaluated()
        let weights = [random.normal(y.shape, dtype: .float64)]
        if order == 1 {
            return try compare(of: { [f] in [try f($0)] }, weights: weights)
        }
        // The gradient of ⟨w, f⟩ is a function of the inputs like any other.
        let gradient = { [f] (inputs: [Tensor]) in
            try gradients(of: { [try f($0)] }, at: inputs, weights: weights)
        }
        let second = inputs.map { random.normal($0.shape, dtype: .float64) }
        return try compare(of: gradient, weights: second)
    }

    /// `weights` are those of the outputs of `outputs`; integer inputs have none.
    private mutating func compare(
        of outputs: @escaping ([Tensor]) throws -> [Tensor], weights: [Tensor]
    ) throws -> GradientReport {
        let recorded = try gradients(of: outputs, at: inputs, weights: weights)
        let directions = inputs.map { random.normal($0.shape, dtype: .float64) }
        let all = try derivative(along: directions, of: outputs, weights: weights, recorded: recorded)
        var failure = all.failure
        if failure != nil, inputs.count > 1 {
            // Which input is to blame?
            for index in inputs.indices {
                var single = directions.map { $0 * 0.0 }
                single[index] = directions[index]
                let one = try derivative(along: single, of: outputs, weights: weights, recorded: recorded)
                if let cause = one.failure {
                    failure = Mismatch(description: "input \(index): \(cause)", position: nil)
                    break
                }
            }
        }
        return GradientReport(
            recorded: all.recorded, numeric: all.numeric, numericError: all.numericError, order: order,
            failure: failure)
    }

    private func derivative(
        along directions: [Tensor], of outputs: ([Tensor]) throws -> [Tensor], weights: [Tensor],
        recorded: [Tensor]
    ) throws -> GradientReport {
        let numeric = try numericDerivative(firstStep: step) { t in
            let moved = zip(inputs, directions).map { $0.dtype.isFloatingPoint ? $0 + t * $1 : $0 }
            return try number(weighted(try outputs(moved), weights))
        }
        let analytic = try number(
            zip(recorded, directions).reduce(tensor([0], shape: [], dtype: .float64)) {
                $0 + ($1.0 * $1.1).sum()
            })
        return GradientReport(
            recorded: analytic, numeric: numeric.value, numericError: numeric.error, order: order,
            failure: failure(analytic, numeric))
    }

    private func failure(_ recorded: Double, _ numeric: NumericDerivative) -> Mismatch? {
        let text = "order \(order): recorded \(recorded), numeric \(numeric.value) ± \(numeric.error)"
        guard recorded.isFinite else {
            return Mismatch(description: "the gradient is no number; \(text)", position: nil)
        }
        // Trust in differences has an end; rounding of a sum near zero is no reason for doubt.
        let size = max(recorded.magnitude, numeric.value.magnitude)
        guard numeric.error <= max(25 * tolerance * size, 1e-9) else {  // also where it is NaN
            return Mismatch(description: "differences do not settle, is there a kink? \(text)", position: nil)
        }
        guard (recorded - numeric.value).magnitude <= tolerance * size + 4 * numeric.error else {
            return Mismatch(description: "the gradient is wrong; \(text)", position: nil)
        }
        return nil
    }
}

/// Σ ⟨weights, values⟩
private func weighted(_ values: [Tensor], _ weights: [Tensor]) -> Tensor {
    zip(values, weights).reduce(tensor([0], shape: [], dtype: .float64)) { $0 + ($1.0 * $1.1).sum() }
}

/// The gradients of Σ ⟨weights, outputs⟩, zeros where there is none.
private func gradients(
    of outputs: ([Tensor]) throws -> [Tensor], at inputs: [Tensor], weights: [Tensor]
) throws -> [Tensor] {
    let tape = GradientTape(persistent: false, watchAccessedVariables: false)
    for input in inputs where input.dtype.isFloatingPoint { tape.watch(input) }
    let (target, cotangent) = try tape.record { () -> (Tensor, Tensor?) in
        let values = try outputs(inputs)
        // One output goes the way that users go: its weights start the reverse pass.
        return values.count == 1 ? (values[0], weights[0]) : (weighted(values, weights), nil)
    }
    let found = try tape.gradient(target, inputs, outputGradients: cotangent)
    return zip(inputs, found).map { input, gradient in
        gradient ?? tensor([Double](repeating: 0, count: input.count), shape: input.shape, dtype: .float64)
    }
}

private func number(_ tensor: Tensor) throws -> Double { Double(try tensor.evaluated()) }
