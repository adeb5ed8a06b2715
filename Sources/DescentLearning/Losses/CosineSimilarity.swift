import DescentCore
import DescentFiles

/// The cosine of the angle between truth and prediction, negated: −1 where they point the same way, 0 where they
/// are orthogonal or one is the zero vector, 1 where they are opposed.
///
/// Vectors shorter than 10⁻⁷ are divided by 10⁻⁷ instead of their length.
///
/// ```swift
/// print(cosineSimilarity([[0, 1], [1, 0]], [[0, 2], [-3, 0]]))   // [-1.0, 1.0]
/// ```
///
/// - Parameters:
///   - yTrue: what is true.
///   - yPred: what the model says.
///   - axis: the axis along which vectors lie; the default is the last.
public func cosineSimilarity(
    _ yTrue: Tensor, _ yPred: Tensor, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in try negatedCosines(call, axis) }
}

/// The cosine of the angle between truth and prediction of each sample, negated, also of variables.
@_disfavoredOverload
public func cosineSimilarity(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, axis: Int = -1, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    cosineSimilarity(yTrue.tensor, yPred.tensor, axis: axis, file: file, line: line)
}

func negatedCosines(_ call: LossCall, _ axis: Int) throws(DescentError) -> LossValues {
    let (yTrue, yPred) = try call.matched("cosineSimilarity")
    let axis = try Shape.resolve(axis: axis, rank: yPred.rank, operation: "cosineSimilarity")
    let products = -(normalized(yTrue, axis) * normalized(yPred, axis))
    return try .folding(products, axis: axis, isMean: false, "cosineSimilarity")
}

extension Loss {
    /// The cosine of the angle between truth and prediction, negated, with the standard arguments.
    public static var cosineSimilarity: Loss { cosineSimilarity() }

    /// The cosine of the angle between truth and prediction, negated; see the function `cosineSimilarity`.
    ///
    /// - Parameters:
    ///   - axis: the axis along which vectors lie; the default is the last.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func cosineSimilarity(
        axis: Int = -1, reduction: Reduction = .sumOverBatchSize, name: String = "cosine_similarity"
    ) -> Loss {
        // Keras does not write the axis; so it is only written where it says something.
        Loss("CosineSimilarity", name, reduction, arguments: axis == -1 ? [:] : ["axis": .integer(axis)]) {
            call throws(DescentError) in
            try negatedCosines(call, axis)
        }
    }
}

extension LossClass {
    static let cosineSimilarity = LossClass("CosineSimilarity", ["cosine_similarity"]) {
        try .cosineSimilarity(
            axis: $0.entries.integer("axis") ?? -1, reduction: $0.reduction(), name: $0.name("cosine_similarity"))
    }
}

/// Vectors of length 1 in the direction of `x`.
private func normalized(_ x: Tensor, _ axis: Int) -> Tensor {
    // Of no elements there is no largest.
    guard x.count > 0 else { return x }
    // Long vectors are shortened first: their squares would overflow. The length has no influence, and no gradient.
    let scale = 1.0.operand(beside: x).maximum(stopGradient(x.abs().max(axes: [axis], keepDims: true)))
    let direction = x / scale
    let inverse = direction.square().sum(axes: [axis], keepDims: true).rsqrt()
    return direction * inverse.minimum((1 / lossEpsilon).operand(beside: x))
}
