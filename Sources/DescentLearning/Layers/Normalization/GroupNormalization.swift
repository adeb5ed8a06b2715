import DescentCore

/// Divides the features of every sample in groups and gives each group mean 0 and variance 1, over all places; then scales
/// and shifts every feature by learned numbers. (Wu and He, 2018)
///
/// ```swift
/// print(GroupNormalization(groups: 2, epsilon: 0)([[1, 3, 10, 30]]))   // [[-1.0,  1.0, -1.0,  1.0]]
/// ```
public final class GroupNormalization: MaskedLayer, ConfigurableLayer {
    /// How many groups; −1 makes each feature a group.
    public let groups: Int
    /// The axis of features.
    public let axis: Int
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
    ///   - groups: how many; they divide the features. −1 makes each feature a group.
    ///   - axis: the axis of features; a negative one counts from the last.
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
        groups: Int = 32, axis: Int = -1, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
        betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
        betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil,
        betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil, name: String? = nil
    ) {
        self.groups = groups
        self.axis = axis
        self.epsilon = epsilon
        self.name = name
        gamma =
            scale
            ? Weight("gamma", gammaInitializer, regularizer: gammaRegularizer, constraint: gammaConstraint) : nil
        beta =
            center ? Weight("beta", betaInitializer, regularizer: betaRegularizer, constraint: betaConstraint) : nil
    }

    /// Each group with mean 0 and variance 1.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, atLeast: 2) { x in
            guard let axis = try? Shape.resolve(axis: axis, rank: x.rank, operation: "GroupNormalization"), axis > 0
            else {
                return refused(
                    "the axis must be one of the input's, and not that of samples",
                    received: "axis \(axis), shape \(x.shape)")
            }
            let count = x.shape[axis]
            guard count % (groups == -1 ? max(1, count) : groups) == 0 else {
                return refused("groups divide the features", received: "\(groups) groups of \(count) features")
            }
            return groupNorm(
                x, groups: groups == -1 ? count : groups, scale: gamma?([count], dtype: x.dtype),
                offset: beta?([count], dtype: x.dtype), axis: axis, epsilon: epsilon)
        }
    }

    /// There are groups.
    public var argumentError: DescentError? {
        misfit(
            unless: groups > 0 || groups == -1, "there is at least one group, or −1 for one of each feature",
            received: "\(groups) groups")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<GroupNormalization>) throws -> GroupNormalization {
        try GroupNormalization(
            groups: arguments("groups", \.groups, default: 32), axis: arguments("axis", \.axis, default: -1),
            epsilon: arguments("epsilon", \.epsilon, default: 1e-3),
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
