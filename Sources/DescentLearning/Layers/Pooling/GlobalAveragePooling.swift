import DescentCore

/// The mean of each channel over all steps of a sequence. Steps that a mask excludes do not count.
///
/// ```swift
/// print(GlobalAveragePooling1D()([[[1, 8], [3, 0]]]))   // [[2.0, 4.0]]
/// ```
public final class GlobalAveragePooling1D: GlobalPooling, ConfigurableLayer {
    /// A layer that makes one element of all places.
    ///
    /// - Parameters:
    ///   - dataFormat: where the axis of channels is.
    ///   - keepDims: whether the axes stay, with extent 1.
    ///   - name: what to call the layer.
    public init(dataFormat: DataFormat = .channelsLast, keepDims: Bool = false, name: String? = nil) {
        super.init(spatial: 1, .average, dataFormat, keepDims, name)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<GlobalAveragePooling1D>) throws -> GlobalAveragePooling1D {
        try GlobalAveragePooling1D(
            dataFormat: arguments("data_format", \.dataFormat, default: .channelsLast),
            keepDims: arguments("keepdims", \.keepDims, default: false), name: arguments.name())
    }
}

/// The mean of each channel over a whole image.
///
/// ```swift
/// print(GlobalAveragePooling2D()([[[[1, 8], [3, 0]]]]))   // [[2.0, 4.0]]
/// ```
public final class GlobalAveragePooling2D: GlobalPooling, ConfigurableLayer {
    /// A layer that makes one element of all places.
    ///
    /// - Parameters:
    ///   - dataFormat: where the axis of channels is.
    ///   - keepDims: whether the axes stay, with extent 1.
    ///   - name: what to call the layer.
    public init(dataFormat: DataFormat = .channelsLast, keepDims: Bool = false, name: String? = nil) {
        super.init(spatial: 2, .average, dataFormat, keepDims, name)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<GlobalAveragePooling2D>) throws -> GlobalAveragePooling2D {
        try GlobalAveragePooling2D(
            dataFormat: arguments("data_format", \.dataFormat, default: .channelsLast),
            keepDims: arguments("keepdims", \.keepDims, default: false), name: arguments.name())
    }
}
