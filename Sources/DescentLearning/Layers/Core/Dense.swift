import DescentCore

/// The fully connected layer: activation(x · kernel + bias) over the last axis.
///
/// ```swift
/// let layer = Dense(2, activation: .relu, kernelInitializer: .ones)
/// print(layer([[1, 2]]))   // [[3.0, 3.0]]
/// ```
public final class Dense: MaskedLayer, ConfigurableLayer {
    /// The length of the last axis of the output.
    public let units: Int
    /// What happens to each output.
    public let activation: ActivationFunction
    /// The matrix [inputs, units].
    public let kernel: Weight
    /// What is added to each output; nil if nothing is.
    public let bias: Weight?
    /// What the output adds to the loss.
    public let activityRegularizer: Regularizer?
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
    ///   - activityRegularizer: what the output adds to the loss, divided by the number of samples.
    ///   - kernelConstraint: what each new matrix is put through.
    ///   - biasConstraint: what each new bias is put through.
    ///   - name: what to call the layer.
    public init(
        _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, name: String? = nil
    ) {
        self.units = units
        self.activation = activation
        self.activityRegularizer = activityRegularizer
        self.name = name
        kernel = Weight("kernel", kernelInitializer, regularizer: kernelRegularizer, constraint: kernelConstraint)
        bias =
            useBias
            ? Weight("bias", biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint) : nil
    }

    /// activation(x · kernel + bias)
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError) { x in
            var y = matmul(x, kernel([x.shape[x.rank - 1], units], dtype: x.dtype))
            if let bias { y = y + bias([units], dtype: x.dtype) }
            y = activation(y)
            if let activityRegularizer { Pass.charge(activityRegularizer, y) }
            return y
        }
    }

    /// There must be units.
    public var argumentError: DescentError? {
        misfit(unless: units > 0, "there must be at least one unit", received: "\(units) units")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<Dense>) throws -> Dense {
        for key in ["lora_rank", "lora_alpha"] where arguments.read(key) != nil { try arguments.only(key, .null) }
        return try Dense(
            arguments.required("units", \.units), activation: arguments("activation", \.activation, default: .linear),
            useBias: arguments("use_bias", { $0.bias != nil }, default: true),
            kernelInitializer: arguments("kernel_initializer", \.kernel.initializer, default: .glorotUniform),
            biasInitializer: arguments("bias_initializer", { $0.bias?.initializer ?? .zeros }, default: .zeros),
            kernelRegularizer: arguments("kernel_regularizer", \.kernel.regularizer),
            biasRegularizer: arguments("bias_regularizer", \.bias?.regularizer),
            activityRegularizer: arguments("activity_regularizer", \.activityRegularizer),
            kernelConstraint: arguments("kernel_constraint", \.kernel.constraint),
            biasConstraint: arguments("bias_constraint", \.bias?.constraint), name: arguments.name())
    }
}
