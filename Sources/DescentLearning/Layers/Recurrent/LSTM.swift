import DescentCore

/// Long short-term memory: beside its output the layer carries a second state, and gates decide what of it is kept, added
/// and shown. (Hochreiter and Schmidhuber, 1997)
///
/// With i, f, g, o the four parts of z = xₜ · kernel + hₜ₋₁ · recurrentKernel + bias:
/// cₜ = σ(f) cₜ₋₁ + σ(i) activation(g), and hₜ = σ(o) activation(cₜ).
///
/// ```swift
/// let model = Sequential(LSTM(8, returnSequences: true), LSTM(4), Dense(1))
/// print(model(Tensor.ones([2, 5, 3])).shape)   // [2, 1]
/// ```
public final class LSTM: RecurrentLayer, ConfigurableLayer {
    /// What happens to the gates.
    public let recurrentActivation: ActivationFunction
    /// Whether the forget gate's bias begins at 1.
    public let unitForgetBias: Bool

    /// A layer whose variables are made at the first call.
    ///
    /// - Parameters:
    ///   - units: the length of the state.
    ///   - activation: what happens to each output.
    ///   - recurrentActivation: what happens to the gates.
    ///   - useBias: whether something is added.
    ///   - kernelInitializer: the first matrix for the input.
    ///   - recurrentInitializer: the first matrix for the state.
    ///   - biasInitializer: the first value of what is added.
    ///   - unitForgetBias: whether the bias of the forget gate begins at 1, so that the layer remembers at first.
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
        _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
        useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal,
        biasInitializer: Initializer = .zeros, unitForgetBias: Bool = true, kernelRegularizer: Regularizer? = nil,
        recurrentRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        recurrentConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, dropout: Double = 0,
        recurrentDropout: Double = 0, seed: Int? = nil, returnSequences: Bool = false, goBackwards: Bool = false,
        zeroOutputForMask: Bool = false,
        name: String? = nil
    ) {
        self.recurrentActivation = recurrentActivation
        self.unitForgetBias = unitForgetBias
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
            gates: 4, states: 2, firstBias: unitForgetBias ? LSTM.forgetful(units, biasInitializer) : nil)
    }

    private init(_ arguments: RecurrentArguments, _ recurrentActivation: ActivationFunction, _ unitForgetBias: Bool) {
        self.recurrentActivation = recurrentActivation
        self.unitForgetBias = unitForgetBias
        super.init(
            arguments, gates: 4, states: 2,
            firstBias: unitForgetBias ? LSTM.forgetful(arguments.units, arguments.biasInitializer) : nil)
    }

    override func reversed() -> RecurrentLayer { LSTM(arguments.reversed, recurrentActivation, unitForgetBias) }

    override func step(_ z: Tensor, _ state: [Tensor], _ kept: Tensor, _ weights: RecurrentWeights) -> [Tensor] {
        let gates = (z + matmul(kept, weights.kernel)).split(into: 4, axis: 1)
        let carried = recurrentActivation(gates[1]) * state[1]
        let carry = carried + recurrentActivation(gates[0]) * activation(gates[2])
        return [recurrentActivation(gates[3]) * activation(carry), carry]
    }

    /// A bias that begins at 1 for the forget gate.
    private static func forgetful(_ units: Int, _ others: Initializer) -> Initializer {
        Initializer("UnitForgetBias") { shape, dtype in
            guard units > 0 else { return .zeros(shape, dtype: dtype) }
            return concat([
                others([units], dtype: dtype), .ones([units], dtype: dtype), others([2 * units], dtype: dtype),
            ])
        }
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<LSTM>) throws -> LSTM {
        try LSTM(
            RecurrentArguments(arguments),
            arguments("recurrent_activation", \.recurrentActivation, default: .sigmoid),
            arguments("unit_forget_bias", \.unitForgetBias, default: true))
    }
}
