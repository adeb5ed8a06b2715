import DescentCore
import DescentFiles

/// The Tversky loss, `1 − c / (c + α · missed + β · excess + 10⁻⁷)`, with what is common, `c = Σ yTrue · yPred`,
/// what is missed, `Σ yTrue · (1 − yPred)`, and what is in excess, `Σ (1 − yTrue) · yPred`. With α = β = 1/2 it is
/// the Dice loss.
///
/// ```swift
/// print(tversky([[0, 1], [1, 0]], [[0, 1], [0, 1]]))   // 0.5
/// ```
///
/// - Parameters:
///   - yTrue: what is true.
///   - yPred: what the model says.
///   - alpha: the weight of what is true and was missed; the default is 0.5.
///   - beta: the weight of what was predicted and is not true; the default is 0.5.
///   - axis: the axes that fold into one number; the default is all.
public func tversky(
    _ yTrue: Tensor, _ yPred: Tensor, alpha: Double = 0.5, beta: Double = 0.5, axis: [Int]? = nil,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in
        try tverskyErrors(call, alpha, beta, axis)
    }
}

/// The Tversky loss of each sample, also of variables.
@_disfavoredOverload
public func tversky(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, alpha: Double = 0.5, beta: Double = 0.5,
    axis: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    tversky(yTrue.tensor, yPred.tensor, alpha: alpha, beta: beta, axis: axis, file: file, line: line)
}

func tverskyErrors(_ call: LossCall, _ alpha: Double, _ beta: Double, _ axis: [Int]?) throws(DescentError) -> LossValues
{
    let (yTrue, yPred) = try call.matched("tversky")
    let axes = try yPred.shape.resolve(axes: axis, operation: "tversky")
    let common = (yTrue * yPred).sum(axes: axes)
    let missed = (yTrue * (1 - yPred)).sum(axes: axes)
    let excess = ((1 - yTrue) * yPred).sum(axes: axes)
    return LossValues(elements: 1 - common / (common + alpha * missed + beta * excess + lossEpsilon))
}

extension Loss {
    /// The Tversky loss, with the standard arguments.
    public static var tversky: Loss { tversky() }

    /// The Tversky loss; see the function `tversky`.
    ///
    /// - Parameters:
    ///   - alpha: the weight of what is true and was missed; the default is 0.5.
    ///   - beta: the weight of what was predicted and is not true; the default is 0.5.
    ///   - axis: the axes that fold into one number; the default is all.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func tversky(
        alpha: Double = 0.5, beta: Double = 0.5, axis: [Int]? = nil, reduction: Reduction = .sumOverBatchSize,
        name: String = "tversky"
    ) -> Loss {
        Loss(
            "Tversky", name, reduction,
            arguments: [
                "alpha": .number(alpha), "beta": .number(beta),
                "axis": axis.map { .list($0.map { .integer($0) }) } ?? .null,
            ]
        ) { call throws(DescentError) in
            try tverskyErrors(call, alpha, beta, axis)
        }
    }
}

extension LossClass {
    static let tversky = LossClass("Tversky", ["tversky"]) {
        try .tversky(
            alpha: $0.entries.number("alpha", default: 0.5), beta: $0.entries.number("beta", default: 0.5),
            axis: $0.axes("axis"), reduction: $0.reduction(), name: $0.name("tversky"))
    }
}
