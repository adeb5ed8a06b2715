import DescentCore

/// The mean squared error of each sample, `mean((yTrue − yPred)²)` along the last axis.
///
/// ```swift
/// print(meanSquaredError([[0, 1], [0, 0]], [[1, 1], [1, 2]]))   // [0.5, 2.5]
/// ```
public func meanSquaredError(
    _ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample(squaredErrors)
}

/// The mean squared error of each sample, also of variables.
@_disfavoredOverload
public func meanSquaredError(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    meanSquaredError(yTrue.tensor, yPred.tensor, file: file, line: line)
}

func squaredErrors(_ call: LossCall) throws(DescentError) -> LossValues {
    let (yTrue, yPred) = try call.matched("meanSquaredError")
    return try .folding((yPred - yTrue).square(), axis: -1, isMean: true, "meanSquaredError")
}

extension Loss {
    /// The mean squared error.
    public static var mse: Loss { meanSquaredError() }

    /// The mean squared error.
    public static var meanSquaredError: Loss { meanSquaredError() }

    /// The mean squared error; see the function `meanSquaredError`.
    public static func meanSquaredError(
        reduction: Reduction = .sumOverBatchSize, name: String = "mean_squared_error"
    ) -> Loss {
        Loss("MeanSquaredError", name, reduction, squaredErrors)
    }
}

extension LossClass {
    static let meanSquaredError = LossClass("MeanSquaredError", ["mean_squared_error", "mse", "MSE"]) {
        .meanSquaredError(reduction: $0.reduction(), name: $0.name("mean_squared_error"))
    }
}
