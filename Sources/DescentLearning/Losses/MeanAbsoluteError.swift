import DescentCore

/// The mean absolute error of each sample, `mean(|yTrue − yPred|)` along the last axis. The slope of a perfect
/// prediction is 0.
///
/// ```swift
/// print(meanAbsoluteError([[0, 1], [0, 0]], [[1, 1], [1, 2]]))   // [0.5, 1.5]
/// ```
public func meanAbsoluteError(
    _ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample(absoluteErrors)
}

/// The mean absolute error of each sample, also of variables.
@_disfavoredOverload
public func meanAbsoluteError(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    meanAbsoluteError(yTrue.tensor, yPred.tensor, file: file, line: line)
}

func absoluteErrors(_ call: LossCall) throws(DescentError) -> LossValues {
    let (yTrue, yPred) = try call.matched("meanAbsoluteError")
    return try .folding((yTrue - yPred).abs(), axis: -1, isMean: true, "meanAbsoluteError")
}

extension Loss {
    /// The mean absolute error.
    public static var mae: Loss { meanAbsoluteError() }

    /// The mean absolute error.
    public static var meanAbsoluteError: Loss { meanAbsoluteError() }

    /// The mean absolute error; see the function `meanAbsoluteError`.
    public static func meanAbsoluteError(
        reduction: Reduction = .sumOverBatchSize, name: String = "mean_absolute_error"
    ) -> Loss {
        Loss("MeanAbsoluteError", name, reduction, absoluteErrors)
    }
}

extension LossClass {
    static let meanAbsoluteError = LossClass("MeanAbsoluteError", ["mean_absolute_error", "mae", "MAE"]) {
        .meanAbsoluteError(reduction: $0.reduction(), name: $0.name("mean_absolute_error"))
    }
}
