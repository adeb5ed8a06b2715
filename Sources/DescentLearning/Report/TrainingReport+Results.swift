import DescentCore
import DescentPictures

extension TrainingReport {
    /// Predictions beside the truth, and beside what simpler ways predict.
    public struct Results: Sendable {
        /// The truth, row by row.
        public let truth: [Double]
        /// What the model predicts, row by row.
        public let predicted: [Double]
        /// Which rows these are: "80 test rows".
        public let rows: String
        /// What is predicted, as axes say it; nothing if empty.
        public let quantity: String
        /// How near the model comes.
        public let score: RegressionScore
        /// How near simpler ways come.
        public let baselines: [(name: String, score: RegressionScore)]

        /// Results for some rows.
        ///
        /// - Parameters:
        ///   - truth: the truth, row by row.
        ///   - predicted: what the model predicts, row by row.
        ///   - rows: which rows these are: "80 test rows".
        ///   - quantity: what is predicted, in which unit.
        ///   - baselines: names of simpler ways, and what they predict.
        /// - Throws: if there is not a prediction for each truth.
        public init(
            truth: [Double], predicted: [Double], rows: String, quantity: String = "",
            baselines: [(name: String, predicted: [Double])] = [], file: StaticString = #fileID, line: UInt = #line
        ) throws(DescentError) {
            self.truth = truth
            self.predicted = predicted
            self.rows = rows
            self.quantity = quantity
            score = try RegressionScore(truth: truth, predicted: predicted, file: file, line: line)
            var scores: [(name: String, score: RegressionScore)] = []
            for (name, predicted) in baselines {
                scores.append((name, try RegressionScore(truth: truth, predicted: predicted, file: file, line: line)))
            }
            self.baselines = scores
        }

        var figures: HTMLReport.Block {
            .figures(
                [("RMSE, the model", brief(score.rmse))]
                    + baselines.map { ("RMSE, \($0)", brief($1.rmse)) }
                    + [("R², the model", TrainingReport.share(score.r2))])
        }

        var table: TextTable {
            var table = TextTable([
                .left("on \(rows)"), .decimal("RMSE"), .decimal("MAE"), .decimal("R²"),
            ])
            for (name, score) in [("the model", score)] + baselines {
                table.append([name, brief(score.rmse), brief(score.mae), TrainingReport.share(score.r2)])
            }
            return table
        }

        var charts: [Chart] {
            let (x, y) = quantity.isEmpty ? ("truth", "prediction") : ("\(quantity), truth", "\(quantity), prediction")
            var predictions = Chart.predictions(truth: truth, predicted: predicted, x: x, y: y)
            predictions.references = [.diagonal(label: "prediction = truth")]
            let left = zip(truth, predicted).map { $0 - $1 }
            return [
                predictions, .residuals(truth: truth, predicted: predicted, x: y),
                .histogram(left, title: "Distribution of residuals", x: "truth − prediction", y: "rows"),
            ]
        }
    }

    /// A share of the variance as text.
    fileprivate static func share(_ value: Double) -> String { value.isNaN ? "–" : Numeral.formatted("%.3f", value) }
}
