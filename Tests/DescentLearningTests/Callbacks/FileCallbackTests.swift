import Descent
import DescentTestSupport
import Foundation
import Testing

@testable import DescentLearning

@Suite struct FileCallbackTests {
    let data = Regression()

    private func fit(_ epochs: Int, _ callbacks: [any Callback], split: Double = 0) throws -> Sequential {
        let model = Regression.model()
        try model.compile(optimizer: "sgd", loss: .mse, metrics: ["mae"])
        try model.fit(
            data.x, data.y, batchSize: 8, epochs: epochs, verbose: .silent, callbacks: callbacks,
            validationSplit: split, seed: 1)
        return model
    }

    @Test func tables() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("log.csv")
        _ = try fit(2, [CSVLogger(path)], split: 0.2)
        let table = try CSV.read(path)
        #expect(table.names == ["epoch", "loss", "mae", "val_loss", "val_mae"])
        #expect(try table.numbers("epoch").scalars(as: Int.self) == [0, 1])
        _ = try fit(2, [CSVLogger(path, append: true)])
        #expect(try CSV.read(path).numbers("epoch").scalars(as: Int.self) == [0, 1, 0, 1])
        _ = try fit(2, [CSVLogger(path, separator: ";")])
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasPrefix("epoch;loss;mae;val_loss;val_mae\n0;"))
        #expect(text.hasSuffix(";NA;NA\n"))
        expectError("[CSVLogger]", "nowhere") { _ = try fit(2, [CSVLogger(folder.file("nowhere/log.csv"))]) }
    }

    @Test func savedModels() throws {
        let folder = try TemporaryFolder()
        let model = try fit(3, [ModelCheckpoint(folder.file("a/{epoch:02d}-{loss:.2f}.safetensors"))])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("a")).sorted()
        #expect(names.map { $0.prefix(3) } == ["01-", "02-", "03-"])
        #expect(names.allSatisfy { $0.hasSuffix(".safetensors") && $0.split(separator: "-")[1].count == 16 })
        let again = try Sequential.load(folder.file("a/\(names[2])"))
        #expect(bits(again) == bits(model))

        let best = ModelCheckpoint(folder.file("best.safetensors"), monitor: "loss", saveBestOnly: true)
        best.setModel(model)
        for (epoch, value) in [3, 2, 4, 1.5].enumerated() {
            model.variables[3].assign([Tensor(epoch)])
            try best.onEpochEnd(epoch, ["loss": value])
            let saved = try SafeTensors.read(folder.file("best.safetensors"))["dense_1.bias"]
            #expect(saved.scalars(as: Int.self) == [[0, 1, 1, 3][epoch]])
        }
        #expect(best.best == 1.5)

        let often = ModelCheckpoint(folder.file("b/{epoch}-{batch}.safetensors"), saveFreq: .batches(3))
        _ = try fit(2, [often])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.file("b")).sorted()
                == ["1-3.safetensors", "2-1.safetensors", "2-4.safetensors"])
    }

    @Test func pathsThatSayNothing() throws {
        let figures: [(name: String, value: Double)] = [("epoch", 7), ("loss", 0.12345)]
        #expect(try PathTemplate(text: "m").filled(figures) == "m")
        #expect(try PathTemplate(text: "{epoch}-{epoch:3d}-{epoch:03d}").filled(figures) == "7-  7-007")
        #expect(try PathTemplate(text: "{loss}-{loss:.3f}-{loss:8.1e}").filled(figures) == "0.12345-0.123- 1.2e-01")
        #expect(try PathTemplate(text: "{loss:.2}").filled(figures) == "0.12")
        expectError("epoch, loss", "{val_loss}") { _ = try PathTemplate(text: "{val_loss}").filled(figures) }
        for bad in ["{epoch:s}", "{epoch:%n}", "{loss:d}", "{epoch", "{loss:1.2.3f}", "{loss:99999999f}"] {
            #expect(throws: DescentError.self) { _ = try PathTemplate(text: bad).filled(figures) }
        }
    }

    /// A model that cannot be saved is still trained.
    @Test func foldersThatCannotBeWritten() throws {
        let save = ModelCheckpoint("/dev/null/m.safetensors")
        let model = try fit(2, [save])
        #expect(save.failure != nil)
        #expect(model.trainer.history.epochs == [0, 1])
    }

    @Test func tensorBoard() throws {
        let folder = try TemporaryFolder()
        _ = try fit(
            2, [TensorBoard(folder.path, histogramFreq: 1, updateFreq: .batches(2), texts: ["note": "**n**"])],
            split: 0.2)
        #expect(folder.names == ["train", "validation"])
        func content(_ run: String) throws -> String {
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.file(run)).first)
            return String(decoding: try Data(contentsOf: URL(filePath: folder.file("\(run)/\(name)"))), as: UTF8.self)
        }
        let (train, validation) = try (content("train"), content("validation"))
        for tag in [
            "epoch_loss", "epoch_mae", "epoch_learning_rate", "batch_loss", "dense/kernel/histogram", "note", "matmul",
        ] {
            #expect(train.contains(tag), "\(tag)")
        }
        #expect(validation.contains("epoch_loss") && !validation.contains("epoch_val_loss"))
    }
}
