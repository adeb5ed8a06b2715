import Descent

/// A training from a table to a model, and what came out of it.
struct Training {
    let table: Table
    let rows: Rows
    let settings: Settings
    let regressor: Regressor
    let optimizer: any Optimizer
    private let console: Console

    /// Looks at the table, sets rows apart and learns from the others how to encode them.
    init(_ table: Table, from source: String, _ settings: Settings, _ console: Console) throws {
        try Inspection(table: table, source: source).check(settings)
        self.table = table
        self.settings = settings
        self.console = console
        rows = try Rows(table, settings)
        optimizer = try settings.makeOptimizer()
        let encoder: TableEncoder
        do {
            encoder = try TableEncoder(learning: rows.training, target: settings.target, leavingOut: settings.leftOut)
        } catch {
            throw Failure("\(source): \(Failure(error).message)")
        }
        setRandomSeed(settings.seed)
        regressor = Regressor(encoder: encoder, model: settings.makeModel(), missing: settings.missing)
        try checkSize()
    }

    private func checkSize() throws {
        guard settings.kind == .polynomial else { return }
        let features = regressor.encoder.featureNames.count
        let count = Monomials.count(features: features, degree: settings.degree)
        guard let count, count <= Monomials.maximumCount else {
            throw Failure(
                "--degree \(settings.degree) of \(features) features makes \(count.map { "\($0)" } ?? "too many") terms, "
                    + "more than \(Monomials.maximumCount)")
        }
    }

    /// Trains.
    ///
    /// - Throws: a loss that is no number any more; Ctrl-C before the first epoch was over.
    func run() throws -> Outcome {
        let (model, encoder) = (regressor.model, regressor.encoder)
        let training = try encoder.encode(rows.training)
        let validation = try rows.validation.map { try encoder.encode($0) }
        for case let normalization as Normalization in model.layers {
            try normalization.adapt(Monomials(degree: settings.degree)(training.x))
        }
        try model.compile(optimizer: optimizer, loss: .mse)
        let monitor = validation == nil ? "loss" : "val_loss"
        let best = BestEpoch(monitor: settings.patience > 0 ? monitor : nil)
        var callbacks: [any Callback] = [TerminateOnNaN(), best]
        if settings.patience > 0 { callbacks.append(EarlyStopping(monitor: monitor, patience: settings.patience)) }
        if !settings.isQuiet { callbacks.append(EpochLines(console, epochs: settings.epochs)) }
        let target = training.y!
        let history: History
        let options = (size: settings.batchSize, epochs: settings.epochs, seed: settings.seed)
        if let validation {
            history = try model.fit(
                training.x, target, batchSize: options.size, epochs: options.epochs, verbose: .silent,
                callbacks: callbacks, validationData: (validation.x, validation.y!), validationBatchSize: 1024,
                seed: options.seed)
        } else {
            history = try model.fit(
                training.x, target, batchSize: options.size, epochs: options.epochs, verbose: .silent,
                callbacks: callbacks, seed: options.seed)
        }
        guard let epoch = best.epoch else {
            if history.wasInterrupted {
                throw Failure("interrupted before the first epoch was over: nothing is saved", status: 130)
            }
            throw Failure(
                "the loss is no finite number: a smaller --learning-rate than \(brief(optimizer.learningRate)) may help"
            )
        }
        return Outcome(
            history: history, epoch: epoch, results: try results(training.x, target), name: settings.modelName)
    }

    /// The model beside the baselines, on rows that it has not learned from if there are any.
    private func results(_ x: Tensor, _ y: Tensor) throws -> TrainingReport.Results {
        let (judged, name) = rows.judged
        let encoder = regressor.encoder
        let encoded = try encoder.encode(judged)
        let truth = try judged.numbers(settings.target).scalars(as: Double.self)
        let learned = try rows.training.numbers(settings.target).scalars(as: Double.self)
        var baselines = [("mean of the training set", Baselines.mean(learned, rows: truth.count))]
        if encoder.featureNames.count <= Baselines.maximumFeatures,
            let scaled = try? Baselines.leastSquares(x, y, at: encoded.x)
        {
            let predicted = try encoder.inverseTarget(scaled).evaluated().scalars(as: Double.self)
            baselines.append(("linear least squares", predicted))
        }
        return try TrainingReport.Results(
            truth: truth, predicted: try regressor.predict(encoded.x), rows: name, quantity: settings.target,
            baselines: baselines)
    }
}
