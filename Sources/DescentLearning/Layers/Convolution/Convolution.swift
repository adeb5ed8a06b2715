import DescentCore

/// What convolutions of sequences and of images have in common.
public class Convolution: Layer {
    /// How many results each window has.
    public let filters: Int
    /// The extents of a window.
    public let kernelSize: [Int]
    /// How far windows move.
    public let strides: [Int]
    /// What happens at the borders.
    public let padding: LayerPadding
    /// Where the axis of channels is.
    public let dataFormat: DataFormat
    /// How far apart the elements of a window are.
    public let dilationRate: [Int]
    /// In how many groups channels and filters are divided.
    public let groups: Int
    /// What happens to each output.
    public let activation: ActivationFunction
    /// The windows' weights: [extents…, channels / groups, filters].
    public let kernel: Weight
    /// What is added to each filter's results; nil if nothing is.
    public let bias: Weight?
    /// What the output adds to the loss.
    public let activityRegularizer: Regularizer?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    init(spatial: Int, _ arguments: ConvolutionArguments) {
        func each(_ extents: SpatialExtents) -> [Int] {
            extents.numbers.count == 1 ? [Int](repeating: extents.numbers[0], count: spatial) : extents.numbers
        }
        filters = arguments.filters
        kernelSize = each(arguments.kernelSize)
        strides = each(arguments.strides)
        padding = arguments.padding
        dataFormat = arguments.dataFormat
        dilationRate = each(arguments.dilationRate)
        groups = arguments.groups
        activation = arguments.activation
        kernel = arguments.kernel
        bias = arguments.bias
        activityRegularizer = arguments.activityRegularizer
        name = arguments.name
        self.spatial = spatial
    }

    private let spatial: Int

    /// activation(x ∗ kernel + bias)
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: spatial + 2) { x in
            let channels = x.shape[dataFormat == .channelsLast ? spatial + 1 : 1]
            guard channels % groups == 0 else {
                return refused("groups divide the channels", received: "\(groups) groups, input \(x.shape)")
            }
            // A frame of zeros must not make up for a window that is larger than the input.
            let weights = self.kernel(
                Shape(kernelSize + [channels / groups, filters]), dtype: x.dtype)
            let kernel =
                dataFormat == .channelsLast
                ? weights : weights.permute([spatial + 1, spatial] + Array(0..<spatial))
            let padding: WindowPadding =
                switch padding {
                case .valid: .valid
                case .same: .same
                case .causal: .borders([((kernelSize[0] - 1) * dilationRate[0], 0)])
                }
            var y =
                spatial == 1
                ? x.conv1d(
                    kernel, stride: strides[0], padding: padding, dilation: dilationRate[0], groups: groups,
                    dataFormat: dataFormat)
                : x.conv2d(
                    kernel, stride: .init(strides), padding: padding, dilation: .init(dilationRate), groups: groups,
                    dataFormat: dataFormat)
            if let bias { y = y + biasAlong(bias([filters], dtype: x.dtype), spatial, dataFormat) }
            y = activation(y)
            if let activityRegularizer { Pass.charge(activityRegularizer, y) }
            return y
        }
    }

    /// There are filters, and extents that make sense.
    public var argumentError: DescentError? {
        misfitOfWindows(
            spatial, filters, kernelSize, strides, dilationRate, groups: groups, padding,
            isCausalAllowed: spatial == 1)
    }
}

/// A bias for each filter, ready to be added.
func biasAlong(_ bias: Tensor, _ spatial: Int, _ format: DataFormat) -> Tensor {
    guard format == .channelsFirst, bias.error == nil else { return bias }
    return bias.reshape(Shape([bias.shape[0]] + [Int](repeating: 1, count: spatial)))
}

extension Layer {
    func misfitOfWindows(
        _ spatial: Int, _ filters: Int, _ size: [Int], _ strides: [Int], _ dilation: [Int], groups: Int = 1,
        _ padding: LayerPadding, isCausalAllowed: Bool
    ) -> DescentError? {
        let all = [size, strides, dilation]
        // Products of two of them are numbers, too.
        if !all.allSatisfy({ $0.count == spatial && $0.allSatisfy { (1...1 << 31).contains($0) } }) {
            return misfit(
                "sizes, strides and dilations are whole numbers from 1 to 2³¹, one for each spatial axis",
                received: "size \(size), strides \(strides), dilation \(dilation)")
        }
        if !(filters > 0 && groups > 0 && filters % max(1, groups) == 0) {
            return misfit(
                "there is at least one filter, and groups divide the filters",
                received: "\(filters) filters, \(groups) groups")
        }
        return misfit(
            unless: padding != .causal || isCausalAllowed, "only sequences have causal padding",
            received: padding.rawValue)
    }
}

/// The arguments of all convolutions.
struct ConvolutionArguments {
    let filters: Int
    let kernelSize: SpatialExtents
    let strides: SpatialExtents
    let padding: LayerPadding
    let dataFormat: DataFormat
    let dilationRate: SpatialExtents
    let groups: Int
    let activation: ActivationFunction
    let kernel: Weight
    let bias: Weight?
    let activityRegularizer: Regularizer?
    let name: String?
}

extension ConvolutionArguments {
    init<L: Convolution>(_ arguments: LayerArguments<L>) throws {
        filters = try arguments.required("filters", \.filters)
        kernelSize = try arguments.required("kernel_size", { SpatialExtents($0.kernelSize) })
        strides = try arguments("strides", { SpatialExtents($0.strides) }, default: 1)
        padding = try arguments("padding", \.padding, default: .valid)
        dataFormat = try arguments("data_format", \.dataFormat, default: .channelsLast)
        dilationRate = try arguments("dilation_rate", { SpatialExtents($0.dilationRate) }, default: 1)
        groups = try arguments("groups", \.groups, default: 1)
        activation = try arguments("activation", \.activation, default: .linear)
        (kernel, bias) = try arguments.kernelAndBias(\.kernel, \.bias)
        activityRegularizer = try arguments("activity_regularizer", \.activityRegularizer)
        name = try arguments.name()
    }
}

extension LayerArguments {
    /// The arguments of a kernel and a bias as most layers have them.
    func kernelAndBias(_ kernel: (L) -> Weight, _ bias: (L) -> Weight?) throws -> (Weight, Weight?) {
        let useBias = try self("use_bias", { bias($0) != nil }, default: true)
        let newKernel = try Weight(
            "kernel", self("kernel_initializer", { kernel($0).initializer }, default: .glorotUniform),
            regularizer: self("kernel_regularizer", { kernel($0).regularizer }),
            constraint: self("kernel_constraint", { kernel($0).constraint }))
        let newBias = try Weight(
            "bias", self("bias_initializer", { bias($0)?.initializer ?? .zeros }, default: .zeros),
            regularizer: self("bias_regularizer", { bias($0)?.regularizer }),
            constraint: self("bias_constraint", { bias($0)?.constraint }))
        return (newKernel, useBias ? newBias : nil)
    }
}
