import DescentCore

/// Gated recurrent unit: gates decide how much of the state is replaced, and how much of it the new one depends on.
/// (Cho et al., 2014)
///
/// With z = σ(xₜ Kz + hₜ₋₁ Rz) and r = σ(xₜ Kr + hₜ₋₁ Rr): hₜ = z hₜ₋₁ + (1 − z) activation(xₜ Kh + r (hₜ₋₁ Rh)), or
/// with (r hₜ₋₁) Rh if `resetAfter` is false.
///
/// ```swift
/// print(GRU(4, returnSequences: true)(Tensor.ones([2, 5, 3])).shape)   // [2, 5, 4]
/// ```
public final class GRU: RecurrentLayer, ConfigurableLayer {
    /// What happens to the gates.
    public let recurrentActivation: ActivationFunction
    /// Whether the reset gate acts after the matrix product.
    public let resetAfter: Bool

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
    ///   - resetAfter: whether the reset gate acts after the matrix product with the state.
    ///   - name: what to call the layer.
    public init(
        _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
        useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal,
        biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil,
        recurrentRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        recurrentConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, dropout: Double = 0,
        recurrentDropout: Double = 0, seed: Int? = nil, returnSequences: Bool = false, goBackwards: Bool = false,
        zeroOutputForMask: Bool = false,
        resetAfter: Bool = true,
        name: String? = nil
    ) {
        self.recurrentActivation = recurrentActivation
        self.resetAfter = resetAfter
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
            gates: 3, biasRows: resetAfter ? 2 : nil)
    }

    private init(_ arguments: RecurrentArguments, _ recurrentActivation: ActivationFunction, _ resetAfter: Bool) {
        self.recurrentActivation = recurrentActivation
        self.resetAfter = resetAfter
        super.init(arguments, gates: 3, biasRows: resetAfter ? 2 : nil)
    }

    override func reversed() -> RecurrentLayer { GRU(arguments.reversed, recurrentActivation, resetAfter) }

    override func step(_ z: Tensor, _ state: [Tensor], _ kept: Tensor, _ weights: RecurrentWeights) -> [Tensor] {
        let x = z.split(into: 3, axis: 1)
        let update: Tensor
        let candidate: Tensor
        if resetAfter {
            var product = matmul(kept, weights.kernel)
            if let bias = weights.bias { product = product + bias[1] }
            let h = product.split(into: 3, axis: 1)
            update = recurrentActivation(x[0] + h[0])
            candidate = x[2] + recurrentActivation(x[1] + h[1]) * h[2]
        } else {
            let kernels = weights.kernel.split(sizes: [2 * units, units], axis: 1)
            let h = matmul(kept, kernels[0]).split(into: 2, axis: 1)
            update = recurrentActivation(x[0] + h[0])
            candidate = x[2] + matmul(recurrentActivation(x[1] + h[1]) * kept, kernels[1])
        }
        return [update * state[0] + (1 - update) * activation(candidate)]
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<GRU>) throws -> GRU {
        try GRU(
            RecurrentArguments(arguments),
            arguments("recurrent_activation", \.recurrentActivation, default: .sigmoid),
            arguments("reset_after", \.resetAfter, default: true))
    }
}
