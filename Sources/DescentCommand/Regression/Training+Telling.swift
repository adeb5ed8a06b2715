import Descent

extension Training {
    /// What is learned from, before training begins.
    func announce(_ console: Console) throws {
        guard !settings.isQuiet else { return }
        let parts = [
            "\(rows.training.rowCount) to learn from", rows.validation.map { "\($0.rowCount) for validation" },
            rows.test.map { "\($0.rowCount) to be judged by" },
        ].compactMap { $0 }
        let encoder = regressor.encoder
        try console.say("\(counted(table.rowCount, "row")): \(parts.joined(separator: ", ")).")
        try console.say(
            "\(counted(encoder.featureNames.count, "feature")) of \(counted(encoder.columnNames.count, "column")); "
                + "\(shape) learns \(settings.target) by \(settings.optimizer).")
        for note in encoder.notes { try console.say("Note: \(note).") }
        try console.say()
    }

    private var shape: String {
        guard settings.kind == .mlp else { return "a \(settings.modelName)" }
        let sizes = [regressor.encoder.featureNames.count] + settings.hidden + [1]
        return "a \(sizes.map { "\($0)" }.joined(separator: "-")) network"
    }

    /// The curve, and which epoch the model is of.
    func tell(_ outcome: Outcome, _ console: Console) throws {
        if !settings.isQuiet {
            if outcome.history.epochs.count > 1 {
                try console.say()
                try console.say(
                    outcome.history.terminal(width: min(console.width, 72), height: 14, colors: console.hasColors))
            }
            try console.say()
            if outcome.epoch <= outcome.history.epochs.last ?? 0 {
                try console.say("The model is that of epoch \(outcome.epoch), the best one.\n")
            }
        }
    }

    /// Writes the report.
    func report(_ outcome: Outcome, title: String, to path: String) throws {
        var report = TrainingReport(title, regressor.model)
        let results = outcome.results
        report.results = results
        report.subtitle = "\(shape.prefix(1).uppercased())\(shape.dropFirst()) predicts \(settings.target)"
        if let baseline = results.baselines.last, baseline.score.rmse > 0 {
            let share = 100 * (1 - results.score.rmse / baseline.score.rmse)
            let comparison =
                share >= 0 ? "\(brief(share, digits: 3)) % smaller" : "\(brief(-share, digits: 3)) % larger"
            report.remarks.append(
                "The model's root mean square error on \(results.rows) is \(comparison) than that of \(baseline.name).")
        }
        report.remarks.append("The model is that of epoch \(outcome.epoch) of \(outcome.history.epochs.count).")
        report.settings += [
            ("batch size", "\(settings.batchSize)"), ("most epochs", "\(settings.epochs)"),
            ("patience", settings.patience > 0 ? counted(settings.patience, "epoch") : "without end"),
            ("validation split", "\(settings.validationSplit)"), ("test split", "\(settings.testSplit)"),
            ("seed", "\(settings.seed)"),
        ]
        report.describe(table, encoder: regressor.encoder)
        try report.write(to: path)
    }
}
