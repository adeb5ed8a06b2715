import DescentCore

/// What a prediction can turn out to be when a threshold decides.
public enum ConfusionCondition: Sendable {
    /// Above the threshold, and the label is not 0.
    case truePositives
    /// Above the threshold, and the label is 0.
    case falsePositives
    /// Not above the threshold, and the label is 0.
    case trueNegatives
    /// Not above the threshold, and the label is not 0.
    case falseNegatives
}

/// A metric that counts right and wrong predictions at thresholds.
///
/// A conforming type says what it counts; its sums are those counts, in the same order.
public protocol ThresholdedMetric: Metric {
    /// How predictions are counted.
    var counter: ThresholdCounter { get }

    /// What is counted, in the order of the sums.
    var counted: [ConfusionCondition] { get }
}

extension ThresholdedMetric {
    /// The weighted counts at every threshold.
    public func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
        let counts = try counter.counts(yTrue, yPred, sampleWeight, dtype: dtype)
        return counted.map { counts[$0] }
    }

    /// One number for each threshold, or just a number if there is but one.
    func result(_ values: @autoclosure () -> [Double]) -> Tensor {
        counter.thresholds.count == 1 ? core.result(values()[0]) : core.result(values())
    }

    /// a / (a + b) at each threshold, and 0 where both are 0.
    func shares(_ a: String, of b: String) -> [Double] {
        zip(core.numbers(a), core.numbers(b)).map { quotient($0, $0 + $1) }
    }
}

/// How predictions are counted at thresholds.
public struct ThresholdCounter: Sendable {
    /// A prediction above it is positive.
    public let thresholds: [Double]
    /// Whether thresholds divide 0...1 evenly: then a prediction's place among them is computed, not searched.
    let isEven: Bool
    /// How many scores of a row count; nil for all.
    var topK: Int?
    /// The only class that counts; nil for all.
    var classId: Int?
    /// Whether predictions are logits.
    var fromLogits = false
    /// Whether every class, along the last axis of two, is counted by itself.
    var perLabel = false
    /// How much each class along the last axis counts.
    var labelWeights: [Double]?

    /// Counts at thresholds.
    init(_ thresholds: [Double], isEven: Bool? = nil) {
        self.thresholds = thresholds
        self.isEven = isEven ?? ThresholdCounter.divideEvenly(thresholds)
    }

    /// What is wrong with thresholds that somebody gave.
    static func refusal(_ thresholds: [Double]?, topK: Int? = nil) -> DescentError? {
        if let thresholds, thresholds.isEmpty || !thresholds.allSatisfy({ $0 >= 0 && $0 <= 1 }) {
            return DescentError("Metric", "thresholds lie in 0...1, one at least", received: "\(thresholds)")
        }
        return topK.flatMap { $0 > 0 ? nil : DescentError("Metric", "topK must be positive", received: "\($0)") }
    }

    /// From 0 to 1 at equal distances.
    static func even(_ count: Int) -> [Double] { (0..<count).map { Double($0) / Double(count - 1) } }

    static func divideEvenly(_ thresholds: [Double]) -> Bool {
        guard thresholds.count >= 3 else { return false }
        return zip(thresholds, even(thresholds.count)).allSatisfy { abs($0 - $1) <= 1e-7 + 1e-5 * $1 }
    }

    /// Weighted counts as float64, one for each threshold (and class, if each is counted by itself).
    struct Counts {
        let truePositives, falsePositives, trueNegatives, falseNegatives: Tensor

        subscript(condition: ConfusionCondition) -> Tensor {
            switch condition {
            case .truePositives: truePositives
            case .falsePositives: falsePositives
            case .trueNegatives: trueNegatives
            case .falseNegatives: falseNegatives
            }
        }
    }

