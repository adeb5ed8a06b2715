import DescentCore
import DescentData

extension Model {
    /// The loss and the metrics over data in memory; nothing is changed.
    ///
    /// ```swift
    /// let model = Sequential(Dense(1, kernelInitializer: .ones))
    /// try model.compile(optimizer: "sgd", loss: "mse", metrics: ["mae"])
    /// let results = try model.evaluate([[1], [2]], [2, 4], verbose: .silent)
    /// print(results.loss, results["mae"]!)   // 2.5 1.5
    /// ```
    ///
    /// - Parameters:
    ///   - x: what the model reads.
    ///   - y: what is true.
    ///   - batchSize: the rows that are computed together; the default is 32.
    ///   - verbose: how much is told; the default depends on whether the standard output is a terminal.
    ///   - sampleWeight: how much each sample counts; the default is 1.
    ///   - steps: the number of batches; the default is all.
    ///   - callbacks: what is told of everything that happens.
    @discardableResult
    public func evaluate(
        _ x: Input, _ y: Tensor, batchSize: Int = 32, verbose: Verbosity = .auto, sampleWeight: Tensor? = nil,
        steps: Int? = nil, callbacks: [any Callback] = [], file: StaticString = #fileID, line: UInt = #line
    ) throws -> Logs {
        try evaluate(
            Batch(x, y, sampleWeight: sampleWeight), batchSize: batchSize, verbose: verbose, steps: steps,
            callbacks: callbacks, file: file, line: line)
    }

    /// The loss and the metrics over batches; a `Batch` by itself is cut into smaller ones.
    @discardableResult
    public func evaluate(
        _ data: some BatchSource<Input>, batchSize: Int = 32, verbose: Verbosity = .auto, steps: Int? = nil,
        callbacks: [any Callback] = [], file: StaticString = #fileID, line: UInt = #line
    ) throws -> Logs {
        try located(file, line) {
            try positive(steps, "evaluate")
            let evaluation = try Evaluation(self, "evaluate")
            let source = try cut(data, batchSize, "evaluate")
            for callback in callbacks { callback.setModel(self) }
            let progress = Progress(verbose, epochs: nil, name: "evaluate")
            defer { progress.end() }
            let logs = try evaluation.run(source, steps: steps, callbacks, progress)
            progress.finish(nil, logs)
            return logs
        }
    }

    /// The loss and the metrics over any sequence of batches.
    @discardableResult
    public func evaluate(
        _ batches: some Sequence<Batch<Input>>, verbose: Verbosity = .auto, steps: Int? = nil,
        callbacks: [any Callback] = [], file: StaticString = #fileID, line: UInt = #line
    ) throws -> Logs {
        try evaluate(
            SequenceBatches(batches), verbose: verbose, steps: steps, callbacks: callbacks, file: file, line: line)
    }

    /// What the model predicts, computed batch by batch.
    ///
    /// ```swift
    /// let model = Sequential(Dense(1, kernelInitializer: .ones))
    /// print(try model.predict([[1, 2], [3, 4]], verbose: .silent))   // [[3.0],
    ///                                                                //  [7.0]]
    /// ```
    ///
    /// - Parameters:
    ///   - x: what the model reads.
    ///   - batchSize: the rows that are computed together; the default is 32.
    ///   - verbose: how much is told; the default depends on whether the standard output is a terminal.
    ///   - steps: the number of batches; the default is all.
    ///   - callbacks: what is told of everything that happens.
    public func predict(
        _ x: Input, batchSize: Int = 32, verbose: Verbosity = .auto, steps: Int? = nil,
        callbacks: [any Callback] = [], file: StaticString = #fileID, line: UInt = #line
    ) throws -> Tensor {
        try predict(
            Batch(x), batchSize: batchSize, verbose: verbose, steps: steps, callbacks: callbacks, file: file, line: line
        )
    }

