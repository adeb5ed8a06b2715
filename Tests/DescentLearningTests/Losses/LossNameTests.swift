import Descent
import DescentTestSupport
import Testing

@Suite struct LossNameTests {
    /// Every name that Keras documents, and the class it stands for.
    static let documented: [String: [String]] = [
        "MeanSquaredError": ["mean_squared_error", "mse", "MSE"],
        "RootMeanSquaredError": ["root_mean_squared_error", "rmse", "RMSE"],
        "MeanAbsoluteError": ["mean_absolute_error", "mae", "MAE"],
        "MeanAbsolutePercentageError": ["mean_absolute_percentage_error", "mape", "MAPE"],
        "MeanSquaredLogarithmicError": ["mean_squared_logarithmic_error", "msle", "MSLE"],
        "Huber": ["huber", "huber_loss"],
        "LogCosh": ["log_cosh", "logcosh"],
        "Quantile": ["quantile", "pinball"],
        "CosineSimilarity": ["cosine_similarity"],
        "Poisson": ["poisson"],
        "KLDivergence": ["kl_divergence", "kld", "KLD", "kullback_leibler_divergence"],
        "Hinge": ["hinge"],
        "SquaredHinge": ["squared_hinge"],
        "CategoricalHinge": ["categorical_hinge"],
        "BinaryCrossentropy": ["binary_crossentropy", "bce", "BCE"],
        "BinaryFocalCrossentropy": ["binary_focal_crossentropy"],
        "CategoricalCrossentropy": ["categorical_crossentropy"],
        "CategoricalFocalCrossentropy": ["categorical_focal_crossentropy"],
        "SparseCategoricalCrossentropy": ["sparse_categorical_crossentropy"],
        "CategoricalGeneralizedCrossEntropy": ["categorical_generalized_cross_entropy"],
        "Dice": ["dice"],
        "Tversky": ["tversky"],
        "Circle": ["circle"],
    ]

    @Test func everyDocumentedNameIsKnown() throws {
        for (className, names) in Self.documented {
            for name in names + [className] {
                #expect(try Loss.named(name).className == className, "\(name)")
            }
            let standard = try Loss.named(className).name
            #expect(standard == (className == "Huber" ? "huber_loss" : names[0]))
        }
        #expect(Set(Loss.knownNames) == Set(Self.documented.flatMap { [$0.key] + $0.value }))
        #expect(Set(Loss.knownNames).count == Loss.knownNames.count)
    }

    /// Arguments beside name and reduction that Keras has for its classes when nobody gives any.
    private static let standardArguments: [String: Configuration] = [
        "BinaryCrossentropy": ["from_logits": false, "label_smoothing": 0.0, "axis": -1],
        "BinaryFocalCrossentropy": [
            "from_logits": false, "label_smoothing": 0.0, "axis": -1, "apply_class_balancing": false, "alpha": 0.25,
            "gamma": 2.0,
        ],
        "CategoricalCrossentropy": ["from_logits": false, "label_smoothing": 0.0, "axis": -1],
        "CategoricalFocalCrossentropy": [
            "from_logits": false, "label_smoothing": 0.0, "axis": -1, "alpha": 0.25, "gamma": 2.0,
        ],
        "SparseCategoricalCrossentropy": ["from_logits": false, "ignore_class": nil],
        "CategoricalGeneralizedCrossEntropy": ["q": 0.5],
        "Dice": ["axis": nil],
        "Tversky": ["alpha": 0.5, "beta": 0.5, "axis": nil],
        "Circle": ["gamma": 80.0, "margin": 0.4, "remove_diagonal": true],
    ]

