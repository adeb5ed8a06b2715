import DescentCore

/// The mean of `max(1 − yTrue · yPred, 0)`; labels are −1 and 1, or all of them 0 and 1.
///
/// ```swift
/// print(try Hinge()([[0, 1], [0, 0]], [[0.5, 0.5], [0.25, 0.25]]))   // 1.125
/// ```
public final class Hinge: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "hinge", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// The mean along the last axis.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        hinge(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}

/// The mean of `max(1 − yTrue · yPred, 0)²`; labels are −1 and 1, or all of them 0 and 1.
///
/// ```swift
/// print(try SquaredHinge()([[0, 1]], [[0.5, 0.5]]))   // 1.25
/// ```
public final class SquaredHinge: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "squared_hinge", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// The mean along the last axis.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        squaredHinge(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}

/// The mean of `max(1 + n − p, 0)`: p is the score of the true class, n the greatest of the others.
///
/// ```swift
/// print(try CategoricalHinge()([[0, 1]], [[0.5, 0.25]]))   // 1.25
/// ```
public final class CategoricalHinge: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "categorical_hinge", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// A value for each row of scores.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        categoricalHinge(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}
