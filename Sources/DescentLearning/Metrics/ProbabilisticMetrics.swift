import DescentCore
import DescentFiles

/// The mean of `yPred − yTrue · log yPred`.
///
/// ```swift
/// print(try Poisson()([[0, 2]], [[1, 1]]))   // 0.9999999
/// ```
public final class Poisson: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "poisson", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// The mean along the last axis.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        poisson(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}

/// The mean of Kullback and Leibler's divergence, `Σ yTrue · log(yTrue / yPred)`.
///
/// ```swift
/// print(try KLDivergence()([[0.5, 0.5]], [[0.5, 0.5]]))   // 0.0
/// ```
public final class KLDivergence: MeanMetric, PlainMetric {
    /// Name, dtype and sums.
    public let core: MetricCore

    /// A metric that has seen nothing.
    public init(name: String = "kl_divergence", dtype: DType? = nil) { core = .mean(name, dtype) }

    /// The sum along the last axis.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        klDivergence(yTrue.cast(to: dtype), yPred.cast(to: dtype))
    }
}

/// The mean cross entropy between labels that are 0 or 1 and predicted probabilities.
///
/// ```swift
/// print(try BinaryCrossentropy()([[0, 1]], [[0.5, 0.5]]))   // 0.6931472
/// ```
public final class BinaryCrossentropy: MeanMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// Whether predictions are logits rather than probabilities.
    public let fromLogits: Bool
    /// How far labels move towards one half.
    public let labelSmoothing: Double

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    ///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
    ///   - labelSmoothing: how far labels move towards one half, from 0 to 1; the default is 0.
    public init(
        name: String = "binary_crossentropy", dtype: DType? = nil, fromLogits: Bool = false,
        labelSmoothing: Double = 0
    ) {
        core = .mean(name, dtype, refusal: smoothingRefusal(labelSmoothing))
        self.fromLogits = fromLogits
        self.labelSmoothing = labelSmoothing
    }

    /// The mean along the last axis.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        binaryCrossentropy(
            yTrue.cast(to: dtype), yPred.cast(to: dtype), fromLogits: fromLogits, labelSmoothing: labelSmoothing)
    }

    /// All arguments.
    public func getConfig() -> Configuration {
        baseConfig.merging(["from_logits": .bool(fromLogits), "label_smoothing": .number(labelSmoothing)])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(
        _ config: Configuration, customObjects: CustomObjects
    ) throws -> BinaryCrossentropy {
        try read(config) {
            BinaryCrossentropy(
                name: $1, dtype: $2, fromLogits: try $0.bool("from_logits", default: false),
                labelSmoothing: try $0.number("label_smoothing", default: 0))
        }
    }
}

/// The mean cross entropy between one-hot rows and rows of predicted probabilities.
///
/// ```swift
/// print(try CategoricalCrossentropy()([[0, 1]], [[0.5, 0.5]]))   // 0.6931472
/// ```
public final class CategoricalCrossentropy: MeanMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// Whether predictions are logits rather than probabilities.
    public let fromLogits: Bool
    /// How far labels move towards all classes being alike.
    public let labelSmoothing: Double
    /// The axis of the classes.
    public let axis: Int

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    ///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
    ///   - labelSmoothing: how far labels move towards all classes being alike, from 0 to 1; the default is 0. (Keras takes
    ///     the number of classes from the last axis even if `axis` is another.)
    ///   - axis: the axis of the classes; the default is the last.
    public init(
        name: String = "categorical_crossentropy", dtype: DType? = nil, fromLogits: Bool = false,
        labelSmoothing: Double = 0, axis: Int = -1
    ) {
        core = .mean(name, dtype, refusal: smoothingRefusal(labelSmoothing))
        self.fromLogits = fromLogits
        self.labelSmoothing = labelSmoothing
        self.axis = axis
    }

    /// A value for each row of classes.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        categoricalCrossentropy(
            yTrue.cast(to: dtype), yPred.cast(to: dtype), fromLogits: fromLogits, labelSmoothing: labelSmoothing,
            axis: axis)
    }

    /// All arguments.
    public func getConfig() -> Configuration {
        baseConfig.merging([
            "from_logits": .bool(fromLogits), "label_smoothing": .number(labelSmoothing), "axis": .integer(axis),
        ])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(
        _ config: Configuration, customObjects: CustomObjects
    ) throws -> CategoricalCrossentropy {
        try read(config) {
            CategoricalCrossentropy(
                name: $1, dtype: $2, fromLogits: try $0.bool("from_logits", default: false),
                labelSmoothing: try $0.number("label_smoothing", default: 0), axis: try $0.integer("axis") ?? -1)
        }
    }
}

/// The mean cross entropy between class numbers and rows of predicted probabilities.
///
/// ```swift
/// print(try SparseCategoricalCrossentropy()([1, 0], [[0.5, 0.5], [0.5, 0.5]]))   // 0.6931472
/// ```
///
/// Samples of the ignored class do not count.
public final class SparseCategoricalCrossentropy: MeanMetric {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// Whether predictions are logits rather than probabilities.
    public let fromLogits: Bool
    /// The class whose samples do not count.
    public let ignoreClass: Int?
    /// The axis of the classes.
    public let axis: Int

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    ///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
    ///   - ignoreClass: the class whose samples do not count; the default is none.
    ///   - axis: the axis of the classes in the predictions; the default is the last.
    public init(
        name: String = "sparse_categorical_crossentropy", dtype: DType? = nil, fromLogits: Bool = false,
        ignoreClass: Int? = nil, axis: Int = -1
    ) {
        core = .mean(name, dtype)
        self.fromLogits = fromLogits
        self.ignoreClass = ignoreClass
        self.axis = axis
    }

    /// A value for each sample.
    public func values(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor {
        sparseCategoricalCrossentropy(
            yTrue, yPred.cast(to: dtype), fromLogits: fromLogits, ignoreClass: ignoreClass, axis: axis)
    }

    /// Every class but the ignored one.
    public func mask(_ yTrue: Tensor, _ yPred: Tensor) throws -> Tensor? {
        guard let ignoreClass else { return nil }
        return try labels(yTrue, beside: yPred, axis: axis) .!= ignoreClass
    }

    /// All arguments.
    public func getConfig() -> Configuration {
        baseConfig.merging([
            "from_logits": .bool(fromLogits), "ignore_class": .init(ignoreClass), "axis": .integer(axis),
        ])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(
        _ config: Configuration, customObjects: CustomObjects
    ) throws -> SparseCategoricalCrossentropy {
        try read(config) {
            SparseCategoricalCrossentropy(
                name: $1, dtype: $2, fromLogits: try $0.bool("from_logits", default: false),
                ignoreClass: try $0.integer("ignore_class"), axis: try $0.integer("axis") ?? -1)
        }
    }
}

/// What is wrong with a share by which labels are smoothed.
private func smoothingRefusal(_ share: Double) -> DescentError? {
    share >= 0 && share <= 1
        ? nil : DescentError("Metric", "labelSmoothing lies in 0...1", received: "\(share)")
}
