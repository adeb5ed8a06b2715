import DescentCore
import DescentFiles

/// The cross-entropy of each sample, `−Σ y log p` along the axis of the classes, for one-hot truths or
/// distributions.
///
/// Probabilities are divided by their sum and taken between 10⁻⁷ and 1 − 10⁻⁷. From logits (`p = softmax(x)`)
/// nothing is cut off. Label smoothing makes the truths `y(1 − s) + s/K` for K classes.
///
/// ```swift
/// print(categoricalCrossentropy([[0, 1]], [[0.5, 0.5]]))                     // [0.6931472]
/// print(categoricalCrossentropy([[0, 1]], [[300, 0]], fromLogits: true))      // [300.0]
/// ```
///
/// - Parameters:
///   - yTrue: what is true.
///   - yPred: what the model says.
///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
///   - labelSmoothing: how far truths are moved towards indifference, from 0 (not at all, the default) to 1.
///   - axis: the axis of the classes; the default is the last.
public func categoricalCrossentropy(
    _ yTrue: Tensor, _ yPred: Tensor, fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in
        try categoricalCrossentropies(call, fromLogits, labelSmoothing, axis)
    }
}

/// The categorical cross-entropy of each sample, also of variables.
@_disfavoredOverload
public func categoricalCrossentropy(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, fromLogits: Bool = false,
    labelSmoothing: Double = 0, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    categoricalCrossentropy(
        yTrue.tensor, yPred.tensor, fromLogits: fromLogits, labelSmoothing: labelSmoothing, axis: axis, file: file,
        line: line)
}

func categoricalCrossentropies(
    _ call: LossCall, _ fromLogits: Bool, _ labelSmoothing: Double, _ axis: Int
) throws(DescentError) -> LossValues {
    if let error = misfitOfSmoothing("categoricalCrossentropy", labelSmoothing) { throw error }
    let (yTrue, yPred) = try call.matched("categoricalCrossentropy")
    let axis = try Shape.resolve(axis: axis, rank: yPred.rank, operation: "categoricalCrossentropy")
    let logarithms = logProbabilities(yPred, fromLogits, axis)
    let values = -(yTrue.smoothed(labelSmoothing, classes: yPred.shape[axis]) * logarithms)
    return try .folding(values, axis: axis, isMean: false, "categoricalCrossentropy")
}

extension Loss {
    /// The categorical cross-entropy, with the standard arguments.
    public static var categoricalCrossentropy: Loss { categoricalCrossentropy() }

    /// The categorical cross-entropy; see the function `categoricalCrossentropy`.
    ///
    /// - Parameters:
    ///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
    ///   - labelSmoothing: how far truths are moved towards indifference, from 0 (not at all, the default) to 1.
    ///   - axis: the axis of the classes; the default is the last.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func categoricalCrossentropy(
        fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1, reduction: Reduction = .sumOverBatchSize,
        name: String = "categorical_crossentropy"
    ) -> Loss {
        Loss(
            "CategoricalCrossentropy", name, reduction,
            arguments: [
                "from_logits": .bool(fromLogits), "label_smoothing": .number(labelSmoothing), "axis": .integer(axis),
            ],
            error: misfitOfSmoothing("categoricalCrossentropy", labelSmoothing)
        ) { call throws(DescentError) in
            try categoricalCrossentropies(call, fromLogits, labelSmoothing, axis)
        }
    }
}

extension LossClass {
    static let categoricalCrossentropy = LossClass("CategoricalCrossentropy", ["categorical_crossentropy"]) {
        try .categoricalCrossentropy(
            fromLogits: $0.entries.bool("from_logits", default: false),
            labelSmoothing: $0.entries.number("label_smoothing", default: 0), axis: $0.entries.integer("axis") ?? -1,
            reduction: $0.reduction(), name: $0.name("categorical_crossentropy"))
    }
}

/// The logarithms of the probabilities of all classes.
func logProbabilities(_ yPred: Tensor, _ fromLogits: Bool, _ axis: Int) -> Tensor {
    fromLogits ? yPred.logSoftmax(axis: axis) : probabilities(yPred, axis).log()
}

/// Probabilities that sum to 1 along the axis, and are neither 0 nor 1.
func probabilities(_ yPred: Tensor, _ axis: Int) -> Tensor {
    (yPred / yPred.sum(axes: [axis], keepDims: true)).clipped(lossEpsilon, 1 - lossEpsilon)
}
