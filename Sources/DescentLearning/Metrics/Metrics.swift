import DescentCore
import DescentFiles

/// Metrics by name, and by the configurations that files hold.
///
/// ```swift
/// let m = try Metrics.named("mse")
/// print(m.name, try m.serialized().json)
/// // mean_squared_error {"class_name": "MeanSquaredError", "config": {"name": "mean_squared_error", "dtype": "float32"}}
/// ```
public enum Metrics {
    /// All built-in classes, in the order in which errors list them.
    public static var classes: [any Metric.Type] {
        [
            Mean.self, Sum.self, RootMeanSquaredError.self, MeanSquaredError.self, MeanAbsoluteError.self,
            MeanAbsolutePercentageError.self, MeanSquaredLogarithmicError.self, LogCoshError.self,
            CosineSimilarity.self,
            R2Score.self, PearsonCorrelation.self, ConcordanceCorrelation.self, Accuracy.self, BinaryAccuracy.self,
            CategoricalAccuracy.self, SparseCategoricalAccuracy.self, TopKCategoricalAccuracy.self,
            SparseTopKCategoricalAccuracy.self, BinaryCrossentropy.self, CategoricalCrossentropy.self,
            SparseCategoricalCrossentropy.self, KLDivergence.self, Poisson.self, Hinge.self, SquaredHinge.self,
            CategoricalHinge.self, TruePositives.self, TrueNegatives.self, FalsePositives.self, FalseNegatives.self,
            Precision.self, Recall.self, F1Score.self, FBetaScore.self, AUC.self, SensitivityAtSpecificity.self,
            SpecificityAtSensitivity.self, PrecisionAtRecall.self, RecallAtPrecision.self, ConfusionMatrix.self,
            IoU.self, BinaryIoU.self, MeanIoU.self, OneHotIoU.self, OneHotMeanIoU.self, MeanMetricWrapper.self,
        ]
    }

    /// Short names beside the names of the classes.
    static var aliases: [String: any Metric.Type] {
        [
            "acc": Accuracy.self, "rmse": RootMeanSquaredError.self, "mse": MeanSquaredError.self,
            "mae": MeanAbsoluteError.self, "mape": MeanAbsolutePercentageError.self,
            "msle": MeanSquaredLogarithmicError.self, "bce": BinaryCrossentropy.self, "kld": KLDivergence.self,
            "logcosh": LogCoshError.self, "log_cosh": LogCoshError.self, "fbeta_score": FBetaScore.self,
            "kullback_leibler_divergence": KLDivergence.self,
        ]
    }

    private static var known: [String: any Metric.Type] {
        var known = aliases
        for (alias, type) in aliases { known[alias.uppercased()] = type }
        for type in classes {
            known[type.className] = type
            known[snakeCase(type.className)] = type
            known[type.defaultName] = type
        }
        return known
    }

    /// The metric that a documented name stands for, with its default arguments.
    ///
    /// ```swift
    /// print(try Metrics.named("root_mean_squared_error").name)   // root_mean_squared_error
    /// print(try Metrics.named("AUC").name)                       // auc
    /// ```
    ///
    /// - Parameters:
    ///   - name: the name of a class, the same in small letters with underscores, or a short name such as `mse`.
    ///   - customObjects: further classes by name; these come first.
    /// - Throws: a name that nobody knows, with those that are known; a class that cannot do without arguments.
    public static func named(
        _ name: String, customObjects: CustomObjects = [:], file: StaticString = #fileID, line: UInt = #line
    ) throws -> any Metric {
        try deserialize(
            ["class_name": .string(name), "config": .object([:])], customObjects: customObjects, file: file, line: line)
    }

    /// The metric that a name stands for beside labels and predictions of these shapes.
    ///
    /// `accuracy` (`acc`) and `crossentropy` (`ce`) are binary, categorical or sparse, as the shapes tell: binary if there is
    /// one output, sparse if the labels have no axis of the classes. Other names mean what they always mean.
    ///
    /// ```swift
    /// print(try Metrics.named("accuracy", yTrue: [32], yPred: [32, 10]).name)   // sparse_categorical_accuracy
    /// ```
    public static func named(
        _ name: String, yTrue: Shape, yPred: Shape, customObjects: CustomObjects = [:],
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> any Metric {
        let kind = ["accuracy": "Accuracy", "acc": "Accuracy", "crossentropy": "Crossentropy", "ce": "Crossentropy"]
        guard let kind = kind[name], customObjects[name] == nil else {
            return try named(name, customObjects: customObjects, file: file, line: line)
        }
        let outputs = yPred.dimensions.last ?? 1
        let isBinary = yPred.rank < 2 || outputs == 1
        let isSparse = yTrue.rank < yPred.rank || yTrue.dimensions.last == 1
        let prefix = isBinary ? "Binary" : isSparse ? "SparseCategorical" : "Categorical"
        return try named(prefix + kind, file: file, line: line)
    }

    /// The metric that `serialized()` has described, or Keras.
    ///
    /// - Parameters:
    ///   - description: an object with `class_name` and `config`.
    ///   - customObjects: further classes by name; these come first.
    /// - Throws: a class that nobody knows, with those that are known; what the class's `fromConfig` throws.
    public static func deserialize(
        _ description: Configuration, customObjects: CustomObjects = [:], file: StaticString = #fileID,
        line: UInt = #line
    ) throws -> any Metric {
        do {
            let reader = ConfigurationReader(description, for: "a metric")
            let name = try reader.required("class_name", try reader.string("class_name"))
            let config = reader.value("config")
            // What Keras says beside it of where a class is found.
            for key in ["module", "registered_name", "build_config"] { _ = reader.value(key) }
            try reader.finish()
            guard let config = try reader.required("config", config).object else {
                throw DescentError("fromConfig", "config of a metric must be an object", received: description.json)
            }
            guard let type = customObjects[name] ?? known[name] else {
                let names = (customObjects.keys.sorted() + classes.map { $0.className } + aliases.keys.sorted())
                throw DescentError(
                    "metric", "a metric must be one of \(names.joined(separator: ", "))", received: name)
            }
            guard let metric = try type.fromConfig(config, customObjects: customObjects) as? any Metric else {
                throw DescentError("metric", "a custom object of this name must be a metric", received: "\(type)")
            }
            return metric
        } catch let error as DescentError {
            throw error.located(at: SourceLocation(file, line))
        }
    }
}
