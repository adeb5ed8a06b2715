import DescentCore
import DescentFiles

/// How pairs of class numbers are counted in a table: rows are what is true, columns what was predicted.
struct ClassCounter: Sendable {
    let numClasses: Int
    var ignoreClass: Int?
    /// Whether labels are class numbers rather than scores along `axis`.
    var sparseTrue = true
    /// Whether predictions are class numbers rather than scores along `axis`.
    var sparsePred = true
    var axis = -1
    /// Whether a number that is no class is refused rather than left out.
    var isStrict = false

    func refusal() -> DescentError? {
        numClasses > 0 ? nil : DescentError("Metric", "numClasses must be positive", received: "\(numClasses)")
    }

    /// The weighted counts, [numClasses, numClasses] as float64. For a metric of integers weights lose their fractions.
    func counts(_ yTrue: Tensor, _ yPred: Tensor, _ weight: Tensor?, dtype: DType) throws -> Tensor {
        let labels = (sparseTrue ? yTrue : yTrue.argmax(axis: axis)).cast(to: .int64)
        let predictions = (sparsePred ? yPred : yPred.argmax(axis: axis)).cast(to: .int64)
        if let error = labels.error ?? predictions.error { throw error }
        guard labels.count == predictions.count else {
            throw DescentError(
                "updateState", "there must be a prediction for each label",
                received: "\(labels.shape), \(predictions.shape)")
        }
        let count = labels.count
        let (t, p) = (labels.reshape([count]), predictions.reshape([count]))
        var weights = Tensor.ones([count], dtype: .float64)
        if let weight {
            let typed = weight.cast(to: dtype).cast(to: .float64)
            weights =
                typed.count == count && typed.rank > 0
                ? typed.reshape([count])
                : try SampleWeight.broadcast(typed, to: labels.shape).reshape([count])
        }
        var isCounted = (t .>= 0) .& (t .< numClasses) .& (p .>= 0) .& (p .< numClasses)
        if isStrict { try requireAll(isCounted, t, p) }
        if let ignoreClass { isCounted = isCounted .& (t .!= ignoreClass) }
        // What does not count goes to a place behind the table.
        let table = numClasses * numClasses
        let places = Tensor.where(isCounted, t * numClasses + p, Tensor(table))
        let sums = Tensor.zeros([table + 1], dtype: .float64)
            .scatterAdd(places, Tensor.where(isCounted, weights, 0))
        return sums[..<table].reshape([numClasses, numClasses])
    }

    private func requireAll(_ isClass: Tensor, _ t: Tensor, _ p: Tensor) throws {
        guard t.count > 0 else { return }
        let (smallest, greatest) = (minimum(t.min(), p.min()), maximum(t.max(), p.max()))
        try evaluate([smallest, greatest])
        guard Int(smallest) >= 0, Int(greatest) < numClasses else {
            throw DescentError(
                "updateState", "class numbers lie in 0..<\(numClasses)",
                received: "numbers from \(Int(smallest)) to \(Int(greatest))")
        }
    }
}

/// How often each class was predicted for each true class: rows are what is true, columns what was predicted.
///
/// ```swift
/// let m = ConfusionMatrix(numClasses: 2)
/// print(try m([0, 0, 1, 1], [0, 1, 1, 1]))
/// // [[1.0, 1.0],
/// //  [0.0, 2.0]]
/// ```
public final class ConfusionMatrix: Metric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How many classes there are.
    public let numClasses: Int
    private let counter: ClassCounter

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - numClasses: how many classes there are; other numbers are refused.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public init(numClasses: Int, name: String = "confusion_matrix", dtype: DType? = nil) {
        self.numClasses = numClasses
        counter = ClassCounter(numClasses: numClasses, isStrict: true)
        core = .table(name, dtype, counter)
    }

    /// The counts of the batch.
    public func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        [try counter.counts(yTrue, yPred, sampleWeight, dtype: dtype)]
    }

    /// The table.
    public func result() -> Tensor {
        core.result(core.numbers("total_confusion_matrix"), shape: [numClasses, numClasses])
    }

    /// All arguments.
    public func getConfig() -> Configuration { baseConfig.merging(["num_classes": .integer(numClasses)]) }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> ConfusionMatrix {
        try read(config) {
            ConfusionMatrix(
                numClasses: try $0.required("num_classes", try $0.integer("num_classes")), name: $1, dtype: $2)
        }
    }
}

extension MetricCore {
    /// What a metric of class pairs keeps.
    static func table(_ name: String, _ dtype: DType?, _ counter: ClassCounter, integers: Bool = false) -> MetricCore {
        let extent = max(counter.numClasses, 0)
        return MetricCore(
            name: name, dtype: dtype, sums: ["total_confusion_matrix": [extent, extent]], integers: integers,
            refusal: counter.refusal())
    }
}
