import DescentCore

/// The convolution of sequences [samples, steps, channels] with learned windows.
///
/// ```swift
/// let layer = Conv1D(1, kernelSize: 2, kernelInitializer: .ones)
/// print(layer([[[1], [2], [4]]]))
/// // [[[3.0],
/// //   [6.0]]]
/// print(Conv1D(4, kernelSize: 3, padding: .causal)(Tensor.ones([1, 10, 2])).shape)   // [1, 10, 4]
/// ```
public final class Conv1D: Convolution, ConfigurableLayer {
    /// A layer whose variables are made at the first call.
    ///
    /// - Parameters:
    ///   - filters: how many results each window has.
    ///   - kernelSize: the length of a window.
    ///   - strides: how far windows move.
    ///   - padding: what happens at the borders.
    ///   - dataFormat: where the axis of channels is.
    ///   - dilationRate: how far apart the elements of a window are.
    ///   - groups: in how many groups channels and filters are divided that do not see each other.
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
        _ filters: Int, kernelSize: Int, strides: Int = 1, padding: LayerPadding = .valid,
        dataFormat: DataFormat = .channelsLast, dilationRate: Int = 1, groups: Int = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, name: String? = nil
    ) {
        super.init(
            spatial: 1,
            ConvolutionArguments(
                filters: filters, kernelSize: .init(kernelSize), strides: .init(strides), padding: padding,
                dataFormat: dataFormat, dilationRate: .init(dilationRate), groups: groups, activation: activation,
                kernel: Weight(
                    "kernel", kernelInitializer, regularizer: kernelRegularizer, constraint: kernelConstraint),
                bias: useBias
                    ? Weight("bias", biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint) : nil,
                activityRegularizer: activityRegularizer, name: name))
    }

    private init(_ arguments: ConvolutionArguments) { super.init(spatial: 1, arguments) }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Conv1D>) throws -> Conv1D {
        try Conv1D(ConvolutionArguments(arguments))
    }
}
