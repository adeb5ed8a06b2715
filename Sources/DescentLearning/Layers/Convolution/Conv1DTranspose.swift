import DescentCore

/// The way back of a convolution of sequences: every step becomes a window, and windows add up. Makes sequences longer.
///
/// ```swift
/// let layer = Conv1DTranspose(1, kernelSize: 2, strides: 2, kernelInitializer: .ones)
/// print(layer([[[1], [5]]]).reshape([4]))   // [1.0, 1.0, 5.0, 5.0]
/// ```
public final class Conv1DTranspose: TransposedConvolution, ConfigurableLayer {
    /// A layer whose variables are made at the first call.
    ///
    /// - Parameters:
    ///   - filters: how many results each window has.
    ///   - kernelSize: the length of a window.
    ///   - strides: how far apart the windows of neighbours are.
    ///   - padding: what is cut off: nothing, or so much that the result is `strides` times as long.
    ///   - outputPadding: how many elements longer the result is; nil for as many as the windows touch.
    ///   - dataFormat: where the axis of channels is.
    ///   - dilationRate: how far apart the elements of a window are.
    ///   - activation: what happens to each output; nothing by default.
    ///   - useBias: whether something is added to each filter's results.
    ///   - kernelInitializer: the first weights.
    ///   - biasInitializer: the first value of what is added.
    ///   - kernelRegularizer: what the weights add to the loss.
    ///   - biasRegularizer: what the bias adds to the loss.
    ///   - activityRegularizer: what the output adds to the loss, divided by the number of samples.
    ///   - kernelConstraint: what new weights are put through.
    ///   - biasConstraint: what each new bias is put through.
    ///   - name: what to call the layer.
    public init(
        _ filters: Int, kernelSize: Int, strides: Int = 1, padding: LayerPadding = .valid, outputPadding: Int? = nil,
        dataFormat: DataFormat = .channelsLast, dilationRate: Int = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, name: String? = nil
    ) {
        super.init(
            spatial: 1,
            TransposedArguments(
                filters: filters, kernelSize: .init(kernelSize), strides: .init(strides), padding: padding,
                outputPadding: outputPadding.map { .init($0) }, dataFormat: dataFormat,
                dilationRate: .init(dilationRate), activation: activation,
                kernel: Weight(
                    "kernel", kernelInitializer, regularizer: kernelRegularizer, constraint: kernelConstraint),
                bias: useBias
                    ? Weight("bias", biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint) : nil,
                activityRegularizer: activityRegularizer, name: name))
    }

    private init(_ arguments: TransposedArguments) { super.init(spatial: 1, arguments) }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Conv1DTranspose>) throws -> Conv1DTranspose {
        try Conv1DTranspose(TransposedArguments(arguments))
    }
}
