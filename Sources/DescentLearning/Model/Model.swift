import DescentCore
import DescentData

/// A module that can be compiled and trained.
///
/// A conforming class says what it predicts, and has a `Trainer`; everything else comes with the protocol.
///
/// ```swift
/// final class Skip: Model {
///     let trainer = Trainer()
///     let inner = Dense(4, activation: .relu)
///     let outer = Dense(1)
///     func callAsFunction(_ x: Tensor) -> Tensor { outer(concat([x, inner(x)], axis: 1)) }
/// }
/// let x = Tensor.randomNormal([64, 3], seed: 1)
/// let model = Skip()
/// try model.compile(optimizer: "sgd", loss: "mse")
/// let history = try model.fit(x, x.sum(axes: 1), epochs: 5, verbose: .silent)
/// print(history["loss"].count, history["loss"][4] < history["loss"][0])   // 5 true
/// ```
public protocol Model: AnyObject, Module {
    /// What the model predicts from: a tensor, or several.
    associatedtype Input: ModelInput

    /// What the model predicts for a batch.
    func callAsFunction(_ x: Input) -> Tensor

    /// What the model is trained with, and how far it has come.
    var trainer: Trainer { get }
}

extension Model {
    /// What changes the variables; nil before `compile`.
    public var optimizer: (any Optimizer)? { trainer.optimizer }

    /// What is made small; nil before `compile`.
    public var loss: Loss? { trainer.loss }

    /// The metrics, in the order of `compile`. One that is chosen by a name that stands for several is there after the
    /// first batch.
    public var metrics: [any Metric] { trainer.meters.entries.map(\.metric) }

    /// Ends the training under way after the batch, or the epoch, that it is at. Set by callbacks.
    public var stopTraining: Bool {
        get { trainer.stopTraining }
        set { trainer.stopTraining = newValue }
    }
}
