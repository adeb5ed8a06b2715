import DescentCore

/// How far predictions of numbers are from the truth, in double precision.
///
/// ```swift
/// let score = try RegressionScore(truth: [1, 2, 3, 4], predicted: [1, 2, 3, 6])
/// print(score.rmse, score.mae, brief(score.r2))   // 1.0 0.5 0.2
/// ```
public struct RegressionScore: Sendable, Hashable {
    /// The root of the mean of squared errors.
    public let rmse: Double
    /// The mean of absolute errors.
    public let mae: Double
    /// The share of the variance that is explained, 1 − Σ(y − ŷ)² / Σ(y − ȳ)²; NaN if all truths are the same.
    public let r2: Double

    /// The score of predictions, one for each truth.
    ///
    /// - Throws: if there is no truth, or not as many predictions.
    public init(
        truth: [Double], predicted: [Double], file: StaticString = #fileID, line: UInt = #line
    ) throws(DescentError) {
        guard !truth.isEmpty, truth.count == predicted.count else {
            throw DescentError(
                "RegressionScore", "there must be as many predictions as truths, and one at least",
                received: "\(truth.count) truths, \(predicted.count) predictions", at: SourceLocation(file, line))
        }
        let count = Double(truth.count)
        let mean = truth.reduce(0) { $0 + $1 / count }
        // In units of the largest distance, so that squares neither overflow nor vanish.
        func squares(_ distances: [Double]) -> (unit: Double, sum: Double) {
            let unit = distances.reduce(0) { max($0, $1.magnitude) }
            guard unit > 0, unit.isFinite else { return (unit, unit.isFinite ? 0 : 1) }
            return (unit, distances.reduce(0) { $0 + ($1 / unit) * ($1 / unit) })
        }
        let errors = zip(truth, predicted).map { $0 - $1 }
        let (unit, sum) = squares(errors)
        let (spread, variance) = squares(truth.map { $0 - mean })
        // A largest distance does not see NaN.
        let isNumber = !errors.contains(where: \.isNaN)
        rmse = isNumber ? unit * (sum / count).squareRoot() : .nan
        mae = errors.reduce(0) { $0 + $1.magnitude / count }
        r2 = isNumber && spread > 0 ? 1 - (unit / spread) * (unit / spread) * (sum / variance) : .nan
    }
}
