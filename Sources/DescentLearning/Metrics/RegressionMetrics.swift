import DescentCore

/// The root of the mean squared error, `√(Σ w (yPred − yTrue)² / Σ w)`, over all elements of all batches.
///
/// ```swift
/// let m = RootMeanSquaredError()
/// try m.updateState([[0, 1], [0, 0]], [[1, 1], [0, 0]])
/// print(m.result())   // 0.5
/// m.resetState()
/// try m.updateState([[0, 1], [0, 0]], [[1, 1], [0, 0]], sampleWeight: [1, 0])
/// print(m.result())   // 0.70710677
/// ```
///
/// Elements are counted, as in Keras 2.9: two batches with rows of different lengths weigh by their elements. (Keras 3
/// counts rows.) Errors are squared in the metric's dtype and added up in double precision.
///
/// Both sides may differ by a trailing axis of extent 1; otherwise they broadcast.
public final class RootMeanSquaredError: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of errors and result, float32 or float64; the default is float32.
    public init(name: String = "root_mean_squared_error", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// The squared error of each element.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        let (yTrue, yPred) = sameRank(yTrue.cast(to: dtype), yPred.cast(to: dtype))
        return (yPred - yTrue).square()
    }

    /// The root of the mean; 0 where nothing counts.
    public func result() -> Tensor { core.result(core.mean.squareRoot()) }
}

/// The mean of `(yPred − yTrue)²`.
///
/// ```swift
/// print(try MeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]]))   // 0.25
/// ```
public final class MeanSquaredError: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "mean_squared_error", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// The mean along the last axis.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        meanSquaredError(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}

/// The mean of `|yPred − yTrue|`.
///
/// ```swift
/// print(try MeanAbsoluteError()([[0, 1], [0, 0]], [[1, 1], [0, 0]]))   // 0.25
/// ```
public final class MeanAbsoluteError: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "mean_absolute_error", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// The mean along the last axis.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        meanAbsoluteError(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}

/// The mean of `100 |yTrue − yPred| / max(|yTrue|, 1e-7)`.
///
/// ```swift
/// print(try MeanAbsolutePercentageError()([[1, 2]], [[2, 2]]))   // 50.0
/// ```
public final class MeanAbsolutePercentageError: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "mean_absolute_percentage_error", dtype: DType? = nil) {
        core = .mean(name, dtype)
    }

    /// The mean along the last axis.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        meanAbsolutePercentageError(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}

/// The mean of `(log(1 + yTrue) − log(1 + yPred))²`, where numbers below 1e-7 count as 1e-7.
///
/// ```swift
/// print(try MeanSquaredLogarithmicError()([[0, 1], [0, 0]], [[1, 1], [0, 0]]))   // 0.12011322
/// ```
public final class MeanSquaredLogarithmicError: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "mean_squared_logarithmic_error", dtype: DType? = nil) {
        core = .mean(name, dtype)
    }

    /// The mean along the last axis.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        meanSquaredLogarithmicError(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}

/// The mean of `log cosh(yPred − yTrue)`.
///
/// ```swift
/// print(try LogCoshError()([[0, 1], [0, 0]], [[1, 1], [0, 0]]))   // 0.10844522
/// ```
public final class LogCoshError: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// `logcosh`
    public static var defaultName: String { "logcosh" }

    /// A metric that has seen nothing.
    public init(name: String = "logcosh", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// The mean along the last axis.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        logCosh(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}
