import DescentCore
import DescentData

/// One training, from the first epoch to the last.
final class Fit<M: Model> {
    private let model: M
    private let trainer: Trainer
    private let options: FitOptions
    private let callbacks: [any Callback]
    private var step: TrainingStep<M>
    private let progress: Progress
    private var isPrepared = false
    private let backups: [BackupAndRestore]
    /// The sums of an epoch that was cut off, until the metrics are there to take them over.
    private var pending: Meters.State?
    private let interrupt = Interrupt()

    /// What is trained on, and what it is validated with.
    struct Data {
        let training: any BatchSource<M.Input>
        var validation: (any BatchSource<M.Input>)?
        /// The number of the first row of validation, where the same tensors hold both.
        var firstValidationRow = 0
        /// The NaN that the data hold: then the loss is looked at before a step can spoil the variables.
        var suspect: DescentError?
    }

    init(_ model: M, _ options: FitOptions) throws {
        try options.check()
        self.model = model
        self.options = options
        trainer = model.trainer
        callbacks = options.callbacks
        backups = callbacks.compactMap { $0 as? BackupAndRestore }
        step = try TrainingStep(model, "fit")
        progress = Progress(options.verbose, epochs: options.epochs)
        guard !trainer.isFitting else {
            throw DescentError(
                "fit", "a model is trained by one fit at a time", received: "a second one inside the first")
        }
    }

    /// Trains; the seed is decided by now.
    func run(seed: Int, _ data: (Int) throws -> Data) throws -> History {
        trainer.isFitting = true
        trainer.callbacks = callbacks
        trainer.stopTraining = false
        trainer.history = History()
        trainer.position = TrainingPosition(
            seed: seed, epoch: options.initialEpoch, step: trainer.position.step, dataEpoch: options.initialEpoch)
        defer {
            trainer.isFitting = false
            trainer.callbacks = []
            progress.end()
            for backup in backups { backup.giveBack() }
        }
        for callback in callbacks { callback.setModel(model) }
        for callback in callbacks { try callback.onTrainBegin() }
        if let resumption = trainer.resumption {
            trainer.resumption = nil
            trainer.position = resumption.position
            trainer.history = resumption.history
            pending = trainer.position.batch > 0 ? resumption.meters : nil
            try resumption.restore(callbacks)
        }
        // Rows are shuffled by the seed that the training began with, which may be that of a checkpoint.
        let data = try data(trainer.position.seed)
        var feeder = Feeder(data.training, goesOn: options.stepsPerEpoch != nil)
        interrupt.begin()
        defer { interrupt.end() }
        var logs = Logs()
        while trainer.position.epoch < options.epochs, !trainer.stopTraining {
            logs = try epoch(&feeder, data)
        }
        try finishAverages()
        for callback in callbacks { try callback.onTrainEnd(logs) }
        trainer.history.wasInterrupted = interrupt.isPending
        return trainer.history
    }

    private func epoch(_ feeder: inout Feeder<M.Input>, _ data: Data) throws -> Logs {
        let epoch = trainer.position.epoch
        let meters = trainer.meters
        // An epoch that was cut off has begun already.
        if trainer.position.batch == 0 {
            meters.reset()
            for callback in callbacks { try callback.onEpochBegin(epoch) }
        }
        progress.begin(epoch, steps: options.stepsPerEpoch ?? data.training.batchCount)
        try feeder.begin(&trainer.position)
        var isCut = false
        while !isCut {
            if let steps = options.stepsPerEpoch, trainer.position.batch >= steps { break }
            guard let batch = try feeder.next(&trainer.position)?.weighted(by: options.classWeights) else { break }
            if !isPrepared {
                try step.prepare(batch)
                step.warnIfNothingIsTrained()
                isPrepared = true
                if let state = pending.take() { try meters.set(state) }
            }
            try train(batch, data.suspect)
            progress.advance(to: trainer.position.batch, meters)
            isCut = trainer.stopTraining || interrupt.isPending
        }
        try takePending(data)
        guard trainer.position.batch > 0 else {
            throw DescentError("fit", "every epoch must have a batch", received: "none in epoch \(epoch)")
        }
        if interrupt.isPending {
            for callback in callbacks { try callback.onInterrupt() }
            for backup in backups { backup.settle(isLast: true) }
            trainer.stopTraining = true
        }
        var logs = Logs()
        logs.merge(Logs(live: meters))
        if let validation = data.validation, (epoch + 1).isMultiple(of: options.validationFreq) {
            let results = try Evaluation(model, "fit", firstRow: data.firstValidationRow).run(
                validation, steps: options.validationSteps, callbacks)
            logs.merge(results.prefixed("val_"))
        }
        if !isCut || !hasMore(data) {
            trainer.position.epoch = epoch + 1
            trainer.position.batch = 0
        }
        trainer.beginEnd(of: epoch, logs)
        for callback in callbacks { try callback.onEpochEnd(epoch, trainer.logs) }
        trainer.endEpoch()
        // When all have seen the epoch, whatever their order.
        for backup in backups { backup.settle() }
        progress.finish(epoch, trainer.logs)
        return trainer.logs
    }

    /// Where an epoch was cut off after its last batch, nothing has made the metrics yet that take its sums over.
    private func takePending(_ data: Data) throws {
        guard let state = pending.take() else { return }
        if let batch = try data.training.batches(epoch: trainer.position.dataEpoch, from: 0).next() {
            try step.prepare(batch)
        }
        try trainer.meters.set(state)
    }

    /// Whether the epoch that was left has batches that it did not come to.
    private func hasMore(_ data: Data) -> Bool {
        guard let count = options.stepsPerEpoch ?? data.training.batchCount else { return true }
        return trainer.position.batch < count
    }

    private func train(_ batch: Batch<M.Input>, _ suspect: DescentError?) throws {
        let number = trainer.position.batch
        for callback in callbacks { try callback.onTrainBatchBegin(number, Logs(live: trainer.meters)) }
        if let suspect, try step.lossAlone(batch).isNaN, try InputFault.nan(in: batch, "fit") != nil { throw suspect }
        let loss = try step.train(batch)
        trainer.lastLoss = loss
        trainer.position.batch += 1
        trainer.position.step += 1
        if loss.isNaN { try blameData(batch, number) }
        for callback in callbacks { try callback.onTrainBatchEnd(number, Logs(live: trainer.meters)) }
        for backup in backups { backup.settle() }
    }

    /// Throws if the batch holds NaN.
    private func blameData(_ batch: Batch<M.Input>, _ number: Int) throws {
        let place = "batch \(number) of epoch \(trainer.position.epoch)"
        if let error = try InputFault.nan(in: batch, "fit", place: place) { throw error }
    }

    /// Averages of an optimizer that keeps them become the values, as after the last epoch in Keras.
    private func finishAverages() throws {
        guard let optimizer = trainer.optimizer, optimizer.state.options.useEMA, options.epochs > 0 else { return }
        let seen = model.trainableVariables.filter { optimizer.state.entry(of: $0) != nil }
        try optimizer.finalizeVariableValues(seen)
    }
}
