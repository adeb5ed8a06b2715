import DescentCore

/// The positive part, with a threshold, a bound, and a slope below the threshold.
///
/// ```swift
/// print(ReLU(maxValue: 2, negativeSlope: 0.5, threshold: 1)([[-1, 1, 1.5, 5]]))   // [[-1.0,  0.0,  1.5,  2.0]]
/// ```
public final class ReLU: MaskedLayer, ConfigurableLayer {
    /// No result is larger; nil sets no bound.
    public let maxValue: Double?
    /// The slope below the threshold.
    public let negativeSlope: Double
    /// Where x begins to count.
    public let threshold: Double
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that keeps x above the threshold.
    public init(
        maxValue: Double? = nil, negativeSlope: Double = 0, threshold: Double = 0, name: String? = nil
    ) {
        self.maxValue = maxValue
        self.negativeSlope = negativeSlope
        self.threshold = threshold
        self.name = name
    }

    /// x above the threshold, else `negativeSlope · (x − threshold)`, at most `maxValue`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError, atLeast: 0) { x in
            if threshold == 0, negativeSlope == 0 {
                return maxValue.map { x.relu().minimum(.number($0, with: x.dtype)) } ?? x.relu()
            }
            var y = Tensor.where(x .> threshold, x, 0)
            if let maxValue { y = y.minimum(.number(maxValue, with: x.dtype)) }
            return negativeSlope == 0 ? y : y - negativeSlope * (threshold - x).relu()
        }
    }

    /// No number may be negative.
    public var argumentError: DescentError? {
        misfit(
            unless: maxValue ?? 0 >= 0 && negativeSlope >= 0 && threshold >= 0, "no argument is negative",
            received: "maxValue \(maxValue.map { "\($0)" } ?? "nil"), slope \(negativeSlope), threshold \(threshold)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<ReLU>) throws -> ReLU {
        try ReLU(
            maxValue: arguments("max_value", \.maxValue),
            negativeSlope: arguments("negative_slope", \.negativeSlope, default: 0),
            threshold: arguments("threshold", \.threshold, default: 0), name: arguments.name())
    }
}

/// x where it is positive, else `negativeSlope` x.
///
/// ```swift
/// print(LeakyReLU()([[-1, 2]]))   // [[-0.3,  2.0]]
/// ```
public final class LeakyReLU: MaskedLayer, ConfigurableLayer {
    /// The slope where x is negative.
    public let negativeSlope: Double
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer with that slope on the left.
    public init(negativeSlope: Double = 0.3, name: String? = nil) {
        self.negativeSlope = negativeSlope
        self.name = name
    }

    /// x or `negativeSlope` x.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, atLeast: 0) { $0.leakyRelu(negativeSlope: negativeSlope) }
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<LeakyReLU>) throws -> LeakyReLU {
        try LeakyReLU(
            negativeSlope: arguments("negative_slope", \.negativeSlope, default: 0.3), name: arguments.name())
    }
}

/// x where it is positive, else α(eˣ − 1).
///
/// ```swift
/// print(ELU(alpha: 2)([[-1, 2]]))   // [[-1.2642411,        2.0]]
/// ```
public final class ELU: MaskedLayer, ConfigurableLayer {
    /// Minus the least value.
    public let alpha: Double
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer with that α.
    public init(alpha: Double = 1, name: String? = nil) {
        self.alpha = alpha
        self.name = name
    }

    /// x or α(eˣ − 1)
    public func callAsFunction(_ x: Tensor) -> Tensor { applied(to: x, atLeast: 0) { $0.elu(alpha: alpha) } }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<ELU>) throws -> ELU {
        try ELU(alpha: arguments("alpha", \.alpha, default: 1), name: arguments.name())
    }
}

/// x where it is positive, else α x with a learned α for each feature.
///
/// ```swift
/// print(PReLU(alphaInitializer: .constant(0.5))([[-1, 2]]))   // [[-0.5,  2.0]]
/// ```
public final class PReLU: MaskedLayer, ConfigurableLayer {
    /// The slopes where x is negative, of the extents of a sample; 1 along shared axes.
    public let alpha: Weight
    /// Axes along which one slope counts for all; the first after the batch is 1.
    public let sharedAxes: [Int]
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer whose slopes are made at the first call.
    ///
    /// - Parameters:
    ///   - alphaInitializer: the first slopes.
    ///   - alphaRegularizer: what the slopes add to the loss.
    ///   - alphaConstraint: what new slopes are put through.
    ///   - sharedAxes: axes along which one slope counts for all.
    ///   - name: what to call the layer.
    public init(
        alphaInitializer: Initializer = .zeros, alphaRegularizer: Regularizer? = nil,
        alphaConstraint: Constraint? = nil, sharedAxes: [Int] = [], name: String? = nil
    ) {
        alpha = Weight("alpha", alphaInitializer, regularizer: alphaRegularizer, constraint: alphaConstraint)
        self.sharedAxes = sharedAxes
        self.name = name
    }

    /// x or α x
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, atLeast: 2) { x in
            var extents = Array(x.shape.dimensions.dropFirst())
            for axis in sharedAxes {
                guard axis > 0, axis < x.rank else {
                    return refused("shared axes are axes of a sample, from 1 on", received: "\(sharedAxes)")
                }
                extents[axis - 1] = 1
            }
            return x.relu() - alpha(Shape(extents), dtype: x.dtype) * (-x).relu()
        }
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<PReLU>) throws -> PReLU {
        try PReLU(
            alphaInitializer: arguments("alpha_initializer", \.alpha.initializer, default: .zeros),
            alphaRegularizer: arguments("alpha_regularizer", \.alpha.regularizer),
            alphaConstraint: arguments("alpha_constraint", \.alpha.constraint),
            sharedAxes: arguments("shared_axes", { $0.sharedAxes.isEmpty ? nil : $0.sharedAxes }) ?? [],
            name: arguments.name())
    }
}
