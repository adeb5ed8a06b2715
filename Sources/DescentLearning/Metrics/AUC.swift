import DescentCore
import DescentFiles

/// The area under a curve that predictions describe as their threshold moves from 0 to 1.
///
/// ```swift
/// let m = AUC(numThresholds: 3)
/// print(try m([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]))   // 0.75
/// ```
///
/// Predictions are probabilities. Thresholds lie at equal distances unless they are given; the first is just below 0,
/// the last just above 1.
public final class AUC: ThresholdedMetric {
    /// What is drawn.
    public enum Curve: String, CaseIterable, Sendable {
        /// True positives over false positives, as shares of all.
        case roc = "ROC"
        /// Precision over recall.
        case pr = "PR"
        /// The gains of precision and recall over those of a constant prediction.
        case prGain = "PRGAIN"
    }

    /// How the area between two points is taken.
    public enum SummationMethod: String, CaseIterable, Sendable {
        /// Between the points the curve is straight (for precision over recall: counts change evenly).
        case interpolation
        /// The greater height counts.
        case majoring
        /// The lesser height counts.
        case minoring
    }

    /// Name, dtype and sums.
    public let core: MetricCore
    /// How predictions are counted.
    public let counter: ThresholdCounter
    /// What is drawn.
    public let curve: Curve
    /// How the area between two points is taken.
    public let summationMethod: SummationMethod
    private let arguments: Configuration
    private let labelWeights: [Double]?

    /// A metric that has seen nothing.
    ///
    /// - Parameters:
    ///   - numThresholds: how many thresholds there are, 2 at least; the default is 200.
    ///   - curve: what is drawn; the default is `.roc`.
    ///   - summationMethod: how the area between two points is taken; the default is `.interpolation`.
    ///   - name: what the metric is called.
    ///   - dtype: the type of the result; the default is float32.
    ///   - thresholds: thresholds between the first and the last, instead of `numThresholds`, each in 0...1.
    ///   - multiLabel: whether every class, along the last of two axes, has a curve of its own, and the result is their
    ///     mean; the default is false.
    ///   - numLabels: the number of classes with `multiLabel`; by default that of the first batch.
    ///   - labelWeights: how much each class counts; the default is alike.
    ///   - fromLogits: whether predictions are logits rather than probabilities; the default is false.
    public init(
        numThresholds: Int = 200, curve: Curve = .roc, summationMethod: SummationMethod = .interpolation,
        name: String = "auc", dtype: DType? = nil, thresholds: [Double]? = nil, multiLabel: Bool = false,
        numLabels: Int? = nil, labelWeights: [Double]? = nil, fromLogits: Bool = false
    ) {
        let given = thresholds?.sorted()
        let count = given.map { $0.count + 2 } ?? max(numThresholds, 2)
        let inner = given ?? ThresholdCounter.even(count).dropFirst().dropLast()
        var counter = ThresholdCounter(
            [-1e-7] + inner + [1 + 1e-7],
            isEven: given.map { ThresholdCounter.divideEvenly([0] + $0 + [1]) } ?? true)
        counter.fromLogits = fromLogits
        counter.perLabel = multiLabel
        counter.labelWeights = multiLabel ? nil : labelWeights
        self.counter = counter
        self.curve = curve
        self.summationMethod = summationMethod
        self.labelWeights = multiLabel ? labelWeights : nil
        var arguments: Configuration = [
            "num_thresholds": .integer(given == nil ? numThresholds : count), "curve": .string(curve.rawValue),
            "summation_method": .string(summationMethod.rawValue), "multi_label": .bool(multiLabel),
            "num_labels": .init(numLabels), "label_weights": .init(labelWeights), "from_logits": .bool(fromLogits),
        ]
        if let given { arguments["thresholds"] = .init(given) }
        self.arguments = arguments
        var refusal = given.flatMap { $0.isEmpty ? nil : ThresholdCounter.refusal($0) }
        if given == nil, numThresholds < 2 {
            refusal = DescentError("AUC", "numThresholds must be 2 at least", received: "\(numThresholds)")
        } else if numLabels != nil, !multiLabel {
            refusal = DescentError("AUC", "numLabels goes with multiLabel only", received: "\(numLabels ?? 0)")
        } else if let numLabels, numLabels < 1 || labelWeights.map({ $0.count != numLabels }) ?? false {
            refusal = DescentError(
                "AUC", "numLabels must be positive, and the number of label weights",
                received: "\(numLabels), \(labelWeights?.count ?? 0) label weights")
        }
        let shape: [Int?] = multiLabel ? [count, numLabels ?? labelWeights?.count] : [count]
        core = MetricCore(
            name: name, dtype: dtype,
            sums: [
                "true_positives": shape, "false_positives": shape, "true_negatives": shape,
                "false_negatives": shape,
            ], refusal: refusal)
    }

