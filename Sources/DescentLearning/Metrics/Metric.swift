import DescentCore

/// A figure that says how good predictions are, gathered over any number of batches.
///
/// A conforming type says which sums it keeps (`core`), what a batch adds to them (`summands`), and what their
/// result is. Updating, merging, resetting and the handling of state come with the protocol.
///
/// ```swift
/// final class LargestError: MeanMetric, PlainMetric {
///     let core: MetricCore
///     init(name: String = "largest_error", dtype: DType? = nil) { core = .mean(name, dtype) }
///     func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor { (yPred - yTrue).abs().max(axes: -1) }
/// }
/// let m = LargestError()
/// try m.updateState([[0, 1], [0, 0]], [[1, 1], [0, 3]])
/// print(m.result())   // 2.0
/// ```
///
/// A metric belongs to one thread at a time; two metrics on two threads have nothing to do with each other.
/// To gather on several threads, give each a metric of its own and merge them.
public protocol Metric: AnyObject, Configurable, MetricChoice {
    /// The name, the type of the result, and the sums.
    var core: MetricCore { get }

    /// The name of a metric whose configuration has none; by default the class's own in small letters.
    static var defaultName: String { get }

    /// What a batch adds to each sum, in their order.
    ///
    /// Expressions are recorded and computed together in one evaluation; cast to float64 before adding up, so
    /// that no sum is rounded to float32.
    func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor]

    /// The figure for all that was seen since the last reset.
    func result() -> Tensor
}

extension Metric {
    /// What the metric is called.
    public var name: String { core.name }

    /// The type in which it compares, and of its result.
    public var dtype: DType { core.dtype }

    /// The name of the type.
    public static var className: String { String(describing: Self.self) }

    /// The name of the type in small letters: `mean_squared_error`.
    public static var defaultName: String { snakeCase(className) }

    // MARK: - Updating

    /// Takes a batch into account. It is computed at once; nothing is kept of the batch.
    ///
    /// ```swift
    /// let m = RootMeanSquaredError()
    /// try m.updateState([[0, 1], [0, 0]], [[1, 1], [0, 0]], sampleWeight: [1, 0])
    /// print(m.result())   // 0.70710677
    /// ```
    ///
    /// Weights align with the values from the first axis on: `[B]` beside values `[B, D]` is a weight for each
    /// row. They may be negative; where they add up to 0, a mean is 0. A weight of 0 does not hide NaN.
    ///
    /// - Parameters:
    ///   - yTrue: what is true.
    ///   - yPred: what was predicted.
    ///   - sampleWeight: how much each sample counts; the default is 1.
    /// - Throws: shapes that do not fit, or an error in one of the expressions. Nothing is changed then.
    public func updateState(
        _ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) throws {
        try core.update([yTrue, yPred, sampleWeight], at: SourceLocation(file, line)) {
            try summands(yTrue, yPred, sampleWeight)
        }
    }

    /// Takes a batch into account, which may be variables.
    @_disfavoredOverload
    public func updateState(
        _ yTrue: some TensorConvertible, _ yPred: some TensorConvertible, sampleWeight: Tensor? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try updateState(yTrue.tensor, yPred.tensor, sampleWeight: sampleWeight, file: file, line: line)
    }

    /// Takes a batch into account and gives the result for everything so far.
    ///
    /// ```swift
    /// let m = RootMeanSquaredError()
    /// print(try m([0, 0], [3, 3]))   // 3.0
    /// ```
    @discardableResult
    public func callAsFunction(
        _ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) throws -> Tensor {
        try updateState(yTrue, yPred, sampleWeight: sampleWeight, file: file, line: line)
        return result()
    }

    /// Forgets everything that was seen.
    public func resetState() { core.reset() }

    /// Forgets everything that was seen.
    @available(*, deprecated, renamed: "resetState")
    public func resetStates() { resetState() }

    // MARK: - State

    /// All that the metric knows, as a value.
    public var state: MetricState { core.state }

    /// Replaces all that the metric knows.
    ///
    /// - Throws: names, counts or shapes that are not this metric's. Nothing is changed then.
    public func setState(
        _ state: MetricState, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        do { try core.set(state) } catch { throw error.located(at: SourceLocation(file, line)) }
    }

    /// The sums in their order, as float64.
    public func getWeights() -> [Tensor] {
        state.sums.map { Tensor($0.numbers, shape: $0.shape) }
    }

    /// Replaces the sums.
    ///
    /// - Throws: a wrong count or a wrong shape, or an error in one of the tensors. Nothing is changed then.
    public func setWeights(_ weights: [Tensor], file: StaticString = #fileID, line: UInt = #line) throws {
        let names = state.sums.map(\.name)
        guard weights.count == names.count else {
            throw DescentError(
                "setWeights", "\(name) keeps \(names.count) sums: \(names.joined(separator: ", "))",
                received: "\(weights.count) tensors", at: SourceLocation(file, line))
        }
        try evaluate(weights, file: file, line: line)
        let sums = zip(names, weights).map { name, weight in
            MetricState.Sum(name: name, shape: weight.shape, numbers: weight.scalars(as: Double.self))
        }
        try setState(MetricState(sums: sums), file: file, line: line)
    }
}
