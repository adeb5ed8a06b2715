import Descent
import DescentTestSupport
import Foundation
import Testing

@testable import DescentLearning

/// A folder of a test's own, removed with this object.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "descent-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

@Suite struct SavingTests {
    let data = Regression()

    @Test func aFileOfWeights() throws {
        let folder = try TemporaryFolder()
        let model = Regression.model(1)
        try model.save(folder.file("m.safetensors"), metadata: ["note": "n"])
        #expect(try SafeTensors.read(folder.file("m.safetensors")).metadata["note"] == "n")
        let other = Regression.model(2)
        #expect(bits(other) != bits(model))
        try other.loadWeights(folder.file("m.safetensors"))
        #expect(bits(other) == bits(model))
        // A model that was never called is made for the shape in the file, or for the one that is given.
        let fresh = Sequential(Dense(8, activation: .tanh), Dense(1))
        try fresh.loadWeights(folder.file("m.safetensors"))
        #expect(bits(fresh) == bits(model))
        let whole = try Sequential.load(folder.file("m.safetensors"))
        #expect(mismatch(whole(data.x), model(data.x)) == nil)
        try SafeTensors.write(
            model.namedVariables.map { ($0.name, $0.variable.tensor) }, to: folder.file("plain.safetensors"))
        let plain = Sequential(Dense(8), Dense(1))
        expectError("inputShape") { try plain.loadWeights(folder.file("plain.safetensors")) }
        try plain.loadWeights(folder.file("plain.safetensors"), inputShape: [3])
        #expect(bits(plain) == bits(model))
        #expect(folder.names == ["m.safetensors", "plain.safetensors"])
    }

    @Test func filesThatDoNotFit() throws {
        let folder = try TemporaryFolder()
        let model = Regression.model(1)
        let before = bits(model)
        let deep = Sequential(Dense(8), Dense(4), Dense(1))
        _ = deep(data.x)
        try deep.save(folder.file("deep.safetensors"))
        expectError("[loadWeights]", "surplus dense_2.kernel, dense_2.bias", "deep.safetensors") {
            try model.loadWeights(folder.file("deep.safetensors"))
        }
        expectError("missing dense_2.kernel, dense_2.bias") {
            try model.save(folder.file("m.safetensors"))
            try deep.loadWeights(folder.file("m.safetensors"))
        }
        let wide = Sequential(Dense(9), Dense(1))
        _ = wide(data.x)
        try wide.save(folder.file("wide.safetensors"))
        expectError("[3, 9] for dense.kernel of shape [3, 8]") {
            try model.loadWeights(folder.file("wide.safetensors"))
        }
        expectError("nowhere") { try model.save(folder.file("nowhere/m.safetensors")) }
        expectError("called once") { try Sequential(Dense(1)).save(folder.file("x.safetensors")) }
        #expect(bits(model) == before)
    }

    @Test func weightsAsAList() throws {
        let (model, other) = (Regression.model(1), Regression.model(2))
        try other.setWeights(model.getWeights())
        #expect(bits(other) == bits(model))
        let before = bits(model)
        expectError("4 variables", "3 values") { try model.setWeights(Array(model.getWeights().dropLast())) }
        expectError("dense.kernel of shape [3, 8]") {
            try model.setWeights([Tensor.zeros([8, 3])] + model.getWeights().dropFirst())
        }
        #expect(bits(model) == before)
    }
}
