import DescentCore

/// What recurrent layers have in common: they read sequences [samples, steps, features] step by step, and what they make of
/// a step depends on what they made of those before.
///
/// The products of all steps with the kernel are one matrix product before the loop. Steps that a mask excludes leave
/// everything as it is. Sequences may have any length; every one is unrolled.
public class RecurrentLayer: MaskedLayer {
    /// The length of the state, and of what is made of a step.
    public let units: Int
    /// What happens to each output.
    public let activation: ActivationFunction
    /// The matrix [features, gates · units] for the input.
    public let kernel: Weight
    /// The matrix [units, gates · units] for the state.
    public let recurrentKernel: Weight
    /// What is added; nil if nothing is.
    public let bias: Weight?
    /// What the output adds to the loss.
    public let activityRegularizer: Regularizer?
    /// The share of the input's features that are dropped in training, the same at all steps.
    public let dropout: Double
    /// The share of the state that is dropped in training, the same at all steps.
    public let recurrentDropout: Double
    /// Decides, with the seed of the pass, what is dropped.
    public let seed: Int?
    /// Whether the result has all steps, or only the last.
    public let returnSequences: Bool
    /// Whether sequences are read from their end. The result's steps are then in that order too.
    public let goBackwards: Bool
    /// Whether the result is 0 at steps that do not count, or that of the step before.
    public internal(set) var zeroOutputForMask: Bool
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    let arguments: RecurrentArguments
    private let gates: Int
    private let biasRows: Int?
    private let stateCount: Int

    /// A layer with so many gates and states. The bias is a matrix of `biasRows` rows, or a vector.
    init(
        _ arguments: RecurrentArguments, gates: Int, states: Int = 1, biasRows: Int? = nil,
        firstBias: Initializer? = nil
    ) {
        self.arguments = arguments
        self.gates = gates
        self.biasRows = biasRows
        stateCount = states
        units = arguments.units
        activation = arguments.activation
        kernel = Weight(
            "kernel", arguments.kernelInitializer, regularizer: arguments.kernelRegularizer,
            constraint: arguments.kernelConstraint)
        recurrentKernel = Weight(
            "recurrent_kernel", arguments.recurrentInitializer, regularizer: arguments.recurrentRegularizer,
            constraint: arguments.recurrentConstraint)
        bias =
            arguments.useBias
            ? Weight(
                "bias", firstBias ?? arguments.biasInitializer, regularizer: arguments.biasRegularizer,
                constraint: arguments.biasConstraint) : nil
        activityRegularizer = arguments.activityRegularizer
        dropout = arguments.dropout
        recurrentDropout = arguments.recurrentDropout
        seed = arguments.seed
        returnSequences = arguments.returnSequences
        goBackwards = arguments.goBackwards
        zeroOutputForMask = arguments.zeroOutputForMask
        name = arguments.name
    }

    /// What becomes of the state at a step; the first state is the output.
    ///
    /// - Parameters:
    ///   - z: the step's product with the kernel, with the bias if that is a vector.
    ///   - state: the state, and in the first place its part that was not dropped.
    ///   - weights: the matrix for the state, and the bias for it.
    func step(_ z: Tensor, _ state: [Tensor], _ kept: Tensor, _ weights: RecurrentWeights) -> [Tensor] { state }

    /// The same layer without its variables, reading the other way.
    func reversed() -> RecurrentLayer { self }

    /// What is made of the last step, or of all.
    public func callAsFunction(_ x: Tensor) -> Tensor { run(x).output }

    /// What is made of the last step that counts, or of all.
    public func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor { run(x, mask: mask).output }

    /// The input's mask, if the result has all steps.
    public func outputMask(_ x: Tensor, mask: Tensor?) -> Tensor? { returnSequences ? mask : nil }

