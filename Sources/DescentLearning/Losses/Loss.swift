import DescentCore
import DescentFiles

/// What a model is trained to make small: a formula for the loss of each sample, and how a batch becomes one number.
///
/// ```swift
/// let yTrue: Tensor = [[0, 1], [0, 0]]
/// let yPred: Tensor = [[1, 1], [1, 0]]
/// print(Loss.mse(yTrue, yPred))                               // 0.5
/// print(Loss.mse(yTrue, yPred, sampleWeight: [0.7, 0.3]))     // 0.25
/// print(Loss.huber(delta: 0.5, reduction: .sum)(yTrue, yPred))   // 0.375
/// let byName: Loss = "mean_absolute_error"
/// print(byName(yTrue, yPred))                                 // 0.5
/// ```
///
/// Sample weights multiply the losses of the samples: shape [n] for predictions of shape [n, k], a number for each
/// loss. An axis of length 1 at the end is ignored, one that is missing at the end is added (so a weight of shape [n]
/// weighs the rows of losses of shape [n, m], never their columns); anything else broadcasts or is refused.
///
/// Of an empty batch the loss is 0. Where there is nothing within the samples, a mean is NaN.
///
/// Integers become the floating-point type of the other side, truths the type of the predictions. Truths and
/// predictions never broadcast: shapes that differ, but for an axis of length 1 at the end, are refused.
public struct Loss: Sendable {
    typealias Formula = @Sendable (LossCall) throws(DescentError) -> LossValues

    /// The documented name of the class, as files say it: `"MeanSquaredError"`.
    public let className: String
    /// What this loss is called.
    public let name: String
    /// How the losses of a batch become one number.
    public let reduction: Reduction
    /// Why this is no loss: an unknown name or a wrong argument. Whoever calls the loss gets this error; nil if all
    /// is well.
    public let error: DescentError?

    /// Arguments beside name and reduction.
    let arguments: Configuration
    /// Whether the root of what is reduced is the result.
    private let takesRoot: Bool
    private let formula: Formula

    init(
        _ className: String, _ name: String, _ reduction: Reduction, arguments: Configuration = [:],
        takesRoot: Bool = false, error: DescentError? = nil, _ formula: @escaping Formula
    ) {
        self.className = className
        self.name = name
        self.reduction = reduction
        self.arguments = arguments
        self.takesRoot = takesRoot
        self.error = error
        self.formula = formula
    }

    /// A loss of one's own: `perSample` says what the loss of each sample is.
    ///
    /// ```swift
    /// let cubic = Loss("cubic") { yTrue, yPred in (abs(yTrue - yPred) ** 3).mean(axes: -1) }
    /// print(cubic([[1, 2]], [[2, 4]]))   // 4.5
    /// ```
    ///
    /// - Parameters:
    ///   - name: what to call it.
    ///   - reduction: how the losses of a batch become one number; the default is their mean.
    ///   - perSample: the losses of the samples. Where one side has an axis of length 1 at the end that the other
    ///     has not, `perSample` sees both with the same number of axes.
    public init(
        _ name: String, reduction: Reduction = .sumOverBatchSize,
        _ perSample: @escaping @Sendable (_ yTrue: Tensor, _ yPred: Tensor) -> Tensor
    ) {
        self.init(name, name, reduction) { call throws(DescentError) in
            if let error = call.yTrue.error ?? call.yPred.error { throw error }
            let pair = LossCall.withEqualRanks(call.yTrue, call.yPred)
            let values = perSample(pair.0, pair.1).strong()
            return LossValues(elements: values.dtype.isFloatingPoint ? values : values.cast(to: .float32))
        }
    }

    /// The loss of a batch.
    ///
    /// - Parameters:
    ///   - yTrue: what is true.
    ///   - yPred: what the model says.
    ///   - sampleWeight: how much each sample counts; the default is 1 for each.
    public func callAsFunction(
        _ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            if let error { throw error }
            let values = try formula(LossCall(yTrue, yPred, file, line))
            let reduced = try values.reduced(reduction, weights: sampleWeight, name)
            return takesRoot ? reduced.rootOfSquares() : reduced
        }
    }

    /// The loss without the steps that `mask` leaves out, if there is a value for each of its truths: a mean is one over
    /// the steps that count.
    func masked(_ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor?, mask: Tensor) -> Tensor {
        let values = perSample(yTrue, yPred)
        guard values.error == nil, mask.error == nil, values.shape == mask.shape else {
            return self(yTrue, yPred, sampleWeight: sampleWeight)
        }
        var weights = mask.cast(to: values.dtype)
        if reduction == .sumOverBatchSize || reduction == .mean {
            weights = weights * (Double(mask.count) / (weights.sum() + lossEpsilon))
        }
        if let sampleWeight { weights = weights * sampleWeight.alongSteps(of: mask) }
        return self(yTrue, yPred, sampleWeight: weights)
    }

    private func perSample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        LossCall(yTrue, yPred, #fileID, #line).perSample(formula)
    }

    /// The loss of a batch, which may be given as variables.
    @_disfavoredOverload
    public func callAsFunction(
        _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, sampleWeight: Tensor? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        self(yTrue.tensor, yPred.tensor, sampleWeight: sampleWeight, file: file, line: line)
    }
}

extension Loss: ExpressibleByStringLiteral, CustomStringConvertible {
    /// The loss with that documented name. An unknown name is told when the loss is used, and by `error`; `named`
    /// throws at once.
    public init(stringLiteral name: String) {
        do {
            self = try Loss.find(name)
        } catch {
            self.init(name, name, .sumOverBatchSize, error: error) { _ throws(DescentError) in throw error }
        }
    }

    /// The class and its arguments.
    public var description: String { "\(className)(\(getConfig()))" }
}
