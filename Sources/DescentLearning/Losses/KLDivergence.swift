import DescentCore

/// The Kullback-Leibler divergence of each sample, `Σ yTrue · log(yTrue / yPred)` along the last axis.
/// Probabilities are taken between 10⁻⁷ and 1.
///
/// ```swift
/// print(klDivergence([[0.5, 0.5]], [[0.25, 0.75]]))   // [0.14384106]
/// ```
public func klDivergence(_ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample(divergences)
}

/// The Kullback-Leibler divergence of each sample, also of variables.
@_disfavoredOverload
public func klDivergence(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    klDivergence(yTrue.tensor, yPred.tensor, file: file, line: line)
}

func divergences(_ call: LossCall) throws(DescentError) -> LossValues {
    let pair = try call.matched("klDivergence")
    let (yTrue, yPred) = (pair.yTrue.clipped(lossEpsilon, 1), pair.yPred.clipped(lossEpsilon, 1))
    return try .folding(yTrue * (yTrue / yPred).log(), axis: -1, isMean: false, "klDivergence")
}

extension Loss {
    /// The Kullback-Leibler divergence.
    public static var klDivergence: Loss { klDivergence() }

    /// The Kullback-Leibler divergence; see the function `klDivergence`.
    public static func klDivergence(reduction: Reduction = .sumOverBatchSize, name: String = "kl_divergence") -> Loss {
        Loss("KLDivergence", name, reduction, divergences)
    }
}

extension LossClass {
    static let klDivergence = LossClass("KLDivergence", ["kl_divergence", "kld", "KLD", "kullback_leibler_divergence"])
    {
        .klDivergence(reduction: $0.reduction(), name: $0.name("kl_divergence"))
    }
}
