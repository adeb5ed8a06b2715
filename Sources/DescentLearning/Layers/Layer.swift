import DescentCore

/// A function of a tensor that may have variables.
///
/// Any type with a `callAsFunction` is a layer; what it stores is found without registration. A layer that has
/// variables makes them when it first meets its input (`Weight`). Errors travel in the result.
///
/// ```swift
/// struct Residual: Layer {
///     let inner = Dense(3, kernelInitializer: .zeros)
///     func callAsFunction(_ x: Tensor) -> Tensor { x + inner(x) }
/// }
/// let layer = Residual()
/// print(layer([[1, 2, 3]]))                     // [[1.0, 2.0, 3.0]]
/// print(layer.namedVariables.map(\.name))       // ["inner.kernel", "inner.bias"]
/// ```
///
/// A layer belongs to one thread at a time.
public protocol Layer: Module {
    /// What the layer makes of a batch: the first axis counts the samples.
    func callAsFunction(_ x: Tensor) -> Tensor

    /// What the layer is called; nil stands for the name of its type in small letters, numbered within a model.
    var name: String? { get }
}

extension Layer {
    /// None of its own.
    public var name: String? { nil }

    /// What the layer makes of the value of this moment.
    @_disfavoredOverload
    public func callAsFunction(_ x: some TensorConvertible) -> Tensor { self(x.tensor) }
}
