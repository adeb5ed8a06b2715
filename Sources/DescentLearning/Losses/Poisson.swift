import DescentCore

/// The Poisson loss of each sample, `mean(yPred − yTrue · log(yPred + 10⁻⁷))` along the last axis, for counts and
/// their predicted rates.
///
/// ```swift
/// print(poisson([[1, 0]], [[1, 2]]))   // [1.5]
/// ```
public func poisson(_ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample(poissonErrors)
}

/// The Poisson loss of each sample, also of variables.
@_disfavoredOverload
public func poisson(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    poisson(yTrue.tensor, yPred.tensor, file: file, line: line)
}

func poissonErrors(_ call: LossCall) throws(DescentError) -> LossValues {
    let (yTrue, yPred) = try call.matched("poisson")
    return try .folding(yPred - yTrue * (yPred + lossEpsilon).log(), axis: -1, isMean: true, "poisson")
}

extension Loss {
    /// The Poisson loss.
    public static var poisson: Loss { poisson() }

    /// The Poisson loss; see the function `poisson`.
    public static func poisson(reduction: Reduction = .sumOverBatchSize, name: String = "poisson") -> Loss {
        Loss("Poisson", name, reduction, poissonErrors)
    }
}

extension LossClass {
    static let poisson = LossClass("Poisson", ["poisson"]) {
        .poisson(reduction: $0.reduction(), name: $0.name("poisson"))
    }
}
