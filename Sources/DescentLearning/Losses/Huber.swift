import DescentCore
import DescentFiles

/// The Huber loss of each sample, along the last axis the mean of `e²/2` where |e| = |yTrue − yPred| ≤ δ, else of
/// `δ|e| − δ²/2`: a parabola for small errors, a line for large ones.
///
/// ```swift
/// print(huber([[0, 0]], [[1, 3]]))               // [1.5]
/// print(huber([[0, 0]], [[1, 3]], delta: 0.5))   // [0.875]
/// ```
///
/// - Parameters:
///   - yTrue: what is true.
///   - yPred: what the model says.
///   - delta: where the parabola ends and the line begins, above 0; the default is 1.
public func huber(
    _ yTrue: Tensor, _ yPred: Tensor, delta: Double = 1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in try huberErrors(call, delta) }
}

/// The Huber loss of each sample, also of variables.
@_disfavoredOverload
public func huber(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, delta: Double = 1, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    huber(yTrue.tensor, yPred.tensor, delta: delta, file: file, line: line)
}

func huberErrors(_ call: LossCall, _ delta: Double) throws(DescentError) -> LossValues {
    if let error = misfitOfHuber(delta) { throw error }
    let (yTrue, yPred) = try call.matched("huber")
    let error = yPred - yTrue
    let size = error.abs()
    let values = Tensor.where(size .<= delta, 0.5 * error.square(), delta * size - 0.5 * delta * delta)
    return try .folding(values, axis: -1, isMean: true, "huber")
}

extension Loss {
    /// The Huber loss, with the standard arguments.
    public static var huber: Loss { huber() }

    /// The Huber loss; see the function `huber`.
    ///
    /// - Parameters:
    ///   - delta: where the parabola ends and the line begins, above 0; the default is 1.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func huber(
        delta: Double = 1, reduction: Reduction = .sumOverBatchSize, name: String = "huber_loss"
    ) -> Loss {
        // Keras does not write delta; so it is only written where it says something.
        Loss(
            "Huber", name, reduction, arguments: delta == 1 ? [:] : ["delta": .number(delta)],
            error: misfitOfHuber(delta)
        ) { call throws(DescentError) in
            try huberErrors(call, delta)
        }
    }
}

extension LossClass {
    static let huber = LossClass("Huber", ["huber", "huber_loss"]) {
        try .huber(
            delta: $0.entries.number("delta", default: 1), reduction: $0.reduction(), name: $0.name("huber_loss"))
    }
}

private func misfitOfHuber(_ delta: Double) -> DescentError? {
    delta > 0 ? nil : DescentError("huber", "delta must be positive", received: "delta \(delta)")
}