    /// What the model predicts for batches, one after the other; what is true there does not matter.
    public func predict(
        _ data: some BatchSource<Input>, batchSize: Int = 32, verbose: Verbosity = .auto, steps: Int? = nil,
        callbacks: [any Callback] = [], file: StaticString = #fileID, line: UInt = #line
    ) throws -> Tensor {
        try located(file, line) {
            try positive(steps, "predict")
            let source = try cut(data, batchSize, "predict")
            for callback in callbacks { callback.setModel(self) }
            for callback in callbacks { try callback.onPredictBegin() }
            let progress = Progress(verbose, epochs: nil, name: "predict")
            defer { progress.end() }
            progress.begin(nil, steps: steps ?? source.batchCount)
            let batches = try source.batches(epoch: 0)
            var outputs: [Tensor] = []
            while outputs.count < steps ?? .max, let batch = try batches.next() {
                for callback in callbacks { try callback.onPredictBatchBegin(outputs.count) }
                outputs.append(try output(batch.x, "predict"))
                for callback in callbacks { try callback.onPredictBatchEnd(outputs.count - 1) }
                progress.advance(to: outputs.count, nil)
            }
            guard !outputs.isEmpty else { throw DescentError("predict", "there must be a batch", received: "none") }
            progress.finish(nil, Logs())
            for callback in callbacks { try callback.onPredictEnd() }
            return outputs.count == 1 ? outputs[0] : try concat(outputs).evaluated()
        }
    }

    private func output(_ x: Input, _ operation: String) throws -> Tensor {
        let output = Pass.outside { self(x) }
        if let error = output.error { throw InputFault.explained(error, self, x, operation) }
        if trainer.inputs.isEmpty { trainer.inputs = x.tensors.map { InputSignature($0) } }
        return try output.evaluated()
    }

    private func positive(_ steps: Int?, _ operation: StaticString) throws {
        if let steps, steps < 1 { throw DescentError(operation, "steps must be positive", received: "\(steps)") }
    }
}

// MARK: - One batch

extension Model {
    /// Takes one step; the loss and the metrics of this batch, before the step.
    ///
    /// ```swift
    /// let model = Sequential(Dense(1, kernelInitializer: .ones))
    /// try model.compile(optimizer: SGD(learningRate: 0.1), loss: "mse")
    /// print(try model.trainOnBatch([[1], [2]], [2, 4]).loss)   // 2.5
    /// print(try model.testOnBatch([[1], [2]], [2, 4]).loss < 1)   // true
    /// ```
    @discardableResult
    public func trainOnBatch(
        _ x: Input, _ y: Tensor, sampleWeight: Tensor? = nil, classWeight: [Int: Double]? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> Logs {
        try located(file, line) {
            var step = try TrainingStep(self, "trainOnBatch")
            let batch = try Batch(x, y, sampleWeight: sampleWeight).evaluated()
                .weighted(by: try classWeight.map(ClassWeights.init))
            try step.prepare(batch)
            step.warnIfNothingIsTrained()
            return try figures {
                _ = try step.train(batch)
                trainer.position.step += 1
            }
        }
    }

    /// The loss and the metrics of one batch; nothing is changed.
    @discardableResult
    public func testOnBatch(
        _ x: Input, _ y: Tensor, sampleWeight: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Logs {
        try located(file, line) {
            var step = try TrainingStep(self, "testOnBatch")
            let batch = Batch(x, y, sampleWeight: sampleWeight)
            try step.prepare(batch)
            return try figures { _ = try step.test(batch) }
        }
    }

    /// What the model predicts for one batch.
    public func predictOnBatch(_ x: Input, file: StaticString = #fileID, line: UInt = #line) throws -> Tensor {
        try located(file, line) { try output(x, "predictOnBatch") }
    }

    /// The figures that `body` finds alone; amid a training those of its epoch are not lost.
    private func figures(_ body: () throws -> Void) throws -> Logs {
        let meters = trainer.meters
        let outer = trainer.isFitting ? meters.state : nil
        meters.reset()
        defer { if let outer { try? meters.set(outer) } }
        try body()
        var logs = Logs()
        logs.merge(Logs(live: meters))
        return logs
    }
}
