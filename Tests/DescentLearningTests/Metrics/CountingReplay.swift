import DescentCore
import DescentFiles
import DescentLearning
import Testing

/// Keras 3 adds up means of samples where Keras 2.9, whose rule holds here, adds up elements.
///
/// Both rules are replayed in double precision, from the values that the metric gives for each batch. So which of the
/// results that Keras 3 has recorded differ from ours is computed, not listed.
struct CountingReplay {
    private let metric: any Metric
    private var samples = Sums()
    private var elements = Sums()

    /// Nil for metrics that are no means, and those that leave samples out.
    init?(_ metric: any Metric) throws {
        guard metric is any MeanMetric || metric is Mean else { return nil }
        if metric.getConfig()["ignore_class"]?.integer != nil { return nil }
        self.metric = metric
    }

    /// What the rule of Keras 3 gives for all batches so far.
    var bySamples: Tensor { result(samples) }
    /// What the rule of Keras 2.9 gives.
    var byElements: Tensor { result(elements) }

    private func result(_ sums: Sums) -> Tensor {
        let mean = sums.count == 0 ? 0 : sums.total / sums.count
        return Tensor(metric is RootMeanSquaredError ? mean.squareRoot() : mean, dtype: metric.dtype)
    }

    mutating func reset() { (samples, elements) = (Sums(), Sums()) }

    mutating func add(_ operation: Configuration) throws {
        var values = try MetricReplay.tensor("values", of: operation, metric)?.cast(to: metric.dtype)
        if let metric = metric as? any MeanMetric {
            let yTrue = try #require(try MetricReplay.tensor("y_true", of: operation, metric))
            values = try metric.values(yTrue, try #require(try MetricReplay.tensor("y_pred", of: operation, metric)))
        }
        let weight = try MetricReplay.tensor("sample_weight", of: operation, metric)?.cast(to: .float64)
        let doubles = try #require(values).cast(to: .float64)
        samples.addMeansOfSamples(doubles, weight)
        elements.addElements(doubles, weight)
    }

    private struct Sums {
        var total = 0.0
        var count = 0.0

        /// Keras 3: the weighted values of each sample are averaged, and so are its weights.
        mutating func addMeansOfSamples(_ values: Tensor, _ weight: Tensor?) {
            var values = values
            guard var weight else {
                total += Double(meanOfSamples(values).sum())
                count += values.rank > 0 ? Double(values.shape[0]) : 1
                return
            }
            if values.rank == weight.rank + 1, values.shape.dimensions.last == 1 {
                if weight.rank == 1 { weight = weight.expandDims(-1) } else { values = values.squeeze(axes: [-1]) }
            } else if weight.rank == values.rank + 1, weight.shape.dimensions.last == 1 {
                if values.rank == 1 { values = values.expandDims(-1) } else { weight = weight.squeeze(axes: [-1]) }
            }
            let rank = weight.rank
            if values.rank > rank { values = values.mean(axes: Array(rank..<values.rank)) }
            weight = weight.broadcast(to: values.shape)
            total += Double(meanOfSamples(values * weight).sum())
            count += Double((rank > 1 ? meanOfSamples(weight) : weight).sum())
        }

        private func meanOfSamples(_ x: Tensor) -> Tensor { x.rank > 1 ? x.mean(axes: Array(1..<x.rank)) : x }

        /// Keras 2.9, in plain loops: every element counts with the weight that stands for it.
        mutating func addElements(_ values: Tensor, _ weight: Tensor?) {
            let shape = values.shape.dimensions
            let values = values.scalars(as: Double.self)
            guard let weight else {
                total += values.reduce(0, +)
                count += Double(values.count)
                return
            }
            let weights = weight.scalars(as: Double.self)
            var extents = weight.shape.dimensions
            if extents.count == shape.count + 1 { extents.removeLast() }
            // Of two missing axes or more the mean counts as one element.
            let isFolded = !extents.isEmpty && extents.count + 1 < shape.count
            let inner = isFolded ? Double(shape[extents.count...].reduce(1, *)) : 1
            for (position, value) in values.enumerated() {
                var (rest, index, stride) = (position, 0, 1)
                for axis in shape.indices.reversed() {
                    let coordinate = rest % shape[axis]
                    rest /= shape[axis]
                    guard axis < extents.count else { continue }
                    if extents[axis] != 1 { index += coordinate * stride }
                    stride *= extents[axis]
                }
                total += weights[index] * value / inner
                count += weights[index] / inner
            }
        }
    }
}
