import DescentCore

/// The fully connected layer: activation(x · kernel + bias) over the last axis.
///
/// ```swift
/// let layer = Dense(2, activation: .relu, kernelInitializer: .ones)
/// print(layer([[1, -3], [1, 2]]))   // [[0.0, 0.0], [3.0, 3.0]]
/// ```
public final class Dense: Layer {
    /// The length of the last axis of the output.
    public let units: Int
    /// What happens to each output.
    public let activation: ActivationFunction
    /// The matrix [inputs, units].
    public let kernel: Weight
    /// What is added to each output; nil if nothing is.
    public let bias: Weight?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer whose matrix is made at the first call.
    ///
    /// - Parameters:
    ///   - units: the length of the last axis of the output.
    ///   - activation: what happens to each output; nothing by default.
    ///   - useBias: whether something is added to each output.
    ///   - kernelInitializer: the first value of the matrix.
    ///   - biasInitializer: the first value of what is added.
    ///   - kernelRegularizer: what the matrix adds to the loss.
    ///   - biasRegularizer: what the bias adds to the loss.
    ///   - kernelConstraint: what each new matrix is put through.
    ///   - biasConstraint: what each new bias is put through.
    ///   - name: what to call the layer.
    public init(
        _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        kernelConstraint: (@Sendable (Tensor) -> Tensor)? = nil,
        biasConstraint: (@Sendable (Tensor) -> Tensor)? = nil, name: String? = nil
    ) {
        self.units = units
        self.activation = activation
        self.name = name
        kernel = Weight(
            "kernel", kernelInitializer, regularizer: kernelRegularizer, constraint: kernelConstraint)
        bias =
            useBias
            ? Weight("bias", biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint) : nil
    }

    /// activation(x · kernel + bias)
    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard x.shape.rank > 0, units > 0 else {
            return Tensor(
                error: DescentError(
                    "Dense", "there must be an axis of features and at least one unit",
                    received: "input \(x.shape), \(units) units"))
        }
        var y = matmul(x, kernel([x.shape[-1], units], dtype: x.dtype))
        if let bias { y = y + bias([units], dtype: x.dtype) }
        return activation(y)
    }
}
