import DescentCore

/// Which way a figure gets better.
public enum MonitorMode: String, Sendable, Hashable {
    /// As the figure's name says: losses and errors fall, accuracies and the like rise.
    case auto
    /// Smaller is better.
    case min
    /// Greater is better.
    case max
}

/// A figure that is watched: the best value so far, and whether another one is better.
struct Monitor {
    let name: String
    let mode: MonitorMode
    let minDelta: Double
    let owner: String

    /// The figure of an epoch; where there is none a warning says which there are.
    func value(_ logs: Logs) -> Double? {
        if let value = logs[name] { return value }
        Warnings.emit("there is no figure \(name) to watch, only \(logs.names.joined(separator: ", "))", from: owner)
        return nil
    }

    /// Whether `value` is better than `reference` by at least the least difference that counts. NaN is never better.
    func isBetter(_ value: Double, than reference: Double?, _ model: (any Model)?) throws -> Bool {
        guard !value.isNaN else { return false }
        guard let reference else { return true }
        return try falls(model) ? value + minDelta < reference : value - minDelta > reference
    }

    private func falls(_ model: (any Model)?) throws -> Bool {
        switch mode {
        case .min: return true
        case .max: return false
        case .auto: break
        }
        let plain = name.hasPrefix("val_") ? String(name.dropFirst(4)) : name
        if plain == "loss" { return true }
        let entry = model?.trainer.meters.entries.first { $0.name == plain }
        if let metric = entry?.metric, let rises = Monitor.rises(metric) { return !rises }
        throw DescentError(
            operation: owner, "mode must be .min or .max where the name of the figure does not say which way is better",
            received: name)
    }

    /// Whether greater values of a metric are better; nil where nobody knows.
    private static func rises(_ metric: any Metric) -> Bool? {
        switch metric {
        case is Accuracy, is BinaryAccuracy, is CategoricalAccuracy, is SparseCategoricalAccuracy,
            is TopKCategoricalAccuracy, is SparseTopKCategoricalAccuracy, is TruePositives, is TrueNegatives,
            is Precision,
            is Recall, is F1Score, is FBetaScore, is AUC, is SensitivityAtSpecificity, is SpecificityAtSensitivity,
            is PrecisionAtRecall, is RecallAtPrecision, is IoU, is BinaryIoU, is MeanIoU, is OneHotIoU,
            is OneHotMeanIoU,
            is R2Score, is CosineSimilarity, is PearsonCorrelation, is ConcordanceCorrelation:
            true
        case is RootMeanSquaredError, is MeanSquaredError, is MeanAbsoluteError, is MeanAbsolutePercentageError,
            is MeanSquaredLogarithmicError, is LogCoshError, is BinaryCrossentropy, is CategoricalCrossentropy,
            is SparseCategoricalCrossentropy, is KLDivergence, is Poisson, is Hinge, is SquaredHinge,
            is CategoricalHinge,
            is FalsePositives, is FalseNegatives:
            false
        default: nil
        }
    }
}
