import DescentCore

/// The mean of each window of sequences [samples, steps, channels]. What lies beyond the borders does not count.
///
/// ```swift
/// print(AveragePooling1D()([[[1], [3], [2], [0]]]).reshape([2]))   // [2.0, 1.0]
/// ```
public final class AveragePooling1D: Pooling, ConfigurableLayer {
    /// A layer with these windows.
    ///
    /// - Parameters:
    ///   - poolSize: the length of a window.
    ///   - strides: how far windows move; by default their size.
    ///   - padding: whether windows may reach over the borders.
    ///   - dataFormat: where the axis of channels is.
    ///   - name: what to call the layer.
    public init(
        _ poolSize: Int = 2, strides: Int? = nil, padding: LayerPadding = .valid,
        dataFormat: DataFormat = .channelsLast, name: String? = nil
    ) {
        super.init(spatial: 1, .average, .init(poolSize), strides.map { .init($0) }, padding, dataFormat, name)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<AveragePooling1D>) throws -> AveragePooling1D {
        try arguments.pool {
            AveragePooling1D($0.numbers[0], strides: $1?.numbers[0], padding: $2, dataFormat: $3, name: $4)
        }
    }
}

/// The mean of each window of images [samples, height, width, channels]. What lies beyond the borders does not count.
///
/// ```swift
/// print(AveragePooling2D([2, 3])(Tensor.ones([1, 8, 6, 3])).shape)   // [1, 4, 2, 3]
/// ```
public final class AveragePooling2D: Pooling, ConfigurableLayer {
    /// A layer with these windows.
    ///
    /// - Parameters:
    ///   - poolSize: the height and width of a window.
    ///   - strides: how far windows move; by default their size.
    ///   - padding: whether windows may reach over the borders.
    ///   - dataFormat: where the axis of channels is.
    ///   - name: what to call the layer.
    public init(
        _ poolSize: SpatialExtents = 2, strides: SpatialExtents? = nil, padding: LayerPadding = .valid,
        dataFormat: DataFormat = .channelsLast, name: String? = nil
    ) {
        super.init(spatial: 2, .average, poolSize, strides, padding, dataFormat, name)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<AveragePooling2D>) throws -> AveragePooling2D {
        try arguments.pool { AveragePooling2D($0, strides: $1, padding: $2, dataFormat: $3, name: $4) }
    }
}
