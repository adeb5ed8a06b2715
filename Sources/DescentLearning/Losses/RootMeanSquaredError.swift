import DescentCore

/// The root of the mean squared error, `√(mean((predictions − targets)²))`, over all elements.
///
/// The derivative with respect to a prediction is `(prediction − target) / (n · rmse)`, and 0 where all
/// predictions are perfect: there is no slope to follow then (the formula alone would give 0/0).
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
    let (predictions, targets) = aligned(predictions, targets)
    guard predictions.shape == targets.shape || predictions.error != nil || targets.error != nil else {
        return Tensor(
            error: DescentError(
                "rmse", "predictions and targets must have the same shape",
                received: "\(predictions.shape), \(targets.shape)", at: SourceLocation(file, line)))
    }
    let meanSquare = ((predictions - targets) ** 2).mean()
    // The root has no slope at 0: there it is taken of 1 and thrown away, and so is its slope.
    let isPerfect = meanSquare .== 0
    return Tensor.where(isPerfect, 0, sqrt(Tensor.where(isPerfect, 1, meanSquare)))
}

/// Removes the trailing axis of length 1 that one side has and the other has not.
private func aligned(_ predictions: Tensor, _ targets: Tensor) -> (Tensor, Tensor) {
    if predictions.rank == targets.rank + 1, predictions.shape[predictions.rank - 1] == 1 {
        return (predictions.squeeze(axes: [-1]), targets)
    }
    if targets.rank == predictions.rank + 1, targets.shape[targets.rank - 1] == 1 {
        return (predictions, targets.squeeze(axes: [-1]))
    }
    return (predictions, targets)
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
