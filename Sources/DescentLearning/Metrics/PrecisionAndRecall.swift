import DescentCore
import DescentFiles

/// How many of the predictions above a threshold are right; 0 where there are none.
///
/// ```swift
/// print(try Precision()([0, 1, 1, 1], [1, 0, 1, 1]))   // 0.6666667
/// ```
public final class Precision: ThresholdedMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    private let arguments: Configuration

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - thresholds: what predictions must exceed, each in 0...1; the default is 0.5, or with `topK` nothing.
    ///   - topK: how many of the greatest scores of a row may be positive; the default is all.
    ///   - classId: the class that is looked at; the default is all.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public init(
        thresholds: [Double]? = nil, topK: Int? = nil, classId: Int? = nil, name: String = "precision",
        dtype: DType? = nil
    ) {
        counter = ThresholdCounter(thresholds, topK, classId)
        arguments = precisionConfig(thresholds, topK, classId)
        core = MetricCore(
            name: name, dtype: dtype,
            sums: ["true_positives": [counter.thresholds.count], "false_positives": [counter.thresholds.count]],
            refusal: ThresholdCounter.refusal(thresholds, topK: topK))
    }

    /// True and false positives.
    public var counted: [ConfusionCondition] { [.truePositives, .falsePositives] }

    /// The precision at each threshold.
    public func result() -> Tensor { result(shares("true_positives", of: "false_positives")) }

    /// All arguments.
    public func getConfig() -> Configuration { baseConfig.merging(arguments) }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Precision {
        try read(config) {
            Precision(
                thresholds: try $0.numbers("thresholds"), topK: try $0.integer("top_k"),
                classId: try $0.integer("class_id"), name: $1, dtype: $2)
        }
    }
}

/// How many of the labels that are 1 have a prediction above a threshold; 0 where there are none.
///
/// ```swift
/// print(try Recall()([0, 1, 1, 1], [1, 0, 1, 1]))   // 0.6666667
/// ```
public final class Recall: ThresholdedMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    private let arguments: Configuration

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - thresholds: what predictions must exceed, each in 0...1; the default is 0.5, or with `topK` nothing.
    ///   - topK: how many of the greatest scores of a row may be positive; the default is all.
    ///   - classId: the class that is looked at; the default is all.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public init(
        thresholds: [Double]? = nil, topK: Int? = nil, classId: Int? = nil, name: String = "recall",
        dtype: DType? = nil
    ) {
        counter = ThresholdCounter(thresholds, topK, classId)
        arguments = precisionConfig(thresholds, topK, classId)
        core = MetricCore(
            name: name, dtype: dtype,
            sums: ["true_positives": [counter.thresholds.count], "false_negatives": [counter.thresholds.count]],
            refusal: ThresholdCounter.refusal(thresholds, topK: topK))
    }

    /// True positives and false negatives.
    public var counted: [ConfusionCondition] { [.truePositives, .falseNegatives] }

    /// The recall at each threshold.
    public func result() -> Tensor { result(shares("true_positives", of: "false_negatives")) }

    /// All arguments.
    public func getConfig() -> Configuration { baseConfig.merging(arguments) }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Recall {
        try read(config) {
            Recall(
                thresholds: try $0.numbers("thresholds"), topK: try $0.integer("top_k"),
                classId: try $0.integer("class_id"), name: $1, dtype: $2)
        }
    }
}

private func precisionConfig(_ thresholds: [Double]?, _ topK: Int?, _ classId: Int?) -> Configuration {
    ["thresholds": .init(thresholds), "top_k": .init(topK), "class_id": .init(classId)]
}

extension ThresholdCounter {
    /// Every score is above the threshold that stands beside topK, unless it was not among the greatest.
    fileprivate init(_ thresholds: [Double]?, _ topK: Int?, _ classId: Int?) {
        self.init(thresholds ?? [topK == nil ? 0.5 : TopK.lowest])
        self.topK = topK
        self.classId = classId
    }
}
