import DescentCore
import DescentLearning
import DescentTestSupport
import Testing

/// Keras 3 adds up means of samples where Keras 2.9, whose rule holds here, adds up elements.
///
/// Both rules are replayed in double precision. The rule of Keras 3 must explain every recorded number. Where the
/// other rule gives the same, we must give the recorded number too; where it does not, we must give that of the
/// other rule. So which cases differ is computed, not listed.
@Suite("Keras 3 counts samples, we count elements")
struct KerasThreeCountingTests {
    @Test("the recorded results differ from ours where the counting does, and nowhere else")
    func replay() throws {
        let file = try #require(
            try GoldenFiles.read("metrics", format: "metric/1").first {
                $0.shortName == MetricGoldenTests.countsSamples
            })
        var (same, different) = (0, 0)
        for golden in file.cases {
            let metric = try MetricReplay.metric(golden)
            try #require(metric is RootMeanSquaredError, "\(golden.id)")
            var (samples, elements) = (Sums(), Sums())
            var isDifferent = false
            for operation in try MetricReplay.operations(golden) {
                try MetricReplay.run(operation, on: metric)
                if operation["do"] == "reset_state" {
                    (samples, elements) = (Sums(), Sums())
                } else {
                    try #require(operation["do"] == "update_state", "\(golden.id)")
                    let batch = try Batch(operation, metric)
                    try samples.addMeansOfSamples(batch)
                    try elements.addElements(batch)
                }
                let recorded = try #require(operation["result"]).goldenTensor(metric.dtype)
                let tolerance = MetricReplay.tolerance(metric)
                let bySamples = Tensor(samples.result, dtype: metric.dtype)
                let byElements = Tensor(elements.result, dtype: metric.dtype)
                #expect(mismatch(bySamples, recorded, tolerance) == nil, "\(golden.id): the rule of Keras 3")
                if mismatch(byElements, recorded, tolerance) != nil { isDifferent = true }
                #expect(mismatch(metric.result(), byElements, tolerance) == nil, "\(golden.id)")
            }
            if isDifferent { different += 1 } else { same += 1 }
        }
        #expect(same > 0)
        print("golden metrics: \(same) cases of \(file.name) agree with ours, \(different) count otherwise")
    }
}

/// The squared errors of a batch, and its weights, as float64.
private struct Batch {
    let values: Tensor
    let weight: Tensor?

    init(_ operation: Configuration, _ metric: any Metric) throws {
        let yTrue = try #require(try MetricReplay.tensor("y_true", of: operation, metric)).cast(to: metric.dtype)
        let yPred = try #require(try MetricReplay.tensor("y_pred", of: operation, metric)).cast(to: metric.dtype)
        let (t, p) = Batch.sameRank(yTrue, yPred)
        values = ((p - t) * (p - t)).cast(to: .float64)
        weight = try MetricReplay.tensor("sample_weight", of: operation, metric)?.cast(to: .float64)
    }

    /// Beside rank 1 a last axis of 1 is added to the other, beside higher ranks it is squeezed.
    static func sameRank(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
        if a.rank == b.rank + 1, a.shape.dimensions.last == 1 {
            return b.rank == 1 ? (a, b.expandDims(-1)) : (a.squeeze(axes: [-1]), b)
        }
        if b.rank == a.rank + 1, b.shape.dimensions.last == 1 {
            return a.rank == 1 ? (a.expandDims(-1), b) : (a, b.squeeze(axes: [-1]))
        }
        return (a, b)
    }
}

private struct Sums {
    var total = 0.0
    var count = 0.0

    var result: Double { count == 0 ? 0 : (total / count).squareRoot() }

    /// Keras 3: the weighted values of each sample are averaged, and so are its weights.
    mutating func addMeansOfSamples(_ batch: Batch) throws {
        var values = batch.values
        guard var weight = batch.weight else {
            total += Double(meanOfSamples(values).sum())
            count += values.rank > 0 ? Double(values.shape[0]) : 1
            return
        }
        (values, weight) = Batch.sameRank(values, weight)
        let rank = weight.rank
        if values.rank > rank { values = values.mean(axes: Array(rank..<values.rank)) }
        weight = weight.broadcast(to: values.shape)
        total += Double(meanOfSamples(values * weight).sum())
        count += Double((rank > 1 ? meanOfSamples(weight) : weight).sum())
    }

    private func meanOfSamples(_ x: Tensor) -> Tensor { x.rank > 1 ? x.mean(axes: Array(1..<x.rank)) : x }

    /// Keras 2.9, in plain loops: every element counts with the weight that stands for it.
    mutating func addElements(_ batch: Batch) throws {
        let shape = batch.values.shape.dimensions
        let values = batch.values.scalars(as: Double.self)
        guard let weight = batch.weight else {
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
