import DescentCore
import DescentFiles

/// The circle loss of each sample, for labels and embeddings of length 1: samples of one class shall be near each
/// other, those of different classes apart.
///
/// A sample with distances `d = max(1 − cosine, 0)` from the others has the loss `softplus(near + far)`, with
/// `near = log Σ exp(−γ (m + d)(m − d))` over its own class and `far = log Σ exp(γ max(1 + m − d, 0)(1 − m − d))` over
/// all others. If nobody is in one of the sums, the loss is 0 and the sample is not counted in means.
///
/// ```swift
/// print(circle([0, 0, 1], [[1, 0], [1, 0], [0, 1]], gamma: 1, removeDiagonal: false))   // [0.8970256, 0.8970256, 0.8970256]
/// ```
///
/// - Parameters:
///   - yTrue: the label of each sample, a whole number.
///   - yPred: the embedding of each sample, of length 1: shape [n, k].
///   - gamma: how steep the loss is; the default is 80.
///   - margin: how far classes shall be apart; the default is 0.4.
///   - removeDiagonal: whether a sample is no partner of itself; the default is true.
public func circle(
    _ yTrue: Tensor, _ yPred: Tensor, gamma: Double = 80, margin: Double = 0.4, removeDiagonal: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in
        try circleErrors(call, gamma, margin, removeDiagonal)
    }
}

/// The circle loss of each sample, also of variables.
@_disfavoredOverload
public func circle(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, gamma: Double = 80, margin: Double = 0.4,
    removeDiagonal: Bool = true, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    circle(
        yTrue.tensor, yPred.tensor, gamma: gamma, margin: margin, removeDiagonal: removeDiagonal, file: file, line: line
    )
}

func circleErrors(
    _ call: LossCall, _ gamma: Double, _ margin: Double, _ removeDiagonal: Bool
) throws(DescentError) -> LossValues {
    let (labels, yPred) = try labelsAndEmbeddings(call)
    guard yPred.shape[0] > 0 else { return LossValues(elements: yPred.sum(axes: [1])) }
    let distances = (1 - yPred.matmul(yPred.transposed())).relu()
    let isEqual = labels.expandDims(1) .== labels.expandDims(0)
    let isPartner = removeDiagonal ? isEqual .& (.!Tensor.eye(labels.count).cast(to: .bool)) : isEqual
    let near = -gamma * (margin + distances).relu() * (margin - distances)
    let far = gamma * (1 + margin - distances).relu() * (1 - margin - distances)
    let (attraction, hasPartner) = logSumExp(near, where: isPartner)
    let (repulsion, hasOther) = logSumExp(far, where: .!isEqual)
    let values = Tensor.where(hasPartner .& hasOther, (attraction + repulsion).softplus(), 0)
    // NaN counts: it must not disappear.
    return LossValues(elements: values, mask: .!(values .<= 0))
}

extension Loss {
    /// The circle loss, with the standard arguments.
    public static var circle: Loss { circle() }

    /// The circle loss; see the function `circle`.
    ///
    /// - Parameters:
    ///   - gamma: how steep the loss is; the default is 80.
    ///   - margin: how far classes shall be apart; the default is 0.4.
    ///   - removeDiagonal: whether a sample is no partner of itself; the default is true.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func circle(
        gamma: Double = 80, margin: Double = 0.4, removeDiagonal: Bool = true, reduction: Reduction = .sumOverBatchSize,
        name: String = "circle"
    ) -> Loss {
        Loss(
            "Circle", name, reduction,
            arguments: ["gamma": .number(gamma), "margin": .number(margin), "remove_diagonal": .bool(removeDiagonal)]
        ) { call throws(DescentError) in
            try circleErrors(call, gamma, margin, removeDiagonal)
        }
    }
}

extension LossClass {
    static let circle = LossClass("Circle", ["circle"]) {
        try .circle(
            gamma: $0.entries.number("gamma", default: 80), margin: $0.entries.number("margin", default: 0.4),
            removeDiagonal: $0.entries.bool("remove_diagonal", default: true), reduction: $0.reduction(),
            name: $0.name("circle"))
    }
}

private func labelsAndEmbeddings(_ call: LossCall) throws(DescentError) -> (Tensor, Tensor) {
    guard call.yPred.error != nil || call.yPred.rank == 2 else {
        throw DescentError(
            "circle", "yPred must be a list of embeddings", received: "yPred \(call.yPred.shape)")
    }
    // One label for a row: the axis of the embeddings is that of the classes elsewhere.
    let (labels, yPred, _) = try call.classes("circle", axis: 1)
    return (labels, yPred)
}

/// `log Σ exp x` along the rows, over what is chosen, and whether anything is.
private func logSumExp(_ x: Tensor, where isChosen: Tensor) -> (value: Tensor, isAny: Tensor) {
    let isAny = isChosen.any(axes: [1])
    let largest = stopGradient(
        Tensor.where(isChosen, x, (-Double.infinity).operand(beside: x)).max(axes: [1], keepDims: true))
    let top = Tensor.where(isAny.expandDims(1), largest, 0)
    let sum = Tensor.where(isChosen, (Tensor.where(isChosen, x, top) - top).exp(), 0).sum(axes: [1])
    return (Tensor.where(isAny, sum, 1).log() + top.squeeze(axes: [1]), isAny)
}
