import DescentCore
import DescentFiles
import DescentLearning
import Testing

@Suite("metrics and their configurations")
struct KerasConfigurationTests {
    /// What `keras.metrics.serialize` of Keras 3.15 prints.
    static let printed = #"""
        {"module": "keras.metrics", "class_name": "Mean", "config": {"name": "mean", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "Sum", "config": {"name": "s", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "RootMeanSquaredError", "config": {"name": "root_mean_squared_error", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "MeanSquaredError", "config": {"name": "mean_squared_error", "dtype": "float64"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "MeanAbsoluteError", "config": {"name": "mean_absolute_error", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "MeanAbsolutePercentageError", "config": {"name": "mean_absolute_percentage_error", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "MeanSquaredLogarithmicError", "config": {"name": "mean_squared_logarithmic_error", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "LogCoshError", "config": {"name": "logcosh", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "CosineSimilarity", "config": {"name": "cosine_similarity", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "R2Score", "config": {"name": "r2_score", "dtype": "float32", "class_aggregation": null, "num_regressors": 3}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "R2Score", "config": {"name": "r2_score", "dtype": "float32", "class_aggregation": "uniform_average", "num_regressors": 0}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "R2Score", "config": {"name": "r2_score", "dtype": "float32", "class_aggregation": "variance_weighted_average", "num_regressors": 0}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "PearsonCorrelation", "config": {"name": "pearson_correlation", "dtype": "float32", "axis": 0}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "ConcordanceCorrelation", "config": {"name": "concordance_correlation", "dtype": "float32", "axis": -1}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "Accuracy", "config": {"name": "accuracy", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "BinaryAccuracy", "config": {"name": "binary_accuracy", "dtype": "float32", "threshold": 0.25}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "CategoricalAccuracy", "config": {"name": "categorical_accuracy", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "SparseCategoricalAccuracy", "config": {"name": "sparse_categorical_accuracy", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "TopKCategoricalAccuracy", "config": {"name": "top_k_categorical_accuracy", "dtype": "float32", "k": 3}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "SparseTopKCategoricalAccuracy", "config": {"name": "sparse_top_k_categorical_accuracy", "dtype": "float32", "k": 2}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "SparseTopKCategoricalAccuracy", "config": {"name": "sparse_top_k_categorical_accuracy", "dtype": "float32", "k": 5, "from_sorted_ids": true}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "BinaryCrossentropy", "config": {"name": "binary_crossentropy", "dtype": "float32", "from_logits": true, "label_smoothing": 0.1}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "CategoricalCrossentropy", "config": {"name": "categorical_crossentropy", "dtype": "float32", "from_logits": false, "label_smoothing": 0.2, "axis": 1}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "SparseCategoricalCrossentropy", "config": {"name": "sparse_categorical_crossentropy", "dtype": "float32", "from_logits": false, "ignore_class": -1, "axis": -1}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "KLDivergence", "config": {"name": "kl_divergence", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "Poisson", "config": {"name": "poisson", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "Hinge", "config": {"name": "hinge", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "SquaredHinge", "config": {"name": "squared_hinge", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "CategoricalHinge", "config": {"name": "categorical_hinge", "dtype": "float32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "TruePositives", "config": {"name": "true_positives", "dtype": "float32", "thresholds": null}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "TrueNegatives", "config": {"name": "true_negatives", "dtype": "float32", "thresholds": 0.3}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "FalsePositives", "config": {"name": "false_positives", "dtype": "float32", "thresholds": [0.1, 0.9]}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "FalseNegatives", "config": {"name": "false_negatives", "dtype": "float32", "thresholds": null}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "Precision", "config": {"name": "precision", "dtype": "float32", "thresholds": [0, 0.5, 1], "top_k": null, "class_id": 1}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "Precision", "config": {"name": "precision_1", "dtype": "float32", "thresholds": null, "top_k": null, "class_id": null}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "Recall", "config": {"name": "recall", "dtype": "float32", "thresholds": null, "top_k": 2, "class_id": null}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "F1Score", "config": {"name": "f1_score", "dtype": "float32", "average": "micro", "threshold": 0.5}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "FBetaScore", "config": {"name": "fbeta_score", "dtype": "float32", "average": "weighted", "beta": 2.0, "threshold": null}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "AUC", "config": {"name": "auc", "dtype": "float32", "num_thresholds": 200, "curve": "ROC", "summation_method": "interpolation", "multi_label": false, "num_labels": null, "label_weights": null, "from_logits": false}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "AUC", "config": {"name": "auc_1", "dtype": "float32", "num_thresholds": 7, "curve": "PR", "summation_method": "majoring", "multi_label": true, "num_labels": 3, "label_weights": null, "from_logits": true}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "AUC", "config": {"name": "auc_2", "dtype": "float32", "num_thresholds": 4, "curve": "PRGAIN", "summation_method": "minoring", "multi_label": false, "num_labels": null, "label_weights": null, "from_logits": false, "thresholds": [0.1, 0.7]}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "SensitivityAtSpecificity", "config": {"name": "sensitivity_at_specificity", "dtype": "float32", "class_id": null, "num_thresholds": 200, "specificity": 0.5}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "SpecificityAtSensitivity", "config": {"name": "specificity_at_sensitivity", "dtype": "float32", "class_id": null, "num_thresholds": 10, "sensitivity": 0.25}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "PrecisionAtRecall", "config": {"name": "precision_at_recall", "dtype": "float32", "class_id": 2, "num_thresholds": 200, "recall": 0.75}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "RecallAtPrecision", "config": {"name": "recall_at_precision", "dtype": "float32", "class_id": null, "num_thresholds": 200, "precision": 0.8}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "IoU", "config": {"name": "io_u", "dtype": "int32", "num_classes": 3, "target_class_ids": [0, 2], "ignore_class": 1, "sparse_y_true": true, "sparse_y_pred": true, "axis": -1}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "BinaryIoU", "config": {"target_class_ids": [1], "threshold": 0.3, "name": "binary_io_u", "dtype": "int32"}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "MeanIoU", "config": {"num_classes": 4, "name": "mean_io_u", "dtype": "int32", "ignore_class": null, "sparse_y_true": true, "sparse_y_pred": false, "axis": -1}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "OneHotIoU", "config": {"num_classes": 3, "target_class_ids": [1], "name": "one_hot_io_u", "dtype": "int32", "ignore_class": null, "sparse_y_pred": false, "axis": -1}, "registered_name": null}
        {"module": "keras.metrics", "class_name": "OneHotMeanIoU", "config": {"num_classes": 3, "name": "one_hot_mean_io_u", "dtype": "float32", "ignore_class": null, "sparse_y_pred": false, "axis": 1}, "registered_name": null}
        """#

    static let lines = printed.split(separator: "\n").map(String.init)

    @Test("configurations that Keras prints load unchanged", arguments: lines)
    func loads(line: String) throws {
        let described = try Configuration(json: line)
        let metric = try Metrics.deserialize(described)
        var want = try #require(described["config"]?.object)
        #expect(type(of: metric).className == described["class_name"]?.string)
        if metric is CosineSimilarity {
            // Keras loses the axis.
            #expect(metric.getConfig().saysTheSame(as: want))
            want["axis"] = 1
            #expect(
                try Metrics.deserialize(["class_name": "CosineSimilarity", "config": .object(want)]).getConfig() == want
            )
        }
        let got = metric.getConfig()
        for key in want.keys where key != "axis" || got["axis"] != nil {
            // One threshold may be a number by itself.
            let expected = key == "thresholds" && want[key]?.number != nil ? .list([want[key]!]) : want[key]!
            #expect(got[key]?.saysTheSame(as: expected) == true, "\(key): \(got.json)")
        }
        #expect(Set(got.keys) == Set(want.keys).subtracting(metric is CosineSimilarity ? ["axis"] : []))
        let again = try Metrics.deserialize(metric.serialized())
        #expect(again.getConfig() == got)
        #expect(try Configuration(json: metric.serialized().json) == metric.serialized())
    }

    @Test("every built-in class is among them, but for those that Keras lacks")
    func complete() throws {
        let known = Set(Metrics.classes.map { $0.className })
        let covered = Set(try Self.lines.map { try #require(try Configuration(json: $0)["class_name"]?.string) })
        #expect(known.subtracting(covered) == ["ConfusionMatrix", "MeanMetricWrapper"])
        #expect(covered.isSubset(of: known))
        #expect(Metrics.classes.count == known.count)
    }

    @Test("an unknown key is refused by every class", arguments: lines)
    func unknownKey(line: String) throws {
        let described = try Configuration(json: line)
        var config = try #require(described["config"]?.object)
        config["threshhold"] = 0.5
        let name = try #require(described["class_name"])
        let error = #expect(throws: DescentError.self) {
            try Metrics.deserialize(["class_name": name, "config": .object(config)])
        }
        #expect(error?.message.contains("threshhold") == true)
        #expect(error?.message.contains("dtype, ") == true)
    }

    @Test("an integer dtype is refused", arguments: lines)
    func integerDType(line: String) throws {
        let described = try Configuration(json: line)
        var config = try #require(described["config"]?.object)
        config["dtype"] = "int32"
        let name = try #require(described["class_name"])
        let whole: Configuration = ["class_name": name, "config": .object(config)]
        if name.string?.hasSuffix("IoU") == true {
            #expect(try Metrics.deserialize(whole).dtype == .int32)
        } else {
            let error = #expect(throws: DescentError.self) { try Metrics.deserialize(whole) }
            #expect(error?.message.contains("int32") == true)
        }
        config["dtype"] = "float16"
        #expect(throws: DescentError.self) {
            try Metrics.deserialize(["class_name": name, "config": .object(config)])
        }
    }

    @Test("without keys there are defaults; wrong kinds are refused")
    func defaults() throws {
        #expect(try AUC.fromConfig([:]).getConfig() == AUC().getConfig())
        #expect(try R2Score.fromConfig([:]).getConfig() == R2Score().getConfig())
        #expect(try LogCoshError.fromConfig([:]).name == "logcosh")
        #expect(try FBetaScore.fromConfig([:]).name == "fbeta_score")
        #expect(throws: DescentError.self) { try IoU.fromConfig([:]) }
        #expect(throws: DescentError.self) { try PrecisionAtRecall.fromConfig([:]) }
        #expect(throws: DescentError.self) { try AUC.fromConfig(["curve": "ROCK"]) }
        #expect(throws: DescentError.self) { try Precision.fromConfig(["thresholds": ["a"]]) }
        #expect(throws: DescentError.self) { try Precision.fromConfig(["thresholds": 1.5]) }
        #expect(throws: DescentError.self) { try TopKCategoricalAccuracy.fromConfig(["k": 0]) }
        #expect(throws: DescentError.self) { try FBetaScore.fromConfig(["beta": 0]) }
        #expect(throws: DescentError.self) { try MeanMetricWrapper.fromConfig(["name": "a"]) }
    }
}
