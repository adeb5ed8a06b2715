import DescentCore

/// What a model is trained with, and how far it has come.
///
/// A model has one; `compile` fills it. It belongs to the thread that uses the model.
public final class Trainer {
    /// What changes the variables; nil before `compile`.
    public internal(set) var optimizer: (any Optimizer)?
    /// What is made small; nil before `compile`.
    public internal(set) var loss: Loss?
    /// The loss and the metrics of the batches seen.
    var meters = Meters([], weighted: [])
    /// Where a training is.
    var position = TrainingPosition()
    /// Where the next training goes on, if a checkpoint was restored.
    var resumption: Resumption?
    /// What the training under way, or the last one, has found so far: also one that ended with an error.
    public internal(set) var history = History()
    /// The loss of the last step.
    var lastLoss = 0.0
    /// The shapes and types of what the model was first called with, the axis of rows aside.
    var inputs: [InputSignature] = []
    /// Whether `fit` is at work.
    var isFitting = false
    /// The callbacks of the training under way.
    var callbacks: [any Callback] = []
    /// Ends the training under way after the batch, or the epoch, that it is at.
    public var stopTraining = false
    /// The figures of the epoch that ends.
    private(set) var logs = Logs()
    private var endingEpoch: Int?

    /// Nothing yet: `compile` says what.
    public init() {}

    /// Adds a figure to those of the epoch that ends: callbacks that come later and the history see it.
    public func log(_ name: String, _ value: Double) { logs[name] = value }

    /// The epochs that the training under way, or the last one, has finished.
    public var epochsFinished: Int { position.epoch }

    /// The steps taken since `compile`, over all trainings.
    public var stepsTaken: Int { position.step }

    /// What the training has found, the epoch that is ending included.
    var historySoFar: History {
        guard let endingEpoch else { return history }
        var history = history
        history.append(endingEpoch, logs)
        return history
    }

    func beginEnd(of epoch: Int, _ logs: Logs) {
        self.logs = logs
        endingEpoch = epoch
    }

    func endEpoch() {
        history = historySoFar
        endingEpoch = nil
    }

    /// What `compile` has set, or an error that says that it has not.
    func compiled(_ operation: StaticString) throws -> (optimizer: any Optimizer, loss: Loss) {
        guard let optimizer, let loss else {
            throw DescentError(
                operation, "a model must be compiled first: compile(optimizer:loss:)", received: "neither")
        }
        return (optimizer, loss)
    }
}

/// Where a training is: all that decides what comes next, besides the values of variables.
struct TrainingPosition: Hashable {
    /// What shuffling and random layers follow from.
    var seed = 0
    /// The epoch that is under way, or comes next.
    var epoch = 0
    /// How many of its batches are done.
    var batch = 0
    /// Steps since `compile`.
    var step = 0
    /// The pass over the data, and the batch of it that comes next. These differ from `epoch` and `batch` only where an epoch
    /// has a number of steps of its own.
    var dataEpoch = 0
    var dataBatch = 0
}

/// The shape of a row of an input, and its type.
struct InputSignature: Hashable {
    let row: Shape
    let dtype: DType

    init(row: Shape, dtype: DType) {
        self.row = row
        self.dtype = dtype
    }

    init(_ tensor: Tensor) {
        row = Shape(Array(tensor.shape.dimensions.dropFirst()))
        dtype = tensor.dtype
    }

    /// One row of zeros.
    var placeholder: Tensor { Tensor.zeros(Shape([1] + row.dimensions), dtype: dtype) }
}
