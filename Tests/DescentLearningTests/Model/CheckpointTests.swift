import Descent
import DescentTestSupport
import Testing

@testable import DescentLearning

/// A training with everything that must be remembered: random layers, moving averages, schedules, metrics by name, callbacks.
struct Thorough {
    let data = Regression()

    enum Kind: String, CaseIterable, Sendable {
        case adam, scaled, accumulated, averaged, scheduled, tensorFlow1, sparse
    }

    func model(_ kind: Kind) throws -> Sequential {
        setRandomSeed(9)
        let model =
            kind == .sparse
            ? Sequential(Embedding(50, 4), Flatten(), Dense(1))
            : Sequential(Dense(8, activation: .tanh), BatchNormalization(), Dropout(0.3), Dense(1))
        let optimizer: any Optimizer =
            switch kind {
            case .adam: Adam(learningRate: 0.01)
            case .scaled: LossScaleOptimizer(RMSprop(learningRate: 0.01), initialScale: 1e38, dynamicGrowthSteps: 3)
            case .accumulated: SGD(learningRate: 0.05, momentum: 0.9, gradientAccumulationSteps: 3)
            case .averaged: Adam(learningRate: 0.01, useEMA: true, emaMomentum: 0.9, emaOverwriteFrequency: 4)
            case .scheduled:
                RMSprop(learningRate: ExponentialDecay(initialLearningRate: 0.05, decaySteps: 3, decayRate: 0.9))
            case .tensorFlow1: RMSprop.tensorFlow1(lr: 0.01, decay: 0.1)
            case .sparse: RMSprop(learningRate: 0.01, momentum: 0.5)
            }
        try model.compile(optimizer: optimizer, loss: .mse, metrics: ["mae", AUC(name: "auc")])
        return model
    }

    func fit(_ model: Sequential, _ kind: Kind, epochs: Int = 6, _ callbacks: [any Callback]) throws -> History {
        let x = kind == .sparse ? (data.x * 10).abs().cast(to: .int32) : data.x
        let labels = (data.y .> 0).cast(to: .float32)
        var all: [any Callback] = callbacks
        all.append(EarlyStopping(monitor: "val_loss", patience: 20, restoreBestWeights: true))
        if kind != .scheduled {
            all.append(ReduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 1, minDelta: 0.01))
        }
        return try model.fit(
            x, labels, batchSize: 7, epochs: epochs, verbose: .silent, callbacks: all, validationSplit: 0.2, seed: 3)
    }
}

/// Ends a training like a kill: by an error that nobody in it expects.
struct Cut: Error {}

@Suite struct CheckpointTests {
    let thorough = Thorough()

