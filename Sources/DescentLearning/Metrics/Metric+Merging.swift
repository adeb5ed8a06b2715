import DescentCore
import DescentFiles

extension Metric {
    /// Takes into account all that `metrics` have seen, which stay as they are.
    ///
    /// ```swift
    /// let (a, b) = (Accuracy(), Accuracy())
    /// try a.updateState([[1], [2]], [[0], [2]])
    /// try b.updateState([[3], [4]], [[3], [4]])
    /// try a.mergeState([b])
    /// print(a.result())   // 0.75
    /// ```
    ///
    /// Neither the order nor the grouping of merges changes the result. The metric itself may be among those
    /// merged: what it has seen counts twice then. An empty list changes nothing.
    ///
    /// - Parameters:
    ///   - metrics: metrics of the same class with the same arguments; only names may differ.
    ///   - acrossTypes: whether other classes and arguments will do, as long as they keep sums of the same names and
    ///     shapes in the same dtype: a `Mean` of squared errors may go into a `RootMeanSquaredError`.
    /// - Throws: a metric that does not fit. Nothing is changed then.
    public func mergeState(
        _ metrics: [any Metric], acrossTypes: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        do {
            let free = try metrics.reduce(try checkedExtent(of: self, acrossTypes: true)) { free, metric in
                let extent = try checkedExtent(of: metric, acrossTypes: acrossTypes)
                guard free == 0 || extent == 0 || free == extent else {
                    throw DescentError(
                        "mergeState", "metrics must have seen as many outputs as each other",
                        received: "\(free) and \(extent) of \(metric.name)")
                }
                return max(free, extent)
            }
            // Taken down before anything changes: this metric may be one of them.
            let others = metrics.map(\.core.sums)
            for other in others { core.add(other, freeExtent: free) }
        } catch let error as DescentError {
            throw error.located(at: SourceLocation(file, line))
        }
    }

    /// The extent that the metric's batches have decided, 0 if none; a metric that does not fit throws.
    private func checkedExtent(of metric: any Metric, acrossTypes: Bool) throws -> Int {
        if let refusal = metric.core.refusal { throw refusal }
        let (own, others) = (arguments(of: self), arguments(of: metric))
        guard acrossTypes || own == others else {
            throw DescentError(
                "mergeState", "metrics must be of the same class with the same arguments, \(own.json)",
                received: others.json)
        }
        guard metric.dtype == dtype else {
            throw DescentError(
                "mergeState", "metrics must have the same dtype", received: "\(dtype) and \(metric.dtype)")
        }
        let (sums, otherSums) = (core.sums, metric.core.sums)
        guard sums.map(\.name) == otherSums.map(\.name), sums.map(\.pattern) == otherSums.map(\.pattern) else {
            throw DescentError(
                "mergeState", "metrics must keep the same sums, \(listing(core))", received: listing(metric.core))
        }
        return otherSums.map(\.freeExtent).max() ?? 0
    }

    /// The class and all of the configuration but the name.
    private func arguments(of metric: any Metric) -> Configuration {
        var config = metric.getConfig()
        config["name"] = nil
        return ["class_name": .string(type(of: metric).className), "config": .object(config)]
    }

    private func listing(_ core: MetricCore) -> String {
        core.sums.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
    }
}
