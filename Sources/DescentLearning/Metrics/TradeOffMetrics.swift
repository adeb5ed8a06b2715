import DescentCore
import DescentFiles

/// A metric that is the best that one share can be while another does not fall below a bound.
public protocol TradeOffMetric: ThresholdedMetric {
    /// The bound.
    var bound: Double { get }

    /// How many thresholds from 0 to 1 are tried.
    var numThresholds: Int { get }

    /// The key of the bound in configurations.
    static var boundKey: String { get }

    /// The bounded share at each threshold, and the one that is wanted.
    var shares: (bounded: [Double], wanted: [Double]) { get }

    /// A metric that has seen nothing.
    init(bound: Double, numThresholds: Int, classId: Int?, name: String, dtype: DType?)
}

extension TradeOffMetric {
    /// All four.
    public var counted: [ConfusionCondition] {
        [.truePositives, .falsePositives, .trueNegatives, .falseNegatives]
    }

    /// The greatest of the wanted shares where the other is no less than the bound; 0 where none is.
    public func result() -> Tensor {
        core.result(best)
    }

    /// All arguments.
    public func getConfig() -> Configuration {
        baseConfig.merging([
            "class_id": .init(counter.classId), "num_thresholds": .integer(numThresholds),
            Self.boundKey: .number(bound),
        ])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Self {
        try read(config) {
            Self(
                bound: try $0.required(boundKey, try $0.number(boundKey)),
                numThresholds: try $0.integer("num_thresholds") ?? 200, classId: try $0.integer("class_id"),
                name: $1, dtype: $2)
        }
    }

    private var best: Double {
        let (bounded, wanted) = shares
        return zip(bounded, wanted).filter { $0.0 >= bound }.map(\.1).max() ?? 0
    }

    var recalls: [Double] { shares("true_positives", of: "false_negatives") }
    var precisions: [Double] { shares("true_positives", of: "false_positives") }
    var specificities: [Double] { shares("true_negatives", of: "false_positives") }

    fileprivate static func made(
        _ bound: Double, _ numThresholds: Int, _ classId: Int?, _ name: String, _ dtype: DType?
    ) -> (core: MetricCore, counter: ThresholdCounter) {
        var refusal: DescentError?
        if !(bound >= 0 && bound <= 1) {
            refusal = DescentError("Metric", "\(boundKey) lies in 0...1", received: "\(bound)")
        } else if numThresholds < 1 {
            refusal = DescentError("Metric", "numThresholds must be positive", received: "\(numThresholds)")
        }
        let count = max(numThresholds, 1)
        var counter = ThresholdCounter(
            count == 1 ? [0.5] : ThresholdCounter.even(count), isEven: count > 1)
        counter.classId = classId
        let core = MetricCore(
            name: name, dtype: dtype,
            sums: [
                "true_positives": [count], "false_positives": [count], "true_negatives": [count],
                "false_negatives": [count],
            ], refusal: refusal)
        return (core, counter)
    }
}

/// The best sensitivity (recall) where the specificity is no less than a bound.
///
/// ```swift
/// let m = SensitivityAtSpecificity(specificity: 0.5)
/// print(try m([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]))   // 0.5
/// ```
public final class SensitivityAtSpecificity: TradeOffMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    /// The least specificity.
    public let bound: Double
    /// How many thresholds are tried.
    public let numThresholds: Int
    /// `specificity`
    public static var boundKey: String { "specificity" }

    /// A metric that has seen nothing.
    public init(
        bound: Double, numThresholds: Int = 200, classId: Int? = nil,
        name: String = "sensitivity_at_specificity", dtype: DType? = nil
    ) {
        (core, counter) = Self.made(bound, numThresholds, classId, name, dtype)
        (self.bound, self.numThresholds) = (bound, numThresholds)
    }

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - specificity: the least specificity.
    ///   - numThresholds: how many thresholds from 0 to 1 are tried; the default is 200.
    ///   - classId: the class that is looked at; the default is all.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public convenience init(
        specificity: Double, numThresholds: Int = 200, classId: Int? = nil,
        name: String = "sensitivity_at_specificity", dtype: DType? = nil
    ) { self.init(bound: specificity, numThresholds: numThresholds, classId: classId, name: name, dtype: dtype) }

    /// Specificity and sensitivity.
    public var shares: (bounded: [Double], wanted: [Double]) { (specificities, recalls) }
}