    /// Cut off after any batch and gone on with: the same bits.
    @Test(arguments: Thorough.Kind.allCases)
    func goingOn(_ kind: Thorough.Kind) throws {
        let folder = try TemporaryFolder()
        let straight = try thorough.model(kind)
        let whole = try thorough.fit(
            straight, kind, [BackupAndRestore(folder.file("straight"), saveFreq: .batches(1))])
        for cut in [1, 5, 13] {
            let path = folder.file("cut\(cut)")
            var steps = 0
            let cutter = LambdaCallback(onTrainBatchBegin: { _ in
                if steps == cut { throw Cut() }
                steps += 1
            })
            #expect(throws: Cut.self) {
                _ = try thorough.fit(
                    thorough.model(kind), kind, [BackupAndRestore(path, saveFreq: .batches(1)), cutter])
            }
            let model = try thorough.model(kind)
            let history = try thorough.fit(model, kind, [BackupAndRestore(path, saveFreq: .batches(1))])
            #expect(bits(model) == bits(straight), "\(kind) after \(cut) steps")
            #expect(history.json == whole.json, "\(kind) after \(cut) steps")
            #expect(
                model.optimizer?.getWeights().map { $0.scalars(as: Double.self) }
                    == straight.optimizer?.getWeights().map { $0.scalars(as: Double.self) })
        }
        // Backups go when the training is over.
        #expect(folder.names == [])
    }

    /// Callbacks that come after the one that saves are remembered as they are after the event, too.
    @Test func byEpochs() throws {
        let folder = try TemporaryFolder()
        let straight = try thorough.model(.adam)
        let whole = try thorough.fit(straight, .adam, [])
        let cutter = LambdaCallback(onEpochBegin: { if $0 == 3 { throw Cut() } })
        #expect(throws: Cut.self) {
            _ = try thorough.fit(thorough.model(.adam), .adam, [BackupAndRestore(folder.file("b")), cutter])
        }
        let model = try thorough.model(.adam)
        let history = try thorough.fit(model, .adam, [BackupAndRestore(folder.file("b"))])
        #expect(bits(model) == bits(straight))
        #expect(history.json == whole.json)
    }

    @Test func byHand() throws {
        let folder = try TemporaryFolder()
        let (x, y) = (thorough.data.x, thorough.data.y)
        let (straight, first, second) = (Regression.model(), Regression.model(), Regression.model(8))
        for model in [straight, first, second] { try model.compile(optimizer: "adam", loss: .mse) }
        try straight.fit(x, y, epochs: 4, verbose: .silent, seed: 2)
        try first.fit(x, y, epochs: 2, verbose: .silent, seed: 2)
        let checkpoint = Checkpoint(folder.file("c"))
        #expect(!checkpoint.exists)
        try checkpoint.save(first)
        try checkpoint.restore(second)
        let history = try second.fit(x, y, epochs: 4, verbose: .silent)
        #expect(history.epochs == [0, 1, 2, 3])
        #expect(bits(second) == bits(straight))
        checkpoint.remove()
        #expect(folder.names == [])
    }

    @Test func checkpointsThatDoNotFit() throws {
        let folder = try TemporaryFolder()
        let model = Regression.model()
        try model.compile(optimizer: "adam", loss: .mse)
        try model.fit(thorough.data.x, thorough.data.y, verbose: .silent)
        let checkpoint = Checkpoint(folder.file("c.safetensors"))
        try checkpoint.save(model)
        let other = Regression.model(3)
        let before = bits(other)
        expectError("compile") { try checkpoint.restore(other) }
        try other.compile(optimizer: "sgd", loss: .mse)
        expectError("[Checkpoint.restore]", "Adam") { try checkpoint.restore(other) }
        #expect(bits(other) == before)
        #expect(other.optimizer?.weights.count == 2)
        let deep = Sequential(Dense(8), Dense(8), Dense(1))
        _ = deep(thorough.data.x)
        try deep.compile(optimizer: "adam", loss: .mse)
        expectError("missing model/dense_2.kernel") { try checkpoint.restore(deep) }
        #expect(deep.optimizer?.iterations == 0)
        try model.save(folder.file("weights.safetensors"))
        expectError("must be a checkpoint") { try Checkpoint(folder.file("weights.safetensors")).restore(model) }
    }

    /// One training at a time owns a folder; others are told.
    @Test func twoTrainings() throws {
        let folder = try TemporaryFolder()
        let (model, other) = (Regression.model(), Regression.model())
        for model in [model, other] { try model.compile(optimizer: "sgd", loss: .mse) }
        var isTold = false
        let inner = LambdaCallback(onEpochEnd: { _, _ in
            expectError("[BackupAndRestore]", "a folder in use") {
                try other.fit(
                    thorough.data.x, thorough.data.y, verbose: .silent, callbacks: [BackupAndRestore(folder.file("b"))])
            }
            isTold = true
        })
        try model.fit(
            thorough.data.x, thorough.data.y, verbose: .silent, callbacks: [BackupAndRestore(folder.file("b")), inner])
        #expect(isTold)
    }

    /// A backup that cannot be written does not end the training.
    @Test func foldersThatVanish() throws {
        let folder = try TemporaryFolder()
        let model = Regression.model()
        try model.compile(optimizer: "sgd", loss: .mse)
        let backup = BackupAndRestore(folder.file("b"))
        let vandal = LambdaCallback(onEpochBegin: { _ in Checkpoint(folder.file("b")).remove() })
        let history = try model.fit(
            thorough.data.x, thorough.data.y, epochs: 2, verbose: .silent, callbacks: [backup, vandal])
        #expect(history.epochs.count == 2)
        #expect(backup.failure?.description.contains("writable") == true)
        expectError("[BackupAndRestore]", "/dev/null/x") {
            try model.fit(
                thorough.data.x, thorough.data.y, verbose: .silent, callbacks: [BackupAndRestore("/dev/null/x")])
        }
    }
}
