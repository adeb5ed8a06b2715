import DescentCore

/// A module that can be compiled and trained.
///
/// A conforming class says what it predicts, and has a `Trainer`; everything else comes with the protocol.
public protocol Model: AnyObject, Module {
    /// What the model predicts from: a tensor, or several.
    associatedtype Input

    /// What the model predicts for a batch.
    func callAsFunction(_ x: Input) -> Tensor

    /// What the model is trained with, and how far it has come.
    var trainer: Trainer { get }
}

/// What a model is trained with, and how far it has come.
public final class Trainer {
    /// Nothing yet: `compile` says what.
    public init() {}
}
