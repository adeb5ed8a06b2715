import DescentCore

/// The simplest recurrent layer: activation(xₜ · kernel + hₜ₋₁ · recurrentKernel + bias).
///
/// ```swift
/// let layer = SimpleRNN(1, activation: .linear, kernelInitializer: .ones, recurrentInitializer: .ones)
/// print(layer([[[1], [2], [3]]]))   // [[6.0]]
/// ```
public final class SimpleRNN: RecurrentLayer, ConfigurableLayer {
    /// A layer whose variables are made at the first call.
    ///
    /// - Parameters:
    ///   - units: the length of the state.
    ///   - activation: what happens to each output.
    ///   - useBias: whether something is added.
    ///   - kernelInitializer: the first matrix for the input.
    ///   - recurrentInitializer: the first matrix for the state.
    ///   - biasInitializer: the first value of what is added.
    ///   - kernelRegularizer: what the matrix for the input adds to the loss.
    ///   - recurrentRegularizer: what the matrix for the state adds to the loss.
    ///   - biasRegularizer: what the bias adds to the loss.
    ///   - activityRegularizer: what the output adds to the loss, divided by the number of samples.
    ///   - kernelConstraint: what each new matrix for the input is put through.
    ///   - recurrentConstraint: what each new matrix for the state is put through.
    ///   - biasConstraint: what each new bias is put through.
    ///   - dropout: the share of the input's features that are dropped in training.
    ///   - recurrentDropout: the share of the state that is dropped in training.
    ///   - seed: decides, with the seed of the pass, what is dropped.
    ///   - returnSequences: whether the result has all steps, or only the last.
    ///   - goBackwards: whether sequences are read from their end.
    ///   - zeroOutputForMask: whether the result is 0 at steps that do not count, or that of the step before.
    ///   - name: what to call the layer.
    public init(
        _ units: Int, activation: ActivationFunction = .tanh, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal,
        biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil,
        recurrentRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        recurrentConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, dropout: Double = 0,
        recurrentDropout: Double = 0, seed: Int? = nil, returnSequences: Bool = false, goBackwards: Bool = false,
        zeroOutputForMask: Bool = false,
        name: String? = nil
    ) {
        super.init(
            RecurrentArguments(
                units: units, activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
                recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer,
                kernelRegularizer: kernelRegularizer, recurrentRegularizer: recurrentRegularizer,
                biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
                kernelConstraint: kernelConstraint, recurrentConstraint: recurrentConstraint,
                biasConstraint: biasConstraint, dropout: dropout, recurrentDropout: recurrentDropout, seed: seed,
                returnSequences: returnSequences, goBackwards: goBackwards,
                zeroOutputForMask: zeroOutputForMask, name: name),
            gates: 1)
    }

    private init(_ arguments: RecurrentArguments) {
        super.init(arguments, gates: 1)
    }

    override func reversed() -> RecurrentLayer { SimpleRNN(arguments.reversed) }

    override func step(_ z: Tensor, _ state: [Tensor], _ kept: Tensor, _ weights: RecurrentWeights) -> [Tensor] {
        [activation(z + matmul(kept, weights.kernel))]
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<SimpleRNN>) throws -> SimpleRNN {
        try SimpleRNN(RecurrentArguments(arguments))
    }
}
