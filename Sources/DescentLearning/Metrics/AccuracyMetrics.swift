import DescentCore
import DescentFiles

/// How often predictions equal what is true.
///
/// ```swift
/// print(try Accuracy()([[1], [2], [3], [4]], [[0], [2], [3], [4]]))   // 0.75
/// ```
public final class Accuracy: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "accuracy", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// Whether each element is right.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        let (yTrue, yPred) = try sameShape(yTrue, yPred)
        return yTrue .== yPred
    }
}

/// How often predictions are on the side of a threshold where the label, 0 or 1, is.
///
/// ```swift
/// print(try BinaryAccuracy()([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]]))   // 0.75
/// ```
public final class BinaryAccuracy: MeanMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// A prediction above this stands for 1.
    public let threshold: Double

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    ///   - threshold: a prediction above this stands for 1; the default is 0.5.
    public init(name: String = "binary_accuracy", dtype: DType? = nil, threshold: Double = 0.5) {
        core = .mean(name, dtype)
        self.threshold = threshold
    }

    /// Whether each element is right.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        let (yTrue, yPred) = try sameShape(yTrue, yPred)
        return (yPred .> threshold).cast(to: dtype) .== yTrue
    }

    /// All arguments.
    public func getConfig() -> Configuration { baseConfig.merging(["threshold": .number(threshold)]) }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> BinaryAccuracy {
        try read(config) { BinaryAccuracy(name: $1, dtype: $2, threshold: try $0.number("threshold", default: 0.5)) }
    }
}

/// How often the greatest score of a row is that of the class which the one-hot row marks.
///
/// ```swift
/// print(try CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))   // 0.5
/// ```
public final class CategoricalAccuracy: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "categorical_accuracy", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// Whether each row is right.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        let (yTrue, yPred) = try sameShape(yTrue, yPred)
        return yTrue.argmax(axis: -1) .== yPred.argmax(axis: -1)
    }
}

/// How often the greatest score of a row is that of the class with the given number.
///
/// ```swift
/// print(try SparseCategoricalAccuracy()([[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]]))   // 0.5
/// ```
public final class SparseCategoricalAccuracy: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "sparse_categorical_accuracy", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// Whether each row is right.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        try labels(yTrue, beside: yPred) .== yPred.argmax(axis: -1).cast(to: .float64)
    }
}

/// How often the class that the one-hot row marks is among the `k` greatest scores.
///
/// ```swift
/// print(try TopKCategoricalAccuracy(k: 2)([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.8, 0.1, 0.5]]))   // 0.5
/// ```
public final class TopKCategoricalAccuracy: MeanMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How many scores are looked at.
    public let k: Int

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - k: how many scores are looked at; the default is 5.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    public init(k: Int = 5, name: String = "top_k_categorical_accuracy", dtype: DType? = nil) {
        core = .mean(name, dtype, refusal: TopK.refusal(k))
        self.k = k
    }

    /// Whether each row is right.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        let (yTrue, yPred) = try sameShape(yTrue, yPred)
        return try TopK.contains(yTrue.argmax(axis: -1), yPred, k)
    }

    /// All arguments.
    public func getConfig() -> Configuration { baseConfig.merging(["k": .integer(k)]) }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(
        _ config: Configuration, customObjects: CustomObjects
    ) throws -> TopKCategoricalAccuracy {
        try read(config) { TopKCategoricalAccuracy(k: try $0.integer("k") ?? 5, name: $1, dtype: $2) }
    }
}

/// How often the class with the given number is among the `k` greatest scores.
///
/// ```swift
/// print(try SparseTopKCategoricalAccuracy(k: 2)([2, 1], [[0.1, 0.9, 0.8], [0.8, 0.1, 0.5]]))   // 0.5
/// ```
public final class SparseTopKCategoricalAccuracy: MeanMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// How many scores are looked at.
    public let k: Int
    /// Whether predictions are class numbers, best first, rather than scores.
    public let fromSortedIds: Bool

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - k: how many scores are looked at; the default is 5.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    ///   - fromSortedIds: whether predictions are class numbers, best first, rather than scores; the default is false.
    public init(
        k: Int = 5, name: String = "sparse_top_k_categorical_accuracy", dtype: DType? = nil,
        fromSortedIds: Bool = false
    ) {
        core = .mean(name, dtype, refusal: TopK.refusal(k))
        self.k = k
        self.fromSortedIds = fromSortedIds
    }

    /// Whether each row is right.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        let labels = try labels(yTrue, beside: yPred)
        guard fromSortedIds else { return try TopK.contains(labels, yPred, k) }
        let first = yPred[.ellipsis, .range(to: min(k, yPred.shape[yPred.rank - 1]))]
        return (labels.expandDims(-1) .== first).any(axes: -1)
    }

    /// All arguments; `from_sorted_ids` only where it is true.
    public func getConfig() -> Configuration {
        let config = baseConfig.merging(["k": .integer(k)])
        return fromSortedIds ? config.merging(["from_sorted_ids": true]) : config
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(
        _ config: Configuration, customObjects: CustomObjects
    ) throws -> SparseTopKCategoricalAccuracy {
        try read(config) {
            SparseTopKCategoricalAccuracy(
                k: try $0.integer("k") ?? 5, name: $1, dtype: $2,
                fromSortedIds: try $0.bool("from_sorted_ids", default: false))
        }
    }
}
