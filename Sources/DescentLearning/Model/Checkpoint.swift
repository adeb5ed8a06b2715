import DescentCore
import DescentFiles

/// All that a training needs to go on: the model, the optimizer with its steps, its schedule's place and the scale of its loss,
/// the sums of the metrics, the seed, the place in the data, and what callbacks remember.
///
/// A training that goes on from a checkpoint takes the same steps, to the last bit, as one that was never cut off.
/// `BackupAndRestore` does this for `fit`; by hand:
///
/// ```swift
/// let x = Tensor.randomNormal([64, 2], seed: 1)
/// func compiled() throws -> Sequential {
///     let model = Sequential(Dense(4, activation: .tanh), Dense(1))
///     try model.compile(optimizer: "adam", loss: "mse")
///     return model
/// }
/// let model = try compiled()
/// try model.fit(x, x.sum(axes: 1), epochs: 2, verbose: .silent)
/// let checkpoint = Checkpoint("/tmp/descent-example-checkpoint")
/// try checkpoint.save(model)
///
/// let later = try compiled()
/// try checkpoint.restore(later)
/// let history = try later.fit(x, x.sum(axes: 1), epochs: 3, verbose: .silent)
/// print(history.epochs)   // [0, 1, 2]
/// ```
///
/// It is one safetensors file, which appears whole or not at all: whoever reads meanwhile, or after a crash, sees the old or
/// the new one.
public struct Checkpoint: Sendable {
    /// The file.
    public let path: String
    /// The folder that is made for it; nil where a file was named.
    let folder: String?

    /// A checkpoint in a folder, which is made if it is missing, or in the file of that name if it ends in `.safetensors`.
    public init(_ path: String) {
        let isFile = path.hasSuffix(".safetensors")
        folder = isFile ? nil : path
        self.path = isFile ? path : path + (path.hasSuffix("/") ? "" : "/") + "checkpoint.safetensors"
    }

    /// Whether there is one.
    public var exists: Bool { Folder.exists(path) }

    /// Writes how things stand. Called in a callback, it is the state of the training amid which it is called.
    ///
    /// - Throws: a model that is not compiled or has no variables; where the file cannot be written. An older one stays.
    public func save(_ model: some Model, file: StaticString = #fileID, line: UInt = #line) throws {
        try located(file, line) {
            let content = try TrainingRecord(model).content()
            if let folder { try Folder.make(folder, "Checkpoint.save") }
            try SafeTensors.write(content.tensors, metadata: content.metadata, to: path)
        }
    }

    /// Takes over a state: variables, optimizer and metrics at once; the next `fit` goes on from there, with the epoch and the
    /// batch that come next.
    ///
    /// - Throws: where the file cannot be read, or is that of another model or another optimizer. Nothing is changed then.
    public func restore(_ model: some Model, file: StaticString = #fileID, line: UInt = #line) throws {
        try located(file, line) {
            try model.unmakingIfThrown { try TrainingRecord(model).restore(try SafeTensors.read(path), path) }
        }
    }

    /// Removes the file, and the folder if nothing else is in it.
    public func remove() { Folder.remove(path, in: folder) }
}
