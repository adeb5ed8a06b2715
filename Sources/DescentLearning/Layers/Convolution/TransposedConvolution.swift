import DescentCore

/// What transposed convolutions of sequences and of images have in common.
public class TransposedConvolution: Layer {
    /// How many results each window has.
    public let filters: Int
    /// The extents of a window.
    public let kernelSize: [Int]
    /// How far apart the windows of neighbours are.
    public let strides: [Int]
    /// What is cut off from the result.
    public let padding: LayerPadding
    /// How many elements longer the result is; nil for as many as the windows touch.
    public let outputPadding: [Int]?
    /// Where the axis of channels is.
    public let dataFormat: DataFormat
    /// How far apart the elements of a window are.
    public let dilationRate: [Int]
    /// What happens to each output.
    public let activation: ActivationFunction
    /// The windows' weights: [extents…, filters, channels].
    public let kernel: Weight
    /// What is added to each filter's results; nil if nothing is.
    public let bias: Weight?
    /// What the output adds to the loss.
    public let activityRegularizer: Regularizer?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?
    private let spatial: Int

    init(spatial: Int, _ arguments: TransposedArguments) {
        func each(_ extents: SpatialExtents) -> [Int] {
            extents.numbers.count == 1 ? [Int](repeating: extents.numbers[0], count: spatial) : extents.numbers
        }
        filters = arguments.filters
        kernelSize = each(arguments.kernelSize)
        strides = each(arguments.strides)
        padding = arguments.padding
        outputPadding = arguments.outputPadding.map(each)
        dataFormat = arguments.dataFormat
        dilationRate = each(arguments.dilationRate)
        activation = arguments.activation
        kernel = arguments.kernel
        bias = arguments.bias
        activityRegularizer = arguments.activityRegularizer
        name = arguments.name
        self.spatial = spatial
    }

    /// activation(the sum of all windows + bias)
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: spatial + 2) { x in
            let channels = x.shape[dataFormat == .channelsLast ? spatial + 1 : 1]
            let weights = self.kernel(Shape(kernelSize + [filters, channels]), dtype: x.dtype)
            let kernel =
                dataFormat == .channelsLast
                ? weights : weights.permute([spatial + 1, spatial] + Array(0..<spatial))
            let cut = (0..<spatial).map(margin)
            let padding = WindowPadding.borders(cut.map { ($0.before, $0.after) })
            var y =
                spatial == 1
                ? x.convTranspose1d(
                    kernel, stride: strides[0], padding: padding, outputPadding: cut[0].more,
                    dilation: dilationRate[0], dataFormat: dataFormat)
                : x.convTranspose2d(
                    kernel, stride: .init(strides), padding: padding, outputPadding: .init(cut.map(\.more)),
                    dilation: .init(dilationRate), dataFormat: dataFormat)
            if let bias { y = y + biasAlong(bias([filters], dtype: x.dtype), spatial, dataFormat) }
            y = activation(y)
            if let activityRegularizer { Pass.charge(activityRegularizer, y) }
            return y
        }
    }

    /// What is cut off along an axis before and behind, or how many elements more there are. All of it would be
    /// `(input − 1) · stride + reach` long.
    private func margin(_ axis: Int) -> (before: Int, after: Int, more: Int) {
        let stride = strides[axis]
        let reach = (kernelSize[axis] - 1) * dilationRate[axis] + 1
        let before: Int
        let length: Int  // beside (input − 1) · stride
        switch (padding, outputPadding?[axis]) {
        case (.same, nil):
            before = max(0, (reach - stride) / 2)
            length = stride
        case (.same, let more?):
            // The formula of Keras for its shape: nothing is cut from windows that do not overlap.
            let frame = reach + reach % 2 - 2 + more
            before = stride > reach - 1 ? 0 : max(0, reach - 1 - (frame + 1) / 2)
            length = reach % 2 + more
        case (_, let more):
            before = 0
            length = reach + (more ?? max(0, stride - reach))
        }
        let after = reach - before - length
        return (before, max(0, after), max(0, -after))
    }

    /// There are filters, and extents that make sense.
    public var argumentError: DescentError? {
        if let misfit = misfitOfWindows(
            spatial, filters, kernelSize, strides, dilationRate, padding, isCausalAllowed: false)
        {
            return misfit
        }
        guard let outputPadding else { return nil }
        let fits =
            outputPadding.count == spatial && zip(outputPadding, strides).allSatisfy { $0 >= 0 && $0 < $1 }
        return misfit(
            unless: fits, "output padding is a number for each spatial axis, less than the stride",
            received: "\(outputPadding), strides \(strides)")
    }
}

/// The arguments of all transposed convolutions.
struct TransposedArguments {
    let filters: Int
    let kernelSize: SpatialExtents
    let strides: SpatialExtents
    let padding: LayerPadding
    let outputPadding: SpatialExtents?
    let dataFormat: DataFormat
    let dilationRate: SpatialExtents
    let activation: ActivationFunction
    let kernel: Weight
    let bias: Weight?
    let activityRegularizer: Regularizer?
    let name: String?
}

extension TransposedArguments {
    init<L: TransposedConvolution>(_ arguments: LayerArguments<L>) throws {
        filters = try arguments.required("filters", \.filters)
        kernelSize = try arguments.required("kernel_size", { SpatialExtents($0.kernelSize) })
        strides = try arguments("strides", { SpatialExtents($0.strides) }, default: 1)
        padding = try arguments("padding", \.padding, default: .valid)
        outputPadding = try arguments("output_padding", { $0.outputPadding.map { SpatialExtents($0) } })
        dataFormat = try arguments("data_format", \.dataFormat, default: .channelsLast)
        dilationRate = try arguments("dilation_rate", { SpatialExtents($0.dilationRate) }, default: 1)
        activation = try arguments("activation", \.activation, default: .linear)
        (kernel, bias) = try arguments.kernelAndBias(\.kernel, \.bias)
        activityRegularizer = try arguments("activity_regularizer", \.activityRegularizer)
        name = try arguments.name()
    }
}