    @Test func standardArgumentsAreThoseOfKeras() throws {
        let statics: [Loss] = [
            .meanSquaredError, .mse, .meanAbsoluteError, .mae, .meanAbsolutePercentageError, .mape,
            .meanSquaredLogarithmicError, .msle, .rootMeanSquaredError, .rmse, .huber, .logCosh, .cosineSimilarity,
            .poisson, .klDivergence, .hinge, .squaredHinge, .categoricalHinge, .binaryCrossentropy, .bce,
            .binaryFocalCrossentropy, .categoricalCrossentropy, .categoricalFocalCrossentropy,
            .sparseCategoricalCrossentropy, .categoricalGeneralizedCrossEntropy, .dice, .tversky, .circle,
        ]
        #expect(Set(statics.map(\.className)).union(["Quantile"]) == Set(Self.documented.keys))
        for loss in statics {
            let common: Configuration = ["name": .string(loss.name), "reduction": .string(loss.reduction.rawValue)]
            let wanted = common.merging(Self.standardArguments[loss.className] ?? [:])
            #expect(loss.getConfig() == wanted)
            #expect(try Loss.named(loss.className).getConfig() == wanted)
            #expect(
                loss.reduction == (loss.className == "RootMeanSquaredError" ? .meanWithSampleWeight : .sumOverBatchSize)
            )
        }
        #expect(try Loss.named("quantile").getConfig() == Loss.quantile(0.5).getConfig())
        // Functions have the same standards.
        let (t, p) = ([[0, 1], [1, 0]] as Tensor, [[0.25, 0.75], [0.5, 0.5]] as Tensor)
        let functions: [(String, Tensor)] = [
            ("Huber", huber(t, p * 9)), ("BinaryFocalCrossentropy", binaryFocalCrossentropy(t, p)),
            ("CategoricalFocalCrossentropy", categoricalFocalCrossentropy(t, p)), ("Tversky", tversky(t, p)),
            ("CategoricalGeneralizedCrossEntropy", categoricalGeneralizedCrossEntropy([1, 0], p)),
            ("Circle", circle([1, 0], p, removeDiagonal: false)),
        ]
        for (name, value) in functions {
            var config: Configuration = ["reduction": "none"]
            if name == "Circle" { config["remove_diagonal"] = false }
            let loss = try Loss.fromConfig(config, className: name)
            let truth: Tensor = value.rank == 1 && (name == "Circle" || name.hasSuffix("CrossEntropy")) ? [1, 0] : t
            #expect(mismatch(loss(truth, name == "Huber" ? p * 9 : p), value, .bits) == nil, "\(name)")
        }
    }

    @Test func anUnknownNameIsToldWithTheKnownOnes() {
        let line: UInt = #line + 1
        let error = #expect(throws: DescentError.self) { try Loss.named("mean_cubed_error") }
        #expect(error?.received == "\"mean_cubed_error\"")
        #expect(error?.rule.contains("mean_squared_error, mse, MSE, RootMeanSquaredError") == true)
        #expect(error?.location?.line == Int(line))
    }

    @Test func aLiteralIsALossAndItsErrorWaits() {
        let good: Loss = "mse"
        #expect(good.error == nil && Float(good([[1, 2]], [[3, 2]])) == 2)
        let bad: Loss = "mean_cubed_error"
        #expect(bad.error?.received == "\"mean_cubed_error\"")
        let line = #line + 1
        let value = bad([[1, 2]], [[3, 2]])
        #expect(value.error?.received == "\"mean_cubed_error\"")
        #expect(value.error?.location?.line == line)
    }

    @Test func wrongArgumentsWaitToo() {
        for loss in [
            Loss.huber(delta: 0), .quantile(1), .binaryCrossentropy(labelSmoothing: 2),
            .categoricalGeneralizedCrossEntropy(q: 0),
            .categoricalCrossentropy(labelSmoothing: -1), .huber(delta: .nan),
        ] {
            #expect(loss.error != nil)
            #expect(loss([[1, 0]], [[1, 0]]).error?.message == loss.error?.message)
        }
        #expect(huber([[1, 0]], [[1, 0]], delta: -1).error?.message == Loss.huber(delta: -1).error?.message)
        #expect(quantileLoss([[1, 0]], [[1, 0]], 2).error != nil)
        #expect(binaryCrossentropy([[1, 0]], [[1, 0]], labelSmoothing: 2).error != nil)
    }

    @Test func itSaysWhatItIs() {
        #expect(
            "\(Loss.huber(delta: 2))"
                == #"Huber({"name": "huber_loss", "reduction": "sum_over_batch_size", "delta": 2.0})"#)
    }
}
