import DescentCore

/// The root of the mean squared error, `√(mean((predictions − targets)²))`, over all elements.
///
/// The derivative with respect to a prediction is `(prediction − target) / (n · rmse)`, and 0 where all
/// predictions are perfect: there is no slope to follow then (the formula alone would give 0/0). Of no elements the
/// result is 0, as that of the metric.
///
/// ```swift
/// print(rmse([2.5, 0.0, 2.1, 7.8], [3.0, -0.1, 2.0, 7.5]))   // 0.30000004
/// ```
///
/// - Parameters:
///   - predictions: what a model says.
///   - targets: what is true; of the same shape, but for a trailing axis of length 1 that one of them may have.
public func rmse(
    _ predictions: Tensor, _ targets: Tensor, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        let pair = try LossCall(targets, predictions, file, line).aligned()
        guard pair.yPred.shape == pair.yTrue.shape else {
            throw DescentError(
                "rmse", "predictions and targets must have the same shape",
                received: "\(predictions.shape), \(targets.shape)")
        }
        let squares = LossValues(elements: (pair.yPred - pair.yTrue).square())
        return try squares.reduced(.mean, "rmse").rootOfSquares()
    }
}

/// The root of the mean squared error, `√(mean((predictions − targets)²))`, over all elements; also of variables.
///
/// ```swift
/// let guess = Variable([1, 2])
/// print(rmse(guess, Tensor([1, 4])))   // 1.4142135
/// ```
@_disfavoredOverload
public func rmse(
    _ predictions: some TensorConvertible, _ targets: some TensorConvertible, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    rmse(predictions.tensor, targets.tensor, file: file, line: line)
}

extension Loss {
    /// The root of the mean squared error.
    public static var rmse: Loss { rootMeanSquaredError() }

    /// The root of the mean squared error.
    public static var rootMeanSquaredError: Loss { rootMeanSquaredError() }

    /// The root of the mean squared error of a batch; see the function `rmse`.
    ///
    /// It is the root of what `meanSquaredError` gives with the same reduction. By default the mean is a weighted one,
    /// `√(Σ w e² / Σ w)`: so the loss equals the metric of the same name, also with sample weights.
    ///
    /// ```swift
    /// print(Loss.rmse([[0, 1], [0, 0]], [[1, 1], [0, 0]]))                         // 0.5
    /// print(Loss.rmse([[0, 1], [0, 0]], [[1, 1], [0, 0]], sampleWeight: [1, 0]))   // 0.70710677
    /// ```
    public static func rootMeanSquaredError(
        reduction: Reduction = .meanWithSampleWeight, name: String = "root_mean_squared_error"
    ) -> Loss { Loss("RootMeanSquaredError", name, reduction, takesRoot: true, squaredErrors) }
}

extension LossClass {
    static let rootMeanSquaredError = LossClass("RootMeanSquaredError", ["root_mean_squared_error", "rmse", "RMSE"]) {
        .rootMeanSquaredError(
            reduction: $0.reduction(.meanWithSampleWeight), name: $0.name("root_mean_squared_error"))
    }
}
