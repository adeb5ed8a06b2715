import DescentCore

/// What pools of sequences and of images have in common.
public class Pooling: Layer {
    /// What becomes of the elements of a window.
    enum Kind { case max, average }

    /// The extents of a window.
    public let poolSize: [Int]
    /// How far windows move.
    public let strides: [Int]
    /// Whether windows may reach over the borders.
    public let padding: LayerPadding
    /// Where the axis of channels is.
    public let dataFormat: DataFormat
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?
    private let kind: Kind
    private let spatial: Int

    init(
        spatial: Int, _ kind: Kind, _ poolSize: SpatialExtents, _ strides: SpatialExtents?, _ padding: LayerPadding,
        _ dataFormat: DataFormat, _ name: String?
    ) {
        func each(_ extents: SpatialExtents) -> [Int] {
            extents.numbers.count == 1 ? [Int](repeating: extents.numbers[0], count: spatial) : extents.numbers
        }
        self.poolSize = each(poolSize)
        self.strides = each(strides ?? poolSize)
        self.padding = padding
        self.dataFormat = dataFormat
        self.name = name
        self.kind = kind
        self.spatial = spatial
    }

    /// One element for each window.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: spatial + 2) { x in
            let padding: WindowPadding = padding == .same ? .same : .valid
            switch (kind, spatial) {
            case (.max, 1):
                return x.maxPool1d(window: poolSize[0], stride: strides[0], padding: padding, dataFormat: dataFormat)
            case (.max, _):
                return x.maxPool2d(
                    window: .init(poolSize), stride: .init(strides), padding: padding, dataFormat: dataFormat)
            case (.average, 1):
                return x.avgPool1d(window: poolSize[0], stride: strides[0], padding: padding, dataFormat: dataFormat)
            case (.average, _):
                return x.avgPool2d(
                    window: .init(poolSize), stride: .init(strides), padding: padding, dataFormat: dataFormat)
            }
        }
    }

    /// Windows have extents that make sense.
    public var argumentError: DescentError? {
        misfitOfWindows(
            spatial, 1, poolSize, strides, [Int](repeating: 1, count: spatial), padding, isCausalAllowed: false)
    }
}

extension LayerArguments where L: Pooling {
    /// The arguments of all pools.
    func pool(
        _ make: (SpatialExtents, SpatialExtents?, LayerPadding, DataFormat, String?) -> L
    ) throws -> L {
        try make(
            self("pool_size", { SpatialExtents($0.poolSize) }, default: 2),
            self("strides", { SpatialExtents($0.strides) }), self("padding", \.padding, default: .valid),
            self("data_format", \.dataFormat, default: .channelsLast), name())
    }
}

/// What pools over all places have in common.
public class GlobalPooling: MaskedLayer {
    /// Where the axis of channels is.
    public let dataFormat: DataFormat
    /// Whether the axes stay, with extent 1.
    public let keepDims: Bool
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?
    private let kind: Pooling.Kind
    private let spatial: Int

    init(spatial: Int, _ kind: Pooling.Kind, _ dataFormat: DataFormat, _ keepDims: Bool, _ name: String?) {
        self.dataFormat = dataFormat
        self.keepDims = keepDims
        self.name = name
        self.kind = kind
        self.spatial = spatial
    }

    /// One element for each channel.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

    /// One element for each channel; means are those of the steps that count.
    public func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor {
        applied(to: x, rank: spatial + 2) { x in
            let axes = Array(dataFormat == .channelsLast ? 1...spatial : 2...(spatial + 1))
            if kind == .max { return x.max(axes: axes, keepDims: keepDims) }
            guard let mask, spatial == 1 else { return x.mean(axes: axes, keepDims: keepDims) }
            let counts = mask.cast(to: x.dtype).expandDims(dataFormat == .channelsLast ? 2 : 1)
            return (x * counts).sum(axes: axes, keepDims: keepDims) / counts.sum(axes: axes, keepDims: keepDims)
        }
    }

    /// No steps are left.
    public func outputMask(_ x: Tensor, mask: Tensor?) -> Tensor? { nil }
}
