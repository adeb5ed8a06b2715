import DescentCore
import DescentFiles

/// Ends the training when a figure no longer gets better.
///
/// ```swift
/// let x = Tensor.randomNormal([64, 2], seed: 1)
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: SGD(learningRate: 0.2), loss: "mse")
/// let stop = EarlyStopping(monitor: "loss", minDelta: 0.001, patience: 2, restoreBestWeights: true)
/// let history = try model.fit(x, x.sum(axes: 1), epochs: 200, verbose: .silent, callbacks: [stop])
/// print(history.epochs.count < 50, stop.stoppedEpoch > 0)   // true true
/// ```
public final class EarlyStopping: Callback {
    /// After how many epochs without a better value the training ends.
    public let patience: Int
    /// What the figure must be better than for the patience to begin anew.
    public let baseline: Double?
    /// Whether the variables get the values of the best epoch when the training ends, whatever ends it.
    public let restoreBestWeights: Bool
    /// The first epoch that is looked at.
    public let startFromEpoch: Int
    /// The best value so far.
    public private(set) var best: Double?
    /// The epoch of the best value.
    public private(set) var bestEpoch = 0
    /// The epoch after which the training was ended; 0 if it was not.
    public private(set) var stoppedEpoch = 0

    private let monitor: Monitor
    private var wait = 0
    private var bestWeights: [Tensor]?
    private weak var model: (any Model)?

    /// Watches a figure.
    ///
    /// - Parameters:
    ///   - monitor: the name of the figure; the default is `val_loss`.
    ///   - minDelta: by how much a value must be better to count; the default is 0.
    ///   - patience: after how many epochs without a better value the training ends; the default is 0.
    ///   - mode: which way is better; by default the name says it.
    ///   - baseline: what the figure must be better than for the patience to begin anew.
    ///   - restoreBestWeights: whether the variables get the values of the best epoch when the training ends; the default is
    ///     false. It is done whenever the training ends: by this callback, by the number of epochs, or by Ctrl-C.
    ///   - startFromEpoch: the first epoch that is looked at; the default is 0.
    public init(
        monitor: String = "val_loss", minDelta: Double = 0, patience: Int = 0, mode: MonitorMode = .auto,
        baseline: Double? = nil, restoreBestWeights: Bool = false, startFromEpoch: Int = 0
    ) {
        self.monitor = Monitor(name: monitor, mode: mode, minDelta: minDelta.magnitude, owner: "EarlyStopping")
        self.patience = patience
        self.baseline = baseline
        self.restoreBestWeights = restoreBestWeights
        self.startFromEpoch = startFromEpoch
    }

    /// The model whose weights are kept.
    public func setModel(_ model: any Model) { self.model = model }

    /// Forgets earlier trainings.
    public func onTrainBegin() {
        (best, bestEpoch, stoppedEpoch, wait, bestWeights) = (nil, 0, 0, 0, nil)
    }

    /// Looks at the figure.
    public func onEpochEnd(_ epoch: Int, _ logs: Logs) throws {
        guard epoch >= startFromEpoch, let value = monitor.value(logs) else { return }
        if restoreBestWeights, bestWeights == nil {
            bestWeights = model?.getWeights()
            bestEpoch = epoch
        }
        wait += 1
        if try monitor.isBetter(value, than: best, model) {
            best = value
            bestEpoch = epoch
            if restoreBestWeights { bestWeights = model?.getWeights() }
            if try baseline == nil || monitor.isBetter(value, than: baseline, model) { wait = 0 }
            return
        }
        if wait >= patience, epoch > 0 {
            stoppedEpoch = epoch
            model?.stopTraining = true
        }
    }

    /// Restores the best weights.
    public func onTrainEnd(_ logs: Logs) throws {
        guard restoreBestWeights, let bestWeights else { return }
        try model?.setWeights(bestWeights)
    }

    /// The best value, the epochs waited, and the best weights.
    public var memory: CallbackMemory {
        CallbackMemory(
            [
                "best": .init(best), "best_epoch": .integer(bestEpoch), "wait": .integer(wait),
                "has_weights": .bool(bestWeights != nil),
            ], tensors: (bestWeights ?? []).enumerated().map { ("weight_\($0)", $1) })
    }

    /// Goes on from there.
    public func remember(_ memory: CallbackMemory) {
        best = memory.values["best"]?.number
        bestEpoch = memory.values["best_epoch"]?.integer ?? 0
        wait = memory.values["wait"]?.integer ?? 0
        bestWeights = memory.values["has_weights"] == true ? memory.tensors.map(\.tensor) : nil
    }
}
