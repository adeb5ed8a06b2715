import DescentCore

/// The weighted mean of all values seen.
///
/// ```swift
/// let m = Mean()
/// try m.updateState([1, 3, 5, 7])
/// print(m.result())   // 4.0
/// m.resetState()
/// try m.updateState([1, 3, 5, 7], sampleWeight: [1, 1, 0, 0])
/// print(m.result())   // 2.0
/// ```
///
/// Every value counts as one, whatever the shape. If a weight covers values beyond its last axis by two axes or
/// more (`[B]` beside `[B, S, D]`), their mean counts as one value, as in Keras 2.9; a weight `[B]` beside `[B, D]` is
/// a weight for each of the D values.
public final class Mean: ValueMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A mean of nothing yet.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of values and result; the default is float32.
    public init(name: String = "mean", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// The weighted sum of the values, and the sum of the weights.
    public func summands(_ values: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        let sums = try SampleWeight.sums(values.cast(to: dtype), sampleWeight, dtype: dtype)
        return [sums.total, sums.count]
    }

    /// The mean; 0 where nothing counts.
    public func result() -> Tensor { core.result(core.mean) }
}

/// The weighted sum of all values seen.
///
/// ```swift
/// let m = Sum()
/// try m.updateState([1, 3, 5, 7], sampleWeight: [1, 1, 0, 0])
/// print(m.result())   // 4.0
/// ```
public final class Sum: ValueMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A sum of nothing yet.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of values and result; the default is float32.
    public init(name: String = "sum", dtype: DType? = nil) {
        core = MetricCore(name: name, dtype: dtype, sums: ["total": []])
    }

    /// The weighted sum of the values.
    public func summands(_ values: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        [try SampleWeight.sums(values.cast(to: dtype), sampleWeight, dtype: dtype, folding: .sum).total]
    }

    /// The sum.
    public func result() -> Tensor { core.result(core.number("total")) }
}

/// A metric of single values rather than of pairs: `updateState` takes one tensor.
public protocol ValueMetric: Metric {
    /// What a batch of values adds to each sum, in their order.
    func summands(_ values: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor]
}

extension ValueMetric {
    /// Refused: there is nothing to compare with.
    public func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        throw DescentError(
            "updateState", "\(Self.className) takes one tensor of values, and sampleWeight:",
            received: "two tensors, \(yTrue.shape) and \(yPred.shape)")
    }

    /// Takes a batch of values into account. It is computed at once; nothing is kept of the batch.
    ///
    /// - Parameters:
    ///   - values: of any shape.
    ///   - sampleWeight: how much each value counts; the default is 1.
    /// - Throws: shapes that do not fit, or an error in one of the expressions. Nothing is changed then.
    public func updateState(
        _ values: Tensor, sampleWeight: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try core.update([values, sampleWeight], at: SourceLocation(file, line)) {
            try summands(values, sampleWeight)
        }
    }

    /// Takes a batch of values, which may be a variable's, into account.
    @_disfavoredOverload
    public func updateState(
        _ values: some TensorConvertible, sampleWeight: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) throws { try updateState(values.tensor, sampleWeight: sampleWeight, file: file, line: line) }

    /// Takes a batch of values into account and gives the result for everything so far.
    @discardableResult
    public func callAsFunction(
        _ values: Tensor, sampleWeight: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Tensor {
        try updateState(values, sampleWeight: sampleWeight, file: file, line: line)
        return result()
    }
}
