import Descent
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
