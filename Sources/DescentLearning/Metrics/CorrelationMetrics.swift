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
        // The loss is its negative: what is to be made smaller.
        -cosineSimilarity(yTrue.cast(to: dtype), yPred.cast(to: dtype), axis: axis)
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
        return pearson(yTrue, yPred, axis)
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
        return concordance(yTrue, yPred, axis)
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

private func pearson(_ yTrue: Tensor, _ yPred: Tensor, _ axis: Int) -> Tensor {
    let (a, b) = (deviation(yTrue, axis), deviation(yPred, axis))
    let (varianceA, varianceB) = (a.square().mean(axes: [axis]), b.square().mean(axes: [axis]))
    return (a * b).mean(axes: [axis]) / (sqrt(varianceA) * sqrt(varianceB))
}

private func concordance(_ yTrue: Tensor, _ yPred: Tensor, _ axis: Int) -> Tensor {
    let (a, b) = (deviation(yTrue, axis), deviation(yPred, axis))
    let spread = a.square().mean(axes: [axis]) + b.square().mean(axes: [axis])
    let shift = (yTrue.mean(axes: [axis]) - yPred.mean(axes: [axis])).square()
    return 2 * (a * b).mean(axes: [axis]) / (spread + shift + lossEpsilon)
}

private func deviation(_ x: Tensor, _ axis: Int) -> Tensor { x - x.mean(axes: [axis], keepDims: true) }
