import DescentCore
import DescentFiles

/// Makes the learning rate smaller when a figure no longer gets better.
///
/// ```swift
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: SGD(learningRate: 0.5), loss: "mse")
/// let plateau = ReduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 1, minDelta: 100)
/// let history = try model.fit([[1]], [2], epochs: 4, verbose: .silent, callbacks: [plateau])
/// print(history["learning_rate"])            // [0.5, 0.5, 0.25, 0.125]
/// print(model.optimizer!.learningRate)       // 0.0625
/// ```
public final class ReduceLROnPlateau: Callback {
    /// What the learning rate is multiplied by.
    public let factor: Double
    /// After how many epochs without a better value.
    public let patience: Int
    /// For how many epochs nothing is looked at afterwards.
    public let cooldown: Int
    /// The least learning rate.
    public let minLR: Double

    private let monitor: Monitor
    private var best: Double?
    private var wait = 0
    private var rest = 0
    private weak var model: (any Model)?

    /// Watches a figure.
    ///
    /// - Parameters:
    ///   - monitor: the name of the figure; the default is `val_loss`.
    ///   - factor: what the learning rate is multiplied by, less than 1; the default is 0.1.
    ///   - patience: after how many epochs without a better value; the default is 10.
    ///   - mode: which way is better; by default the name says it.
    ///   - minDelta: by how much a value must be better to count; the default is 0.0001.
    ///   - cooldown: for how many epochs nothing is looked at afterwards; the default is 0.
    ///   - minLR: the least learning rate; the default is 0.
    public init(
        monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10, mode: MonitorMode = .auto,
        minDelta: Double = 1e-4, cooldown: Int = 0, minLR: Double = 0
    ) {
        self.monitor = Monitor(name: monitor, mode: mode, minDelta: minDelta.magnitude, owner: "ReduceLROnPlateau")
        self.factor = factor
        self.patience = patience
        self.cooldown = cooldown
        self.minLR = minLR
    }

    /// The model whose optimizer is told.
    public func setModel(_ model: any Model) { self.model = model }

    /// Forgets earlier trainings.
    public func onTrainBegin() throws {
        guard factor < 1 else {
            throw DescentError("ReduceLROnPlateau", "factor must be less than 1", received: "\(factor)")
        }
        try model?.optimizer?.requireNumber("ReduceLROnPlateau")
        (best, wait, rest) = (nil, 0, 0)
    }

    /// Looks at the figure. The learning rate of the epoch becomes one of its figures.
    public func onEpochEnd(_ epoch: Int, _ logs: Logs) throws {
        guard let model, let optimizer = model.optimizer else { return }
        model.trainer.log("learning_rate", optimizer.learningRate)
        guard let value = monitor.value(logs) else { return }
        if rest > 0 {
            rest -= 1
            wait = 0
        }
        if try monitor.isBetter(value, than: best, model) {
            best = value
            wait = 0
        } else if rest == 0 {
            wait += 1
            let rate = optimizer.learningRate
            if wait >= patience, rate > minLR {
                optimizer.learningRate = max(rate * factor, minLR)
                rest = cooldown
                wait = 0
            }
        }
    }

    /// The best value, and the epochs waited.
    public var memory: CallbackMemory {
        CallbackMemory(["best": .init(best), "wait": .integer(wait), "rest": .integer(rest)])
    }

    /// Goes on from there.
    public func remember(_ memory: CallbackMemory) {
        best = memory.values["best"]?.number
        wait = memory.values["wait"]?.integer ?? 0
        rest = memory.values["rest"]?.integer ?? 0
    }
}

extension Optimizer {
    /// Refuses a learning rate that something else decides.
    func requireNumber(_ operation: StaticString) throws {
        guard learningRateSource.number == nil else { return }
        throw DescentError(
            operation, "the learning rate must be a number for a callback to change it",
            received: learningRateSource.schedule == nil ? "a closure" : "a schedule")
    }
}
