import DescentCore
import DescentFiles

/// Writes what TensorBoard shows: the figures of training and validation as curves, and, where they are asked for, how
/// variables are spread, the model's graph, and texts.
///
/// ```swift
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: "sgd", loss: "mse")
/// let board = TensorBoard("/tmp/descent-example-board", histogramFreq: 1)
/// try model.fit([[0], [1]], [2, 3], epochs: 2, verbose: .silent, callbacks: [board])
/// // tensorboard --logdir /tmp/descent-example-board
/// ```
public final class TensorBoard: Callback {
    /// When the figures are written besides at the end of an epoch.
    public enum UpdateFrequency: Sendable, Hashable {
        /// Never.
        case epoch
        /// After every so many batches.
        case batches(Int)
    }

    private let directory: String
    private let histogramFreq: Int
    private let writeGraph: Bool
    private let updateFreq: UpdateFrequency
    private let texts: [(name: String, text: String)]
    private var training: EventWriter?
    private var validation: EventWriter?
    private var hasGraph = false
    private weak var model: (any Model)?

    /// Writes to the folders `train` and `validation` in a folder.
    ///
    /// - Parameters:
    ///   - logDir: the folder, made if it is missing; the default is `logs`.
    ///   - histogramFreq: after every so many epochs it is written how variables are spread; the default, 0, is never.
    ///   - writeGraph: whether the model's graph is written; the default is true.
    ///   - updateFreq: when figures are written besides at the end of an epoch; the default is never.
    ///   - texts: texts to show, in Markdown, by name.
    public init(
        _ logDir: String = "logs", histogramFreq: Int = 0, writeGraph: Bool = true,
        updateFreq: UpdateFrequency = .epoch, texts: KeyValuePairs<String, String> = [:]
    ) {
        directory = logDir
        self.histogramFreq = histogramFreq
        self.writeGraph = writeGraph
        self.updateFreq = updateFreq
        self.texts = texts.map { ($0.key, $0.value) }
    }

    /// The model that is shown.
    public func setModel(_ model: any Model) { self.model = model }

    /// Begins a file.
    public func onTrainBegin() throws {
        let writer = try EventWriter(directory: "\(directory)/train")
        for (name, text) in texts { try writer.text(name, text, step: 0) }
        (training, validation, hasGraph) = (writer, nil, false)
    }

    /// Writes the figures of the epoch so far, if it is time.
    public func onTrainBatchEnd(_ batch: Int, _ logs: Logs) throws {
        guard case .batches(let count) = updateFreq, count > 0, let model else { return }
        let step = model.trainer.stepsTaken
        guard step.isMultiple(of: count) else { return }
        for (name, value) in logs { try training?.scalar("batch_\(name)", value, step: step) }
    }

    /// Writes the figures of the epoch.
    public func onEpochEnd(_ epoch: Int, _ logs: Logs) throws {
        guard let training, let model else { return }
        try graph(of: model)
        for (name, value) in logs {
            if name.hasPrefix("val_") {
                if validation == nil { validation = try EventWriter(directory: "\(directory)/validation") }
                try validation?.scalar("epoch_\(name.dropFirst(4))", value, step: epoch)
            } else {
                try training.scalar("epoch_\(name)", value, step: epoch)
            }
        }
        if logs["learning_rate"] == nil, let rate = model.optimizer?.learningRate {
            try training.scalar("epoch_learning_rate", rate, step: epoch)
        }
        if histogramFreq > 0, epoch.isMultiple(of: histogramFreq) {
            for (name, variable) in model.namedVariables {
                let tag = String(name.map { $0 == "." ? "/" : $0 })
                try training.histogram("\(tag)/histogram", variable, step: epoch)
            }
        }
    }

    private func graph(of model: some Model) throws {
        guard writeGraph, !hasGraph else { return }
        hasGraph = true
        guard let output = try model.outputOfPlaceholders() else { return }
        try training?.graph(output)
    }

    /// Ends the files.
    public func onTrainEnd(_ logs: Logs) throws {
        try training?.close()
        try validation?.close()
    }
}

extension Model {
    /// The expression of the model's output for one row of zeros; nil as long as the model was never called.
    fileprivate func outputOfPlaceholders() throws -> Tensor? {
        guard !trainer.inputs.isEmpty, let input = try? Input(tensors: trainer.inputs.map(\.placeholder)) else {
            return nil
        }
        let output = Pass.outside { self(input) }
        return output.error == nil ? output : nil
    }
}