    /// All four.
    public var counted: [ConfusionCondition] {
        [.truePositives, .falsePositives, .trueNegatives, .falseNegatives]
    }

    /// The area; with `multiLabel` the weighted mean of the areas.
    public func result() -> Tensor { core.result(meanArea()) }

    /// All arguments.
    public func getConfig() -> Configuration { baseConfig.merging(arguments) }

    /// Makes the metric that the configuration describes.
    public static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> AUC {
        try read(config) {
            // Both stand in a configuration; thresholds that are given decide.
            let count = try $0.integer("num_thresholds") ?? 200
            return AUC(
                numThresholds: count, curve: try $0.choice("curve") ?? .roc,
                summationMethod: try $0.choice("summation_method") ?? .interpolation, name: $1, dtype: $2,
                thresholds: try $0.numbers("thresholds"), multiLabel: try $0.bool("multi_label", default: false),
                numLabels: try $0.integer("num_labels"), labelWeights: try $0.numbers("label_weights"),
                fromLogits: try $0.bool("from_logits", default: false))
        }
    }
}

// MARK: - Areas

extension AUC {
    private func meanArea() -> Double {
        let points = counter.thresholds.count
        let labels = core.numbers("true_positives").count / points
        let areas = (0..<labels).map { label in
            area { name in
                let numbers = core.numbers(name)
                return (0..<points).map { numbers[$0 * labels + label] }
            }
        }
        let weights = labelWeights ?? areas.map { _ in 1 }
        return quotient(zip(areas, weights).reduce(0) { $0 + $1.0 * $1.1 }, weights.reduce(0, +))
    }

    /// The area under the curve of counts by name, each at falling distance from 1.
    private func area(_ counts: (String) -> [Double]) -> Double {
        let (tp, fp) = (counts("true_positives"), counts("false_positives"))
        let (tn, fn) = (counts("true_negatives"), counts("false_negatives"))
        if curve == .pr, summationMethod == .interpolation { return precisionRecallArea(tp, fp, fn) }
        let points = tp.indices.map { point(tp[$0], fp[$0], tn[$0], fn[$0]) }
        return zip(points, points.dropFirst()).reduce(0) { area, pair in
            let (left, right) = (pair.0.y, pair.1.y)
            let height =
                switch summationMethod {
                case .interpolation: (left + right) / 2
                case .minoring: min(left, right)
                case .majoring: max(left, right)
                }
            return area + (pair.0.x - pair.1.x) * height
        }
    }

    private func point(_ tp: Double, _ fp: Double, _ tn: Double, _ fn: Double) -> (x: Double, y: Double) {
        switch curve {
        case .roc: return (quotient(fp, fp + tn), quotient(tp, tp + fn))
        case .pr: return (quotient(tp, tp + fn), quotient(tp, tp + fp))
        case .prGain:
            guard tp != 0 else { return (0, 1) }
            let odds = quotient(tp + fn, tn + fp)
            return (max(1 - odds * fn / tp, 0), 1 - odds * fp / tp)
        }
    }

    /// Between two thresholds true positives grow in proportion to all positives (Davis and Goadrich, 2006), and
    /// the precision is integrated exactly.
    private func precisionRecallArea(_ tp: [Double], _ fp: [Double], _ fn: [Double]) -> Double {
        let positives = zip(tp, fp).map { $0 + $1 }
        let ratios = zip(positives, positives.dropFirst()).map { $0 > 0 && $1 > 0 ? $0 / $1 : 1 }
        let logarithms = log(Tensor(ratios)).scalars(as: Double.self)
        return logarithms.indices.reduce(0) { area, i in
            let gained = tp[i] - tp[i + 1]
            let slope = quotient(gained, max(positives[i] - positives[i + 1], 0))
            let intercept = tp[i + 1] - slope * positives[i + 1]
            return area + quotient(slope * (gained + intercept * logarithms[i]), max(tp[i + 1] + fn[i + 1], 0))
        }
    }
}
