import DescentCore

/// The categorical hinge loss of each sample, `max(neg − pos + 1, 0)` with `pos = Σ yTrue · yPred` and `neg =
/// max((1 − yTrue) · yPred)` along the last axis, for one-hot truths.
///
/// ```swift
/// print(categoricalHinge([[0, 1, 0]], [[0.5, 1, 0.25]]))   // [0.5]
/// ```
public func categoricalHinge(
    _ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample(categoricalHinges)
}

/// The categorical hinge loss of each sample, also of variables.
@_disfavoredOverload
public func categoricalHinge(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    categoricalHinge(yTrue.tensor, yPred.tensor, file: file, line: line)
}

func categoricalHinges(_ call: LossCall) throws(DescentError) -> LossValues {
    let (yTrue, yPred) = try call.matched("categoricalHinge")
    let axes = yPred.rank == 0 ? [] : [-1]
    let positive = (yTrue * yPred).sum(axes: axes)
    let negative = ((1 - yTrue) * yPred).max(axes: axes, file: call.file, line: call.line)
    return LossValues(elements: (negative - positive + 1).relu())
}

extension Loss {
    /// The categorical hinge loss.
    public static var categoricalHinge: Loss { categoricalHinge() }

    /// The categorical hinge loss; see the function `categoricalHinge`.
    public static func categoricalHinge(
        reduction: Reduction = .sumOverBatchSize, name: String = "categorical_hinge"
    ) -> Loss {
        Loss("CategoricalHinge", name, reduction, categoricalHinges)
    }
}

extension LossClass {
    static let categoricalHinge = LossClass("CategoricalHinge", ["categorical_hinge"]) {
        .categoricalHinge(reduction: $0.reduction(), name: $0.name("categorical_hinge"))
    }
}
