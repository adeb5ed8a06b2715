import DescentCore

/// The mean absolute percentage error of each sample, `100 · mean(|yTrue − yPred| / max(|yTrue|, 10⁻⁷))` along the
/// last axis.
///
/// ```swift
/// print(meanAbsolutePercentageError([[2, 4]], [[1, 5]]))   // [37.5]
/// ```
public func meanAbsolutePercentageError(
    _ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample(percentageErrors)
}

/// The mean absolute percentage error of each sample, also of variables.
@_disfavoredOverload
public func meanAbsolutePercentageError(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    meanAbsolutePercentageError(yTrue.tensor, yPred.tensor, file: file, line: line)
}

func percentageErrors(_ call: LossCall) throws(DescentError) -> LossValues {
    let (yTrue, yPred) = try call.matched("meanAbsolutePercentageError")
    let size = lossEpsilon.operand(beside: yTrue).maximum(yTrue.abs())
    let errors = 100 * ((yTrue - yPred) / size).abs()
    return try .folding(errors, axis: -1, isMean: true, "meanAbsolutePercentageError")
}

extension Loss {
    /// The mean absolute percentage error.
    public static var mape: Loss { meanAbsolutePercentageError() }

    /// The mean absolute percentage error.
    public static var meanAbsolutePercentageError: Loss { meanAbsolutePercentageError() }

    /// The mean absolute percentage error; see the function `meanAbsolutePercentageError`.
    public static func meanAbsolutePercentageError(
        reduction: Reduction = .sumOverBatchSize, name: String = "mean_absolute_percentage_error"
    ) -> Loss {
        Loss("MeanAbsolutePercentageError", name, reduction, percentageErrors)
    }
}

extension LossClass {
    static let meanAbsolutePercentageError = LossClass(
        "MeanAbsolutePercentageError", ["mean_absolute_percentage_error", "mape", "MAPE"]
    ) {
        .meanAbsolutePercentageError(reduction: $0.reduction(), name: $0.name("mean_absolute_percentage_error"))
    }
}
