import DescentCore
import DescentFiles

/// The cross-entropy of each sample, `−log p` of its class, for truths that are the numbers of classes, 0, 1, ….
///
/// The result is that of `categoricalCrossentropy` for one-hot truths. Truths have the shape of the predictions
/// without the axis of the classes, or with it in length 1. A label that is no class is an error when the loss is
/// computed, unless it is the ignored one: such samples have loss 0 and are not counted in means.
///
/// ```swift
/// print(sparseCategoricalCrossentropy([1, 0], [[0.5, 0.5], [0.25, 0.75]]))   // [0.6931472, 1.3862944]
/// ```
///
/// - Parameters:
///   - yTrue: the class of each sample, 0, 1, ….
///   - yPred: what the model says.
///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
///   - ignoreClass: the label of samples that do not count; the default is none.
///   - axis: the axis of the classes; the default is the last.
public func sparseCategoricalCrossentropy(
    _ yTrue: Tensor, _ yPred: Tensor, fromLogits: Bool = false, ignoreClass: Int? = nil, axis: Int = -1,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in
        try sparseCategoricalCrossentropies(call, fromLogits, ignoreClass, axis)
    }
}

/// The categorical cross-entropy of each sample for labels, also of variables.
@_disfavoredOverload
public func sparseCategoricalCrossentropy(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, fromLogits: Bool = false, ignoreClass: Int? = nil,
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    sparseCategoricalCrossentropy(
        yTrue.tensor, yPred.tensor, fromLogits: fromLogits, ignoreClass: ignoreClass, axis: axis, file: file, line: line
    )
}

func sparseCategoricalCrossentropies(
    _ call: LossCall, _ fromLogits: Bool, _ ignoreClass: Int?, _ axis: Int
) throws(DescentError) -> LossValues {
    let (labels, yPred, axis) = try call.classes("sparseCategoricalCrossentropy", axis: axis)
    guard let ignoreClass else { return LossValues(elements: crossentropies(call, labels, yPred, fromLogits, axis)) }
    let counts = labels .!= ignoreClass
    // Ignored rows are made harmless: neither they nor their slopes may be NaN.
    let values = crossentropies(
        call, .where(counts, labels, 0), .where(counts.expandDims(axis), yPred, 1), fromLogits, axis)
    return LossValues(elements: .where(counts, values, 0), mask: counts)
}

extension Loss {
    /// The categorical cross-entropy of labels, with the standard arguments.
    public static var sparseCategoricalCrossentropy: Loss { sparseCategoricalCrossentropy() }

    /// The categorical cross-entropy of labels; see the function `sparseCategoricalCrossentropy`.
    ///
    /// - Parameters:
    ///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
    ///   - ignoreClass: the label of samples that do not count; the default is none.
    ///   - axis: the axis of the classes; the default is the last.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func sparseCategoricalCrossentropy(
        fromLogits: Bool = false, ignoreClass: Int? = nil, axis: Int = -1, reduction: Reduction = .sumOverBatchSize,
        name: String = "sparse_categorical_crossentropy"
    ) -> Loss {
        // Keras does not write the axis; so it is only written where it says something.
        var arguments: Configuration = [
            "from_logits": .bool(fromLogits), "ignore_class": Configuration.Value(ignoreClass),
        ]
        if axis != -1 { arguments["axis"] = .integer(axis) }
        return Loss(
            "SparseCategoricalCrossentropy", name, reduction, arguments: arguments
        ) { call throws(DescentError) in
            try sparseCategoricalCrossentropies(call, fromLogits, ignoreClass, axis)
        }
    }
}

extension LossClass {
    static let sparseCategoricalCrossentropy = LossClass(
        "SparseCategoricalCrossentropy", ["sparse_categorical_crossentropy"]
    ) {
        try .sparseCategoricalCrossentropy(
            fromLogits: $0.entries.bool("from_logits", default: false), ignoreClass: $0.entries.integer("ignore_class"),
            axis: $0.entries.integer("axis") ?? -1, reduction: $0.reduction(),
            name: $0.name("sparse_categorical_crossentropy"))
    }
}

private func crossentropies(
    _ call: LossCall, _ labels: Tensor, _ yPred: Tensor, _ fromLogits: Bool, _ axis: Int
) -> Tensor {
    let logarithms = logProbabilities(yPred, fromLogits, axis)
    let isClass = Tensor.isClass(labels, count: yPred.shape[axis], axis: axis)
    return unknownLabel(call, labels, yPred, axis) - Tensor.where(isClass, logarithms, 0).sum(axes: [axis])
}

/// Zeros, or the error that a label is none of the classes, once that is known.
func unknownLabel(_ call: LossCall, _ labels: Tensor, _ yPred: Tensor, _ axis: Int) -> Tensor {
    Tensor.zeros([yPred.shape[axis]], dtype: yPred.dtype).gather(labels, file: call.file, line: call.line)
}
