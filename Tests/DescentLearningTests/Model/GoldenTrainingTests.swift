import Descent
import DescentTestSupport
import Testing

@testable import DescentLearning

/// Trainings of Keras 3, from the same first values and without shuffling: figures, variables and predictions.
@Suite struct GoldenTrainingTests {
    /// How a case was compiled, and what its `fit` was told.
    private struct Recipe {
        var layers: [any Layer]
        var optimizer: any Optimizer
        var loss: Loss
        var metrics: [any MetricChoice] = []
        var weighted: [any MetricChoice] = []
        var batchSize = 8
        var epochs: Int
        var split = 0.0
        var classWeight: [Int: Double]?
        var initialEpoch = 0
    }

    private static func recipe(_ id: String) throws -> Recipe {
        let mlp: [any Layer] = [Dense(6, activation: .tanh), Dense(1)]
        switch id {
        case "regression":
            return Recipe(
                layers: mlp, optimizer: SGD(learningRate: 0.05), loss: "mse",
                metrics: ["mae", RootMeanSquaredError()], epochs: 4, split: 0.2)
        case "weights":
            return Recipe(
                layers: mlp, optimizer: Adam(learningRate: 0.01), loss: "mse", metrics: ["mae"], weighted: ["mae"],
                epochs: 3, split: 0.25)
        case "classes":
            return Recipe(
                layers: [Dense(6, activation: .relu), Dense(3, activation: .softmax)],
                optimizer: RMSprop(learningRate: 0.01), loss: "sparse_categorical_crossentropy",
                metrics: ["accuracy"], weighted: ["accuracy"], epochs: 4, split: 0.2, classWeight: [0: 1.5, 1: 0.25])
        case "regularized":
            return Recipe(
                layers: [
                    Dense(6, activation: .tanh, kernelRegularizer: .l2(0.02), activityRegularizer: .l1(0.01)),
                    BatchNormalization(momentum: 0.8), Dense(1, biasRegularizer: .l1(0.1)),
                ], optimizer: SGD(learningRate: 0.02, momentum: 0.9), loss: "mae", metrics: ["mse"], epochs: 3,
                split: 0.2)
        case "binary":
            return Recipe(
                layers: [Dense(5, activation: .sigmoid), Dense(1, activation: .sigmoid)],
                optimizer: Adam(learningRate: 0.02), loss: "binary_crossentropy", metrics: ["accuracy", "AUC"],
                batchSize: 10, epochs: 6, initialEpoch: 2)
        case "averages":
            return Recipe(
                layers: mlp, optimizer: SGD(learningRate: 0.05, useEMA: true, emaMomentum: 0.9), loss: "mse", epochs: 3)
        case "accumulated":
            return Recipe(
                layers: mlp, optimizer: Adam(learningRate: 0.05, gradientAccumulationSteps: 2), loss: "huber", epochs: 3
            )
        default: throw DescentError("golden", "a case must be one that is known", received: "an unknown one")
        }
    }

    @Test func trainingsOfKeras() throws {
        let files = try GoldenFiles.read("training", format: "training/1")
        var count = 0
        for file in files {
            for recorded in file.cases {
                count += 1
                try check(recorded)
            }
        }
        #expect(count >= 7)
        GoldenFiles.summarize("training", cases: count, files: files.count)
    }

    private func check(_ recorded: Configuration) throws {
        let recipe = try Self.recipe(recorded.id)
        func tensor(_ key: String) throws -> Tensor { try #require(recorded[key]).goldenTensor(.float32) }
        func tensors(_ key: String) throws -> [Tensor] {
            try #require(recorded[key]?.list).map { try $0.goldenTensor(.float32) }
        }
        let (x, y) = (try tensor("x"), try tensor("y"))
        let model = Sequential(recipe.layers)
        _ = model(x)
        try model.setWeights(try tensors("start"))
        try model.compile(
            optimizer: recipe.optimizer, loss: recipe.loss, metrics: recipe.metrics, weightedMetrics: recipe.weighted)
        let weight = try recorded["sample_weight"].map { try $0.goldenTensor(.float32) }
        let history: History
        if recorded["x_val"] != nil {
            history = try model.fit(
                x, y, batchSize: recipe.batchSize, epochs: recipe.epochs, verbose: .silent,
                validationData: (tensor("x_val"), tensor("y_val")), shuffle: false,
                initialEpoch: recipe.initialEpoch, validationBatchSize: 5, validationFreq: 2)
        } else {
            history = try model.fit(
                x, y, batchSize: recipe.batchSize, epochs: recipe.epochs, verbose: .silent,
                validationSplit: recipe.split, shuffle: false, classWeight: recipe.classWeight, sampleWeight: weight)
        }
        let figures = try #require(recorded["history"]?.object)
        #expect(Set(history.names) == Set(figures.keys), "\(recorded.id)")
        #expect(history.epochs == recorded["epochs"]?.list?.compactMap(\.integer), "\(recorded.id)")
        let tolerance = Tolerance.within(relative: 2e-5, absolute: 2e-6)
        for name in figures.keys {
            let want = try #require(figures[name]?.goldenNumbers)
            #expect(mismatch(Tensor(history[name]), Tensor(want), tolerance) == nil, "\(recorded.id) \(name)")
        }
        for ((name, variable), want) in zip(model.namedVariables, try tensors("end")) {
            #expect(
                mismatch(variable.value, want, .within(relative: 5e-5, absolute: 5e-6)) == nil, "\(recorded.id) \(name)"
            )
        }
        let results = try model.evaluate(x, y, batchSize: 8, verbose: .silent)
        let wanted = try #require(recorded["evaluate"]?.object)
        for name in wanted.keys {
            let difference = abs(try #require(results[name]) - (wanted[name]?.number ?? .nan))
            #expect(difference < 5e-5, "\(recorded.id) \(name)")
        }
        #expect(
            mismatch(
                try model.predict(x, verbose: .silent), try tensor("predict"), .within(relative: 1e-4, absolute: 1e-5))
                == nil, "\(recorded.id)")
    }
}
