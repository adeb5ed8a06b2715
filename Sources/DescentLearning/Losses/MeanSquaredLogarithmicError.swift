import DescentCore

/// The mean squared logarithmic error of each sample, `mean((log(1 + yTrue) − log(1 + yPred))²)` along the last
/// axis. Numbers below 10⁻⁷ count as 10⁻⁷.
///
/// ```swift
/// print(meanSquaredLogarithmicError([[0, 3]], [[0, 1]]))   // [0.2402265]
/// ```
public func meanSquaredLogarithmicError(
    _ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample(squaredLogarithmicErrors)
}

/// The mean squared logarithmic error of each sample, also of variables.
@_disfavoredOverload
public func meanSquaredLogarithmicError(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    meanSquaredLogarithmicError(yTrue.tensor, yPred.tensor, file: file, line: line)
}

func squaredLogarithmicErrors(_ call: LossCall) throws(DescentError) -> LossValues {
    let (yTrue, yPred) = try call.matched("meanSquaredLogarithmicError")
    func logarithm(_ x: Tensor) -> Tensor { lossEpsilon.operand(beside: x).maximum(x).log1p() }
    let errors = (logarithm(yTrue) - logarithm(yPred)).square()
    return try .folding(errors, axis: -1, isMean: true, "meanSquaredLogarithmicError")
}

extension Loss {
    /// The mean squared logarithmic error.
    public static var msle: Loss { meanSquaredLogarithmicError() }

    /// The mean squared logarithmic error.
    public static var meanSquaredLogarithmicError: Loss { meanSquaredLogarithmicError() }

    /// The mean squared logarithmic error; see the function `meanSquaredLogarithmicError`.
    public static func meanSquaredLogarithmicError(
        reduction: Reduction = .sumOverBatchSize, name: String = "mean_squared_logarithmic_error"
    ) -> Loss {
        Loss("MeanSquaredLogarithmicError", name, reduction, squaredLogarithmicErrors)
    }
}

extension LossClass {
    static let meanSquaredLogarithmicError = LossClass(
        "MeanSquaredLogarithmicError", ["mean_squared_logarithmic_error", "msle", "MSLE"]
    ) {
        .meanSquaredLogarithmicError(reduction: $0.reduction(), name: $0.name("mean_squared_logarithmic_error"))
    }
}
