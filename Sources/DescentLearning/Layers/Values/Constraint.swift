import DescentCore
import DescentFiles

/// What every new value of a weight is put through, by its documented name.
///
/// ```swift
/// print(Constraint.nonNeg([-1, 2]))                 // [0.0, 2.0]
/// print(Constraint.unitNorm()([[3, 1], [4, 0]]).sum(axes: 0))   // [1.4000001, 0.9999999]
/// let w = Variable([-1, 1])
/// w.constraint = Constraint.nonNeg.formula
/// ```
public struct Constraint: Sendable {
    /// The documented name of the class, as files say it: `"MaxNorm"`.
    public let className: String
    /// The arguments by their documented names.
    public let config: Configuration
    /// The function, as a `Variable` takes it.
    public let formula: @Sendable (Tensor) -> Tensor

    /// A formula of one's own.
    ///
    /// - Parameters:
    ///   - className: what files call it.
    ///   - config: its arguments, for files.
    ///   - formula: what becomes of a new value.
    public init(
        _ className: String = "Constraint", config: Configuration = [:],
        _ formula: @escaping @Sendable (Tensor) -> Tensor
    ) {
        self.className = className
        self.config = config
        self.formula = formula
    }

    /// What becomes of a new value.
    public func callAsFunction(_ weight: Tensor) -> Tensor { formula(weight) }
}

extension Constraint {
    /// No number below 0.
    public static let nonNeg = Constraint("NonNeg") { $0.maximum(0) }

    /// Vectors along the axes are at most `maxValue` long. The axes of a matrix's incoming weights are [0], those of a
    /// kernel of images [0, 1, 2].
    public static func maxNorm(_ maxValue: Double = 2, axis: [Int] = [0]) -> Constraint {
        Constraint("MaxNorm", config: ["max_value": .number(maxValue), "axis": axes(axis)]) { w in
            let norms = length(w, axis)
            return w * (norms.minimum(.number(maxValue, with: w.dtype)) / (1e-7 + norms))
        }
    }

    /// Vectors along the axes have length 1.
    public static func unitNorm(axis: [Int] = [0]) -> Constraint {
        Constraint("UnitNorm", config: ["axis": axes(axis)]) { w in w / (1e-7 + length(w, axis)) }
    }

    /// The lengths of vectors along the axes go to within `minValue` and `maxValue`, by the share `rate` at each step.
    public static func minMaxNorm(
        minValue: Double = 0, maxValue: Double = 1, rate: Double = 1, axis: [Int] = [0]
    ) -> Constraint {
        let config: Configuration = [
            "min_value": .number(minValue), "max_value": .number(maxValue), "rate": .number(rate), "axis": axes(axis),
        ]
        return Constraint("MinMaxNorm", config: config) { w in
            let norms = length(w, axis)
            let within = norms.maximum(.number(minValue, with: w.dtype)).minimum(.number(maxValue, with: w.dtype))
            return w * ((rate * within + (1 - rate) * norms) / (1e-7 + norms))
        }
    }

    private static func length(_ w: Tensor, _ axes: [Int]) -> Tensor {
        w.square().sum(axes: axes, keepDims: true).sqrt()
    }

    private static func axes(_ axes: [Int]) -> Configuration.Value {
        axes.count == 1 ? .integer(axes[0]) : .list(axes.map { .integer($0) })
    }
}

// MARK: - Names

extension Constraint: ExpressibleByStringLiteral {
    /// The constraint with that documented name. An unknown name is told when it is used.
    public init(stringLiteral name: String) {
        do throws(DescentError) {
            self = try Constraint.find(name)
        } catch {
            self.init(name) { _ in Tensor(error: error) }
        }
    }

    /// The constraint with a documented name, with its standard arguments.
    ///
    /// - Throws: for an unknown name, with the known ones.
    public static func named(
        _ name: String, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> Constraint {
        do {
            return try find(name)
        } catch {
            throw error.located(at: SourceLocation(file, line))
        }
    }

    /// The constraint of a class with the arguments that `config` has.
    ///
    /// - Throws: an unknown class or key, a value of a wrong kind.
    public static func fromConfig(_ config: Configuration, className: String) throws -> Constraint {
        let standard = try find(className)
        let reader = ConfigurationReader(config, for: standard.className)
        let axis = standard.className == "NonNeg" ? [] : try axes(reader)
        let constraint: Constraint =
            switch standard.className {
            case "MaxNorm": .maxNorm(try reader.number("max_value", default: 2), axis: axis)
            case "UnitNorm": .unitNorm(axis: axis)
            case "MinMaxNorm":
                .minMaxNorm(
                    minValue: try reader.number("min_value", default: 0),
                    maxValue: try reader.number("max_value", default: 1), rate: try reader.number("rate", default: 1),
                    axis: axis)
            default: .nonNeg
            }
        try reader.finish()
        return constraint
    }

    private static func axes(_ reader: ConfigurationReader) throws -> [Int] {
        guard let value = reader.value("axis") else { return [0] }
        if let axes = try [Int].read(value, [:]) { return axes }
        throw DescentError("fromConfig", "axis must be a whole number or a list of them", received: value.json)
    }

    private static func find(_ name: String) throws(DescentError) -> Constraint {
        switch name {
        case "MaxNorm", "max_norm": return .maxNorm()
        case "NonNeg", "non_neg": return .nonNeg
        case "UnitNorm", "unit_norm": return .unitNorm()
        case "MinMaxNorm", "min_max_norm": return .minMaxNorm()
        default:
            throw DescentError(
                "constraint", "a constraint is one of MaxNorm, NonNeg, UnitNorm, MinMaxNorm, or max_norm, non_neg, …",
                received: "\"\(name)\"")
        }
    }
}

extension Constraint: LayerArgument {
    /// What stands for one in a configuration.
    public static var kind: String { "a constraint" }

    /// Reads a name, or class and arguments.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) throws -> Constraint? {
        if let name = value.string { return try find(name) }
        guard value.object != nil else { return nil }
        let entry = try SerializedObject(value, "a constraint")
        return try fromConfig(entry.config, className: entry.className)
    }

    /// As files have it.
    public var written: Configuration.Value { .keras("constraints", className, config) }
}
