/// Is told of everything that happens in a training, an evaluation or a prediction.
///
/// A conforming class has the functions that it needs; the others do nothing.
///
/// ```swift
/// final class Enough: Callback {
///     weak var model: (any Model)?
///     func setModel(_ model: any Model) { self.model = model }
///     func onEpochEnd(_ epoch: Int, _ logs: Logs) {
///         if logs.loss < 0.1 { model?.stopTraining = true }
///     }
/// }
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: SGD(learningRate: 0.2), loss: "mse")
/// let history = try model.fit([[1], [2]], [2, 4], epochs: 100, verbose: .silent, callbacks: [Enough()])
/// print(history.epochs.count < 100)   // true
/// ```
///
/// What a function throws ends the training, and `fit` throws it.
public protocol Callback: AnyObject {
    /// The model that is trained; called before everything else.
    func setModel(_ model: any Model)

    /// Before the first epoch.
    func onTrainBegin() throws
    /// After the last epoch.
    func onTrainEnd(_ logs: Logs) throws
    /// After a Ctrl-C, when the step under way is done and before the epoch is ended.
    func onInterrupt() throws
    /// Before an epoch.
    func onEpochBegin(_ epoch: Int) throws
    /// After an epoch, with the figures of training and validation.
    func onEpochEnd(_ epoch: Int, _ logs: Logs) throws
    /// Before a step. The logs are computed only when they are read.
    func onTrainBatchBegin(_ batch: Int, _ logs: Logs) throws
    /// After a step, with the figures of the epoch so far. The logs are computed only when they are read.
    func onTrainBatchEnd(_ batch: Int, _ logs: Logs) throws

    /// Before an evaluation, that of an epoch included.
    func onTestBegin() throws
    /// After an evaluation.
    func onTestEnd(_ logs: Logs) throws
    /// Before a batch of an evaluation.
    func onTestBatchBegin(_ batch: Int, _ logs: Logs) throws
    /// After a batch of an evaluation.
    func onTestBatchEnd(_ batch: Int, _ logs: Logs) throws

    /// Before a prediction.
    func onPredictBegin() throws
    /// After a prediction.
    func onPredictEnd() throws
    /// Before a batch of a prediction.
    func onPredictBatchBegin(_ batch: Int) throws
    /// After a batch of a prediction.
    func onPredictBatchEnd(_ batch: Int) throws

    /// What must be remembered to go on with a training that was cut off; nothing unless the class says otherwise.
    var memory: CallbackMemory { get }
    /// Takes over what `memory` gave, after `onTrainBegin`.
    func remember(_ memory: CallbackMemory) throws
}

extension Callback {
    /// Nothing.
    public func setModel(_ model: any Model) {}
    /// Nothing.
    public func onTrainBegin() throws {}
    /// Nothing.
    public func onTrainEnd(_ logs: Logs) throws {}
    /// Nothing.
    public func onInterrupt() throws {}
    /// Nothing.
    public func onEpochBegin(_ epoch: Int) throws {}
    /// Nothing.
    public func onEpochEnd(_ epoch: Int, _ logs: Logs) throws {}
    /// Nothing.
    public func onTrainBatchBegin(_ batch: Int, _ logs: Logs) throws {}
    /// Nothing.
    public func onTrainBatchEnd(_ batch: Int, _ logs: Logs) throws {}
    /// Nothing.
    public func onTestBegin() throws {}
    /// Nothing.
    public func onTestEnd(_ logs: Logs) throws {}
    /// Nothing.
    public func onTestBatchBegin(_ batch: Int, _ logs: Logs) throws {}
    /// Nothing.
    public func onTestBatchEnd(_ batch: Int, _ logs: Logs) throws {}
    /// Nothing.
    public func onPredictBegin() throws {}
    /// Nothing.
    public func onPredictEnd() throws {}
    /// Nothing.
    public func onPredictBatchBegin(_ batch: Int) throws {}
    /// Nothing.
    public func onPredictBatchEnd(_ batch: Int) throws {}
    /// Nothing.
    public var memory: CallbackMemory { CallbackMemory() }
    /// Nothing.
    public func remember(_ memory: CallbackMemory) throws {}
}
