import DescentCore
import DescentFiles

/// How scores of classes become one.
public enum ScoreAverage: String, CaseIterable, Sendable {
    /// All classes are counted together.
    case micro
    /// The mean of the scores.
    case macro
    /// The mean of the scores weighted by how often a class is true.
    case weighted
}

/// A metric that is the weighted harmonic mean of precision and recall of classes.
public protocol FScoreMetric: Metric {
    /// How much recall counts beside precision.
    var beta: Double { get }

    /// How the scores of classes become one; nil gives each.
    var average: ScoreAverage? { get }

    /// A prediction above this is positive; nil takes the greatest of each row.
    var threshold: Double? { get }
}

extension FScoreMetric {
    /// True positives, false positives, false negatives, and how often each class is true.
    public func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        let (yTrue, yPred) = (yTrue.cast(to: dtype), yPred.cast(to: dtype))
        guard yTrue.rank == 2, yTrue.shape == yPred.shape else {
            throw DescentError(
                "updateState", "yTrue and yPred must have the same shape [samples, classes]",
                received: "\(yTrue.shape), \(yPred.shape)")
        }
        var isPositive = yPred .> (threshold ?? 0)
        if threshold == nil {
            // A row of zeros has no greatest.
            isPositive =
                yPred.shape[1] == 0
                ? isPositive : (yPred .>= yPred.max(axes: -1, keepDims: true)) .& (yPred.abs() .> 1e-9)
        }
        let (p, y) = (isPositive.cast(to: .float64), yTrue.cast(to: .float64))
        var weights = Tensor(1, dtype: .float64)
        if let sampleWeight {
            weights = try SampleWeight.broadcast(
                sampleWeight.cast(to: dtype).cast(to: .float64), to: yPred.shape)
        }
        return [p * y, p * (1 - y), (1 - p) * y, y].map {
            average == .micro ? ($0 * weights).sum() : ($0 * weights).sum(axes: 0)
        }
    }

    /// The score; 0 where precision or recall are 0 or there is nothing to count.
    public func result() -> Tensor {
        let (tp, fp) = (core.numbers("true_positives"), core.numbers("false_positives"))
        let (fn, weights) = (core.numbers("false_negatives"), core.numbers("intermediate_weights"))
        let square = beta * beta
        let scores = tp.indices.map { i in
            let (precision, recall) = (quotient(tp[i], tp[i] + fp[i]), quotient(tp[i], tp[i] + fn[i]))
            return quotient((1 + square) * precision * recall, square * precision + recall)
        }
        switch average {
        case nil: return core.result(scores)
        case .micro, .macro: return core.result(quotient(scores.reduce(0, +), Double(scores.count)))
        case .weighted:
            return core.result(quotient(zip(scores, weights).reduce(0) { $0 + $1.0 * $1.1 }, weights.reduce(0, +)))
        }
    }

    fileprivate static func core(
        _ name: String, _ dtype: DType?, _ average: ScoreAverage?, _ beta: Double, _ threshold: Double?
    ) -> MetricCore {
        var refusal: DescentError?
        if !(beta > 0) { refusal = DescentError("Metric", "beta must be positive", received: "\(beta)") }
        if let threshold, !(threshold > 0 && threshold <= 1) {
            refusal = DescentError("Metric", "threshold lies above 0 and not above 1", received: "\(threshold)")
        }
        let shape: [Int?] = average == .micro ? [] : [nil]
        return MetricCore(
            name: name, dtype: dtype,
            sums: [
                "true_positives": shape, "false_positives": shape, "false_negatives": shape,
                "intermediate_weights": shape,
            ], refusal: refusal)
    }
}

/// The weighted harmonic mean of precision and recall, `(1 + β²) P R / (β² P + R)`.
///
/// ```swift
/// let m = FBetaScore(beta: 2, threshold: 0.5)
/// try m.updateState([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0]])
/// print(m.result())   // [0.3846154, 0.90909094, 0.8333333]
/// ```
///
/// Keras adds 1e-7 to each divisor; here a fraction with divisor 0 counts as 0 instead.
public final class FBetaScore: FScoreMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How much recall counts beside precision.
    public let beta: Double
    /// How the scores of classes become one; nil gives each.
    public let average: ScoreAverage?
    /// A prediction above this is positive; nil takes the greatest of each row.
    public let threshold: Double?

    /// `fbeta_score`
    public static var defaultName: String { "fbeta_score" }

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - average: how the scores of classes become one; the default gives each.
    ///   - beta: how much recall counts beside precision; the default is 1.
    ///   - threshold: a prediction above this is positive; by default the greatest of each row is.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public init(
        average: ScoreAverage? = nil, beta: Double = 1, threshold: Double? = nil, name: String = "fbeta_score",
        dtype: DType? = nil
    ) {
        core = Self.core(name, dtype, average, beta, threshold)
        (self.average, self.beta, self.threshold) = (average, beta, threshold)
    }

    /// All arguments.
    public func getConfig() -> Configuration {
        baseConfig.merging([
            "average": .init(average?.rawValue), "beta": .number(beta), "threshold": .init(threshold),
        ])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> FBetaScore {
        try read(config) {
            FBetaScore(
                average: try $0.choice("average"), beta: try $0.number("beta", default: 1),
                threshold: try $0.number("threshold"), name: $1, dtype: $2)
        }
    }
}

/// The harmonic mean of precision and recall, `2 P R / (P + R)`.
///
/// ```swift
/// let m = F1Score(threshold: 0.5)
/// try m.updateState([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0]])
/// print(m.result())   // [0.5, 0.8, 0.6666667]
/// ```
public final class F1Score: FScoreMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// Recall and precision count alike.
    public var beta: Double { 1 }
    /// How the scores of classes become one; nil gives each.
    public let average: ScoreAverage?
    /// A prediction above this is positive; nil takes the greatest of each row.
    public let threshold: Double?

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - average: how the scores of classes become one; the default gives each.
    ///   - threshold: a prediction above this is positive; by default the greatest of each row is.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public init(
        average: ScoreAverage? = nil, threshold: Double? = nil, name: String = "f1_score", dtype: DType? = nil
    ) {
        core = Self.core(name, dtype, average, 1, threshold)
        (self.average, self.threshold) = (average, threshold)
    }

    /// All arguments.
    public func getConfig() -> Configuration {
        baseConfig.merging(["average": .init(average?.rawValue), "threshold": .init(threshold)])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> F1Score {
        try read(config) {
            F1Score(
                average: try $0.choice("average"), threshold: try $0.number("threshold"), name: $1, dtype: $2)
        }
    }
}
