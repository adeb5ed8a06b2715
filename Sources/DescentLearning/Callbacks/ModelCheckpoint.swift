import DescentCore
import DescentFiles

/// When something is saved.
public enum SaveFrequency: Sendable, Hashable {
    /// After every epoch.
    case epoch
    /// After so many batches, counted over epochs.
    case batches(Int)

    /// Whether it is time after so many steps.
    func isTime(_ steps: Int) -> Bool {
        if case .batches(let count) = self { count > 0 && steps.isMultiple(of: count) } else { false }
    }

    /// What is wrong with it.
    func check(_ operation: StaticString) throws {
        if case .batches(let count) = self, count < 1 {
            throw DescentError(
                operation, "saveFreq must be .epoch or a positive number of batches", received: "\(count)")
        }
    }
}

/// Saves the model while it is trained.
///
/// ```swift
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: "sgd", loss: "mse")
/// let save = ModelCheckpoint("/tmp/descent-example-saved/{epoch:02d}-{loss:.1f}.safetensors", monitor: "loss")
/// try model.fit([[0]], [2], epochs: 2, verbose: .silent, callbacks: [save])
/// print(save.lastPath!)   // /tmp/descent-example-saved/02-3.8.safetensors
/// ```
///
/// A file that cannot be written does not end the training: a warning says why, and `failure` has the error.
public final class ModelCheckpoint: Callback {
    /// Whether only a model is saved that is better than all before.
    public let saveBestOnly: Bool
    /// When the model is saved.
    public let saveFreq: SaveFrequency
    /// The best value so far.
    public private(set) var best: Double?
    /// The file that was written last.
    public private(set) var lastPath: String?
    /// Why the last file could not be written; nil if it could.
    public private(set) var failure: DescentError?

    private let template: PathTemplate
    private let monitor: Monitor
    private weak var model: (any Model)?

    /// Saves to a file, or to several: `{epoch}` and the names of figures in braces are filled in, with a format after a
    /// colon where that is wanted.
    ///
    /// - Parameters:
    ///   - filePath: the file; its folder is made if it is missing.
    ///   - monitor: the figure that says which model is better; the default is `val_loss`.
    ///   - saveBestOnly: whether only a model is saved that is better than all before; the default is false.
    ///   - mode: which way is better; by default the name says it.
    ///   - saveFreq: when the model is saved; the default is after every epoch.
    ///   - initialValueThreshold: what the first model must be better than; the default is nothing.
    public init(
        _ filePath: String, monitor: String = "val_loss", saveBestOnly: Bool = false, mode: MonitorMode = .auto,
        saveFreq: SaveFrequency = .epoch, initialValueThreshold: Double? = nil
    ) {
        template = PathTemplate(text: filePath)
        self.monitor = Monitor(name: monitor, mode: mode, minDelta: 0, owner: "ModelCheckpoint")
        self.saveBestOnly = saveBestOnly
        self.saveFreq = saveFreq
        best = initialValueThreshold
    }

    /// The model that is saved.
    public func setModel(_ model: any Model) { self.model = model }

    /// Looks at the arguments.
    public func onTrainBegin() throws { try saveFreq.check("ModelCheckpoint") }

    /// Saves, if it is time.
    public func onTrainBatchEnd(_ batch: Int, _ logs: Logs) throws {
        guard let model, saveFreq.isTime(model.trainer.stepsTaken) else { return }
        try save(epoch: model.trainer.position.epoch, batch: batch, logs)
    }

    /// Saves, if it is time.
    public func onEpochEnd(_ epoch: Int, _ logs: Logs) throws {
        if saveFreq == .epoch { try save(epoch: epoch, batch: nil, logs) }
    }

    private func save(epoch: Int, batch: Int?, _ logs: Logs) throws {
        guard let model else { return }
        var figures: [(name: String, value: Double)] = [("epoch", Double(epoch + 1))]
        if let batch { figures.append(("batch", Double(batch + 1))) }
        let path = try template.filled(figures + logs.figures)
        if saveBestOnly, let value = monitor.value(logs) {
            guard try monitor.isBetter(value, than: best, model) else { return }
            best = value
        }
        do {
            if let folder = Folder.of(path) { try Folder.make(folder, "ModelCheckpoint") }
            try model.save(path)
            lastPath = path
            failure = nil
        } catch let error as DescentError {
            failure = error
            Warnings.emit("\(error)", from: "ModelCheckpoint")
        }
    }

    /// The best value.
    public var memory: CallbackMemory { CallbackMemory(["best": .init(best)]) }

    /// Goes on from there.
    public func remember(_ memory: CallbackMemory) { best = memory.values["best"]?.number }
}
