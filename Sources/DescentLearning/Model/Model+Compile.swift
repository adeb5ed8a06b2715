import DescentCore

extension Model {
    /// Says what the model is trained with.
    ///
    /// ```swift
    /// let model = Sequential(Dense(64, activation: .relu), Dense(1))
    /// try model.compile(optimizer: RMSprop(learningRate: 0.001), loss: .mse, metrics: ["mae", RootMeanSquaredError()])
    /// print(model.optimizer!.learningRate)   // 0.001
    /// ```
    ///
    /// - Parameters:
    ///   - optimizer: what changes the variables.
    ///   - loss: what is made small: a loss, or a documented name.
    ///   - metrics: metrics, or documented names, that count every sample alike.
    ///   - weightedMetrics: metrics, or documented names, that sample weights and class weights count for.
    /// - Throws: names that nobody knows, with those that are known; a wrong option; a call amid `fit`. Nothing is changed then.
    public func compile(
        optimizer: any Optimizer, loss: Loss, metrics: [any MetricChoice] = [],
        weightedMetrics: [any MetricChoice] = [], file: StaticString = #fileID, line: UInt = #line
    ) throws {
        let location = SourceLocation(file, line)
        guard !trainer.isFitting else {
            throw DescentError(
                "compile", "a model is compiled before or after a training", received: "one amid fit", at: location)
        }
        if let error = loss.error { throw error.located(at: location) }
        if let problem = optimizer.state.problem { throw problem.located(at: location) }
        for choice in metrics + weightedMetrics {
            // These stand for several metrics, of which the first batch chooses one.
            if let name = choice as? String, !["crossentropy", "ce"].contains(name) {
                _ = try Metrics.named(name, file: file, line: line)
            }
            if let refusal = (choice as? any Metric)?.core.refusal { throw refusal.located(at: location) }
        }
        let held = metrics.compactMap { $0 as? any Metric } + weightedMetrics.compactMap { $0 as? any Metric }
        guard Set(held.map { ObjectIdentifier($0) }).count == held.count else {
            throw DescentError(
                "compile", "each metric must be an object of its own", received: "the same metric twice", at: location)
        }
        trainer.optimizer = optimizer
        trainer.loss = loss
        trainer.meters = Meters(metrics, weighted: weightedMetrics)
        trainer.position = TrainingPosition()
        trainer.resumption = nil
    }

    /// Says what the model is trained with; the optimizer by its documented name.
    ///
    /// ```swift
    /// let model = Sequential(Dense(1))
    /// try model.compile(optimizer: "sgd", loss: "mse", metrics: [RootMeanSquaredError()])
    /// print(model.optimizer!.learningRate)   // 0.01
    /// ```
    public func compile(
        optimizer: String = "rmsprop", loss: Loss, metrics: [any MetricChoice] = [],
        weightedMetrics: [any MetricChoice] = [], file: StaticString = #fileID, line: UInt = #line
    ) throws {
        let made: any Optimizer
        do {
            made = try Optimizers.deserialize(.string(optimizer))
        } catch let error as DescentError {
            throw error.located(at: SourceLocation(file, line))
        }
        try compile(
            optimizer: made, loss: loss, metrics: metrics, weightedMetrics: weightedMetrics, file: file, line: line)
    }
}
