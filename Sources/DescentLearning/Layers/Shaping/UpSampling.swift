import DescentCore

/// Every step of sequences [samples, steps, features] so many times in a row.
///
/// ```swift
/// print(UpSampling1D(2)([[[1], [2]]]).reshape([4]))   // [1.0, 1.0, 2.0, 2.0]
/// ```
public final class UpSampling1D: ConfigurableLayer {
    /// How many times.
    public let size: Int
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that repeats each step.
    public init(_ size: Int = 2, name: String? = nil) {
        self.size = size
        self.name = name
    }

    /// Each step `size` times.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: 3) { $0.repeated(size, axis: 1) }
    }

    /// The count is at least 1.
    public var argumentError: DescentError? { misfit(unless: size > 0, "the size is at least 1", received: "\(size)") }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<UpSampling1D>) throws -> UpSampling1D {
        try UpSampling1D(arguments("size", \.size, default: 2), name: arguments.name())
    }
}

/// Every row and column of images [samples, height, width, channels] so many times in a row.
///
/// ```swift
/// print(UpSampling2D([1, 2])([[[[1], [2]]]]).reshape([4]))   // [1.0, 1.0, 2.0, 2.0]
/// ```
public final class UpSampling2D: ConfigurableLayer {
    /// How many times rows and columns.
    public let size: SpatialExtents
    /// Where the axis of channels is.
    public let dataFormat: DataFormat
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that repeats rows and columns.
    public init(_ size: SpatialExtents = 2, dataFormat: DataFormat = .channelsLast, name: String? = nil) {
        self.size = size
        self.dataFormat = dataFormat
        self.name = name
    }

    /// Each pixel as a rectangle.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: 4) { x in
            let first = dataFormat == .channelsLast ? 1 : 2
            return x.repeated(size.numbers[0], axis: first).repeated(size.numbers.last!, axis: first + 1)
        }
    }

    /// Counts are at least 1.
    public var argumentError: DescentError? {
        misfit(
            unless: (1...2).contains(size.numbers.count) && size.numbers.allSatisfy { $0 > 0 },
            "sizes are at least 1, one for rows and one for columns", received: "\(size.numbers)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<UpSampling2D>) throws -> UpSampling2D {
        try arguments.only("interpolation", "nearest")
        return try UpSampling2D(
            arguments("size", \.size, default: 2),
            dataFormat: arguments("data_format", \.dataFormat, default: .channelsLast), name: arguments.name())
    }
}
