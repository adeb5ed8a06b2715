import DescentCore

/// The way back of a convolution of images: every pixel becomes a window, and windows add up. Makes images larger.
///
/// ```swift
/// print(Conv2DTranspose(3, kernelSize: 3, strides: 2, padding: .same)(Tensor.ones([1, 8, 8, 4])).shape)   // [1, 16, 16, 3]
/// ```
public final class Conv2DTranspose: TransposedConvolution, ConfigurableLayer {
    /// A layer whose variables are made at the first call.
    ///
    /// - Parameters:
    ///   - filters: how many results each window has.
    ///   - kernelSize: the height and width of a window.
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
        _ filters: Int, kernelSize: SpatialExtents, strides: SpatialExtents = 1, padding: LayerPadding = .valid,
        outputPadding: SpatialExtents? = nil,
        dataFormat: DataFormat = .channelsLast, dilationRate: SpatialExtents = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, name: String? = nil
    ) {
        super.init(
            spatial: 2,
            TransposedArguments(
                filters: filters, kernelSize: kernelSize, strides: strides, padding: padding,
                outputPadding: outputPadding, dataFormat: dataFormat, dilationRate: dilationRate,
                activation: activation,
                kernel: Weight(
                    "kernel", kernelInitializer, regularizer: kernelRegularizer, constraint: kernelConstraint),
                bias: useBias
                    ? Weight("bias", biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint) : nil,
                activityRegularizer: activityRegularizer, name: name))
    }

    private init(_ arguments: TransposedArguments) { super.init(spatial: 2, arguments) }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Conv2DTranspose>) throws -> Conv2DTranspose {
        try Conv2DTranspose(TransposedArguments(arguments))
    }
}
