import DescentCore

/// Zeros before and behind sequences [samples, steps, features].
///
/// ```swift
/// print(ZeroPadding1D(before: 2, after: 1)(Tensor.ones([1, 4, 3])).shape)   // [1, 7, 3]
/// ```
public final class ZeroPadding1D: ConfigurableLayer {
    /// How many before and behind.
    public let padding: [Int]
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that adds as many on both sides.
    public convenience init(_ padding: Int = 1, name: String? = nil) {
        self.init(before: padding, after: padding, name: name)
    }

    /// A layer that adds so many before and so many behind.
    public init(before: Int, after: Int, name: String? = nil) {
        padding = [before, after]
        self.name = name
    }

    /// The sequences between zeros.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: 3) { $0.pad([(0, 0), (padding[0], padding[1]), (0, 0)]) }
    }

    /// Counts are not negative.
    public var argumentError: DescentError? { misfitOfBorders([padding]) }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<ZeroPadding1D>) throws -> ZeroPadding1D {
        try arguments.only("data_format", "channels_last")
        let padding = try arguments("padding", \.padding, default: [1])
        return try ZeroPadding1D(before: padding.first ?? 0, after: padding.last ?? 0, name: arguments.name())
    }
}

/// Zeros around images [samples, height, width, channels].
///
/// ```swift
/// print(ZeroPadding2D([[1, 1], [0, 3]])(Tensor.ones([1, 4, 4, 3])).shape)   // [1, 6, 7, 3]
/// ```
public final class ZeroPadding2D: ConfigurableLayer {
    /// How many rows before and behind, and how many columns.
    public let padding: [[Int]]
    /// Where the axis of channels is.
    public let dataFormat: DataFormat
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that adds as many on all sides.
    public convenience init(_ padding: Int = 1, dataFormat: DataFormat = .channelsLast, name: String? = nil) {
        self.init([[padding, padding], [padding, padding]], dataFormat: dataFormat, name: name)
    }

    /// A layer that adds so many rows before and behind, and so many columns.
    public init(_ padding: [[Int]], dataFormat: DataFormat = .channelsLast, name: String? = nil) {
        self.padding = padding
        self.dataFormat = dataFormat
        self.name = name
    }

    /// The images in a frame of zeros.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: 4) { x in
            let frame = padding.map { (before: $0[0], after: $0[1]) }
            return x.pad(dataFormat == .channelsLast ? [(0, 0)] + frame + [(0, 0)] : [(0, 0), (0, 0)] + frame)
        }
    }

    /// Counts are not negative.
    public var argumentError: DescentError? {
        misfit(unless: padding.count == 2, "there are borders of rows and of columns", received: "\(padding)")
            ?? misfitOfBorders(padding)
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<ZeroPadding2D>) throws -> ZeroPadding2D {
        let padding = try arguments("padding", \.padding, default: [[1, 1], [1, 1]])
        // One number for all, or one each for rows and columns.
        let single = padding.allSatisfy { $0.count == 1 } ? padding.map { $0[0] } : nil
        let borders = single.map { [[$0[0], $0[0]], [$0[$0.count - 1], $0[$0.count - 1]]] } ?? padding
        return try ZeroPadding2D(
            borders, dataFormat: arguments("data_format", \.dataFormat, default: .channelsLast),
            name: arguments.name())
    }
}

/// Sequences [samples, steps, features] without their first and last steps.
///
/// ```swift
/// print(Cropping1D(before: 1, after: 1)([[[1], [2], [3]]]))   // [[[2.0]]]
/// ```
public final class Cropping1D: ConfigurableLayer {
    /// How many steps are left out before and behind.
    public let cropping: [Int]
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that leaves out as many on both sides.
    public convenience init(_ cropping: Int = 1, name: String? = nil) {
        self.init(before: cropping, after: cropping, name: name)
    }

    /// A layer that leaves out so many before and so many behind.
    public init(before: Int, after: Int, name: String? = nil) {
        cropping = [before, after]
        self.name = name
    }

    /// The inner steps.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: 3) { x in
            let left = x.shape[1] - cropping[0] - cropping[1]
            guard left > 0 else {
                return refused("at least one step is left", received: "\(x.shape[1]) steps without \(cropping)")
            }
            return x.sliced(1, start: cropping[0], step: 1, count: left)
        }
    }

    /// Counts are not negative.
    public var argumentError: DescentError? { misfitOfBorders([cropping]) }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Cropping1D>) throws -> Cropping1D {
        let cropping = try arguments("cropping", \.cropping, default: [1])
        return try Cropping1D(before: cropping.first ?? 0, after: cropping.last ?? 0, name: arguments.name())
    }
}

extension Layer {
    fileprivate func misfitOfBorders(_ borders: [[Int]]) -> DescentError? {
        misfit(
            unless: borders.allSatisfy { $0.count == 2 && $0.allSatisfy { $0 >= 0 } },
            "a border has a number of at least 0 before and behind", received: "\(borders)")
    }
}
