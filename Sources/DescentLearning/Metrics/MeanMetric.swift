import DescentCore
import DescentFiles

/// A metric that is the weighted mean of some function of what is true and what was predicted.
///
/// A conforming type says the function; counting, weights and the rest come with the protocol. Every value
/// counts as one, however the values were split into batches.
///
/// ```swift
/// final class Within: MeanMetric, PlainMetric {
///     let core: MetricCore
///     init(name: String = "within", dtype: DType? = nil) { core = .mean(name, dtype) }
///     func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor { (yPred - yTrue).abs() .< 0.5 }
/// }
/// print(try Within()([1, 2, 3, 4], [1.25, 2, 3.75, 4]))   // 0.75
/// ```
public protocol MeanMetric: Metric {
    /// A value for each sample, or for each element: with its weight, that is what the mean is of.
    func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor

    /// Which of the values count, nil for all; by default all.
    func mask(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor?
}

extension MeanMetric {
    /// All values count.
    public func mask(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor? { nil }

    /// The weighted sum of the values, and the sum of the weights.
    public func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        let (values, mask) = (try values(yTrue, yPred), try mask(yTrue, yPred))
        let sums = try SampleWeight.sums(values, sampleWeight, mask: mask, dtype: dtype)
        return [sums.total, sums.count]
    }

    /// The mean; 0 where nothing counts.
    public func result() -> Tensor { core.result(core.mean) }

    /// Both sides in the metric's type and of one shape, but for a trailing axis of extent 1 that one may lack.
    func alike(_ yTrue: Tensor, _ yPred: Tensor) throws -> (Tensor, Tensor) {
        try sameShape(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}

extension MetricCore {
    /// What a mean keeps.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type in which it compares, and of its result; nil stands for float32.
    ///   - refusal: what is wrong with the metric's other arguments.
    public static func mean(_ name: String, _ dtype: DType?, refusal: DescentError? = nil) -> MetricCore {
        MetricCore(name: name, dtype: dtype, sums: ["total": [], "count": []], refusal: refusal)
    }

    /// The total divided by the count; 0 where nothing counts.
    var mean: Double { quotient(number("total"), number("count")) }
}

/// a / b, and 0 where b is 0.
func quotient(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }

/// Both sides with the trailing axis of extent 1 that one of them lacks. Beside a vector, which is a column of
/// samples, the axis is added; otherwise it is taken away.
func sameRank(_ yTrue: Tensor, _ yPred: Tensor) -> (Tensor, Tensor) {
    if yTrue.rank == yPred.rank + 1, yTrue.shape.dimensions.last == 1 {
        return yPred.rank == 1 ? (yTrue, yPred.expandDims(-1)) : (yTrue.squeeze(axes: [-1]), yPred)
    }
    if yPred.rank == yTrue.rank + 1, yPred.shape.dimensions.last == 1 {
        return yTrue.rank == 1 ? (yTrue.expandDims(-1), yPred) : (yTrue, yPred.squeeze(axes: [-1]))
    }
    return (yTrue, yPred)
}

/// Both sides with the same rank; other shapes that differ throw.
func sameShape(_ yTrue: Tensor, _ yPred: Tensor) throws(DescentError) -> (Tensor, Tensor) {
    let (true_, pred) = sameRank(yTrue, yPred)
    guard true_.shape == pred.shape else {
        throw DescentError(
            "updateState", "yTrue and yPred must have the same shape", received: "\(yTrue.shape), \(yPred.shape)")
    }
    return (true_, pred)
}

/// The mean of any function of what is true and what was predicted.
///
/// ```swift
/// let m = MeanMetricWrapper { yTrue, yPred in (yTrue - yPred).abs() }
/// print(try m([1, 2], [1, 4]))   // 1.0
/// ```
///
/// A function cannot be written to a file: such a metric has a configuration to look at, but cannot be made from one.
public final class MeanMetricWrapper: MeanMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    private let fn: (Tensor, Tensor) throws -> Tensor

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    ///   - fn: gives a value for each sample, or for each element.
    public init(
        name: String = "mean_metric_wrapper", dtype: DType? = nil, fn: @escaping (Tensor, Tensor) throws -> Tensor
    ) {
        core = .mean(name, dtype)
        self.fn = fn
    }

    /// What the function gives.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor { try fn(yTrue, yPred) }

    /// Refused: the function is not in the configuration.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> MeanMetricWrapper {
        throw DescentError(
            "fromConfig", "a MeanMetricWrapper is made with its function: a configuration cannot hold that",
            received: config.json)
    }
}
