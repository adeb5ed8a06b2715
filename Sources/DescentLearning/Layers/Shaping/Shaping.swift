import DescentCore

/// All axes of each sample in one.
///
/// ```swift
/// print(Flatten()([[[1, 2], [3, 4]]]))   // [[1.0, 2.0, 3.0, 4.0]]
/// ```
public final class Flatten: ConfigurableLayer {
    /// Where the axis of channels is; with channels first they are moved to the end before.
    public let dataFormat: DataFormat
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that makes vectors of samples.
    public init(dataFormat: DataFormat = .channelsLast, name: String? = nil) {
        self.dataFormat = dataFormat
        self.name = name
    }

    /// [samples, features]
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if x.error == nil, x.rank == 0 {
            return refused("the input has an axis for samples", received: "a single number")
        }
        if x.error != nil { return x }
        let ordered =
            dataFormat == .channelsFirst && x.rank > 2 ? x.permute([0] + Array(2..<x.rank) + [1]) : x
        return ordered.reshape([x.shape[0], x.shape.dimensions.dropFirst().reduce(1, *)])
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Flatten>) throws -> Flatten {
        try Flatten(
            dataFormat: arguments("data_format", \.dataFormat, default: .channelsLast), name: arguments.name())
    }
}

/// Each sample in another shape.
///
/// ```swift
/// print(Reshape([2, -1])([[1, 2, 3, 4]]).shape)   // [1, 2, 2]
/// ```
public final class Reshape: ConfigurableLayer {
    /// The extents of a sample; one of them may be −1 and is what is left.
    public let targetShape: [Int]
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that gives samples this shape.
    public init(_ targetShape: [Int], name: String? = nil) {
        self.targetShape = targetShape
        self.name = name
    }

    /// [samples] and the target shape.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if x.error != nil { return x }
        if let argumentError { return Tensor(error: argumentError) }
        let count = x.shape.dimensions.dropFirst().reduce(1, *)
        let known = Shape(targetShape.filter { $0 >= 0 }).count
        let isOpen = targetShape.contains(-1)
        guard x.rank > 0, isOpen ? known > 0 && count % known == 0 : count == known else {
            return refused(
                "a sample has as many elements as the target shape",
                received: "samples of shape \(x.shape.dimensions.dropFirst()), target \(targetShape)")
        }
        return x.reshape(Shape([x.shape[0]] + targetShape.map { $0 < 0 ? count / known : $0 }))
    }

    /// At most one extent is open.
    public var argumentError: DescentError? {
        misfit(
            unless: targetShape.allSatisfy { $0 >= -1 } && targetShape.filter { $0 == -1 }.count <= 1
                && Shape(targetShape.filter { $0 >= 0 }).misfit("Reshape") == nil,
            "extents are not negative, but one may be −1, and a tensor can have them", received: "\(targetShape)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Reshape>) throws -> Reshape {
        try Reshape(arguments.required("target_shape", \.targetShape), name: arguments.name())
    }
}

/// The axes of each sample in another order; the first is 1.
///
/// ```swift
/// print(Permute([2, 1])([[[1, 2], [3, 4]]]))
/// // [[[1.0, 3.0],
/// //   [2.0, 4.0]]]
/// ```
public final class Permute: ConfigurableLayer {
    /// Which axis comes where.
    public let dims: [Int]
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that puts axes in that order.
    public init(_ dims: [Int], name: String? = nil) {
        self.dims = dims
        self.name = name
    }

    /// [samples] and the axes in their new order.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if x.error != nil { return x }
        if let argumentError { return Tensor(error: argumentError) }
        guard x.rank == dims.count + 1 else {
            return refused("every axis of a sample has a place", received: "shape \(x.shape), order \(dims)")
        }
        return x.permute([0] + dims)
    }

    /// Each axis stands once.
    public var argumentError: DescentError? {
        misfit(
            unless: dims.sorted() == Array(1...max(1, dims.count)), "each axis stands once, from 1 on",
            received: "\(dims)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Permute>) throws -> Permute {
        try Permute(arguments.required("dims", \.dims), name: arguments.name())
    }
}

/// The features of each sample, so many times: a sequence of equal steps.
///
/// ```swift
/// print(RepeatVector(3)([[1, 2]]).shape)   // [1, 3, 2]
/// ```
public final class RepeatVector: ConfigurableLayer {
    /// How many steps.
    public let n: Int
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that repeats its input.
    public init(_ n: Int, name: String? = nil) {
        self.n = n
        self.name = name
    }

    /// [samples, n, features]
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, rank: 2) { x in
            x.expandDims(1).broadcast(to: [x.shape[0], n, x.shape[1]])
        }
    }

    /// The count is not negative.
    public var argumentError: DescentError? { misfit(unless: n >= 0, "the count is not negative", received: "\(n)") }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<RepeatVector>) throws -> RepeatVector {
        try RepeatVector(arguments.required("n", \.n), name: arguments.name())
    }
}
