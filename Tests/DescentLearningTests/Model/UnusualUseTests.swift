import Descent
import Testing

@testable import DescentLearning

/// What nobody should do, and what a file should not say: an error, and no harm.
struct UnusualUseTests {
    private let data = Regression()

    private func compiled() throws -> Sequential {
        let model = Regression.model()
        try model.compile(optimizer: "sgd", loss: "mse", metrics: ["mae"])
        return model
    }

    @Test func compileAmidFitIsRefused() throws {
        let model = try compiled()
        let again = LambdaCallback(onEpochEnd: { _, _ in try model.compile(optimizer: "sgd", loss: "mae") })
        expectError("compile", "amid fit") {
            try model.fit(data.x, data.y, epochs: 3, verbose: .silent, callbacks: [again])
        }
        #expect(try model.fit(data.x, data.y, epochs: 2, verbose: .silent).epochs == [0, 1])
    }

    @Test func aTrainingThatThrewGivesItsFolderBack() throws {
        struct Stop: Error {}
        let folder = "/tmp/descent-test-given-back-\(data.x.count)"
        let backup = BackupAndRestore(folder)
        let stop = LambdaCallback(onEpochEnd: { epoch, _ in if epoch == 1 { throw Stop() } })
        #expect(throws: Stop.self) {
            try compiled().fit(data.x, data.y, epochs: 3, verbose: .silent, callbacks: [backup, stop])
        }
        // The first callback is still there.
        let history = try compiled().fit(
            data.x, data.y, epochs: 3, verbose: .silent, callbacks: [BackupAndRestore(folder)])
        #expect(history.epochs == [0, 1, 2])
        #expect(backup.failure == nil)
    }

    @Test func anEvaluationThatFailsAmidFitLosesNothing() throws {
        func history(_ body: @escaping (Sequential) -> Void) throws -> History {
            let model = try compiled()
            return try model.fit(
                data.x, data.y, batchSize: 10, verbose: .silent,
                callbacks: [
                    LambdaCallback(
                        onEpochBegin: { _ in body(model) }, onTrainBatchEnd: { _, _ in body(model) })
                ], seed: 1)
        }
        let plain = try history { _ in }
        // Fails after a batch.
        let broken = [Batch(data.x, data.y), Batch(Tensor.zeros([2, 7]), Tensor.zeros([2]))]
        let failing = try history { _ = try? $0.evaluate(broken, verbose: .silent) }
        #expect(failing["loss"] == plain["loss"])
        #expect(failing["mae"] == plain["mae"])
        let passing = try history { _ = try? $0.evaluate(data.x, data.y, verbose: .silent) }
        #expect(passing["mae"] == plain["mae"])
    }

    @Test func errorsNameWhatWasCalled() throws {
        let model = try compiled()
        expectError("[predict] x must fit the first layer, dense") {
            _ = try model.predict(Tensor.zeros([2, 5]), verbose: .silent)
        }
        expectError("[evaluate] x must fit") {
            try model.evaluate(Tensor.zeros([2, 5]), Tensor.zeros([2]), verbose: .silent)
        }
    }

    @Test func rowsOfValidationAreCountedAsTheCallerDoes() throws {
        var numbers = data.x.scalars(as: Float.self)
        numbers[37 * 3 + 1] = .nan
        let x = Tensor(numbers, shape: [40, 3])
        expectError("[fit]", "row 37, column 1") {
            try compiled().fit(
                x, data.y, verbose: .silent, validationSplit: 0.5, validationBatchSize: 4)
        }
        expectError("[evaluate]", "row 37, column 1") {
            try compiled().evaluate(x, data.y, batchSize: 7, verbose: .silent)
        }
    }

    @Test func shapesInFilesDoNotDecideAboutMemory() throws {
        let path = "/tmp/descent-test-hostile-\(data.x.count).safetensors"
        for shape in ["1099511627776", "140737488355328", "9223372036854775807", "-3"] {
            try SafeTensors.write(
                [("dense.kernel", Tensor.zeros([3, 1])), ("dense.bias", Tensor.zeros([1]))],
                metadata: ["descent.inputs": #"[{"shape":[\#(shape)],"dtype":"float32"}]"#], to: path)
            expectError("shape [") { try Sequential(Dense(1)).loadWeights(path) }
        }
    }

    @Test func configurationsInFilesDoNotDecideAboutMemory() throws {
        let path = "/tmp/descent-test-hostile-units-\(data.x.count).safetensors"
        let config = Sequential(Dense(1 << 40, name: "wide")).serialized()
        try SafeTensors.write(
            [("wide.kernel", Tensor.zeros([3, 1])), ("wide.bias", Tensor.zeros([1]))],
            metadata: [
                "descent.inputs": #"[{"shape":[3],"dtype":"float32"}]"#, "descent.model": config.json,
            ], to: path)
        expectError("wide.kernel") { _ = try Sequential.load(path) }
    }

    @Test func aFileThatIsRefusedLeavesNoVariables() throws {
        let path = "/tmp/descent-test-refused-\(data.x.count).safetensors"
        try compiled().save(path)
        let folder = "/tmp/descent-test-refused-\(data.x.count)"
        try Checkpoint(folder).save(compiled())
        let model = Sequential(Dense(5), Dense(1))
        try model.compile(optimizer: "sgd", loss: "mse")
        expectError("loadWeights") { try model.loadWeights(path) }
        expectError("Checkpoint.restore") { try Checkpoint(folder).restore(model) }
        #expect(model.variables.isEmpty)
        // Other inputs than those of the file.
        try model.fit(Tensor.zeros([4, 7]), Tensor.zeros([4]), verbose: .silent)
        #expect(model.variables[0].shape == [7, 5])
    }

    @Test func sizesThatNoTensorCanHaveAreErrors() {
        let series = Tensor.zeros([2, 4, 3])
        let layers: [any Layer] = [
            Dense(.max), Conv1D(1, kernelSize: .max), Conv1D(1, kernelSize: 3, padding: .causal, dilationRate: .max),
            Reshape([1 << 40, 1 << 40]), LSTM(.max), GRU(.max / 2), SimpleRNN(.max),
        ]
        for layer in layers { #expect(layer(series).error != nil, "\(layer)") }
    }

    @Test func droppingEverythingHasAGradient() throws {
        let w = Variable([1, 2, 3])
        let layer = Dropout(1)
        let found = try withTraining(seed: 1) { try valueAndGradient([w]) { layer(w.tensor).sum() } }
        #expect(found.value.scalars(as: Float.self) == [0])
        #expect(try #require(found.gradients[0]).scalars(as: Float.self) == [0, 0, 0])
    }
}
