import DescentCore
import DescentFiles

/// The mean cosine of the angle between what is true and what was predicted: 1 where they point the same way.
///
/// ```swift
/// print(try CosineSimilarity()([[0, 1], [1, 1]], [[1, 0], [1, 1]]))   // 0.49999997
/// ```
public final class CosineSimilarity: MeanMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// The axis along which the vectors lie.
    public let axis: Int

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    ///   - axis: the axis along which the vectors lie; the default is the last.
    public init(name: String = "cosine_similarity", dtype: DType? = nil, axis: Int = -1) {
        core = .mean(name, dtype)
        self.axis = axis
    }

    /// The cosine of each pair of vectors.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        let (yTrue, yPred) = try alike(yTrue, yPred)
        return MetricFormulas.cosineSimilarity(yTrue, yPred, axis: axis)
    }

    /// Name and dtype, and the axis if it is not the last. (Keras leaves it out always, and so loses it.)
    public func getConfig() -> Configuration {
        axis == -1 ? baseConfig : baseConfig.merging(["axis": .integer(axis)])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> CosineSimilarity {
        try read(config) { CosineSimilarity(name: $1, dtype: $2, axis: try $0.integer("axis") ?? -1) }
    }
}

/// The mean of Pearson's correlation coefficients.
///
/// ```swift
/// print(try PearsonCorrelation()([[1, 2, 3, 4]], [[4, 3, 2, 1]]))   // -1.0
/// ```
public final class PearsonCorrelation: MeanMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// The axis along which numbers are correlated.
    public let axis: Int

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    ///   - axis: the axis along which numbers are correlated; the default is the last.
    public init(name: String = "pearson_correlation", dtype: DType? = nil, axis: Int = -1) {
        core = .mean(name, dtype)
        self.axis = axis
    }

    /// The coefficient of each pair of rows; NaN where one of them is constant.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        let (yTrue, yPred) = try alike(yTrue, yPred)
        return MetricFormulas.pearsonCorrelation(yTrue, yPred, axis: axis)
    }

    /// Name, dtype and axis.
    public func getConfig() -> Configuration { baseConfig.merging(["axis": .integer(axis)]) }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(
        _ config: Configuration, customObjects: CustomObjects
    ) throws -> PearsonCorrelation {
        try read(config) { PearsonCorrelation(name: $1, dtype: $2, axis: try $0.integer("axis") ?? -1) }
    }
}

/// The mean of Lin's concordance coefficients, `2 cov / (var + var + (mean − mean)²)`: 1 where both are the same.
///
/// ```swift
/// print(try ConcordanceCorrelation()([[0, 0, 1]], [[0, 0.5, 1]]))   // 0.7999999
/// ```
public final class ConcordanceCorrelation: MeanMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// The axis along which numbers are compared.
    public let axis: Int

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    ///   - axis: the axis along which numbers are compared; the default is the last.
    public init(name: String = "concordance_correlation", dtype: DType? = nil, axis: Int = -1) {
        core = .mean(name, dtype)
        self.axis = axis
    }

    /// The coefficient of each pair of rows.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        let (yTrue, yPred) = try alike(yTrue, yPred)
        return MetricFormulas.concordanceCorrelation(yTrue, yPred, axis: axis)
    }

    /// Name, dtype and axis.
    public func getConfig() -> Configuration { baseConfig.merging(["axis": .integer(axis)]) }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(
        _ config: Configuration, customObjects: CustomObjects
    ) throws -> ConcordanceCorrelation {
        try read(config) { ConcordanceCorrelation(name: $1, dtype: $2, axis: try $0.integer("axis") ?? -1) }
    }
}
