import DescentCore

/// The largest element of each channel over all steps of a sequence.
///
/// ```swift
/// print(GlobalMaxPooling1D()([[[1, 8], [3, 0]]]))   // [[3.0, 8.0]]
/// ```
public final class GlobalMaxPooling1D: GlobalPooling, ConfigurableLayer {
    /// A layer that makes one element of all places.
    ///
    /// - Parameters:
    ///   - dataFormat: where the axis of channels is.
    ///   - keepDims: whether the axes stay, with extent 1.
    ///   - name: what to call the layer.
    public init(dataFormat: DataFormat = .channelsLast, keepDims: Bool = false, name: String? = nil) {
        super.init(spatial: 1, .max, dataFormat, keepDims, name)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<GlobalMaxPooling1D>) throws -> GlobalMaxPooling1D {
        try GlobalMaxPooling1D(
            dataFormat: arguments("data_format", \.dataFormat, default: .channelsLast),
            keepDims: arguments("keepdims", \.keepDims, default: false), name: arguments.name())
    }
}

/// The largest element of each channel over a whole image.
///
/// ```swift
/// print(GlobalMaxPooling2D()([[[[1, 8], [3, 0]]]]))   // [[3.0, 8.0]]
/// ```
public final class GlobalMaxPooling2D: GlobalPooling, ConfigurableLayer {
    /// A layer that makes one element of all places.
    ///
    /// - Parameters:
    ///   - dataFormat: where the axis of channels is.
    ///   - keepDims: whether the axes stay, with extent 1.
    ///   - name: what to call the layer.
    public init(dataFormat: DataFormat = .channelsLast, keepDims: Bool = false, name: String? = nil) {
        super.init(spatial: 2, .max, dataFormat, keepDims, name)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<GlobalMaxPooling2D>) throws -> GlobalMaxPooling2D {
        try GlobalMaxPooling2D(
            dataFormat: arguments("data_format", \.dataFormat, default: .channelsLast),
            keepDims: arguments("keepdims", \.keepDims, default: false), name: arguments.name())
    }
}