/// The best specificity where the sensitivity (recall) is no less than a bound.
///
/// ```swift
/// let m = SpecificityAtSensitivity(sensitivity: 0.5)
/// print(try m([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]))   // 0.6666667
/// ```
public final class SpecificityAtSensitivity: TradeOffMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    /// The least sensitivity.
    public let bound: Double
    /// How many thresholds are tried.
    public let numThresholds: Int
    /// `sensitivity`
    public static var boundKey: String { "sensitivity" }

    /// A metric that has seen nothing.
    public init(
        bound: Double, numThresholds: Int = 200, classId: Int? = nil,
        name: String = "specificity_at_sensitivity", dtype: DType? = nil
    ) {
        (core, counter) = Self.made(bound, numThresholds, classId, name, dtype)
        (self.bound, self.numThresholds) = (bound, numThresholds)
    }

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - sensitivity: the least sensitivity.
    ///   - numThresholds: how many thresholds from 0 to 1 are tried; the default is 200.
    ///   - classId: the class that is looked at; the default is all.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public convenience init(
        sensitivity: Double, numThresholds: Int = 200, classId: Int? = nil,
        name: String = "specificity_at_sensitivity", dtype: DType? = nil
    ) { self.init(bound: sensitivity, numThresholds: numThresholds, classId: classId, name: name, dtype: dtype) }

    /// Sensitivity and specificity.
    public var shares: (bounded: [Double], wanted: [Double]) { (recalls, specificities) }
}

/// The best precision where the recall is no less than a bound.
///
/// ```swift
/// let m = PrecisionAtRecall(recall: 0.5)
/// print(try m([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]))   // 0.5
/// ```
public final class PrecisionAtRecall: TradeOffMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    /// The least recall.
    public let bound: Double
    /// How many thresholds are tried.
    public let numThresholds: Int
    /// `recall`
    public static var boundKey: String { "recall" }

    /// A metric that has seen nothing.
    public init(
        bound: Double, numThresholds: Int = 200, classId: Int? = nil, name: String = "precision_at_recall",
        dtype: DType? = nil
    ) {
        (core, counter) = Self.made(bound, numThresholds, classId, name, dtype)
        (self.bound, self.numThresholds) = (bound, numThresholds)
    }

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - recall: the least recall.
    ///   - numThresholds: how many thresholds from 0 to 1 are tried; the default is 200.
    ///   - classId: the class that is looked at; the default is all.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public convenience init(
        recall: Double, numThresholds: Int = 200, classId: Int? = nil, name: String = "precision_at_recall",
        dtype: DType? = nil
    ) { self.init(bound: recall, numThresholds: numThresholds, classId: classId, name: name, dtype: dtype) }

    /// Recall and precision.
    public var shares: (bounded: [Double], wanted: [Double]) { (recalls, precisions) }
}

/// The best recall where the precision is no less than a bound.
///
/// ```swift
/// let m = RecallAtPrecision(precision: 0.8)
/// print(try m([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]))   // 0.5
/// ```
public final class RecallAtPrecision: TradeOffMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    /// The least precision.
    public let bound: Double
    /// How many thresholds are tried.
    public let numThresholds: Int
    /// `precision`
    public static var boundKey: String { "precision" }

    /// A metric that has seen nothing.
    public init(
        bound: Double, numThresholds: Int = 200, classId: Int? = nil, name: String = "recall_at_precision",
        dtype: DType? = nil
    ) {
        (core, counter) = Self.made(bound, numThresholds, classId, name, dtype)
        (self.bound, self.numThresholds) = (bound, numThresholds)
    }

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - precision: the least precision.
    ///   - numThresholds: how many thresholds from 0 to 1 are tried; the default is 200.
    ///   - classId: the class that is looked at; the default is all.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public convenience init(
        precision: Double, numThresholds: Int = 200, classId: Int? = nil, name: String = "recall_at_precision",
        dtype: DType? = nil
    ) { self.init(bound: precision, numThresholds: numThresholds, classId: classId, name: name, dtype: dtype) }

    /// Precision and recall.
    public var shares: (bounded: [Double], wanted: [Double]) { (precisions, recalls) }
}
