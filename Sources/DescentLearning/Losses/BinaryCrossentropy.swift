import DescentCore
import DescentFiles

/// The binary cross-entropy of each sample, `−mean(y log p + (1 − y) log(1 − p))` along an axis, for truths 0 and
/// 1.
///
/// Probabilities are taken between 10⁻⁷ and 1 − 10⁻⁷. From logits (`p = sigmoid(x)`) nothing is cut off: the loss
/// and its slope stay exact however large they are. Label smoothing makes the truths `y(1 − s) + s/2`.
///
/// ```swift
/// print(binaryCrossentropy([[0, 1]], [[0.5, 0.5]]))                      // [0.6931472]
/// print(binaryCrossentropy([[0, 1]], [[-300, -300]], fromLogits: true))   // [150.0]
/// ```
///
/// - Parameters:
///   - yTrue: what is true.
///   - yPred: what the model says.
///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
///   - labelSmoothing: how far truths are moved towards indifference, from 0 (not at all, the default) to 1.
///   - axis: the axis along which the mean is taken; the default is the last.
public func binaryCrossentropy(
    _ yTrue: Tensor, _ yPred: Tensor, fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in
        try binaryCrossentropies(call, fromLogits, labelSmoothing, axis)
    }
}

/// The binary cross-entropy of each sample, also of variables.
@_disfavoredOverload
public func binaryCrossentropy(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, fromLogits: Bool = false,
    labelSmoothing: Double = 0, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    binaryCrossentropy(
        yTrue.tensor, yPred.tensor, fromLogits: fromLogits, labelSmoothing: labelSmoothing, axis: axis, file: file,
        line: line)
}

func binaryCrossentropies(
    _ call: LossCall, _ fromLogits: Bool, _ labelSmoothing: Double, _ axis: Int
) throws(DescentError) -> LossValues {
    if let error = misfitOfSmoothing("binaryCrossentropy", labelSmoothing) { throw error }
    let pair = try call.matched("binaryCrossentropy")
    let yTrue = pair.yTrue.smoothed(labelSmoothing, classes: 2)
    let values = binaryCrossentropies(yTrue, pair.yPred, fromLogits)
    return try .folding(values, axis: axis, isMean: true, "binaryCrossentropy")
}

extension Loss {
    /// The binary cross-entropy.
    public static var bce: Loss { binaryCrossentropy() }

    /// The binary cross-entropy, with the standard arguments.
    public static var binaryCrossentropy: Loss { binaryCrossentropy() }

    /// The binary cross-entropy; see the function `binaryCrossentropy`.
    ///
    /// - Parameters:
    ///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
    ///   - labelSmoothing: how far truths are moved towards indifference, from 0 (not at all, the default) to 1.
    ///   - axis: the axis along which the mean is taken; the default is the last.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func binaryCrossentropy(
        fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1, reduction: Reduction = .sumOverBatchSize,
        name: String = "binary_crossentropy"
    ) -> Loss {
        Loss(
            "BinaryCrossentropy", name, reduction,
            arguments: [
                "from_logits": .bool(fromLogits), "label_smoothing": .number(labelSmoothing), "axis": .integer(axis),
            ],
            error: misfitOfSmoothing("binaryCrossentropy", labelSmoothing)
        ) { call throws(DescentError) in
            try binaryCrossentropies(call, fromLogits, labelSmoothing, axis)
        }
    }
}

extension LossClass {
    static let binaryCrossentropy = LossClass("BinaryCrossentropy", ["binary_crossentropy", "bce", "BCE"]) {
        try .binaryCrossentropy(
            fromLogits: $0.entries.bool("from_logits", default: false),
            labelSmoothing: $0.entries.number("label_smoothing", default: 0), axis: $0.entries.integer("axis") ?? -1,
            reduction: $0.reduction(), name: $0.name("binary_crossentropy"))
    }
}

/// The cross-entropy of every element.
func binaryCrossentropies(_ yTrue: Tensor, _ yPred: Tensor, _ fromLogits: Bool) -> Tensor {
    if fromLogits {
        // softplus(x) − yx, where for positive x the large terms have gone: softplus(x) = x + softplus(−x).
        let isPositive = yPred .> 0
        let slope = Tensor.where(isPositive, 1 - yTrue, -yTrue)
        return slope * yPred + Tensor.where(isPositive, -yPred, yPred).softplus()
    }
    let p = yPred.clipped(lossEpsilon, 1 - lossEpsilon)
    return -(yTrue * p.log() + (1 - yTrue) * (1 - p).log())
}
