import DescentCore

/// What a layer does to each of its outputs, by its documented name.
///
/// ```swift
/// let bend: ActivationFunction = "relu"
/// print(bend([-1, 2]))                          // [0.0, 2.0]
/// print(ActivationFunction.tanh([0]))           // [0.0]
/// ```
public struct ActivationFunction: Sendable {
    /// The documented name: `"relu"`.
    public let name: String
    private let formula: @Sendable (Tensor) -> Tensor

    /// A function of one's own.
    public init(_ name: String, _ formula: @escaping @Sendable (Tensor) -> Tensor) {
        self.name = name
        self.formula = formula
    }

    /// The function's value.
    public func callAsFunction(_ x: Tensor) -> Tensor { formula(x) }
}

extension ActivationFunction {
    /// x itself.
    public static let linear = ActivationFunction("linear") { $0 }
    /// max(x, 0)
    public static let relu = ActivationFunction("relu") { $0.relu() }
    /// The hyperbolic tangent.
    public static let tanh = ActivationFunction("tanh") { $0.tanh() }
    /// 1 / (1 + e⁻ˣ)
    public static let sigmoid = ActivationFunction("sigmoid") { $0.sigmoid() }

    static let all = [linear, relu, tanh, sigmoid]
}

extension ActivationFunction: ExpressibleByStringLiteral {
    /// The function with that documented name. An unknown name is told when the function is used.
    public init(stringLiteral name: String) {
        if let known = ActivationFunction.all.first(where: { $0.name == name }) {
            self = known
            return
        }
        let error = DescentError(
            "activation", "an activation is one of \(ActivationFunction.all.map(\.name).joined(separator: ", "))",
            received: name)
        self.init(name) { _ in Tensor(error: error) }
    }
}
