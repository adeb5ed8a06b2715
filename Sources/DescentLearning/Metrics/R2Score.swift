import DescentCore
import DescentFiles

/// How much of the variance of what is true the predictions explain: `1 − Σ w (y − ŷ)² / Σ w (y − mean)²`.
///
/// ```swift
/// print(try R2Score()([[1], [4], [3]], [[2], [4], [4]]))   // 0.5714286
/// ```
///
/// Batches have the shape [samples, outputs]. 1 is perfect; predicting the mean gives 0; there is no lower bound.
/// Where what is true is constant the score is 0, or NaN if the predictions are that constant.
public final class R2Score: Metric {
    /// How the scores of outputs become one.
    public enum Aggregation: String, CaseIterable, Sendable {
        /// The mean of the scores.
        case uniformAverage = "uniform_average"
        /// The mean of the scores weighted by the variances of what is true.
        case varianceWeightedAverage = "variance_weighted_average"
    }

    /// Name, dtype and sums.
    public let core: MetricCore
    /// How the scores of outputs become one; nil gives each.
    public let classAggregation: Aggregation?
    /// How many regressors the adjusted score takes into account; 0 for the plain score.
    public let numRegressors: Int

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - classAggregation: how the scores of outputs become one, nil to get each; the default is their mean.
    ///   - numRegressors: how many regressors the adjusted score takes into account; the default, 0, gives the plain
    ///     score, and so does a number that is too great for the elements seen.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public init(
        classAggregation: Aggregation? = .uniformAverage, numRegressors: Int = 0, name: String = "r2_score",
        dtype: DType? = nil
    ) {
        self.classAggregation = classAggregation
        self.numRegressors = numRegressors
        let refusal =
            numRegressors < 0
            ? DescentError("R2Score", "numRegressors must not be negative", received: "\(numRegressors)") : nil
        core = MetricCore(
            name: name, dtype: dtype,
            sums: ["num_samples": [], "squared_sum": [nil], "sum": [nil], "residual": [nil], "count": [nil]],
            refusal: refusal)
    }

    /// What the score is made of, for each output.
    public func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        let (yTrue, yPred) = sameRank(yTrue.cast(to: dtype), yPred.cast(to: dtype))
        guard yTrue.rank == 2, yTrue.shape == yPred.shape else {
            throw DescentError(
                "updateState", "yTrue and yPred must have the same shape [samples, outputs]",
                received: "\(yTrue.shape), \(yPred.shape)")
        }
        let (y, prediction) = (yTrue.cast(to: .float64), yPred.cast(to: .float64))
        var weights = Tensor.ones(y.shape, dtype: .float64)
        if let sampleWeight {
            weights = try SampleWeight.broadcast(sampleWeight.cast(to: dtype).cast(to: .float64), to: y.shape)
        }
        let weighted = y * weights
        return [
            Tensor(Double(y.count), dtype: .float64), (y * weighted).sum(axes: 0), weighted.sum(axes: 0),
            ((y - prediction) ** 2 * weights).sum(axes: 0), weights.sum(axes: 0),
        ]
    }

    /// The score, or one for each output.
    public func result() -> Tensor {
        let (sums, counts) = (core.numbers("sum"), core.numbers("count"))
        let totals = zip(core.numbers("squared_sum"), zip(sums, counts)).map { $0 - $1.0 * ($1.0 / $1.1) }
        let scores = zip(core.numbers("residual"), totals).map { residual, total in
            let score = 1 - residual / total
            return score.isInfinite ? 0 : score
        }
        switch classAggregation {
        case nil: return core.result(scores.map(adjusted))
        case .uniformAverage: return core.result(adjusted(scores.reduce(0, +) / Double(scores.count)))
        case .varianceWeightedAverage:
            let weighted = zip(scores, totals).reduce(0) { $0 + $1.0 * $1.1 }
            return core.result(adjusted(weighted / totals.reduce(0, +)))
        }
    }

    /// Corrected for what regressors explain by chance. As in Keras all elements count as samples.
    private func adjusted(_ score: Double) -> Double {
        let (samples, regressors) = (core.number("num_samples"), Double(numRegressors))
        guard numRegressors > 0, regressors < samples - 1 else { return score }
        return 1 - (1 - score) * (samples - 1) / (samples - regressors - 1)
    }

    /// All arguments.
    public func getConfig() -> Configuration {
        baseConfig.merging([
            "class_aggregation": .init(classAggregation?.rawValue), "num_regressors": .integer(numRegressors),
        ])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> R2Score {
        try read(config) {
            // Here null is a value; only a missing key stands for the default.
            let aggregation: Aggregation? = try $0.choice("class_aggregation")
            let isGiven = config["class_aggregation"] != nil
            return R2Score(
                classAggregation: isGiven ? aggregation : .uniformAverage,
                numRegressors: try $0.integer("num_regressors") ?? 0, name: $1, dtype: $2)
        }
    }
}
