import DescentCore
import DescentFiles

/// A metric that is one of the four counts of a confusion matrix.
public protocol ConfusionCount: ThresholdedMetric {
    /// What is counted.
    static var condition: ConfusionCondition { get }

    /// The thresholds that were asked for; nil for the default, 0.5.
    var givenThresholds: [Double]? { get }

    /// A metric that has seen nothing.
    init(thresholds: [Double]?, name: String, dtype: DType?)
}

extension ConfusionCount {
    /// The one condition.
    public var counted: [ConfusionCondition] { [Self.condition] }

    /// The weighted count at each threshold.
    public func result() -> Tensor { result(core.numbers("accumulator")) }

    /// All arguments.
    public func getConfig() -> Configuration { baseConfig.merging(["thresholds": .init(givenThresholds)]) }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Self {
        try read(config) { Self(thresholds: try $0.numbers("thresholds"), name: $1, dtype: $2) }
    }

    fileprivate static func made(_ thresholds: [Double]?, _ name: String, _ dtype: DType?) -> (
        core: MetricCore, counter: ThresholdCounter
    ) {
        let counter = ThresholdCounter(thresholds ?? [0.5])
        let core = MetricCore(
            name: name, dtype: dtype, sums: ["accumulator": [counter.thresholds.count]],
            refusal: ThresholdCounter.refusal(thresholds))
        return (core, counter)
    }
}

/// How many predictions are above a threshold, and the label is 1.
///
/// ```swift
/// print(try TruePositives()([0, 1, 1, 1], [1, 0, 1, 1]))   // 2.0
/// ```
public final class TruePositives: ConfusionCount {
    /// `.truePositives`
    public static var condition: ConfusionCondition { .truePositives }
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    /// The thresholds that were asked for.
    public let givenThresholds: [Double]?

    /// A metric that has seen nothing.
    public init(thresholds: [Double]? = nil, name: String = "true_positives", dtype: DType? = nil) {
        (core, counter) = Self.made(thresholds, name, dtype)
        givenThresholds = thresholds
    }
}

/// How many predictions are above a threshold, but the label is 0.
///
/// ```swift
/// print(try FalsePositives()([0, 1, 0, 0], [0, 0, 1, 1]))   // 2.0
/// ```
public final class FalsePositives: ConfusionCount {
    /// `.falsePositives`
    public static var condition: ConfusionCondition { .falsePositives }
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    /// The thresholds that were asked for.
    public let givenThresholds: [Double]?

    /// A metric that has seen nothing.
    public init(thresholds: [Double]? = nil, name: String = "false_positives", dtype: DType? = nil) {
        (core, counter) = Self.made(thresholds, name, dtype)
        givenThresholds = thresholds
    }
}

/// How many predictions are not above a threshold, and the label is 0.
///
/// ```swift
/// print(try TrueNegatives()([0, 1, 0, 0], [1, 1, 0, 0]))   // 2.0
/// ```
public final class TrueNegatives: ConfusionCount {
    /// `.trueNegatives`
    public static var condition: ConfusionCondition { .trueNegatives }
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    /// The thresholds that were asked for.
    public let givenThresholds: [Double]?

    /// A metric that has seen nothing.
    public init(thresholds: [Double]? = nil, name: String = "true_negatives", dtype: DType? = nil) {
        (core, counter) = Self.made(thresholds, name, dtype)
        givenThresholds = thresholds
    }
}

/// How many predictions are not above a threshold, but the label is 1.
///
/// ```swift
/// print(try FalseNegatives()([0, 1, 1, 1], [0, 1, 0, 0]))   // 2.0
/// ```
public final class FalseNegatives: ConfusionCount {
    /// `.falseNegatives`
    public static var condition: ConfusionCondition { .falseNegatives }
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    /// The thresholds that were asked for.
    public let givenThresholds: [Double]?

    /// A metric that has seen nothing.
    public init(thresholds: [Double]? = nil, name: String = "false_negatives", dtype: DType? = nil) {
        (core, counter) = Self.made(thresholds, name, dtype)
        givenThresholds = thresholds
    }
}
