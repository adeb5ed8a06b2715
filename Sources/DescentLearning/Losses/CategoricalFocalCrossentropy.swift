import DescentCore
import DescentFiles

/// The categorical cross-entropy of each sample with every class weighted by `α (1 − p)^γ`: what is predicted well
/// counts less.
///
/// Probabilities are divided by their sum and taken between 10⁻⁷ and 1 − 10⁻⁷. From logits nothing is cut off.
///
/// ```swift
/// print(categoricalFocalCrossentropy([[0, 1]], [[0.5, 0.5]]))   // [0.0433217]
/// ```
///
/// - Parameters:
///   - yTrue: what is true.
///   - yPred: what the model says.
///   - alpha: the weight of every class; the default is 0.25. A list weighs the classes one by one.
///   - gamma: how much less a sample counts that is predicted well; the default is 2.
///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
///   - labelSmoothing: how far truths are moved towards indifference, from 0 (not at all, the default) to 1.
///   - axis: the axis of the classes; the default is the last.
public func categoricalFocalCrossentropy(
    _ yTrue: Tensor, _ yPred: Tensor, alpha: Double = 0.25, gamma: Double = 2, fromLogits: Bool = false,
    labelSmoothing: Double = 0, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in
        try categoricalFocalCrossentropies(call, [alpha], gamma, fromLogits, labelSmoothing, axis)
    }
}

/// The categorical focal cross-entropy of each sample with a weight α for each class.
public func categoricalFocalCrossentropy(
    _ yTrue: Tensor, _ yPred: Tensor, alpha: [Double], gamma: Double = 2, fromLogits: Bool = false,
    labelSmoothing: Double = 0, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in
        try categoricalFocalCrossentropies(call, alpha, gamma, fromLogits, labelSmoothing, axis)
    }
}

/// The categorical focal cross-entropy of each sample, also of variables.
@_disfavoredOverload
public func categoricalFocalCrossentropy(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, alpha: Double = 0.25, gamma: Double = 2,
    fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    categoricalFocalCrossentropy(
        yTrue.tensor, yPred.tensor, alpha: alpha, gamma: gamma, fromLogits: fromLogits, labelSmoothing: labelSmoothing,
        axis: axis, file: file, line: line)
}

func categoricalFocalCrossentropies(
    _ call: LossCall, _ alpha: [Double], _ gamma: Double, _ fromLogits: Bool, _ labelSmoothing: Double, _ axis: Int
) throws(DescentError) -> LossValues {
    if let error = misfitOfSmoothing("categoricalFocalCrossentropy", labelSmoothing) { throw error }
    let (yTrue, yPred) = try call.matched("categoricalFocalCrossentropy")
    let axis = try Shape.resolve(axis: axis, rank: yPred.rank, operation: "categoricalFocalCrossentropy")
    let classes = yPred.shape[axis]
    guard alpha.count == 1 || alpha.count == classes else {
        throw DescentError(
            "categoricalFocalCrossentropy", "alpha is one number, or one for each class",
            received: "\(alpha.count) numbers, \(classes) classes")
    }
    var extents = [Int](repeating: 1, count: yPred.rank)
    extents[axis] = alpha.count
    let weights = Tensor(alpha, shape: Shape(extents), dtype: yPred.dtype)
    let logarithms = logProbabilities(yPred, fromLogits, axis)
    let missed = fromLogits ? -logarithms.expm1() : 1 - probabilities(yPred, axis)
    let crossentropies = -(yTrue.smoothed(labelSmoothing, classes: classes) * logarithms)
    return try .folding(
        weights * missed.power(gamma) * crossentropies, axis: axis, isMean: false, "categoricalFocalCrossentropy")
}

extension Loss {
    /// The categorical focal cross-entropy, with the standard arguments.
    public static var categoricalFocalCrossentropy: Loss { categoricalFocalCrossentropy() }

    /// The categorical focal cross-entropy; see the function `categoricalFocalCrossentropy`.
    ///
    /// - Parameters:
    ///   - alpha: the weight of every class; the default is 0.25. A list weighs the classes one by one.
    ///   - gamma: how much less a sample counts that is predicted well; the default is 2.
    ///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
    ///   - labelSmoothing: how far truths are moved towards indifference, from 0 (not at all, the default) to 1.
    ///   - axis: the axis of the classes; the default is the last.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func categoricalFocalCrossentropy(
        alpha: Double = 0.25, gamma: Double = 2, fromLogits: Bool = false, labelSmoothing: Double = 0,
        axis: Int = -1, reduction: Reduction = .sumOverBatchSize, name: String = "categorical_focal_crossentropy"
    ) -> Loss {
        categoricalFocalCrossentropy(
            alpha: [alpha], gamma: gamma, fromLogits: fromLogits, labelSmoothing: labelSmoothing, axis: axis,
            reduction: reduction, name: name)
    }

    /// The categorical focal cross-entropy with a weight α for each class.
    public static func categoricalFocalCrossentropy(
        alpha: [Double], gamma: Double = 2, fromLogits: Bool = false, labelSmoothing: Double = 0,
        axis: Int = -1, reduction: Reduction = .sumOverBatchSize, name: String = "categorical_focal_crossentropy"
    ) -> Loss {
        Loss(
            "CategoricalFocalCrossentropy", name, reduction,
            arguments: [
                "alpha": alpha.count == 1 ? .number(alpha[0]) : .list(alpha.map { .number($0) }),
                "gamma": .number(gamma), "from_logits": .bool(fromLogits), "label_smoothing": .number(labelSmoothing),
                "axis": .integer(axis),
            ], error: misfitOfSmoothing("categoricalFocalCrossentropy", labelSmoothing)
        ) { call throws(DescentError) in
            try categoricalFocalCrossentropies(call, alpha, gamma, fromLogits, labelSmoothing, axis)
        }
    }
}

extension LossClass {
    static let categoricalFocalCrossentropy = LossClass(
        "CategoricalFocalCrossentropy", ["categorical_focal_crossentropy"]
    ) {
        try .categoricalFocalCrossentropy(
            alpha: $0.numbers("alpha", default: 0.25), gamma: $0.entries.number("gamma", default: 2),
            fromLogits: $0.entries.bool("from_logits", default: false),
            labelSmoothing: $0.entries.number("label_smoothing", default: 0), axis: $0.entries.integer("axis") ?? -1,
            reduction: $0.reduction(), name: $0.name("categorical_focal_crossentropy"))
    }
}
