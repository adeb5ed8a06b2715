import DescentCore

/// Divides the features of every sample by the root of their mean square, then multiplies them by learned numbers.
/// (Zhang and Sennrich, 2019)
///
/// ```swift
/// print(RMSNormalization(epsilon: 0)([[1, 7]]))   // [[0.2, 1.4]]
/// ```
public final class RMSNormalization: Layer, ConfigurableLayer {
    /// The axes of features.
    public let axis: [Int]
    /// What is added to the mean square.
    public let epsilon: Double
    /// The factors.
    public let scale = Weight("scale", .ones)
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer whose factors are made at the first call.
    ///
    /// - Parameters:
    ///   - axis: the axes of features; negative ones count from the last.
    ///   - epsilon: what is added to the mean square.
    ///   - name: what to call the layer.
    public init(axis: [Int] = [-1], epsilon: Double = 1e-6, name: String? = nil) {
        self.axis = axis
        self.epsilon = epsilon
        self.name = name
    }

    /// Each sample with mean square 1.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        applied(to: x, unless: argumentError) { x in
            guard let axes = try? x.shape.resolve(axes: axis, operation: "RMSNormalization") else {
                return refused("axes must be those of the input", received: "axes \(axis), shape \(x.shape)")
            }
            let factors = scale(Shape(axes.map { x.shape[$0] }), dtype: x.dtype)
            let along = Shape((0..<x.rank).map { axes.contains($0) ? x.shape[$0] : 1 })
            return x * (x.square().mean(axes: axes, keepDims: true) + epsilon).rsqrt() * factors.reshape(along)
        }
    }

    /// Epsilon is not negative.
    public var argumentError: DescentError? {
        misfit(unless: epsilon >= 0, "epsilon is not negative", received: "epsilon \(epsilon)")
    }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<RMSNormalization>) throws -> RMSNormalization {
        try RMSNormalization(
            axis: arguments("axis", \.axis, default: [-1]), epsilon: arguments("epsilon", \.epsilon, default: 1e-6),
            name: arguments.name())
    }
}

/// Gives vectors along the axes length 1; those of length 0 stay.
///
/// ```swift
/// print(UnitNormalization()([[3, 4]]))   // [[0.6, 0.8]]
/// ```
public final class UnitNormalization: MaskedLayer, ConfigurableLayer {
    /// The axes along which the sum of squares becomes 1.
    public let axis: [Int]
    /// What the layer is called; nil stands for the name of its type.
    public let name: String?

    /// A layer that makes vectors of length 1.
    public init(axis: [Int] = [-1], name: String? = nil) {
        self.axis = axis
        self.name = name
    }

    /// x divided by its length.
    public func callAsFunction(_ x: Tensor) -> Tensor { applied(to: x) { unitLength($0, axes: axis) } }

    /// The arguments of the layer by their documented names.
    public static func make(_ arguments: LayerArguments<UnitNormalization>) throws -> UnitNormalization {
        try UnitNormalization(axis: arguments("axis", \.axis, default: [-1]), name: arguments.name())
    }
}
