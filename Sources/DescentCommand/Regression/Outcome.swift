import Descent

/// What a training has found.
struct Outcome {
    let history: History
    /// The epoch whose variables the model has, from 1 on.
    let epoch: Int
    let results: TrainingReport.Results
    /// What the model is called.
    let name: String
}

extension Outcome {
    /// How good the baselines are, then the model.
    var scores: [(name: String, score: RegressionScore)] { results.baselines + [("the \(name)", results.score)] }

    /// The same as a table.
    var table: TextTable {
        let title = "\(results.quantity), \(results.rows)"
        var table = TextTable([.left(title), .decimal("RMSE"), .decimal("MAE"), .decimal("R²")])
        for (name, score) in scores {
            table.append([name, brief(score.rmse), brief(score.mae), score.r2.isNaN ? "–" : fixed(score.r2, 3)])
        }
        return table
    }
}