    func counts(_ yTrue: Tensor, _ yPred: Tensor, _ weight: Tensor?, dtype: DType) throws -> Counts {
        var (yTrue, yPred) = try sameShape(yTrue.cast(to: dtype), yPred.cast(to: dtype))
        if fromLogits { yPred = sigmoid(yPred) }
        if perLabel, yPred.rank != 2 {
            throw DescentError("updateState", "with multiLabel predictions have rank 2", received: "\(yPred.shape)")
        }
        if let topK { yPred = try TopK.filter(yPred, topK) }
        if let classId {
            guard yPred.rank > 1, classId >= 0, classId < yPred.shape[yPred.rank - 1] else {
                throw DescentError(
                    "updateState", "classId must be a position along the last of two axes or more",
                    received: "classId \(classId), predictions \(yPred.shape)")
            }
            (yTrue, yPred) = (only(classId, of: yTrue), only(classId, of: yPred))
        }
        var weights = Tensor.ones(yPred.shape, dtype: .float64)
        if let weight {
            weights = try SampleWeight.broadcast(weight.cast(to: dtype).cast(to: .float64), to: yPred.shape)
        }
        if let labelWeights {
            guard yPred.rank > 0, yPred.shape[yPred.rank - 1] == labelWeights.count else {
                throw DescentError(
                    "updateState", "there must be a label weight for each class",
                    received: "\(labelWeights.count) label weights, predictions \(yPred.shape)")
            }
            weights = weights * Tensor(labelWeights)
        }
        let sides = [(yTrue .!= 0), yPred, weights].map { perLabel ? $0.transposed() : $0.reshape([1, yPred.count]) }
        return isEven ? try inBuckets(sides[0], sides[1], sides[2]) : compared(sides[0], sides[1], sides[2])
    }

    private func only(_ position: Int, of x: Tensor) -> Tensor {
        x[.ellipsis, .range(from: position, to: position + 1)]
    }

    private func shape(_ labels: Int) -> Shape { perLabel ? [thresholds.count, labels] : [thresholds.count] }

    /// Every prediction against every threshold, in one pass that stores none of the comparisons.
    private func compared(_ isTrue: Tensor, _ yPred: Tensor, _ weights: Tensor) -> Counts {
        let limits = Tensor(thresholds).cast(to: yPred.dtype).reshape([thresholds.count, 1, 1])
        let isAbove = yPred.expandDims(0) .> limits
        func sum(_ condition: Tensor) -> Tensor {
            Tensor.where(condition, weights, 0).sum(axes: 2).reshape(shape(yPred.shape[0]))
        }
        return Counts(
            truePositives: sum(isTrue .& isAbove), falsePositives: sum(.!isTrue .& isAbove),
            trueNegatives: sum(.!isTrue .& .!isAbove), falseNegatives: sum(isTrue .& .!isAbove))
    }

    /// Weights of positives and negatives gathered by how many thresholds a prediction is above.
    private func inBuckets(_ isTrue: Tensor, _ yPred: Tensor, _ weights: Tensor) throws -> Counts {
        let (labels, count) = (yPred.shape[0], thresholds.count)
        let bounded = minimum(maximum(yPred, 0), 1)
        var passed = (bounded * Double(count - 1)).ceil()
        // The lowest threshold may lie below 0: everything but NaN, which passes none, is above that.
        if thresholds[0] < 0 { passed = maximum(passed, 1) }
        let rows = Tensor.arange(labels, dtype: .int64).reshape([labels, 1]) * (count + 1)
        let places = (passed.cast(to: .int64) + rows).reshape([labels * yPred.shape[1]])
        func gathered(_ weights: Tensor) -> Tensor {
            Tensor.zeros([labels * (count + 1)], dtype: .float64).scatterAdd(places, weights.reshape(places.shape))
        }
        let found = [isTrue, .!isTrue].map { gathered(Tensor.where($0, weights, 0)) }
        try evaluate(found)
        let sums = found.map { above($0.scalars(as: Double.self), labels) }
        return Counts(
            truePositives: tensor(sums[0].above, labels), falsePositives: tensor(sums[1].above, labels),
            trueNegatives: tensor(sums[1].notAbove, labels), falseNegatives: tensor(sums[0].notAbove, labels))
    }

    /// For each threshold and label what lies in higher buckets, and what in others.
    private func above(_ buckets: [Double], _ labels: Int) -> (above: [Double], notAbove: [Double]) {
        let count = thresholds.count
        var above = [Double](repeating: 0, count: count * labels)
        var notAbove = above
        for label in 0..<labels {
            let own = buckets[label * (count + 1)..<(label + 1) * (count + 1)]
            var sum = CompensatedSum()
            for (place, weight) in own.dropLast().enumerated() {
                sum.add(weight)
                notAbove[place * labels + label] = sum.value
            }
            sum = CompensatedSum()
            for (place, weight) in own.dropFirst().enumerated().reversed() {
                sum.add(weight)
                above[place * labels + label] = sum.value
            }
        }
        return (above, notAbove)
    }

    private func tensor(_ numbers: [Double], _ labels: Int) -> Tensor { Tensor(numbers, shape: shape(labels)) }
}
