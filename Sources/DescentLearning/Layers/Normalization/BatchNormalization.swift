import DescentCore

/// Gives every feature mean 0 and variance 1 over the batch, then scales and shifts it by learned numbers. For predictions
/// it uses moving averages of what it met in training. (Ioffe and Szegedy, 2015)
///
/// ```swift
/// let norm = BatchNormalization(momentum: 0.5)
/// let y = withTraining { norm([[1], [3]]) }
/// print(y.sum().abs() .< 1e-6)                                    // true
/// print(norm.movingMean.variable!, norm.movingVariance.variable!)   // [1.0] [1.0]
/// print(norm([[1]]))                                              // [[0.0]]
/// ```
///
/// The variance is the mean of squares. The averages move as `moving · momentum + batch · (1 − momentum)` when the step
/// succeeds. A frozen layer does in training what it does for predictions.
public final class BatchNormalization: MaskedLayer, ConfigurableLayer {
    /// The axis of features.
    public let axis: Int
    /// How slowly the averages move.
    public let momentum: Double
    /// What is added to the variance.
    public let epsilon: Double
    /// The factors; nil if nothing is multiplied.
    public let gamma: Weight?
    /// What is added; nil if nothing is.
    public let beta: Weight?
    /// The moving average of means.
    public let movingMean: Weight
    /// The moving average of variances.
    public let movingVariance: Weight
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer whose variables are made at the first call.
    ///
    /// - Parameters:
    ///   - axis: the axis of features; a negative one counts from the last.
    ///   - momentum: how slowly the averages move.
    ///   - epsilon: what is added to the variance.
    ///   - center: whether something is added to the result.
    ///   - scale: whether the result is multiplied.
    ///   - betaInitializer: the first value of what is added.
    ///   - gammaInitializer: the first value of the factors.
    ///   - movingMeanInitializer: the first moving mean.
    ///   - movingVarianceInitializer: the first moving variance.
    ///   - betaRegularizer: what beta adds to the loss.
    ///   - gammaRegularizer: what gamma adds to the loss.
    ///   - betaConstraint: what each new beta is put through.
    ///   - gammaConstraint: what each new gamma is put through.
    ///   - name: what to call the layer.
    public init(
        axis: Int = -1, momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
        betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
        movingMeanInitializer: Initializer = .zeros, movingVarianceInitializer: Initializer = .ones,
        betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil,
        betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil, name: String? = nil
    ) {
        self.axis = axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.name = name
        gamma =
            scale
            ? Weight("gamma", gammaInitializer, regularizer: gammaRegularizer, constraint: gammaConstraint) : nil
        beta =
            center ? Weight("beta", betaInitializer, regularizer: betaRegularizer, constraint: betaConstraint) : nil
        movingMean = Weight("moving_mean", movingMeanInitializer, trained: false)
        movingVariance = Weight("moving_variance", movingVarianceInitializer, trained: false)
    }

    /// The batch with mean 0 and variance 1 in training, else x by the moving averages.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

    /// The same; steps that the mask excludes do not count for mean and variance.
    public func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor {
        applied(to: x, unless: argumentError) { x in
            guard let axis = try? Shape.resolve(axis: axis, rank: x.rank, operation: "BatchNormalization") else {
                return refused("the axis must be one of the input's", received: "axis \(axis), shape \(x.shape)")
            }
            let features = Shape([x.shape[axis]])
            let along = Shape((0..<x.rank).map { $0 == axis ? x.shape[axis] : 1 })
            let averages = (
                mean: movingMean(features, dtype: x.dtype), variance: movingVariance(features, dtype: x.dtype)
            )
            let gamma = gamma?(features, dtype: x.dtype)
            let beta = beta?(features, dtype: x.dtype)
            let (mean, variance): (Tensor, Tensor)
            if let pass = Pass.current, !movingMean.isFrozen {
                (mean, variance) = moments(x, axis, mask)
                follow(pass, movingMean, mean)
                follow(pass, movingVariance, variance)
            } else {
                (mean, variance) = averages
            }
            var factor = (variance + epsilon).rsqrt()
            if let gamma { factor = factor * gamma }
            let y = (x - mean.reshape(along)) * factor.reshape(along)
            return beta.map { y + $0.reshape(along) } ?? y
        }
    }

    /// Mean and variance of each feature.
    private func moments(_ x: Tensor, _ axis: Int, _ mask: Tensor?) -> (Tensor, Tensor) {
        let others = (0..<x.rank).filter { $0 != axis }
        guard let mask else {
            let mean = x.mean(axes: others, keepDims: true)
            let variance = (x - mean).square().mean(axes: others)
            return (mean.reshape([x.shape[axis]]), variance)
        }
        let counts = mask.expandDims(-1).broadcast(to: x.shape)
        let count = counts.cast(to: x.dtype).sum(axes: others, keepDims: true) + 1e-7
        let mean = Tensor.where(counts, x, 0).sum(axes: others, keepDims: true) / count
        let variance = Tensor.where(counts, x - mean, 0).square().sum(axes: others, keepDims: true) / count
        return (mean.reshape([x.shape[axis]]), variance.reshape([x.shape[axis]]))
    }

    private func follow(_ pass: Pass, _ average: Weight, _ batch: Tensor) {
        guard let variable = average.variable, batch.error == nil else { return }
        pass.update(variable, pass.value(of: variable) * momentum + batch * (1 - momentum))
    }

    /// Momentum and epsilon are sensible numbers.
    public var argumentError: DescentError? {
        misfit(
            unless: momentum >= 0 && momentum <= 1 && epsilon >= 0,
            "momentum lies between 0 and 1, epsilon is not negative",
            received: "momentum \(momentum), epsilon \(epsilon)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<BatchNormalization>) throws -> BatchNormalization {
        for (key, value) in [("synchronized", false), ("renorm", false)] as [(String, Bool)] {
            try arguments.only(key, .bool(value))
        }
        _ = (arguments.read("renorm_clipping"), arguments.read("renorm_momentum"))
        return try BatchNormalization(
            axis: arguments("axis", \.axis, default: -1),
            momentum: arguments("momentum", \.momentum, default: 0.99),
            epsilon: arguments("epsilon", \.epsilon, default: 1e-3),
            center: arguments("center", { $0.beta != nil }, default: true),
            scale: arguments("scale", { $0.gamma != nil }, default: true),
            betaInitializer: arguments("beta_initializer", { $0.beta?.initializer ?? .zeros }, default: .zeros),
            gammaInitializer: arguments("gamma_initializer", { $0.gamma?.initializer ?? .ones }, default: .ones),
            movingMeanInitializer: arguments("moving_mean_initializer", \.movingMean.initializer, default: .zeros),
            movingVarianceInitializer: arguments(
                "moving_variance_initializer", \.movingVariance.initializer, default: .ones),
            betaRegularizer: arguments("beta_regularizer", \.beta?.regularizer),
            gammaRegularizer: arguments("gamma_regularizer", \.gamma?.regularizer),
            betaConstraint: arguments("beta_constraint", \.beta?.constraint),
            gammaConstraint: arguments("gamma_constraint", \.gamma?.constraint), name: arguments.name())
    }
}
