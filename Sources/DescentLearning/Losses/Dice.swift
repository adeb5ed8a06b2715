import DescentCore

/// The Dice loss, `1 − 2 Σ yTrue · yPred / (Σ yTrue + Σ yPred + 10⁻⁷)`: 0 where a predicted mask covers the true
/// one, about 1 where it misses it.
///
/// ```swift
/// print(dice([[0, 1], [1, 0]], [[0, 1], [0, 1]]))   // 0.5
/// ```
///
/// - Parameters:
///   - yTrue: what is true.
///   - yPred: what the model says.
///   - axis: the axes that fold into one number; the default is all.
public func dice(
    _ yTrue: Tensor, _ yPred: Tensor, axis: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    LossCall(yTrue, yPred, file, line).perSample { call throws(DescentError) in try diceErrors(call, axis) }
}

/// The Dice loss of each sample, also of variables.
@_disfavoredOverload
public func dice(
    _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, axis: [Int]? = nil, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    dice(yTrue.tensor, yPred.tensor, axis: axis, file: file, line: line)
}

func diceErrors(_ call: LossCall, _ axis: [Int]?) throws(DescentError) -> LossValues {
    let (yTrue, yPred) = try call.matched("dice")
    let axes = try yPred.shape.resolve(axes: axis, operation: "dice")
    let common = (yTrue * yPred).sum(axes: axes)
    let all = yTrue.sum(axes: axes) + yPred.sum(axes: axes)
    return LossValues(elements: 1 - 2 * common / (all + lossEpsilon))
}

extension Loss {
    /// The Dice loss, with the standard arguments.
    public static var dice: Loss { dice() }

    /// The Dice loss; see the function `dice`.
    ///
    /// - Parameters:
    ///   - axis: the axes that fold into one number; the default is all.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - name: what to call the loss.
    public static func dice(axis: [Int]? = nil, reduction: Reduction = .sumOverBatchSize, name: String = "dice") -> Loss
    {
        Loss("Dice", name, reduction, arguments: ["axis": axis.map { .list($0.map { .integer($0) }) } ?? .null]) {
            call throws(DescentError) in
            try diceErrors(call, axis)
        }
    }
}

extension LossClass {
    static let dice = LossClass("Dice", ["dice"]) {
        try .dice(axis: $0.axes("axis"), reduction: $0.reduction(), name: $0.name("dice"))
    }
}
