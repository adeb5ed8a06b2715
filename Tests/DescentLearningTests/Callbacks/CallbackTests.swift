import Descent
import DescentTestSupport
import Testing

@testable import DescentLearning

/// Callbacks beside figures that are made up: what they do epoch by epoch.
@Suite struct CallbackTests {
    let data = Regression()

    /// A model that is compiled, and whose callbacks can be told anything.
    private func model(_ rate: Double = 1) throws -> Sequential {
        let model = Regression.model()
        try model.compile(optimizer: SGD(learningRate: rate), loss: .mse, metrics: ["mae", AUC(name: "auc")])
        _ = try model.testOnBatch(data.x, data.y .> 0)
        return model
    }

    /// Tells a callback the values of a figure, as epochs; the epochs that it let happen.
    private func run(_ callback: any Callback, _ model: Sequential, _ name: String, _ values: [Double]) throws -> Int {
        model.stopTraining = false
        callback.setModel(model)
        try callback.onTrainBegin()
        var epochs = 0
        for (epoch, value) in values.enumerated() where !model.stopTraining {
            try callback.onEpochBegin(epoch)
            for variable in model.variables { variable.assign(Tensor.full(variable.shape, Tensor(epoch))) }
            try callback.onEpochEnd(epoch, [name: value])
            epochs += 1
        }
        try callback.onTrainEnd(Logs())
        return epochs
    }

    @Test func earlyStopping() throws {
        let model = try model()
        func epochs(_ stop: EarlyStopping, _ values: [Double], _ name: String = "val_loss") throws -> Int {
            try run(stop, model, name, values)
        }
        // The numbers of epochs are those of Keras 3.
        #expect(try epochs(EarlyStopping(), [3, 2, 1, 1, 0]) == 4)
        #expect(try epochs(EarlyStopping(patience: 2), [3, 2, 2.5, 2.1, 1]) == 4)
        #expect(try epochs(EarlyStopping(patience: 2), [3, 2, 2.5, 1.9, 1.95, 1.94, 0]) == 6)
        #expect(try epochs(EarlyStopping(minDelta: 0.5), [3, 2, 1.6, 1]) == 3)
        #expect(try epochs(EarlyStopping(minDelta: -0.5), [3, 2, 1.6, 1]) == 3)
        #expect(try epochs(EarlyStopping(monitor: "val_auc"), [0.5, 0.6, 0.55], "val_auc") == 3)
        #expect(try epochs(EarlyStopping(monitor: "mae"), [0.5, 0.6, 0.55], "mae") == 2)
        #expect(try epochs(EarlyStopping(mode: .max), [1, 2, 3, 2.5]) == 4)
        #expect(try epochs(EarlyStopping(patience: 1, baseline: 1), [3, 2, 1.5, 1.2]) == 4)
        #expect(try epochs(EarlyStopping(patience: 1, baseline: 1), [3, 2.5, 2.6, 1.2]) == 3)
        #expect(try epochs(EarlyStopping(patience: 2, startFromEpoch: 2), [1, 5, 4, 4, 4, 4]) == 5)
        // Unlike there NaN is never better, not even than nothing.
        #expect(try epochs(EarlyStopping(patience: 3), [.nan, .nan, .nan, 1]) == 3)
        #expect(try epochs(EarlyStopping(patience: 2), [.nan, 3, 2, .nan, .nan, 0]) == 5)
        expectError("mode must be", "something") {
            _ = try epochs(EarlyStopping(monitor: "something"), [1, 2], "something")
        }
    }

    /// The best weights come back, whatever ended the training.
    @Test func bestWeights() throws {
        let model = try model()
        let stop = EarlyStopping(patience: 2, restoreBestWeights: true)
        #expect(try run(stop, model, "val_loss", [3, 1, 2, 2, 2]) == 4)
        #expect(stop.bestEpoch == 1 && stop.stoppedEpoch == 3 && stop.best == 1)
        #expect(mismatch(model.variables[0].value, Tensor.full([3, 8], 1)) == nil)
        // Epochs ran out first.
        #expect(try run(stop, model, "val_loss", [3, 2, 1, 2]) == 4)
        #expect(stop.stoppedEpoch == 0)
        #expect(mismatch(model.variables[0].value, Tensor.full([3, 8], 2)) == nil)
        let plain = EarlyStopping(patience: 2)
        #expect(try run(plain, model, "val_loss", [1, 2, 3]) == 3)
        #expect(mismatch(model.variables[0].value, Tensor.full([3, 8], 2)) == nil)
    }