    /// Runs over the sequences, from a state to a state.
    ///
    /// ```swift
    /// let lstm = LSTM(2)
    /// let first = lstm.run([[[1], [2]]])
    /// let second = lstm.run([[[3]]], initialState: first.state)
    /// let whole = lstm([[[1], [2], [3]]])
    /// print((second.output - whole).abs().max() .< 1e-6)   // true
    /// ```
    ///
    /// - Parameters:
    ///   - x: [samples, steps, features].
    ///   - initialState: the state before the first step, [samples, units] each; zeros by default.
    ///   - mask: which steps count.
    /// - Returns: the last step's or all outputs, and the state after the last step.
    public func run(
        _ x: Tensor, initialState: [Tensor]? = nil, mask: Tensor? = nil
    ) -> (output: Tensor, state: [Tensor]) {
        var last: [Tensor] = []
        let output = applied(to: x, unless: argumentError, rank: 3) { x in
            let (samples, count) = (x.shape[0], x.shape[1])
            guard count > 0 else { return refused("a sequence has at least one step", received: "shape \(x.shape)") }
            if let mask, mask.error == nil, mask.shape != [samples, count] {
                return refused("a mask has a truth for each step", received: "mask \(mask.shape), input \(x.shape)")
            }
            let zeros = Tensor.zeros([samples, units], dtype: x.dtype)
            var state = initialState ?? [Tensor](repeating: zeros, count: stateCount)
            guard state.count == stateCount, state.allSatisfy({ $0.error != nil || $0.shape == zeros.shape }) else {
                return refused(
                    "there are \(stateCount) states of shape \(zeros.shape)", received: "\(state.map(\.shape))")
            }
            let weights = RecurrentWeights(
                kernel: recurrentKernel([units, gates * units], dtype: x.dtype),
                bias: bias?(Shape((biasRows.map { [$0] } ?? []) + [gates * units]), dtype: x.dtype))
            let pattern = recurrentPattern(zeros)
            let steps = project(x, weights).steps
            let counts = mask.map { $0.transposed().reshape([count, samples, 1]).steps }
            var outputs: [Tensor] = []
            for index in goBackwards ? Array((0..<count).reversed()) : Array(0..<count) {
                let kept = pattern.map { $0 * state[0] } ?? state[0]
                let next = step(steps[index], state, kept, weights)
                state = counts.map { counts in zip(next, state).map { Tensor.where(counts[index], $0, $1) } } ?? next
                guard returnSequences else { continue }
                let isZero = zeroOutputForMask && counts != nil
                outputs.append(isZero ? Tensor.where(counts![index], state[0], 0) : state[0])
            }
            last = state
            let output = returnSequences ? stack(outputs, axis: 1) : state[0]
            if let activityRegularizer { Pass.charge(activityRegularizer, output) }
            return output
        }
        return (output, output.error == nil ? last : [Tensor](repeating: output, count: stateCount))
    }

    /// All steps' products with the kernel, [steps, samples, gates · units], with the bias that belongs to the input.
    private func project(_ x: Tensor, _ weights: RecurrentWeights) -> Tensor {
        let (samples, count, features) = (x.shape[0], x.shape[1], x.shape[2])
        var x = x
        if dropout > 0, let pass = Pass.current {
            x = x.dropped(dropout, [samples, 1, features], pass.nextSeed(with: seed))
        }
        let rows = x.permute([1, 0, 2]).reshape([count * samples, features])
        var product = matmul(rows, kernel([features, gates * units], dtype: x.dtype))
        if let bias = weights.bias { product = product + (biasRows == nil ? bias : bias[0]) }
        return product.reshape([count, samples, gates * units])
    }

    /// What the state is multiplied by before it meets the matrix; nil if all of it is kept.
    private func recurrentPattern(_ zeros: Tensor) -> Tensor? {
        guard recurrentDropout > 0, let pass = Pass.current else { return nil }
        return (zeros + 1).dropped(recurrentDropout, zeros.shape, pass.nextSeed(with: seed))
    }

    /// There are units, and rates are shares.
    public var argumentError: DescentError? {
        guard (1...1 << 40).contains(units) else {
            return misfit(
                "there must be at least one unit, and not more than fit in memory", received: "\(units) units")
        }
        return misfitOfRate(dropout) ?? misfitOfRate(recurrentDropout)
    }
}

/// What the state meets at each step.
struct RecurrentWeights {
    /// [units, gates · units]
    let kernel: Tensor
    let bias: Tensor?
}

extension Tensor {
    /// The parts along the first axis. Halves of halves: the way back of a part writes as much as the whole from which it
    /// was taken, and so it is only the logarithm of their number that counts.
    fileprivate var steps: [Tensor] {
        if error != nil { return [self] }
        var steps: [Tensor] = []
        collect(&steps)
        return steps
    }

    private func collect(_ steps: inout [Tensor]) {
        let count = shape[0]
        guard count > 1 else {
            steps.append(reshape(shape.dropping(first: 1)))
            return
        }
        sliced(0, start: 0, step: 1, count: count / 2).collect(&steps)
        sliced(0, start: count / 2, step: 1, count: count - count / 2).collect(&steps)
    }
}
