import DescentCore
import DescentFiles

/// The mean intersection over union of some classes, where labels are one-hot rows.
///
/// ```swift
/// let m = OneHotIoU(numClasses: 2, targetClassIds: [0, 1])
/// print(try m([[1, 0], [0, 1], [1, 0]], [[0.8, 0.2], [0.4, 0.6], [0.3, 0.7]]))   // 0.5
/// ```
public final class OneHotIoU: IntersectionOverUnion {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// The classes whose shares are averaged.
    public let targetClassIds: [Int]
    private let counter: ClassCounter

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - numClasses: how many classes there are.
    ///   - targetClassIds: the classes whose shares are averaged.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the counts; the default is int64.
    ///   - ignoreClass: a true class that is left out; the default is none.
    ///   - sparseYPred: whether predictions are class numbers rather than scores; the default is false.
    ///   - axis: the axis of one-hot rows and scores; the default is the last.
    public init(
        numClasses: Int, targetClassIds: [Int], name: String = "one_hot_io_u", dtype: DType? = nil,
        ignoreClass: Int? = nil, sparseYPred: Bool = false, axis: Int = -1
    ) {
        self.targetClassIds = targetClassIds
        counter = ClassCounter(
            numClasses: numClasses, ignoreClass: ignoreClass, sparseTrue: false, sparsePred: sparseYPred,
            axis: axis)
        core = .table(name, dtype, counter, targets: targetClassIds)
    }

    /// The counts of the batch.
    public func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        [try counter.counts(yTrue, yPred, sampleWeight, dtype: dtype)]
    }

    /// All arguments.
    public func getConfig() -> Configuration {
        baseConfig.merging([
            "num_classes": .integer(counter.numClasses), "target_class_ids": .init(targetClassIds),
            "ignore_class": .init(counter.ignoreClass), "sparse_y_pred": .bool(counter.sparsePred),
            "axis": .integer(counter.axis),
        ])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> OneHotIoU {
        try read(config) {
            OneHotIoU(
                numClasses: try $0.required("num_classes", try $0.integer("num_classes")),
                targetClassIds: try $0.required("target_class_ids", try $0.integers("target_class_ids")),
                name: $1, dtype: $2, ignoreClass: try $0.integer("ignore_class"),
                sparseYPred: try $0.bool("sparse_y_pred", default: false), axis: try $0.integer("axis") ?? -1)
        }
    }
}

/// The mean intersection over union of all classes that occur, where labels are one-hot rows.
///
/// ```swift
/// let m = OneHotMeanIoU(numClasses: 2)
/// print(try m([[1, 0], [0, 1], [1, 0]], [[0.8, 0.2], [0.4, 0.6], [0.3, 0.7]]))   // 0.5
/// ```
public final class OneHotMeanIoU: IntersectionOverUnion {
    /// Name, dtype and sums.
    public let core: MetricCore
    private let counter: ClassCounter

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - numClasses: how many classes there are.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the counts; the default is int64.
    ///   - ignoreClass: a true class that is left out; the default is none.
    ///   - sparseYPred: whether predictions are class numbers rather than scores; the default is false.
    ///   - axis: the axis of one-hot rows and scores; the default is the last.
    public init(
        numClasses: Int, name: String = "one_hot_mean_io_u", dtype: DType? = nil, ignoreClass: Int? = nil,
        sparseYPred: Bool = false, axis: Int = -1
    ) {
        counter = ClassCounter(
            numClasses: numClasses, ignoreClass: ignoreClass, sparseTrue: false, sparsePred: sparseYPred,
            axis: axis)
        core = .table(name, dtype, counter, targets: [])
    }

    /// All classes.
    public var targetClassIds: [Int] { Array(0..<counter.numClasses) }

    /// The counts of the batch.
    public func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        [try counter.counts(yTrue, yPred, sampleWeight, dtype: dtype)]
    }

    /// All arguments.
    public func getConfig() -> Configuration {
        baseConfig.merging([
            "num_classes": .integer(counter.numClasses), "ignore_class": .init(counter.ignoreClass),
            "sparse_y_pred": .bool(counter.sparsePred), "axis": .integer(counter.axis),
        ])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> OneHotMeanIoU {
        try read(config) {
            OneHotMeanIoU(
                numClasses: try $0.required("num_classes", try $0.integer("num_classes")), name: $1, dtype: $2,
                ignoreClass: try $0.integer("ignore_class"),
                sparseYPred: try $0.bool("sparse_y_pred", default: false), axis: try $0.integer("axis") ?? -1)
        }
    }
}
