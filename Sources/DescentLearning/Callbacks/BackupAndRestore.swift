import DescentCore
import DescentFiles

/// Makes a training that was cut off go on where it was: the same program, started again, takes the steps that are missing.
///
/// ```swift
/// let x = Tensor.randomNormal([64, 2], seed: 1)
/// let model = Sequential(Dense(4, activation: .tanh), Dense(1))
/// try model.compile(optimizer: "adam", loss: "mse")
/// let backup = BackupAndRestore("/tmp/descent-example-backup", saveFreq: .batches(10))
/// let history = try model.fit(x, x.sum(axes: 1), epochs: 10, verbose: .silent, callbacks: [backup])
/// print(history.epochs.count, backup.checkpoint.exists)   // 10 false
/// ```
///
/// A training that goes on takes the same steps, to the last bit, as one that was never cut off, if the program is the same: model,
/// optimizer, data, arguments of `fit` and callbacks. See `Checkpoint` for what is kept. One training at a time may use a
/// folder; another one is refused. A backup that cannot be written does not end the training: a warning says why, and
/// `failure` has the error.
public final class BackupAndRestore: Callback {
    /// What is written.
    public let checkpoint: Checkpoint
    /// When it is written.
    public let saveFreq: SaveFrequency
    /// Whether it is removed when the training has come to its end.
    public let deleteCheckpoint: Bool
    /// Why the last backup could not be written; nil if it could.
    public private(set) var failure: DescentError?

    private let folder: String
    private var lock: FolderLock?
    private var isDue = false
    private var isOver = false
    private weak var model: (any Model)?

    /// Keeps a backup in a folder, which is made if it is missing.
    ///
    /// - Parameters:
    ///   - backupDir: the folder.
    ///   - saveFreq: when it is written; the default is after every epoch.
    ///   - deleteCheckpoint: whether it is removed when the training has come to its end; the default is true.
    public init(_ backupDir: String, saveFreq: SaveFrequency = .epoch, deleteCheckpoint: Bool = true) {
        folder = backupDir
        checkpoint = Checkpoint(backupDir + (backupDir.hasSuffix("/") ? "" : "/") + "checkpoint.safetensors")
        self.saveFreq = saveFreq
        self.deleteCheckpoint = deleteCheckpoint
    }

    /// The model that is backed up.
    public func setModel(_ model: any Model) { self.model = model }

    /// Takes the folder, and the state in it if there is one.
    public func onTrainBegin() throws {
        try saveFreq.check("BackupAndRestore")
        guard !folder.isEmpty else {
            throw DescentError("BackupAndRestore", "there must be a folder", received: "\"\"")
        }
        (isDue, isOver, failure) = (false, false, nil)
        try Folder.make(folder, "BackupAndRestore")
        lock = try FolderLock(folder, "BackupAndRestore")
        Folder.removeRemains(folder)
        if let model, checkpoint.exists { try checkpoint.restore(model) }
    }

    /// Notes whether it is time.
    public func onTrainBatchEnd(_ batch: Int, _ logs: Logs) {
        if let model, saveFreq.isTime(model.trainer.stepsTaken) { isDue = true }
    }

    /// Notes whether it is time.
    public func onEpochEnd(_ epoch: Int, _ logs: Logs) {
        if saveFreq == .epoch { isDue = true }
    }

    /// Keeps the state in the middle of the epoch, so that the training can go on as if nothing had happened.
    public func onInterrupt() { isDue = true }

    /// Writes, if it is time; called when all callbacks have seen what there was to see.
    ///
    /// - Parameter isLast: whether nothing is to be written later.
    func settle(isLast: Bool = false) {
        guard isDue, !isOver, let model else { return }
        isDue = false
        isOver = isLast
        do {
            try checkpoint.save(model)
            failure = nil
        } catch let error as DescentError {
            failure = error
            Warnings.emit("\(error)", from: "BackupAndRestore")
        } catch {
            Warnings.emit("\(error)", from: "BackupAndRestore")
        }
    }

    /// Removes the backup, unless the training was interrupted, and gives the folder back.
    public func onTrainEnd(_ logs: Logs) {
        if deleteCheckpoint, !isOver { Folder.remove(checkpoint.path, in: folder) }
        giveBack()
    }

    /// Lets others have the folder; a training that ends with an error does so too.
    func giveBack() { lock = nil }
}
