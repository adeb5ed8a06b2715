import DescentCore
import DescentFiles

/// The generalized cross-entropy of each sample, `(1 − p^q) / q` with the probability p of its class, for truths
/// that are the numbers of classes: less disturbed by wrong labels than the cross-entropy.
///
/// The slope at p = 0, which is infinite, counts as 0.
///
/// ```swift
/// print(categoricalGeneralizedCrossEntropy([1], [[0.75, 0.25]]))   // [1.0]
/// ```
///
/// - Parameters:
///   - yTrue: the class of each sample, 0, 1, ….
///   - yPred: what the model says.
///   - q: between 0 (towards the cross-entropy) and 1 (towards the mean absolute error); the default is 0.5.
public func categoricalGeneralizedCrossEntropy(
    _ yTrue: Tensor, _ yPred: Tensor, q: Double = 0.5, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in try generalizedCrossentropies(call, q) }
}

/// The generalized cross-entropy of each sample, also of variables.
@_disfavoredOverload
public func categoricalGeneralizedCrossEntropy(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, q: Double = 0.5, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    categoricalGeneralizedCrossEntropy(yTrue.tensor, yPred.tensor, q: q, file: file, line: line)
}

func generalizedCrossentropies(_ call: LossCall, _ q: Double) throws(DescentError) -> LossValues {
    if let error = misfitOfGeneralization(q) { throw error }
    let (labels, yPred, axis) = try call.classes("categoricalGeneralizedCrossEntropy", axis: -1)
    let isClass = Tensor.isClass(labels, count: yPred.shape[axis], axis: axis)
    let p = Tensor.where(isClass, yPred, 0).sum(axes: [axis]) + unknownLabel(call, labels, yPred, axis)
    return LossValues(elements: (1 - p.power(q)) / q)
}

extension Loss {
    /// The generalized cross-entropy, with the standard arguments.
    public static var categoricalGeneralizedCrossEntropy: Loss { categoricalGeneralizedCrossEntropy() }

    /// The generalized cross-entropy; see the function `categoricalGeneralizedCrossEntropy`.
    ///
    /// - Parameters:
    ///   - q: between 0 (towards the cross-entropy) and 1 (towards the mean absolute error); the default is 0.5.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func categoricalGeneralizedCrossEntropy(
        q: Double = 0.5, reduction: Reduction = .sumOverBatchSize,
        name: String = "categorical_generalized_cross_entropy"
    ) -> Loss {
        Loss(
            "CategoricalGeneralizedCrossEntropy", name, reduction, arguments: ["q": .number(q)],
            error: misfitOfGeneralization(q)
        ) { call throws(DescentError) in
            try generalizedCrossentropies(call, q)
        }
    }
}

extension LossClass {
    static let categoricalGeneralizedCrossEntropy = LossClass(
        "CategoricalGeneralizedCrossEntropy", ["categorical_generalized_cross_entropy"]
    ) {
        try .categoricalGeneralizedCrossEntropy(
            q: $0.entries.number("q", default: 0.5), reduction: $0.reduction(),
            name: $0.name("categorical_generalized_cross_entropy"))
    }
}

private func misfitOfGeneralization(_ q: Double) -> DescentError? {
    q > 0 && q < 1
        ? nil : DescentError("categoricalGeneralizedCrossEntropy", "q lies between 0 and 1", received: "q \(q)")
}
