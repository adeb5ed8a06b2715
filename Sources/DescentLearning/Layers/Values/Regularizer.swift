import DescentCore
import DescentFiles

/// What a weight adds to the loss, so that it stays small.
///
/// ```swift
/// print(Regularizer.l2(0.5)([1, 2]))                  // 2.5
/// print(Regularizer.l1l2(l1: 1, l2: 0.5)([1, -2]))    // 5.5
/// let layer = Dense(2, kernelInitializer: .ones, kernelRegularizer: "l2")
/// _ = layer([[1, 2, 3]])
/// print(layer.regularizationLoss!)                    // 0.06
/// ```
public struct Regularizer: Sendable {
    /// The documented name of the class, as files say it: `"L2"`.
    public let className: String
    /// The arguments by their documented names.
    public let config: Configuration
    private let formula: @Sendable (Tensor) -> Tensor

    /// A formula of one's own.
    ///
    /// - Parameters:
    ///   - className: what files call it.
    ///   - config: its arguments, for files.
    ///   - formula: what a weight adds to the loss.
    public init(
        _ className: String = "Regularizer", config: Configuration = [:],
        _ formula: @escaping @Sendable (Tensor) -> Tensor
    ) {
        self.className = className
        self.config = config
        self.formula = formula
    }

    /// What a weight of this value adds to the loss.
    public func callAsFunction(_ weight: Tensor) -> Tensor { formula(weight) }

    /// What a weight of the value of this moment adds to the loss.
    @_disfavoredOverload
    public func callAsFunction(_ weight: some TensorConvertible) -> Tensor { formula(weight.tensor) }
}

extension Regularizer {
    /// `factor` times the sum of the magnitudes.
    public static func l1(_ factor: Double = 0.01) -> Regularizer {
        Regularizer("L1", [("l1", factor)]) { factor * $0.abs().sum() }
    }

    /// `factor` times the sum of the squares.
    public static func l2(_ factor: Double = 0.01) -> Regularizer {
        Regularizer("L2", [("l2", factor)]) { factor * $0.square().sum() }
    }

    /// Both.
    public static func l1l2(l1: Double = 0, l2: Double = 0) -> Regularizer {
        Regularizer("L1L2", [("l1", l1), ("l2", l2)]) { weight in
            // What counts nothing need not be computed.
            let first = l1 == 0 ? nil : l1 * weight.abs().sum()
            let second = l2 == 0 ? nil : l2 * weight.square().sum()
            guard let first else { return second ?? 0 * weight.sum() }
            return second.map { first + $0 } ?? first
        }
    }

    /// Which vectors of a matrix shall be orthogonal.
    public enum OrthogonalMode: String, Sendable, CaseIterable {
        /// The rows.
        case rows
        /// The columns.
        case columns
    }

    /// `factor` times the mean magnitude of the cosines between all pairs of rows or columns of a matrix.
    ///
    /// ```swift
    /// print(Regularizer.orthogonal(1)([[3, 0], [0, 2]]))   // 0.0
    /// print(Regularizer.orthogonal(1)([[3, 0], [2, 0]]))   // 1.0
    /// ```
    public static func orthogonal(_ factor: Double = 0.01, mode: OrthogonalMode = .rows) -> Regularizer {
        Regularizer("OrthogonalRegularizer", [("factor", factor)], ["mode": .string(mode.rawValue)]) { weight in
            guard weight.rank == 2 else {
                return Tensor(
                    error: DescentError(
                        "OrthogonalRegularizer", "only a matrix has rows and columns",
                        received: "shape \(weight.shape)"))
            }
            let vectors = unitLength(mode == .rows ? weight : weight.transposed(), axes: [1])
            let count = vectors.shape[0]
            guard count > 1 else { return 0 * weight.sum() }
            let cosines = matmul(vectors, vectors.transposed()) * (1 - Tensor.eye(count, dtype: vectors.dtype))
            return factor / Double(count * (count - 1)) * cosines.abs().sum()
        }
    }

    /// One that refuses factors below 0 and numbers that are none.
    private init(
        _ className: String, _ factors: [(String, Double)], _ more: Configuration = [:],
        _ formula: @escaping @Sendable (Tensor) -> Tensor
    ) {
        var config: Configuration = [:]
        for (key, factor) in factors { config[key] = .number(factor) }
        let misfit = factors.first { !($0.1 >= 0 && $0.1.isFinite) }.map {
            DescentError(
                operation: className, "a factor is a number from 0 on", received: "\($0.0) \($0.1)")
        }
        self.init(className, config: config.merging(more)) { weight in
            misfit.map { Tensor(error: $0) } ?? formula(weight)
        }
    }
}

/// x / |x| along axes; 0 where |x| is 0.
func unitLength(_ x: Tensor, axes: [Int]) -> Tensor {
    x * x.square().sum(axes: axes, keepDims: true).rsqrt().minimum(1e12)
}

// MARK: - Names

extension Regularizer: ExpressibleByStringLiteral {
    /// The regularizer with that documented name. An unknown name is told when it is used.
    public init(stringLiteral name: String) {
        do throws(DescentError) {
            self = try Regularizer.find(name)
        } catch {
            self.init(name) { _ in Tensor(error: error) }
        }
    }

    /// The regularizer with a documented name, with its standard arguments.
    ///
    /// - Throws: for an unknown name, with the known ones.
    public static func named(
        _ name: String, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> Regularizer {
        do {
            return try find(name)
        } catch {
            throw error.located(at: SourceLocation(file, line))
        }
    }

    /// The regularizer of a class with the arguments that `config` has.
    ///
    /// - Throws: an unknown class or key, a value of a wrong kind.
    public static func fromConfig(_ config: Configuration, className: String) throws -> Regularizer {
        let standard = try find(className)
        let reader = ConfigurationReader(config, for: standard.className)
        let regularizer: Regularizer =
            switch standard.className {
            case "L1": .l1(try reader.number("l1", default: 0.01))
            case "L2": .l2(try reader.number("l2", default: 0.01))
            case "L1L2": .l1l2(l1: try reader.number("l1", default: 0), l2: try reader.number("l2", default: 0))
            default:
                .orthogonal(
                    try reader.number("factor", default: 0.01), mode: try reader.choice("mode", default: .rows))
            }
        try reader.finish()
        return regularizer
    }

    private static func find(_ name: String) throws(DescentError) -> Regularizer {
        switch name {
        case "L1", "l1": return .l1()
        case "L2", "l2": return .l2()
        case "L1L2", "l1l2", "l1_l2": return .l1l2()
        case "OrthogonalRegularizer", "orthogonal_regularizer": return .orthogonal()
        default:
            throw DescentError(
                "regularizer", "a regularizer is one of L1, L2, L1L2, OrthogonalRegularizer, or l1, l2, …",
                received: "\"\(name)\"")
        }
    }
}

extension Regularizer: LayerArgument {
    /// What stands for one in a configuration.
    public static var kind: String { "a regularizer" }

    /// Reads a name, or class and arguments.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) throws -> Regularizer? {
        if let name = value.string { return try find(name) }
        guard value.object != nil else { return nil }
        let entry = try SerializedObject(value, "a regularizer")
        return try fromConfig(entry.config, className: entry.className)
    }

    /// As files have it.
    public var written: Configuration.Value { .keras("regularizers", className, config) }
}
