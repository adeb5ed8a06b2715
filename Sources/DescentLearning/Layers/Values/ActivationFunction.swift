import DescentCore
import DescentFiles

/// What a layer does to each of its outputs, by its documented name.
///
/// ```swift
/// let bend: ActivationFunction = "relu"
/// print(bend([-1, 2]))                                      // [0.0, 2.0]
/// print(ActivationFunction.leakyRelu(negativeSlope: 0.5)([-1, 2]))   // [-0.5, 2.0]
/// print(try ActivationFunction.named("hard_tanh")([-3, 0]))  // [-1.0, 0.0]
/// ```
public struct ActivationFunction: Sendable {
    /// The documented name: `"relu"`. One with numbers of its own has them behind it: `"leaky_relu(0.5)"`.
    public let name: String
    private let formula: @Sendable (Tensor) -> Tensor

    /// A function of one's own.
    public init(_ name: String, _ formula: @escaping @Sendable (Tensor) -> Tensor) {
        self.name = name
        self.formula = formula
    }

    /// The function's value.
    public func callAsFunction(_ x: Tensor) -> Tensor { formula(x) }

    /// The function with a documented name.
    ///
    /// - Throws: for an unknown name, with the known ones.
    public static func named(
        _ name: String, file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) -> ActivationFunction {
        if let known = known[name] { return known }
        throw DescentError(
            "activation", "an activation is one of \(knownNames.joined(separator: ", "))", received: "\"\(name)\"",
            at: SourceLocation(file, line))
    }

    /// All names that `named` knows.
    public static var knownNames: [String] { known.keys.sorted() }

    private static let known: [String: ActivationFunction] = {
        var known = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
        known["swish"] = silu
        known["hard_swish"] = hardSilu
        return known
    }()

    private static let all = [
        linear, relu, relu6, leakyRelu, elu, selu, celu, gelu, silu, mish, softplus, softsign, softmax, logSoftmax,
        sigmoid, hardSigmoid, logSigmoid, hardSilu, tanh, hardTanh, tanhShrink, exponential, glu, squareplus,
        softShrink,
        hardShrink, sparsePlus, sparseSigmoid, sparsemax,
    ]
}

extension ActivationFunction: ExpressibleByStringLiteral {
    /// The function with that documented name. An unknown name is told when the function is used.
    public init(stringLiteral name: String) {
        do throws(DescentError) {
            self = try ActivationFunction.named(name)
        } catch {
            let unplaced = DescentError(operation: error.operation, error.rule, received: error.received)
            self.init(name) { _ in Tensor(error: unplaced) }
        }
    }
}

extension ActivationFunction: LayerArgument {
    /// What stands for one in a configuration.
    public static var kind: String { "the name of an activation" }

    /// A name, or the entry that Keras writes for a function of its own or of a user.
    public static func read(_ value: Configuration.Value, _ objects: CustomObjects) throws -> ActivationFunction? {
        if let name = value.string { return try named(name) }
        guard let object = value.object, object["class_name"] == "function" else { return nil }
        return try object["config"]?.string.map { name throws(DescentError) in try named(name) }
    }

    /// As files have it.
    public var written: Configuration.Value { .string(name) }
}
