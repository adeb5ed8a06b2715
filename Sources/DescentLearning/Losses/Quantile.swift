import DescentCore
import DescentFiles

/// The quantile (pinball) loss of each sample, `mean(max(q e, (q − 1) e))` along the last axis with e = yTrue −
/// yPred: smallest where the prediction is the q-quantile of the truths. The slope of a perfect prediction is the
/// mean of both sides', `1/2 − q`.
///
/// ```swift
/// print(quantileLoss([[0, 4]], [[2, 0]], 0.75))   // [1.75]
/// ```
///
/// - Parameters:
///   - yTrue: what is true.
///   - yPred: what the model says.
///   - quantile: the share of truths that shall lie below the prediction, between 0 and 1.
public func quantileLoss(
    _ yTrue: Tensor, _ yPred: Tensor, _ quantile: Double, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in try quantileErrors(call, quantile) }
}

/// The quantile loss of each sample, also of variables.
@_disfavoredOverload
public func quantileLoss(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, _ quantile: Double, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    quantileLoss(yTrue.tensor, yPred.tensor, quantile, file: file, line: line)
}

func quantileErrors(_ call: LossCall, _ quantile: Double) throws(DescentError) -> LossValues {
    if let error = misfitOfQuantile(quantile) { throw error }
    let (yTrue, yPred) = try call.matched("quantileLoss")
    let error = yTrue - yPred
    return try .folding(
        (quantile * error).maximum((quantile - 1) * error), axis: -1, isMean: true, "quantileLoss")
}

extension Loss {
    /// The quantile loss; see the function `quantileLoss`.
    ///
    /// - Parameters:
    ///   - quantile: the share of truths that shall lie below the prediction, between 0 and 1.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func quantile(
        _ quantile: Double, reduction: Reduction = .sumOverBatchSize, name: String = "quantile"
    ) -> Loss {
        Loss("Quantile", name, reduction, arguments: ["quantile": .number(quantile)], error: misfitOfQuantile(quantile))
        { call throws(DescentError) in
            try quantileErrors(call, quantile)
        }
    }
}

extension LossClass {
    static let quantile = LossClass("Quantile", ["quantile", "pinball"]) {
        try .quantile($0.entries.number("quantile", default: 0.5), reduction: $0.reduction(), name: $0.name("quantile"))
    }
}

private func misfitOfQuantile(_ quantile: Double) -> DescentError? {
    quantile > 0 && quantile < 1
        ? nil : DescentError("quantileLoss", "a quantile lies between 0 and 1", received: "quantile \(quantile)")
}
