import Descent
import Testing

/// What keras.losses.serialize of Keras 3.15 prints: for each of its classes, some with arguments, and for functions.
private let printedByKeras = #"""
    {"losses": [
    {"module": "keras.losses", "class_name": "MeanSquaredError", "config": {"name": "mean_squared_error",
        "reduction": "sum_over_batch_size"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "MeanAbsoluteError", "config": {"name": "mine", "reduction":
        "sum"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "MeanAbsolutePercentageError", "config": {"name":
        "mean_absolute_percentage_error", "reduction": "sum_over_batch_size"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "MeanSquaredLogarithmicError", "config": {"name":
        "mean_squared_logarithmic_error", "reduction": "sum_over_batch_size"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "CosineSimilarity", "config": {"name": "cosine_similarity",
        "reduction": "sum_over_batch_size"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "Huber", "config": {"name": "huber_loss", "reduction":
        "sum_over_batch_size"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "LogCosh", "config": {"name": "log_cosh", "reduction": null},
        "registered_name": null},
    {"module": "keras.losses", "class_name": "Hinge", "config": {"name": "hinge", "reduction":
        "sum_over_batch_size"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "SquaredHinge", "config": {"name": "squared_hinge", "reduction":
        "sum_over_batch_size"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "CategoricalHinge", "config": {"name": "categorical_hinge",
        "reduction": "sum_over_batch_size"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "KLDivergence", "config": {"name": "kl_divergence", "reduction":
        "sum_over_batch_size"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "Poisson", "config": {"name": "poisson", "reduction":
        "sum_over_batch_size"}, "registered_name": null},
    {"module": "keras.losses", "class_name": "BinaryCrossentropy", "config": {"name": "binary_crossentropy",
        "reduction": "sum_over_batch_size", "from_logits": true, "label_smoothing": 0.1, "axis": -1},
        "registered_name": null},
    {"module": "keras.losses", "class_name": "BinaryFocalCrossentropy", "config": {"name":
        "binary_focal_crossentropy", "reduction": "sum_over_batch_size", "from_logits": false,
        "label_smoothing": 0.0, "axis": -1, "apply_class_balancing": true, "alpha": 0.25, "gamma": 3},
        "registered_name": null},
    {"module": "keras.losses", "class_name": "CategoricalCrossentropy", "config": {"name":
        "categorical_crossentropy", "reduction": "sum_over_batch_size", "from_logits": false,
        "label_smoothing": 0.0, "axis": 1}, "registered_name": null},
    {"module": "keras.losses", "class_name": "CategoricalFocalCrossentropy", "config": {"name":
        "categorical_focal_crossentropy", "reduction": "sum_over_batch_size", "from_logits": false,
        "label_smoothing": 0.0, "axis": -1, "alpha": [0.25, 0.5, 0.1], "gamma": 2.0}, "registered_name":
        null},
    {"module": "keras.losses", "class_name": "CategoricalFocalCrossentropy", "config": {"name":
        "categorical_focal_crossentropy", "reduction": "sum_over_batch_size", "from_logits": false,
        "label_smoothing": 0.0, "axis": -1, "alpha": 0.25, "gamma": 2.0}, "registered_name": null},
    {"module": "keras.losses", "class_name": "SparseCategoricalCrossentropy", "config": {"name":
        "sparse_categorical_crossentropy", "reduction": "sum_over_batch_size", "from_logits": false,
        "ignore_class": -1}, "registered_name": null},
    {"module": "keras.losses", "class_name": "Dice", "config": {"name": "dice", "reduction":
        "sum_over_batch_size", "axis": [1, 2]}, "registered_name": null},
    {"module": "keras.losses", "class_name": "Dice", "config": {"name": "dice", "reduction":
        "sum_over_batch_size", "axis": null}, "registered_name": null},
    {"module": "keras.losses", "class_name": "Dice", "config": {"name": "dice", "reduction":
        "sum_over_batch_size", "axis": 1}, "registered_name": null},
    {"module": "keras.losses", "class_name": "Tversky", "config": {"name": "tversky", "reduction":
        "sum_over_batch_size", "alpha": 0.3, "beta": 0.7, "axis": [1]}, "registered_name": null},
    {"module": "keras.losses", "class_name": "Circle", "config": {"name": "circle", "reduction":
        "sum_over_batch_size", "gamma": 80.0, "margin": 0.4, "remove_diagonal": true}, "registered_name":
        null},
    {"module": "keras.losses", "class_name": "CategoricalGeneralizedCrossEntropy", "config": {"name":
        "categorical_generalized_cross_entropy", "reduction": "sum_over_batch_size", "q": 0.5},
        "registered_name": null},
    {"module": "builtins", "class_name": "function", "config": "mean_squared_error", "registered_name":
        "function"},
    {"module": "builtins", "class_name": "function", "config": "kl_divergence", "registered_name": "function"}
    ]}
    """#

@Suite struct LossConfigurationTests {
    private func printed() throws -> [Configuration] {
        let list = try #require(try Configuration(json: printedByKeras)["losses"]?.list)
        return list.compactMap(\.object)
    }

    @Test func whatKerasPrintsIsLoadedUnchanged() throws {
        var classes: Set<String> = []
        for item in try printed() {
            let loss = try Loss.deserialize(.object(item))
            #expect(loss.error == nil)
            classes.insert(loss.className)
            guard let config = item["config"]?.object else {
                #expect(loss.name == item["config"]?.string)
                continue
            }
            #expect(loss.className == item["class_name"]?.string)
            // No reduction has two spellings, null and "none"; the text is written.
            var wanted = config
            if wanted["reduction"] == .null { wanted["reduction"] = "none" }
            #expect(normalized(loss.getConfig()) == normalized(wanted), "\(item)")
            #expect(loss.serialized().keys == item.keys)
            #expect(loss.serialized()["module"] == item["module"])
        }
        // Every class but two that Keras has not.
        let all = Set(LossCases.all.map(\.loss.className))
        #expect(all.subtracting(classes) == ["RootMeanSquaredError", "Quantile"])
        #expect(classes.subtracting(all) == [])
    }

    /// Axes in a list, whole numbers as numbers: what says the same.
    private func normalized(_ config: Configuration) -> Configuration {
        config.keys.reduce(into: config) { result, key in
            if let number = result[key]?.number { result[key] = .number(number) }
            if key == "axis", let number = result[key]?.integer { result[key] = .number(Double(number)) }
            if let list = result[key]?.list, list.count == 1 { result[key] = .number(list[0].number ?? .nan) }
        }
    }

    @Test func everyLossIsMadeAgainFromItsConfiguration() throws {
        for item in LossCases.all {
            let text = item.loss.serialized().json
            let again = try Loss.fromConfig(try Configuration(json: text))
            #expect(again.getConfig() == item.loss.getConfig())
            #expect(again.serialized().json == text)
            let byClass = try Loss.fromConfig(item.loss.getConfig(), className: item.loss.className)
            let (a, b, c) = (item.loss, again, byClass)
            let wanted = try a(item.yTrue, item.yPred).evaluated()
            #expect(Double(b(item.yTrue, item.yPred)) == Double(wanted), "\(item)")
            #expect(Double(c(item.yTrue, item.yPred)) == Double(wanted), "\(item)")
        }
    }

    @Test func namesAndReductionsAreKept() throws {
        for reduction in Reduction.allCases {
            for known in Set(LossCases.all.map(\.loss.className)) {
                let config: Configuration = ["name": "mine", "reduction": .string(reduction.rawValue)]
                let loss = try Loss.fromConfig(config, className: known)
                #expect(loss.reduction == reduction && loss.name == "mine" && loss.className == known)
                #expect(loss.getConfig()["name"] == "mine")
                #expect(loss.getConfig()["reduction"] == .string(reduction.rawValue))
            }
        }
        #expect(try Loss.fromConfig([:], className: "rmse").reduction == .meanWithSampleWeight)
        #expect(try Loss.fromConfig([:], className: "mse").reduction == .sumOverBatchSize)
    }

    @Test func unknownKeysAreRefused() throws {
        for known in Set(LossCases.all.map(\.loss.className)) {
            let error = #expect(throws: DescentError.self) {
                try Loss.fromConfig(["name": "x", "bogus": 1], className: known)
            }
            #expect(error?.received == "bogus: 1")
            #expect(error?.rule.contains(known) == true)
        }
        let error = #expect(throws: DescentError.self) {
            try Loss.deserialize(["class_name": "Huber", "config": [:], "extra": true])
        }
        #expect(error?.received == "extra: true")
    }

    @Test(
        arguments: [
            (["delta": "wide"], "Huber"), (["delta": 0], "Huber"), (["delta": -1], "Huber"),
            (["quantile": 1], "Quantile"),
            (["quantile": 0], "Quantile"), (["q": 1], "CategoricalGeneralizedCrossEntropy"),
            (["q": 0], "CategoricalGeneralizedCrossEntropy"), (["label_smoothing": 1.5], "BinaryCrossentropy"),
            (["label_smoothing": -0.1], "CategoricalCrossentropy"), (["from_logits": 1], "BinaryCrossentropy"),
            (["label_smoothing": 2], "BinaryFocalCrossentropy"),
            (["label_smoothing": 2], "CategoricalFocalCrossentropy"),
            (["axis": "all"], "Dice"), (["axis": [0.5]], "Dice"), (["alpha": ["x"]], "CategoricalFocalCrossentropy"),
            (["reduction": "average"], "Huber"), (["name": 7], "Huber"), ([:], "Unknown"),
        ] as [(Configuration, String)])
    func wrongArgumentsAreRefused(config: Configuration, className: String) {
        #expect(throws: DescentError.self) { try Loss.fromConfig(config, className: className) }
    }

    @Test func wrongFormsAreRefused() {
        for value: Configuration.Value in [
            nil, 3, [], [:], ["class_name": 3], ["class_name": "Huber", "config": 3], ["config": [:]],
            ["class_name": "function", "config": "nothing"],
        ] {
            #expect(throws: DescentError.self, "\(value)") { try Loss.deserialize(value) }
        }
    }

    @Test func lossesOfOnesOwnAreFoundByTheirNames() throws {
        let mine = Loss("mine") { yTrue, yPred in abs(yTrue - yPred).max(axes: -1) }
        let found = try Loss.fromConfig(mine.serialized(), customLosses: ["mine": mine])
        #expect(Float(found([[1, 2]], [[1, 5]])) == 3)
        #expect(Float(try Loss.deserialize("mine", customLosses: ["mine": mine])([[1, 2]], [[1, 5]])) == 3)
        let asFunction: Configuration.Value = [
            "module": "builtins", "class_name": "function", "config": "mine", "registered_name": "function",
        ]
        #expect(Float(try Loss.deserialize(asFunction, customLosses: ["mine": mine])([[1, 2]], [[1, 5]])) == 3)
        #expect(throws: DescentError.self) { try Loss.fromConfig(mine.serialized()) }
    }
}
