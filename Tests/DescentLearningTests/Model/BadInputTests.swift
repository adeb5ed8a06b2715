import Descent
import DescentTestSupport
import Testing

@testable import DescentLearning

@Suite struct BadInputTests {
    let data = Regression()

    private func compiled() throws -> Sequential {
        let model = Regression.model()
        try model.compile(optimizer: "sgd", loss: "mse")
        return model
    }

    @Test func namesThatNobodyKnows() throws {
        let model = Regression.model()
        expectError("[deserialize]", "RMSprop", "Received: sgdd") { try model.compile(optimizer: "sgdd", loss: "mse") }
        expectError("[loss]", "MeanSquaredError", "msee") { try model.compile(optimizer: "sgd", loss: "msee") }
        expectError("[metric]", "RootMeanSquaredError", "maee") {
            try model.compile(optimizer: "sgd", loss: "mse", metrics: ["maee"])
        }
        #expect(model.optimizer == nil)
    }

    @Test func beforeCompile() throws {
        let model = Regression.model()
        expectError("[fit]", "compile") { try model.fit(data.x, data.y, verbose: .silent) }
        expectError("[evaluate]", "compile") { try model.evaluate(data.x, data.y, verbose: .silent) }
        expectError("BadInputTests.swift") { try model.fit(data.x, data.y, verbose: .silent) }
    }

    @Test func rowsThatDoNotFit() throws {
        let model = try compiled()
        expectError("[fit]", "same number of rows", "[40, 3]", "[39]", "BadInputTests.swift") {
            try model.fit(data.x, data.y.rows(0..<39), verbose: .silent)
        }
        expectError("there must be a row") { try model.fit(Tensor.zeros([0, 3]), Tensor.zeros([0]), verbose: .silent) }
        expectError("every epoch must have a batch") { try model.fit([Batch<Tensor>](), verbose: .silent) }
        expectError("[evaluate]", "row") {
            try model.evaluate(data.x, data.y.rows(0..<39), verbose: .silent)
        }
    }

    @Test func shapesThatDoNotFit() throws {
        let model = try compiled()
        try model.fit(data.x, data.y, verbose: .silent)
        let before = bits(model)
        expectError("the first layer, dense", "x of shape [32, 4]", "kernel") {
            try model.fit(Tensor.zeros([40, 4]), data.y, verbose: .silent)
        }
        expectError("the first layer, dense", "[32, 4]") {
            _ = try model.predict(Tensor.zeros([40, 4]), verbose: .silent)
        }
        expectError("yTrue and yPred must have the same shape", "[32, 2]") {
            try model.fit(data.x, Tensor.zeros([40, 2]), verbose: .silent)
        }
        #expect(bits(model) == before)
    }

    @Test func splitsThatLeaveNothing() throws {
        let model = try compiled()
        for share in [1, 1.5, -0.1, 0.99, .nan] {
            expectError("[fit]") {
                try model.fit(data.x.rows(0..<20), data.y.rows(0..<20), verbose: .silent, validationSplit: share)
            }
        }
        expectError("[fit]", "1 rows, validationSplit 0.5") {
            try model.fit(data.x.rows(0..<1), data.y.rows(0..<1), verbose: .silent, validationSplit: 0.5)
        }
    }

    @Test func numbersThatMakeNoSense() throws {
        let model = try compiled()
        expectError("batchSize must be positive", "0") { try model.fit(data.x, data.y, batchSize: 0, verbose: .silent) }
        expectError("epochs must not be negative") { try model.fit(data.x, data.y, epochs: -1, verbose: .silent) }
        expectError("stepsPerEpoch") { try model.fit(data.x, data.y, verbose: .silent, stepsPerEpoch: 0) }
        expectError("validationFreq") { try model.fit(data.x, data.y, verbose: .silent, validationFreq: 0) }
    }

    /// NaN is named, by its row and column in all of the data, before it can spoil anything.
    @Test func notANumber() throws {
        let model = try compiled()
        try model.fit(data.x, data.y, verbose: .silent)
        let before = bits(model)
        var numbers = data.x.scalars(as: Float.self)
        numbers[17 * 3 + 2] = .nan
        let x = Tensor(numbers, shape: [40, 3])
        expectError("NaN in x, row 17, column 2") { try model.fit(x, data.y, batchSize: 40, verbose: .silent) }
        #expect(bits(model) == before)
        var labels = data.y.scalars(as: Float.self)
        labels[3] = .nan
        expectError("NaN in y, row 3") { try model.fit(data.x, Tensor(labels), batchSize: 40, verbose: .silent) }
        #expect(bits(model) == before)
        expectError("NaN in x, row 1, column 2, of batch 1 of epoch 0") {
            try model.fit(TensorBatches(x, data.y, batchSize: 16), verbose: .silent)
        }
    }

    @Test func classWeights() throws {
        let model = try compiled()
        expectError("classWeight needs labels that are whole numbers", "in row 0") {
            try model.fit(data.x, data.y, verbose: .silent, classWeight: [0: 1, 1: 2])
        }
        expectError("classWeight needs labels", "[40, 2, 2]") {
            try model.fit(data.x, Tensor.zeros([40, 2, 2]), verbose: .silent, classWeight: [0: 1])
        }
        expectError("classWeight names classes from 0 on", "-1") {
            try model.fit(data.x, data.y, verbose: .silent, classWeight: [-1: 1])
        }
    }

    /// A step that throws has changed nothing, metrics included.
    @Test func aStepThatThrows() throws {
        let model = try compiled()
        try model.compile(optimizer: "adam", loss: "mse", metrics: ["mae"])
        try model.trainOnBatch(data.x, data.y)
        let (before, iterations) = (bits(model), model.optimizer?.iterations)
        let state = model.metrics[0].state
        let step = try {
            var step = try TrainingStep(model, "fit")
            try step.prepare(Batch(data.x, data.y))
            return step
        }()
        #expect(throws: DescentError.self) { _ = try step.train(Batch(data.x, Tensor.zeros([40, 3]))) }
        #expect(bits(model) == before)
        #expect(model.optimizer?.iterations == iterations)
        #expect(model.metrics[0].state == state)
    }
}
