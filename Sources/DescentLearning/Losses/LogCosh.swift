import DescentCore

/// The logarithm of the hyperbolic cosine of the error, for each sample `mean(log(cosh(yPred − yTrue)))` along the
/// last axis: about `e²/2` for small errors, `|e| − log 2` for large ones. The slope is `tanh(e)`.
///
/// ```swift
/// print(logCosh([[0, 0]], [[1, 300]]))   // [149.87032]
/// ```
public func logCosh(_ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample(logCoshErrors)
}

/// The logarithm of the hyperbolic cosine of the error of each sample, also of variables.
@_disfavoredOverload
public func logCosh(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    logCosh(yTrue.tensor, yPred.tensor, file: file, line: line)
}

func logCoshErrors(_ call: LossCall) throws(DescentError) -> LossValues {
    let (yTrue, yPred) = try call.matched("logCosh")
    let error = yPred - yTrue
    // Not abs, whose slope 0 at 0 would be the end of second derivatives.
    let size = Tensor.where(error .< 0, -error, error)
    // cosh x − 1 = w² / (2 + 2w) with w = eˣ − 1: nothing cancels for small errors. For large ones nothing is left of
    // the other exponential, and this one would overflow.
    let isLarge = size .> 20
    let w = Tensor.where(isLarge, 0, size).expm1()
    let values = Tensor.where(isLarge, size - 0.6931471805599453, (w * (w / (2 + 2 * w))).log1p())
    return try .folding(values, axis: -1, isMean: true, "logCosh")
}

extension Loss {
    /// The logarithm of the hyperbolic cosine of the error.
    public static var logCosh: Loss { logCosh() }

    /// The logarithm of the hyperbolic cosine of the error; see the function `logCosh`.
    public static func logCosh(reduction: Reduction = .sumOverBatchSize, name: String = "log_cosh") -> Loss {
        Loss("LogCosh", name, reduction, logCoshErrors)
    }
}

extension LossClass {
    static let logCosh = LossClass("LogCosh", ["log_cosh", "logcosh"]) {
        .logCosh(reduction: $0.reduction(), name: $0.name("log_cosh"))
    }
}
