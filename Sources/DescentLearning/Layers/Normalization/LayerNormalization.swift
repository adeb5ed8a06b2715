import DescentCore

/// Gives the features of every sample mean 0 and variance 1, then scales and shifts them by learned numbers.
/// (Ba et al., 2016)
///
/// ```swift
/// print(LayerNormalization(epsilon: 0)([[1, 3], [0, 8]]))
/// // [[-1.0,  1.0],
/// //  [-1.0,  1.0]]
/// ```
public final class LayerNormalization: MaskedLayer, ConfigurableLayer {
    /// The axes of features.
    public let axis: [Int]
    /// What is added to the variance.
    public let epsilon: Double
    /// The factors; nil if nothing is multiplied.
    public let gamma: Weight?
    /// What is added; nil if nothing is.
    public let beta: Weight?
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer whose variables are made at the first call.
    ///
    /// - Parameters:
    ///   - axis: the axes of features; negative ones count from the last.
    ///   - epsilon: what is added to the variance.
    ///   - center: whether something is added to the result.
    ///   - scale: whether the result is multiplied.
    ///   - betaInitializer: the first value of what is added.
    ///   - gammaInitializer: the first value of the factors.
    ///   - betaRegularizer: what beta adds to the loss.
    ///   - gammaRegularizer: what gamma adds to the loss.
    ///   - betaConstraint: what each new beta is put through.
    ///   - gammaConstraint: what each new gamma is put through.
    ///   - name: what to call the layer.
    public init(
        axis: [Int] = [-1], epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
        betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
        betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil,
        betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil, name: String? = nil
    ) {
        self.axis = axis
        self.epsilon = epsilon
        self.name = name
        gamma =
            scale
            ? Weight("gamma", gammaInitializer, regularizer: gammaRegularizer, constraint: gammaConstraint) : nil
        beta =
            center ? Weight("beta", betaInitializer, regularizer: betaRegularizer, constraint: betaConstraint) : nil
    }

    /// Each sample with mean 0 and variance 1.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError) { x in
            guard let axes = try? x.shape.resolve(axes: axis, operation: "LayerNormalization") else {
                return refused("axes must be those of the input", received: "axes \(axis), shape \(x.shape)")
            }
            let extents = Shape(axes.map { x.shape[$0] })
            return layerNorm(
                x, scale: gamma?(extents, dtype: x.dtype), offset: beta?(extents, dtype: x.dtype), axes: axes,
                epsilon: epsilon)
        }
    }

    /// Epsilon is not negative.
    public var argumentError: DescentError? {
        misfit(unless: epsilon >= 0, "epsilon is not negative", received: "epsilon \(epsilon)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<LayerNormalization>) throws -> LayerNormalization {
        try arguments.only("rms_scaling", false)
        return try LayerNormalization(
            axis: arguments("axis", \.axis, default: [-1]), epsilon: arguments("epsilon", \.epsilon, default: 1e-3),
            center: arguments("center", { $0.beta != nil }, default: true),
            scale: arguments("scale", { $0.gamma != nil }, default: true),
            betaInitializer: arguments("beta_initializer", { $0.beta?.initializer ?? .zeros }, default: .zeros),
            gammaInitializer: arguments("gamma_initializer", { $0.gamma?.initializer ?? .ones }, default: .ones),
            betaRegularizer: arguments("beta_regularizer", \.beta?.regularizer),
            gammaRegularizer: arguments("gamma_regularizer", \.gamma?.regularizer),
            betaConstraint: arguments("beta_constraint", \.beta?.constraint),
            gammaConstraint: arguments("gamma_constraint", \.gamma?.constraint), name: arguments.name())
    }
}
