/// A callback made of closures.
///
/// ```swift
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: "sgd", loss: "mse")
/// let tell = LambdaCallback(onEpochEnd: { epoch, logs in print(epoch, logs.names) })   // 0 ["loss"]
/// try model.fit([[1]], [2], verbose: .silent, callbacks: [tell])
/// ```
public final class LambdaCallback: Callback {
    private let trainBegin: (() throws -> Void)?
    private let trainEnd: ((Logs) throws -> Void)?
    private let epochBegin: ((Int) throws -> Void)?
    private let epochEnd: ((Int, Logs) throws -> Void)?
    private let batchBegin: ((Int) throws -> Void)?
    private let batchEnd: ((Int, Logs) throws -> Void)?

    /// Calls the closures that are given, at the moments that their names say.
    public init(
        onTrainBegin: (() throws -> Void)? = nil, onTrainEnd: ((Logs) throws -> Void)? = nil,
        onEpochBegin: ((Int) throws -> Void)? = nil, onEpochEnd: ((Int, Logs) throws -> Void)? = nil,
        onTrainBatchBegin: ((Int) throws -> Void)? = nil, onTrainBatchEnd: ((Int, Logs) throws -> Void)? = nil
    ) {
        trainBegin = onTrainBegin
        trainEnd = onTrainEnd
        epochBegin = onEpochBegin
        epochEnd = onEpochEnd
        batchBegin = onTrainBatchBegin
        batchEnd = onTrainBatchEnd
    }

    /// Calls its closure.
    public func onTrainBegin() throws { try trainBegin?() }
    /// Calls its closure.
    public func onTrainEnd(_ logs: Logs) throws { try trainEnd?(logs) }
    /// Calls its closure.
    public func onEpochBegin(_ epoch: Int) throws { try epochBegin?(epoch) }
    /// Calls its closure.
    public func onEpochEnd(_ epoch: Int, _ logs: Logs) throws { try epochEnd?(epoch, logs) }
    /// Calls its closure.
    public func onTrainBatchBegin(_ batch: Int, _ logs: Logs) throws { try batchBegin?(batch) }
    /// Calls its closure.
    public func onTrainBatchEnd(_ batch: Int, _ logs: Logs) throws { try batchEnd?(batch, logs) }
}
