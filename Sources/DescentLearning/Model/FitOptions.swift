import DescentCore
import DescentData

/// How much a training tells.
public enum Verbosity: Sendable {
    /// A bar if the standard output is a terminal, else lines.
    case auto
    /// Nothing.
    case silent
    /// A bar that moves, and a line for each epoch.
    case bar
    /// A line for each epoch.
    case lines
}

/// What `fit` is told, besides the data.
struct FitOptions {
    var batchSize = 32
    var epochs = 1
    var verbose = Verbosity.auto
    var callbacks: [any Callback] = []
    var classWeights: ClassWeights?
    var initialEpoch = 0
    var stepsPerEpoch: Int?
    var validationSteps: Int?
    var validationBatchSize: Int?
    var validationFreq = 1
    var shuffle = true
    var seed: Int?

    /// What is wrong with the numbers.
    func check() throws {
        func require(_ isRight: Bool, _ rule: String, _ received: Int) throws {
            if !isRight { throw DescentError(operation: "fit", rule, received: "\(received)") }
        }
        try require(batchSize > 0, "batchSize must be positive", batchSize)
        try require(epochs >= 0, "epochs must not be negative", epochs)
        try require(initialEpoch >= 0, "initialEpoch must not be negative", initialEpoch)
        try require(validationFreq > 0, "validationFreq must be positive", validationFreq)
        for (name, steps) in [
            ("stepsPerEpoch", stepsPerEpoch), ("validationSteps", validationSteps),
            ("validationBatchSize", validationBatchSize),
        ] {
            if let steps { try require(steps > 0, "\(name) must be positive", steps) }
        }
    }
}

/// Batches one after the other, from where a training is.
struct Feeder<Input: ModelInput> {
    let source: any BatchSource<Input>
    /// Whether an epoch begins where the last one stopped: where it has a number of steps of its own.
    let goesOn: Bool
    private var iterator: BatchIterator<Input>?

    init(_ source: any BatchSource<Input>, goesOn: Bool) {
        self.source = source
        self.goesOn = goesOn
    }

    /// A new epoch, perhaps in its middle.
    mutating func begin(_ position: inout TrainingPosition) throws {
        if goesOn, iterator != nil { return }
        if !goesOn { (position.dataEpoch, position.dataBatch) = (position.epoch, position.batch) }
        iterator = try source.batches(epoch: position.dataEpoch, from: position.dataBatch)
    }

    mutating func next(_ position: inout TrainingPosition) throws -> Batch<Input>? {
        if let batch = try iterator?.next() {
            position.dataBatch += 1
            return batch
        }
        guard goesOn else { return nil }
        position.dataEpoch += 1
        position.dataBatch = 0
        iterator = try source.batches(epoch: position.dataEpoch, from: 0)
        guard let batch = try iterator?.next() else { return nil }
        position.dataBatch = 1
        return batch
    }
}

extension Batch: BatchSource {
    /// One batch in an epoch. `fit`, `evaluate` and `predict` cut it into smaller ones.
    public var batchCount: Int? { 1 }

    /// This batch.
    public func batches(epoch: Int, from first: Int) -> BatchIterator<Input> {
        var isDone = first > 0
        return BatchIterator {
            defer { isDone = true }
            return isDone ? nil : self
        }
    }
}

extension Batch {
    /// The rows in batches; what is wrong with them as an error of `operation`.
    func cut(
        _ operation: String, rows: Range<Int>? = nil, batchSize: Int, shuffle: Bool = false, seed: Int = 0
    ) throws -> TensorBatches<Input> {
        do {
            return try TensorBatches(
                x, y, sampleWeight: sampleWeight, rows: rows, batchSize: batchSize, shuffle: shuffle, seed: seed)
        } catch {
            throw DescentError(operation: operation, error.rule, received: error.received)
        }
    }
}
