import DescentCore

/// The functions of which metrics are means: a value for each sample, both sides of one shape and type.
enum MetricFormulas {
    /// What keeps divisors and logarithms away from 0.
    static let epsilon = 1e-7

    /// (yPred − yTrue)², for each element
    static func squaredError(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor { (yPred - yTrue) ** 2 }

    static func meanSquaredError(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        squaredError(yTrue, yPred).mean(axes: -1)
    }

    static func meanAbsoluteError(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        (yPred - yTrue).abs().mean(axes: -1)
    }

    static func meanAbsolutePercentageError(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        100 * ((yTrue - yPred) / maximum(yTrue.abs(), Tensor(epsilon))).abs().mean(axes: -1)
    }

    static func meanSquaredLogarithmicError(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        let (a, b) = (log1p(maximum(yTrue, Tensor(epsilon))), log1p(maximum(yPred, Tensor(epsilon))))
        return squaredError(a, b).mean(axes: -1)
    }

    /// log cosh e = e + log(1 + exp(−2e)) − log 2, which does not overflow
    static func logCosh(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        let error = (yPred - yTrue).abs()
        return (error + softplus(-2 * error) - 0.6931471805599453).mean(axes: -1)
    }

    /// The cosine of the angle between both; a vector of zeros has no direction and gives 0.
    static func cosineSimilarity(_ yTrue: Tensor, _ yPred: Tensor, axis: Int) -> Tensor {
        (direction(yTrue, axis) * direction(yPred, axis)).sum(axes: [axis])
    }

    private static func direction(_ x: Tensor, _ axis: Int) -> Tensor {
        x / sqrt(maximum((x ** 2).sum(axes: [axis], keepDims: true), Tensor(1e-12)))
    }

    // MARK: - Margins

    static func hinge(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor { shortfall(yTrue, yPred).mean(axes: -1) }

    static func squaredHinge(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        (shortfall(yTrue, yPred) ** 2).mean(axes: -1)
    }

    static func categoricalHinge(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        let positive = (yTrue * yPred).sum(axes: -1)
        let negative = ((1 - yTrue) * yPred).max(axes: -1)
        return maximum(negative - positive + 1, 0)
    }

    /// How far predictions are from a margin of 1. Labels that are all 0 or 1 stand for −1 and 1.
    private static func shortfall(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        let isBinary = ((yTrue .== 0) .| (yTrue .== 1)).all()
        return maximum(1 - Tensor.where(isBinary, 2 * yTrue - 1, yTrue) * yPred, 0)
    }

    // MARK: - Probabilities

    static func poisson(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        (yPred - yTrue * log(yPred + epsilon)).mean(axes: -1)
    }

    static func klDivergence(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
        let (p, q) = (clip(yTrue, epsilon, 1), clip(yPred, epsilon, 1))
        return (p * log(p / q)).sum(axes: -1)
    }

    static func binaryCrossentropy(
        _ yTrue: Tensor, _ yPred: Tensor, fromLogits: Bool, labelSmoothing: Double
    ) -> Tensor {
        let y = labelSmoothing == 0 ? yTrue : yTrue * (1 - labelSmoothing) + 0.5 * labelSmoothing
        if fromLogits {
            return (maximum(yPred, 0) - yPred * y + log1p(exp(-yPred.abs()))).mean(axes: -1)
        }
        let p = clip(yPred, epsilon, 1 - epsilon)
        return -(y * log(p) + (1 - y) * log(1 - p)).mean(axes: -1)
    }

    static func categoricalCrossentropy(
        _ yTrue: Tensor, _ yPred: Tensor, fromLogits: Bool, labelSmoothing: Double, axis: Int
    ) throws(DescentError) -> Tensor {
        let place = try Shape.resolve(axis: axis, rank: yPred.rank, operation: "categoricalCrossentropy")
        let classes = Double(yPred.shape[place])
        let y = labelSmoothing == 0 ? yTrue : yTrue * (1 - labelSmoothing) + labelSmoothing / classes
        if fromLogits { return -(y * logSoftmax(yPred, axis: place)).sum(axes: [place]) }
        let p = yPred / yPred.sum(axes: [place], keepDims: true)
        return -(y * log(clip(p, epsilon, 1 - epsilon))).sum(axes: [place])
    }

    /// `labels` lack the axis of the classes; a label outside of 0..<classes gives 0.
    static func sparseCategoricalCrossentropy(
        _ labels: Tensor, _ yPred: Tensor, fromLogits: Bool, axis: Int
    ) throws(DescentError) -> Tensor {
        let place = try Shape.resolve(axis: axis, rank: yPred.rank, operation: "sparseCategoricalCrossentropy")
        let logits = fromLogits ? yPred : log(clip(yPred, epsilon, 1 - epsilon))
        let hot = labels.oneHotBool(depth: yPred.shape[place], axis: place)
        return -Tensor.where(hot, logSoftmax(logits, axis: place), 0).sum(axes: [place])
    }

    private static func clip(_ x: Tensor, _ low: Double, _ high: Double) -> Tensor {
        minimum(maximum(x, Tensor(low)), Tensor(high))
    }

    // MARK: - Correlations

    static func pearsonCorrelation(_ yTrue: Tensor, _ yPred: Tensor, axis: Int) -> Tensor {
        let (a, b) = (deviation(yTrue, axis), deviation(yPred, axis))
        let (varianceA, varianceB) = ((a ** 2).mean(axes: [axis]), (b ** 2).mean(axes: [axis]))
        return (a * b).mean(axes: [axis]) / (sqrt(varianceA) * sqrt(varianceB))
    }

    static func concordanceCorrelation(_ yTrue: Tensor, _ yPred: Tensor, axis: Int) -> Tensor {
        let (a, b) = (deviation(yTrue, axis), deviation(yPred, axis))
        let spread = (a ** 2).mean(axes: [axis]) + (b ** 2).mean(axes: [axis])
        let shift = (yTrue.mean(axes: [axis]) - yPred.mean(axes: [axis])) ** 2
        return 2 * (a * b).mean(axes: [axis]) / (spread + shift + epsilon)
    }

    private static func deviation(_ x: Tensor, _ axis: Int) -> Tensor { x - x.mean(axes: [axis], keepDims: true) }
}

extension Tensor {
    /// Whether a class along a new axis is the one that the label names; a label that is no class gives false only.
    func oneHotBool(depth: Int, axis: Int) -> Tensor {
        var shape = [Int](repeating: 1, count: rank + 1)
        guard axis >= 0, axis <= rank else { return self }
        shape[axis] = depth
        let classes = Tensor.arange(depth, dtype: dtype == .bool ? .int64 : dtype).reshape(Shape(shape))
        return expandDims(axis) .== classes
    }
}
