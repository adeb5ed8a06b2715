import DescentCore

/// The hinge loss of each sample, `mean(max(1 − yTrue · yPred, 0))` along the last axis, for truths −1 and 1.
///
/// If all truths are 0 or 1, zeros count as −1.
///
/// ```swift
/// print(hinge([[-1, 1]], [[0.5, 0.5]]))   // [1.0]
/// print(hinge([[0, 1]], [[0.5, 0.5]]))    // [1.0]
/// ```
public func hinge(_ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample(hingeErrors)
}

/// The hinge loss of each sample, also of variables.
@_disfavoredOverload
public func hinge(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    hinge(yTrue.tensor, yPred.tensor, file: file, line: line)
}

func hingeErrors(_ call: LossCall) throws(DescentError) -> LossValues {
    try .folding(margins(call, "hinge"), axis: -1, isMean: true, "hinge")
}

extension Loss {
    /// The hinge loss.
    public static var hinge: Loss { hinge() }

    /// The hinge loss; see the function `hinge`.
    public static func hinge(reduction: Reduction = .sumOverBatchSize, name: String = "hinge") -> Loss {
        Loss("Hinge", name, reduction, hingeErrors)
    }
}

extension LossClass {
    static let hinge = LossClass("Hinge", ["hinge"]) {
        .hinge(reduction: $0.reduction(), name: $0.name("hinge"))
    }
}

/// The squared hinge loss of each sample, `mean(max(1 − yTrue · yPred, 0)²)` along the last axis, for truths −1 and
/// 1.
///
/// If all truths are 0 or 1, zeros count as −1.
///
/// ```swift
/// print(squaredHinge([[-1, 1]], [[0.5, 0.5]]))   // [1.25]
/// ```
public func squaredHinge(_ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample(squaredHingeErrors)
}

/// The squared hinge loss of each sample, also of variables.
@_disfavoredOverload
public func squaredHinge(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    squaredHinge(yTrue.tensor, yPred.tensor, file: file, line: line)
}

func squaredHingeErrors(_ call: LossCall) throws(DescentError) -> LossValues {
    try .folding(margins(call, "squaredHinge").square(), axis: -1, isMean: true, "squaredHinge")
}

extension Loss {
    /// The squared hinge loss.
    public static var squaredHinge: Loss { squaredHinge() }

    /// The squared hinge loss; see the function `squaredHinge`.
    public static func squaredHinge(reduction: Reduction = .sumOverBatchSize, name: String = "squared_hinge") -> Loss {
        Loss("SquaredHinge", name, reduction, squaredHingeErrors)
    }
}

extension LossClass {
    static let squaredHinge = LossClass("SquaredHinge", ["squared_hinge"]) {
        .squaredHinge(reduction: $0.reduction(), name: $0.name("squared_hinge"))
    }
}

/// How far predictions are from the right side of the margin, `max(1 − yTrue · yPred, 0)`.
private func margins(_ call: LossCall, _ operation: StaticString) throws(DescentError) -> Tensor {
    let (yTrue, yPred) = try call.matched(operation)
    let isBinary = ((yTrue .== 0) .| (yTrue .== 1)).all()
    return (1 - Tensor.where(isBinary, 2 * yTrue - 1, yTrue) * yPred).relu()
}
