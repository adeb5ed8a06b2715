import Descent
import Testing

@Suite("metrics by name")
struct NamedMetricsTests {
    @Test(
        "documented names",
        arguments: [
            ("accuracy", "Accuracy"), ("acc", "Accuracy"), ("mse", "MeanSquaredError"), ("MSE", "MeanSquaredError"),
            ("mae", "MeanAbsoluteError"), ("mape", "MeanAbsolutePercentageError"), ("rmse", "RootMeanSquaredError"),
            ("MSLE", "MeanSquaredLogarithmicError"), ("bce", "BinaryCrossentropy"), ("AUC", "AUC"), ("auc", "AUC"),
            ("root_mean_squared_error", "RootMeanSquaredError"), ("RootMeanSquaredError", "RootMeanSquaredError"),
            ("logcosh", "LogCoshError"), ("log_cosh_error", "LogCoshError"), ("r2_score", "R2Score"),
            ("kl_divergence", "KLDivergence"), ("top_k_categorical_accuracy", "TopKCategoricalAccuracy"),
            ("sparse_top_k_categorical_accuracy", "SparseTopKCategoricalAccuracy"), ("f1_score", "F1Score"),
            ("f_beta_score", "FBetaScore"), ("fbeta_score", "FBetaScore"), ("binary_io_u", "BinaryIoU"),
        ])
    func documented(name: String, className: String) throws {
        let metric = try Metrics.named(name)
        #expect(type(of: metric).className == className)
        #expect(metric.name == type(of: metric).defaultName)
    }

    @Test("the default name is that of a configuration without one, for every class")
    func defaultNames() throws {
        #expect(KLDivergence().name == KLDivergence.defaultName && AUC().name == AUC.defaultName)
        for type in Metrics.classes {
            guard let metric = try? Metrics.named(type.className) else { continue }
            #expect(metric.name == type.defaultName)
        }
        #expect(RootMeanSquaredError().name == RootMeanSquaredError.defaultName)
        #expect(TopKCategoricalAccuracy().name == TopKCategoricalAccuracy.defaultName)
        #expect(MeanIoU(numClasses: 2).name == MeanIoU.defaultName)
        #expect(OneHotMeanIoU(numClasses: 2).name == OneHotMeanIoU.defaultName)
        #expect(BinaryIoU().name == BinaryIoU.defaultName)
    }

    @Test("an unknown name is refused with those that are known")
    func unknown() throws {
        let error = #expect(throws: DescentError.self) { try Metrics.named("mean_sqared_error") }
        #expect(error?.received == "mean_sqared_error")
        #expect(error?.rule.contains("MeanSquaredError, ") == true && error?.rule.contains("mse") == true)
        #expect(error?.location?.file.hasSuffix("NamedMetricsTests.swift") == true)
        #expect(throws: DescentError.self) { try Metrics.named("IoU") }
        #expect(throws: DescentError.self) { try Metrics.deserialize(["config": [:]]) }
        #expect(throws: DescentError.self) { try Metrics.deserialize(["class_name": "Mean"]) }
        #expect(throws: DescentError.self) { try Metrics.deserialize(["class_name": "Mean", "config": 1]) }
        #expect(throws: DescentError.self) {
            try Metrics.deserialize(["class_name": "Mean", "config": [:], "other": 1])
        }
    }

    @Test("accuracy and crossentropy follow the shapes")
    func byShapes() throws {
        func name(_ name: String, _ yTrue: Shape, _ yPred: Shape) throws -> String {
            try Metrics.named(name, yTrue: yTrue, yPred: yPred).name
        }
        #expect(try name("accuracy", [8, 1], [8, 1]) == "binary_accuracy")
        #expect(try name("acc", [8], [8]) == "binary_accuracy")
        #expect(try name("acc", [8, 4], [8, 4]) == "categorical_accuracy")
        #expect(try name("acc", [8, 1], [8, 4]) == "sparse_categorical_accuracy")
        #expect(try name("ce", [8], [8, 4]) == "sparse_categorical_crossentropy")
        #expect(try name("crossentropy", [8, 1], [8, 1]) == "binary_crossentropy")
        #expect(try name("crossentropy", [8, 4], [8, 4]) == "categorical_crossentropy")
        #expect(try name("mse", [8], [8]) == "mean_squared_error")
    }

    @Test("a metric of one's own, also by name")
    func customObjects() throws {
        final class Within: MeanMetric, PlainMetric {
            let core: MetricCore
            init(name: String = "within", dtype: DType? = nil) { core = .mean(name, dtype) }
            func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor { (yPred - yTrue).abs() .< 0.5 }
        }
        let metric = try Metrics.named("Within", customObjects: ["Within": Within.self])
        #expect(metric.name == "within" && metric is Within)
        try metric.updateState([1, 2, 3, 4], [1.25, 2, 3.75, 4])
        #expect(Float(metric.result()) == 0.75)
        #expect(throws: DescentError.self) { try Metrics.named("Within") }
        // One's own comes first.
        #expect(try Metrics.named("mse", customObjects: ["mse": Within.self]) is Within)

        final class Careless: Metric {
            let core = MetricCore(name: "careless", sums: ["a": [], "b": [2]])
            func summands(_ yTrue: Tensor, _ yPred: Tensor, _ sampleWeight: Tensor?) throws -> [Tensor] {
                [yTrue, yPred] + (sampleWeight.map { [$0] } ?? [])
            }
            func result() -> Tensor { core.result(core.numbers("b") + core.numbers("c")) }
            static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Careless {
                try read(config)
            }
            static func read(_ config: Configuration) throws -> Careless { Careless() }
        }
        let careless = Careless()
        try careless.updateState(1, [2, 3])
        #expect(throws: DescentError.self) { try careless.updateState(1, [2, 3, 4]) }
        #expect(throws: DescentError.self) { try careless.updateState(1, [2, 3], sampleWeight: 1) }
        #expect(careless.result().scalars(as: Int.self) == [2, 3])
        #expect(careless.core.number("c").isNaN)
    }
}
