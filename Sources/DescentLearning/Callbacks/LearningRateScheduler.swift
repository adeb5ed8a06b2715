import DescentCore

/// Sets the learning rate before each epoch.
///
/// ```swift
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: SGD(learningRate: 0.5), loss: "mse")
/// let schedule = LearningRateScheduler { epoch, rate in epoch < 2 ? rate : rate / 2 }
/// let history = try model.fit([[1]], [2], epochs: 4, verbose: .silent, callbacks: [schedule])
/// print(history["learning_rate"])   // [0.5, 0.5, 0.25, 0.125]
/// ```
public final class LearningRateScheduler: Callback {
    private let schedule: (_ epoch: Int, _ rate: Double) -> Double
    private weak var model: (any Model)?

    /// Asks `schedule` before each epoch for the learning rate; it is told the epoch and the rate so far.
    public init(_ schedule: @escaping (_ epoch: Int, _ rate: Double) -> Double) { self.schedule = schedule }

    /// The model whose optimizer is told.
    public func setModel(_ model: any Model) { self.model = model }

    /// Makes sure that the learning rate can be set.
    public func onTrainBegin() throws { try model?.optimizer?.requireNumber("LearningRateScheduler") }

    /// Sets the learning rate.
    public func onEpochBegin(_ epoch: Int) throws {
        guard let optimizer = model?.optimizer else { return }
        let rate = schedule(epoch, optimizer.learningRate)
        guard !rate.isNaN else {
            throw DescentError(
                "LearningRateScheduler", "the learning rate must be a number", received: "nan for epoch \(epoch)")
        }
        optimizer.learningRate = rate
    }

    /// The learning rate of the epoch becomes one of its figures.
    public func onEpochEnd(_ epoch: Int, _ logs: Logs) {
        if let model, let optimizer = model.optimizer { model.trainer.log("learning_rate", optimizer.learningRate) }
    }
}