    @Test func plateaus() throws {
        func rates(_ plateau: ReduceLROnPlateau, _ values: [Double]) throws -> [Double] {
            let model = try model(1)
            var rates: [Double] = []
            plateau.setModel(model)
            try plateau.onTrainBegin()
            for (epoch, value) in values.enumerated() {
                try plateau.onEpochEnd(epoch, ["val_loss": value])
                rates.append(model.optimizer!.learningRate)
            }
            return rates
        }
        // The rates are those of Keras 3.
        #expect(
            try rates(ReduceLROnPlateau(factor: 0.5, patience: 2), [3, 3, 3, 3, 3, 2]) == [1, 1, 0.5, 0.5, 0.25, 0.25])
        #expect(
            try rates(ReduceLROnPlateau(factor: 0.5, patience: 1, cooldown: 2), [3, 3, 3, 3, 3, 3])
                == [1, 0.5, 0.5, 0.25, 0.25, 0.125])
        #expect(
            try rates(ReduceLROnPlateau(factor: 0.1, patience: 1, minLR: 0.05), [3, 3, 3, 3])
                == [1, 0.1, 0.05, 0.05])
        #expect(try rates(ReduceLROnPlateau(factor: 0.5, patience: 1, minDelta: 1), [3, 2.5, 1]) == [1, 0.5, 0.5])
        expectError("factor must be less than 1") { _ = try rates(ReduceLROnPlateau(factor: 1), [1]) }
    }

    @Test func ratesThatSomethingElseDecides() throws {
        let model = Regression.model()
        try model.compile(
            optimizer: SGD(learningRate: ExponentialDecay(initialLearningRate: 1, decaySteps: 1, decayRate: 0.5)),
            loss: .mse)
        for callback in [ReduceLROnPlateau(), LearningRateScheduler { _, rate in rate }] as [any Callback] {
            expectError("a schedule") {
                try model.fit(data.x, data.y, verbose: .silent, callbacks: [callback])
            }
        }
    }

    @Test func scheduledRates() throws {
        let model = try model(0.5)
        let history = try model.fit(
            data.x, (data.y .> 0).cast(to: .float32), epochs: 3, verbose: .silent,
            callbacks: [LearningRateScheduler { epoch, rate in epoch == 0 ? rate : rate * 0.5 }])
        #expect(history["learning_rate"] == [0.5, 0.25, 0.125])
    }

    @Test func everythingIsTold() throws {
        final class Witness: Callback {
            var events: [String] = []
            func onTrainBegin() { events.append("train") }
            func onTrainEnd(_ logs: Logs) { events.append("end") }
            func onEpochBegin(_ epoch: Int) { events.append("epoch \(epoch)") }
            func onEpochEnd(_ epoch: Int, _ logs: Logs) { events.append("\(logs.names)") }
            func onTrainBatchBegin(_ batch: Int, _ logs: Logs) { events.append("b\(batch)") }
            func onTrainBatchEnd(_ batch: Int, _ logs: Logs) { events.append("e\(batch) \(logs.loss.isFinite)") }
            func onTestBegin() { events.append("test") }
            func onTestBatchEnd(_ batch: Int, _ logs: Logs) { events.append("t\(batch)") }
            func onTestEnd(_ logs: Logs) { events.append("tested \(logs.names)") }
            func onPredictBegin() { events.append("predict") }
            func onPredictBatchEnd(_ batch: Int) { events.append("p\(batch)") }
            func onPredictEnd() { events.append("predicted") }
        }
        let model = Regression.model()
        try model.compile(optimizer: "sgd", loss: .mse)
        let witness = Witness()
        try model.fit(
            data.x, data.y, batchSize: 16, verbose: .silent, callbacks: [witness], validationSplit: 0.2)
        #expect(
            witness.events == [
                "train", "epoch 0", "b0", "e0 true", "b1", "e1 true", "test", "t0", "tested [\"loss\"]",
                "[\"loss\", \"val_loss\"]", "end",
            ])
        witness.events = []
        _ = try model.predict(data.x, verbose: .silent, callbacks: [witness])
        #expect(witness.events == ["predict", "p0", "p1", "predicted"])
    }

    /// An evaluation amid an epoch does not disturb its figures.
    @Test func evaluationsInside() throws {
        func loss(_ callbacks: (Sequential) -> [any Callback]) throws -> [Double] {
            let model = Regression.model()
            try model.compile(optimizer: "sgd", loss: .mse, metrics: ["mae"])
            let history = try model.fit(
                data.x, data.y, batchSize: 8, epochs: 2, verbose: .silent, callbacks: callbacks(model), seed: 1)
            return history["loss"] + history["mae"]
        }
        let plain = try loss { _ in [] }
        let disturbed = try loss { model in
            [LambdaCallback(onTrainBatchEnd: { _, _ in try model.evaluate(data.x, data.y, verbose: .silent) })]
        }
        #expect(plain == disturbed)
    }

    @Test func stopping() throws {
        let model = Regression.model()
        try model.compile(optimizer: "sgd", loss: .mse)
        let history = try model.fit(
            data.x, data.y, batchSize: 8, epochs: 9, verbose: .silent,
            callbacks: [LambdaCallback(onTrainBatchEnd: { batch, _ in if batch == 2 { model.stopTraining = true } })])
        #expect(history.epochs == [0])
        #expect(model.trainer.stepsTaken == 3)
        try model.compile(optimizer: SGD(learningRate: 1e30), loss: .mse)
        let spoiled = try model.fit(data.x, data.y, epochs: 9, verbose: .silent, callbacks: [TerminateOnNaN()])
        #expect(spoiled.epochs.count < 9)
    }
}
