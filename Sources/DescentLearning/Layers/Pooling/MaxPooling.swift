import DescentCore

/// The largest element of each window of sequences [samples, steps, channels].
///
/// ```swift
/// print(MaxPooling1D()([[[1], [3], [2], [0]]]).reshape([2]))   // [3.0, 2.0]
/// ```
public final class MaxPooling1D: Pooling, ConfigurableLayer {
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
        super.init(spatial: 1, .max, .init(poolSize), strides.map { .init($0) }, padding, dataFormat, name)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<MaxPooling1D>) throws -> MaxPooling1D {
        try arguments.pool {
            MaxPooling1D($0.numbers[0], strides: $1?.numbers[0], padding: $2, dataFormat: $3, name: $4)
        }
    }
}

/// The largest element of each window of images [samples, height, width, channels].
///
/// ```swift
/// print(MaxPooling2D()(Tensor.ones([1, 8, 6, 3])).shape)   // [1, 4, 3, 3]
/// ```
public final class MaxPooling2D: Pooling, ConfigurableLayer {
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
        super.init(spatial: 2, .max, poolSize, strides, padding, dataFormat, name)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<MaxPooling2D>) throws -> MaxPooling2D {
        try arguments.pool { MaxPooling2D($0, strides: $1, padding: $2, dataFormat: $3, name: $4) }
    }
}
