import CDescent
import Descent
import DescentTestSupport
import Testing

@testable import DescentLearning

@Suite struct FitTests {
    let data = Regression()

    @Test func aLossFalls() throws {
        let model = Regression.model()
        try model.compile(optimizer: SGD(learningRate: 0.1), loss: .mse, metrics: ["mae", RootMeanSquaredError()])
        let history = try model.fit(data.x, data.y, epochs: 30, verbose: .silent, validationSplit: 0.2)
        #expect(history.epochs == Array(0..<30))
        #expect(
            history.names == [
                "loss", "mae", "root_mean_squared_error", "val_loss", "val_mae", "val_root_mean_squared_error",
            ])
        #expect(history["loss"].count == 30)
        #expect(history["loss"][29] < 0.1 * history["loss"][0])
        let rmse = try #require(history["root_mean_squared_error"].last)
        #expect(abs(rmse * rmse - history["loss"][29]) < 1e-5)
    }

    /// What `fit` does is the loop that one would write by hand, to the last bit.
    @Test func aFitIsTheLoopByHand() throws {
        let (model, twin) = (Regression.model(), Regression.model())
        _ = twin(data.x)
        try model.compile(optimizer: RMSprop(learningRate: 0.01), loss: "mse")
        let history = try model.fit(data.x, data.y, batchSize: 16, epochs: 3, verbose: .silent, seed: 7)
        let opt = RMSprop(learningRate: 0.01)
        let batches = try TensorBatches(data.x, data.y, batchSize: 16, shuffle: true, seed: 7)
        for epoch in 0..<3 {
            var total = 0.0
            for batch in batches.epoch(epoch) {
                let loss = try opt.minimize(twin.variables) { Loss.mse(batch.y!, twin(batch.x)) }
                total += Double(loss) * Double(batch.rowCount)
            }
            #expect(history["loss"][epoch] == total / 40)
        }
        #expect(bits(model) == bits(twin))
        #expect(opt.iterations == 9)
        #expect(model.optimizer?.iterations == 9)
    }

    /// Rows that come as one batch are trained with as rows that come as tensors, validation and weights included.
    @Test func aBatchIsItsRows() throws {
        let weights = Tensor.linspace(0.5, 1.5, count: 40)
        let (one, two) = (Regression.model(), Regression.model())
        for model in [one, two] { try model.compile(optimizer: SGD(learningRate: 0.1), loss: .mse) }
        let first = try one.fit(
            data.x, data.y, batchSize: 16, epochs: 2, verbose: .silent, validationSplit: 0.3, sampleWeight: weights,
            seed: 3)
        let second = try two.fit(
            Batch(data.x, data.y, sampleWeight: weights), batchSize: 16, epochs: 2, verbose: .silent,
            validationSplit: 0.3, seed: 3)
        #expect(first.json == second.json)
        #expect(second.names == ["loss", "val_loss"])
        #expect(bits(one) == bits(two))
        expectError("fit", "rows must be left", "FitTests.swift") {
            try two.fit(Batch(data.x, data.y), verbose: .silent, validationSplit: 0.999)
        }
    }

    /// With weights that stay the loss of fit is that of evaluate, regularization included.
    @Test func lossesAgree() throws {
        setRandomSeed(5)
        let model = Sequential(Dense(8, activation: .tanh, kernelRegularizer: .l2(0.1)), Dense(1))
        try model.compile(optimizer: SGD(learningRate: 0), loss: .mse, metrics: ["mae"])
        let history = try model.fit(data.x, data.y, epochs: 2, verbose: .silent, shuffle: false)
        let results = try model.evaluate(data.x, data.y, verbose: .silent)
        #expect(history["loss"] == [results.loss, results.loss])
        #expect(history["mae"][1] == results["mae"])
        let plain = Double(Loss.mse(data.y, model(data.x)))
        let penalty = Double(model.regularizationLoss!)
        #expect(penalty > 0.01)
        #expect(abs(results.loss - plain - penalty) < 1e-6)
    }

    @Test func theLastBatchIsSmaller() throws {
        let model = Regression.model()
        try model.compile(optimizer: SGD(learningRate: 0), loss: .mse)
        final class Count: Callback {
            var batches = 0
            func onTrainBatchEnd(_ batch: Int, _ logs: Logs) { batches += 1 }
        }
        let count = Count()
        let history = try model.fit(data.x, data.y, batchSize: 33, verbose: .silent, callbacks: [count])
        #expect(count.batches == 2)
        let whole = Double(Loss.mse(data.y, model(data.x)))
        #expect(abs(history["loss"][0] - whole) < 1e-6)
        let prediction = try model.predict(data.x, batchSize: 7, verbose: .silent)
        #expect(prediction.shape == [40, 1])
        #expect(mismatch(prediction, try model(data.x).evaluated(), .within(relative: 1e-6, absolute: 1e-6)) == nil)
    }

    @Test func sourcesOfAllKinds() throws {
        func trained(_ fit: (Sequential) throws -> History) throws -> [[UInt32]] {
            let model = Regression.model()
            try model.compile(optimizer: SGD(learningRate: 0.1), loss: .mse)
            let history = try fit(model)
            #expect(history.epochs == [0, 1])
            return bits(model)
        }
        let (x, y) = (data.x, data.y)
        let tensors = try trained { try $0.fit(x, y, batchSize: 8, epochs: 2, verbose: .silent, shuffle: false) }
        let batches = try TensorBatches(x, y, batchSize: 8)
        #expect(try trained { try $0.fit(batches, epochs: 2, verbose: .silent) } == tensors)
        #expect(try trained { try $0.fit(batches.prefetched(), epochs: 2, verbose: .silent) } == tensors)
        #expect(try trained { try $0.fit(Array(batches.epoch(0)), epochs: 2, verbose: .silent) } == tensors)
        #expect(try trained { try $0.fit(batches.epoch(0), epochs: 2, verbose: .silent) } == tensors)
        #expect(
            try trained { try $0.fit(Batch(x, y), batchSize: 8, epochs: 2, verbose: .silent, shuffle: false) }
                == tensors)
        let rows = (0..<40).map { row in (0..<3).map { Double(x.scalars(as: Float.self)[row * 3 + $0]) } }
        let labels = y.scalars(as: Double.self)
        #expect(
            try trained { try $0.fit(rows, labels, batchSize: 8, epochs: 2, verbose: .silent, shuffle: false) }
                == tensors)
        // The same batches in one epoch of steps.
        #expect(
            try trained {
                try $0.fit(batches, epochs: 2, verbose: .silent, stepsPerEpoch: 5)
            } == tensors)
    }

    /// An epoch of steps goes on where the last one stopped, around the end of the data.
    @Test func epochsOfSteps() throws {
        let (model, twin) = (Regression.model(), Regression.model())
        for model in [model, twin] { try model.compile(optimizer: SGD(learningRate: 0.1), loss: .mse) }
        try model.fit(data.x, data.y, batchSize: 8, epochs: 5, verbose: .silent, stepsPerEpoch: 2, seed: 3)
        try twin.fit(data.x, data.y, batchSize: 8, epochs: 2, verbose: .silent, seed: 3)
        #expect(bits(model) == bits(twin))
    }

    /// A training in two parts is the training in one.
    @Test func epochsGoOn() throws {
        let (model, twin) = (Regression.model(), Regression.model())
        for model in [model, twin] { try model.compile(optimizer: "adam", loss: .mse) }
        try model.fit(data.x, data.y, epochs: 4, verbose: .silent, seed: 3)
        try twin.fit(data.x, data.y, epochs: 2, verbose: .silent, seed: 3)
        let rest = try twin.fit(data.x, data.y, epochs: 4, verbose: .silent, initialEpoch: 2, seed: 3)
        #expect(rest.epochs == [2, 3])
        #expect(bits(model) == bits(twin))
    }

    @Test func validation() throws {
        let model = Regression.model()
        try model.compile(optimizer: SGD(learningRate: 0.05), loss: .mse, metrics: ["mae"])
        let held = Batch(data.x, data.y, sampleWeight: Tensor.full([40], 2))
        let history = try model.fit(
            data.x, data.y, epochs: 4, verbose: .silent, validationData: held, validationFreq: 2)
        #expect(history["loss"].count == 4)
        #expect(history["val_loss"].count == 2)
        let results = try model.evaluate(held, verbose: .silent)
        #expect(history["val_loss"][1] == results.loss)
        #expect(history["val_mae"][1] == results["mae"])
        let pair = try model.fit(data.x, data.y, verbose: .silent, validationData: (data.x, data.y))
        #expect(pair["val_loss"].count == 1)
        // The last rows, before any shuffling.
        let split = try model.fit(data.x, data.y, verbose: .silent, validationSplit: 0.25)
        let last = try model.evaluate(data.x.rows(30..<40), data.y.rows(30..<40), verbose: .silent)
        #expect(split["val_loss"][0] == last.loss)
    }

    @Test func oneBatch() throws {
        let (model, twin) = (Regression.model(), Regression.model())
        for model in [model, twin] { try model.compile(optimizer: "adam", loss: .mse, metrics: ["mae"]) }
        let before = try model.testOnBatch(data.x, data.y)
        let logs = try model.trainOnBatch(data.x, data.y)
        #expect(logs.loss == before.loss)
        #expect(logs["mae"] == before["mae"])
        try twin.fit(data.x, data.y, batchSize: 40, verbose: .silent, shuffle: false)
        #expect(bits(model) == bits(twin))
        #expect(mismatch(try model.predictOnBatch(data.x), try model(data.x).evaluated()) == nil)
    }

    @Test func inputsOfSeveralTensors() throws {
        final class Two: Model {
            let trainer = Trainer()
            let (left, right) = (Dense(4), Dense(4))
            let top = Dense(1)
            func callAsFunction(_ x: [Tensor]) -> Tensor { top(left(x[0]) + right(x[1])) }
        }
        let model = Two()
        try model.compile(optimizer: "sgd", loss: "mse")
        let history = try model.fit(
            [data.x, data.x * 2], data.y, epochs: 3, verbose: .silent, validationSplit: 0.5)
        #expect(history["val_loss"].count == 3)
        #expect(try model.predict([data.x, data.x], verbose: .silent).shape == [40, 1])
    }

    @Test func threadsDoNotMatter() throws {
        func trained(_ threads: Int) throws -> [[UInt32]] {
            let before = cd_threads()
            cd_set_threads(Int32(threads))
            defer { cd_set_threads(before) }
            setRandomSeed(1)
            let x = Tensor.randomNormal([512, 300], seed: 1)
            let model = Sequential(Dense(300, activation: .relu), Dense(1))
            try model.compile(optimizer: "rmsprop", loss: .mse, metrics: ["mae"])
            try model.fit(x, x.sum(axes: 1), batchSize: 256, epochs: 2, verbose: .silent, seed: 4)
            return bits(model)
        }
        #expect(try trained(1) == trained(2))
    }
}
