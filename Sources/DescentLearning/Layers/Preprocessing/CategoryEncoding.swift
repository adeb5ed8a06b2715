import DescentCore

/// Whole numbers as vectors of zeros and ones.
///
/// ```swift
/// print(CategoryEncoding(numTokens: 4)([[0, 2]]))                        // [[1.0, 0.0, 1.0, 0.0]]
/// print(CategoryEncoding(numTokens: 4, outputMode: .count)([[2, 2]]))    // [[0.0, 0.0, 2.0, 0.0]]
/// ```
public final class CategoryEncoding: ConfigurableLayer {
    /// How categories become numbers.
    public enum OutputMode: String, Sendable, CaseIterable, LayerArgument {
        /// The number itself.
        case integer = "int"
        /// A vector for each number; a last axis of extent 1 goes away.
        case oneHot = "one_hot"
        /// A vector for each sample, with 1 at all its numbers.
        case multiHot = "multi_hot"
        /// A vector for each sample that counts its numbers.
        case count
    }

    /// How many categories there are.
    public let numTokens: Int
    /// What the vectors say.
    public let outputMode: OutputMode
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer for so many categories.
    public init(numTokens: Int, outputMode: OutputMode = .multiHot, name: String? = nil) {
        self.numTokens = numTokens
        self.outputMode = outputMode
        self.name = name
    }

    /// Vectors of length `numTokens`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if let argumentError { return Tensor(error: argumentError) }
        return encoded(x, as: outputMode, depth: numTokens)
    }

    /// There are categories, and a way to encode them.
    public var argumentError: DescentError? {
        misfit(
            unless: numTokens > 0 && outputMode != .integer, "there is a category, and the mode is not int",
            received: "\(numTokens) categories, mode \(outputMode.rawValue)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<CategoryEncoding>) throws -> CategoryEncoding {
        if arguments.read("sparse") != nil { try arguments.only("sparse", false) }
        return try CategoryEncoding(
            numTokens: arguments.required("num_tokens", \.numTokens),
            outputMode: arguments("output_mode", \.outputMode, default: .multiHot), name: arguments.name())
    }
}

/// Numbers as the number of the bin in which they lie: a number equal to a boundary lies above it.
///
/// ```swift
/// print(Discretization(binBoundaries: [0, 1.5])([[-1, 0, 2]]))   // [[0, 1, 2]]
/// ```
public final class Discretization: ConfigurableLayer {
    /// The boundaries between bins, in rising order.
    public let binBoundaries: [Double]
    /// What becomes of the bins' numbers.
    public let outputMode: CategoryEncoding.OutputMode
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer with these boundaries.
    public init(
        binBoundaries: [Double], outputMode: CategoryEncoding.OutputMode = .integer, name: String? = nil
    ) {
        self.binBoundaries = binBoundaries
        self.outputMode = outputMode
        self.name = name
    }

    /// The bins' numbers, int64, or vectors of them.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, atLeast: 0) { x in
            let boundaries = Tensor(binBoundaries, shape: [binBoundaries.count]).cast(to: x.dtype)
            return encoded(
                boundaries.searchSorted(x, side: .right), as: outputMode, depth: binBoundaries.count + 1)
        }
    }

    /// Boundaries rise.
    public var argumentError: DescentError? {
        misfit(
            unless: !binBoundaries.isEmpty && !zip(binBoundaries, binBoundaries.dropFirst()).contains { !($0 < $1) },
            "boundaries rise, and there is at least one", received: "\(binBoundaries)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Discretization>) throws -> Discretization {
        try arguments.only("sparse", false)
        try arguments.only("num_bins", .null)
        _ = arguments.read("epsilon")
        return try Discretization(
            binBoundaries: arguments.required("bin_boundaries", \.binBoundaries),
            outputMode: arguments("output_mode", \.outputMode, default: .integer), name: arguments.name())
    }
}

extension Layer {
    /// Whole numbers, or vectors of them.
    fileprivate func encoded(_ x: Tensor, as mode: CategoryEncoding.OutputMode, depth: Int) -> Tensor {
        guard let input = try? x.operand() else { return x }
        let indices = input.dtype.isInteger ? input : input.cast(to: .int64)
        let last = indices.rank - 1
        switch mode {
        case .integer: return indices
        case .oneHot:
            let isColumn = indices.rank > 1 && indices.shape[last] == 1
            return (isColumn ? indices.squeeze(axes: [last]) : indices).oneHot(depth: depth)
        case .multiHot:
            let vectors = indices.oneHot(depth: depth)
            return indices.rank == 0 ? vectors : vectors.max(axes: [last])
        case .count:
            let vectors = indices.oneHot(depth: depth)
            return indices.rank == 0 ? vectors : vectors.sum(axes: [last])
        }
    }
}
