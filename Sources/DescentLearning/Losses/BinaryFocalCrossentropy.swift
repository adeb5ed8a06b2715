import DescentCore
import DescentFiles

/// The binary cross-entropy of each sample with every element weighted by `(1 − pₜ)^γ`, pₜ being the probability
/// given to the truth: what is predicted well counts less.
///
/// From logits nothing is cut off: the loss and its slope stay exact however large they are.
///
/// ```swift
/// print(binaryFocalCrossentropy([[0, 1]], [[0.5, 0.5]]))   // [0.1732868]
/// ```
///
/// - Parameters:
///   - yTrue: what is true.
///   - yPred: what the model says.
///   - applyClassBalancing: whether α weighs class 1 and 1 − α class 0; the default is false.
///   - alpha: the weight of class 1; the default is 0.25.
///   - gamma: how much less a sample counts that is predicted well; the default is 2.
///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
///   - labelSmoothing: how far truths are moved towards indifference, from 0 (not at all, the default) to 1.
///   - axis: the axis along which the mean is taken; the default is the last.
public func binaryFocalCrossentropy(
    _ yTrue: Tensor, _ yPred: Tensor, applyClassBalancing: Bool = false, alpha: Double = 0.25, gamma: Double = 2,
    fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in
        try binaryFocalCrossentropies(call, applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis)
    }
}

/// The binary focal cross-entropy of each sample, also of variables.
@_disfavoredOverload
public func binaryFocalCrossentropy(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, applyClassBalancing: Bool = false,
    alpha: Double = 0.25, gamma: Double = 2, fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    binaryFocalCrossentropy(
        yTrue.tensor, yPred.tensor, applyClassBalancing: applyClassBalancing, alpha: alpha, gamma: gamma,
        fromLogits: fromLogits, labelSmoothing: labelSmoothing, axis: axis, file: file, line: line)
}

func binaryFocalCrossentropies(
    _ call: LossCall, _ applyClassBalancing: Bool, _ alpha: Double, _ gamma: Double, _ fromLogits: Bool,
    _ labelSmoothing: Double, _ axis: Int
) throws(DescentError) -> LossValues {
    if let error = misfitOfSmoothing("binaryFocalCrossentropy", labelSmoothing) { throw error }
    let pair = try call.matched("binaryFocalCrossentropy")
    let (yTrue, x) = (pair.yTrue.smoothed(labelSmoothing, classes: 2), pair.yPred)
    // What is given to the wrong side. From logits, 1 − p is computed as such: it may be tiny.
    let missed =
        fromLogits
        ? yTrue * (-x).sigmoid() + (1 - yTrue) * x.sigmoid() : yTrue * (1 - x) + (1 - yTrue) * x
    var values = missed.power(gamma) * binaryCrossentropies(yTrue, x, fromLogits)
    if applyClassBalancing { values = (yTrue * alpha + (1 - yTrue) * (1 - alpha)) * values }
    return try .folding(values, axis: axis, isMean: true, "binaryFocalCrossentropy")
}

extension Loss {
    /// The binary focal cross-entropy, with the standard arguments.
    public static var binaryFocalCrossentropy: Loss { binaryFocalCrossentropy() }

    /// The binary focal cross-entropy; see the function `binaryFocalCrossentropy`.
    ///
    /// - Parameters:
    ///   - applyClassBalancing: whether α weighs class 1 and 1 − α class 0; the default is false.
    ///   - alpha: the weight of class 1; the default is 0.25.
    ///   - gamma: how much less a sample counts that is predicted well; the default is 2.
    ///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
    ///   - labelSmoothing: how far truths are moved towards indifference, from 0 (not at all, the default) to 1.
    ///   - axis: the axis along which the mean is taken; the default is the last.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func binaryFocalCrossentropy(
        applyClassBalancing: Bool = false, alpha: Double = 0.25, gamma: Double = 2, fromLogits: Bool = false,
        labelSmoothing: Double = 0, axis: Int = -1, reduction: Reduction = .sumOverBatchSize,
        name: String = "binary_focal_crossentropy"
    ) -> Loss {
        Loss(
            "BinaryFocalCrossentropy", name, reduction,
            arguments: [
                "apply_class_balancing": .bool(applyClassBalancing), "alpha": .number(alpha), "gamma": .number(gamma),
                "from_logits": .bool(fromLogits), "label_smoothing": .number(labelSmoothing), "axis": .integer(axis),
            ], error: misfitOfSmoothing("binaryFocalCrossentropy", labelSmoothing)
        ) { call throws(DescentError) in
            try binaryFocalCrossentropies(call, applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis)
        }
    }
}

extension LossClass {
    static let binaryFocalCrossentropy = LossClass("BinaryFocalCrossentropy", ["binary_focal_crossentropy"]) {
        try .binaryFocalCrossentropy(
            applyClassBalancing: $0.entries.bool("apply_class_balancing", default: false),
            alpha: $0.entries.number("alpha", default: 0.25), gamma: $0.entries.number("gamma", default: 2),
            fromLogits: $0.entries.bool("from_logits", default: false),
            labelSmoothing: $0.entries.number("label_smoothing", default: 0), axis: $0.entries.integer("axis") ?? -1,
            reduction: $0.reduction(), name: $0.name("binary_focal_crossentropy"))
    }
}
