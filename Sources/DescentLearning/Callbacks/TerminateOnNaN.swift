import DescentCore

/// Ends the training when the loss of a step is not finite.
///
/// ```swift
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: SGD(learningRate: 1e30), loss: "mse")
/// let history = try model.fit([[1], [2]], [2, 4], epochs: 100, verbose: .silent, callbacks: [TerminateOnNaN()])
/// print(history.epochs.count < 10)   // true
/// ```
public final class TerminateOnNaN: Callback {
    private weak var model: (any Model)?

    /// Watches the loss of every step.
    public init() {}

    /// The model that is watched.
    public func setModel(_ model: any Model) { self.model = model }

    /// Looks at the loss.
    public func onTrainBatchEnd(_ batch: Int, _ logs: Logs) {
        guard let model, !model.trainer.lastLoss.isFinite else { return }
        Warnings.emit("the loss of batch \(batch) is \(model.trainer.lastLoss); training ends", from: "TerminateOnNaN")
        model.stopTraining = true
    }
}
