import DescentCore
import DescentFiles

/// A metric that is the mean over classes of `TP / (TP + FP + FN)`.
///
/// The counts are int64 unless another dtype is asked for, as in Keras: fractions of weights are lost then.
public protocol IntersectionOverUnion: Metric {
    /// The classes whose shares are averaged.
    var targetClassIds: [Int] { get }
}

extension IntersectionOverUnion {
    /// The mean share of the target classes that occur; 0 where none does.
    public func result() -> Tensor { core.result(meanShare()) }

    private func meanShare() -> Double {
        let table = core.numbers("total_confusion_matrix")
        let count = Int(Double(table.count).squareRoot())
        let shares = targetClassIds.compactMap { id -> Double? in
            let hits = table[id * count + id]
            let row = table[id * count..<(id + 1) * count].reduce(0, +)
            let column = (0..<count).reduce(0) { $0 + table[$1 * count + id] }
            let union = row + column - hits
            return union > 1e-9 ? hits / union : nil
        }
        return quotient(shares.reduce(0, +), Double(shares.count))
    }
}

/// The mean intersection over union of some classes.
///
/// ```swift
/// let m = IoU(numClasses: 2, targetClassIds: [0])
/// print(try m([0, 0, 1, 1], [0, 1, 0, 1]))   // 0.33333334
/// ```
public final class IoU: IntersectionOverUnion {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// The classes whose shares are averaged.
    public let targetClassIds: [Int]
    private let counter: ClassCounter

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - numClasses: how many classes there are; other numbers are left out.
    ///   - targetClassIds: the classes whose shares are averaged.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the counts; the default is int64.
    ///   - ignoreClass: a true class that is left out; the default is none.
    ///   - sparseYTrue: whether labels are class numbers rather than one-hot rows; the default is true.
    ///   - sparseYPred: whether predictions are class numbers rather than scores; the default is true.
    ///   - axis: the axis of one-hot rows and scores; the default is the last.
    public init(
        numClasses: Int, targetClassIds: [Int], name: String = "io_u", dtype: DType? = nil, ignoreClass: Int? = nil,
        sparseYTrue: Bool = true, sparseYPred: Bool = true, axis: Int = -1
    ) {
        self.targetClassIds = targetClassIds
        counter = ClassCounter(
            numClasses: numClasses, ignoreClass: ignoreClass, sparseTrue: sparseYTrue, sparsePred: sparseYPred,
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
            "ignore_class": .init(counter.ignoreClass), "sparse_y_true": .bool(counter.sparseTrue),
            "sparse_y_pred": .bool(counter.sparsePred), "axis": .integer(counter.axis),
        ])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> IoU {
        try read(config) {
            IoU(
                numClasses: try $0.required("num_classes", try $0.integer("num_classes")),
                targetClassIds: try $0.required("target_class_ids", try $0.integers("target_class_ids")),
                name: $1, dtype: $2, ignoreClass: try $0.integer("ignore_class"),
                sparseYTrue: try $0.bool("sparse_y_true", default: true),
                sparseYPred: try $0.bool("sparse_y_pred", default: true), axis: try $0.integer("axis") ?? -1)
        }
    }
}

/// The intersection over union of two classes that a threshold tells apart.
///
/// ```swift
/// let m = BinaryIoU(targetClassIds: [0, 1], threshold: 0.3)
/// print(try m([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]))   // 0.33333334
/// ```
public final class BinaryIoU: IntersectionOverUnion {
    /// Name, dtype and sums.
    public let core: MetricCore
    /// The classes whose shares are averaged.
    public let targetClassIds: [Int]
    /// A prediction no less than this stands for class 1.
    public let threshold: Double
    private let counter = ClassCounter(numClasses: 2)

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - targetClassIds: the classes whose shares are averaged, 0, 1 or both; the default is both.
    ///   - threshold: a prediction no less than this stands for class 1; the default is 0.5.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the counts; the default is int64.
    public init(
        targetClassIds: [Int] = [0, 1], threshold: Double = 0.5, name: String = "binary_io_u", dtype: DType? = nil
    ) {
        self.targetClassIds = targetClassIds
        self.threshold = threshold
        core = .table(name, dtype, counter, targets: targetClassIds)
    }

    /// The counts of the batch.
    public func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        let classes = yPred.cast(to: .float32) .>= threshold
        return [try counter.counts(yTrue, classes, sampleWeight, dtype: dtype)]
    }

    /// All arguments.
    public func getConfig() -> Configuration {
        baseConfig.merging(["target_class_ids": .init(targetClassIds), "threshold": .number(threshold)])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> BinaryIoU {
        try read(config) {
            BinaryIoU(
                targetClassIds: try $0.integers("target_class_ids") ?? [0, 1],
                threshold: try $0.number("threshold", default: 0.5), name: $1, dtype: $2)
        }
    }
}

/// The mean intersection over union of all classes that occur.
///
/// ```swift
/// print(try MeanIoU(numClasses: 2)([0, 0, 1, 1], [0, 1, 0, 1]))   // 0.33333334
/// ```
public final class MeanIoU: IntersectionOverUnion {
    /// Name, dtype and sums.
    public let core: MetricCore
    private let counter: ClassCounter

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - numClasses: how many classes there are; other numbers are left out.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the counts; the default is int64.
    ///   - ignoreClass: a true class that is left out; the default is none.
    ///   - sparseYTrue: whether labels are class numbers rather than one-hot rows; the default is true.
    ///   - sparseYPred: whether predictions are class numbers rather than scores; the default is true.
    ///   - axis: the axis of one-hot rows and scores; the default is the last.
    public init(
        numClasses: Int, name: String = "mean_io_u", dtype: DType? = nil, ignoreClass: Int? = nil,
        sparseYTrue: Bool = true, sparseYPred: Bool = true, axis: Int = -1
    ) {
        counter = ClassCounter(
            numClasses: numClasses, ignoreClass: ignoreClass, sparseTrue: sparseYTrue, sparsePred: sparseYPred,
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
            "sparse_y_true": .bool(counter.sparseTrue), "sparse_y_pred": .bool(counter.sparsePred),
            "axis": .integer(counter.axis),
        ])
    }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> MeanIoU {
        try read(config) {
            MeanIoU(
                numClasses: try $0.required("num_classes", try $0.integer("num_classes")), name: $1, dtype: $2,
                ignoreClass: try $0.integer("ignore_class"),
                sparseYTrue: try $0.bool("sparse_y_true", default: true),
                sparseYPred: try $0.bool("sparse_y_pred", default: true), axis: try $0.integer("axis") ?? -1)
        }
    }
}

extension MetricCore {
    /// What a metric of target classes keeps, in int64 unless told otherwise.
    static func table(_ name: String, _ dtype: DType?, _ counter: ClassCounter, targets: [Int]) -> MetricCore {
        if let stray = targets.first(where: { $0 < 0 || $0 >= counter.numClasses }) {
            let error = DescentError(
                "Metric", "targetClassIds lie in 0..<\(max(counter.numClasses, 0))", received: "\(stray)")
            return MetricCore(name: name, dtype: dtype, sums: [:], refusal: error)
        }
        return table(name, dtype ?? .int64, counter, integers: true)
    }
}
