import DescentCore
import DescentFiles
import DescentTestSupport
import Foundation
import Testing

@testable import DescentLearning

/// What Keras 3 has computed: the files of the folder Recorded/layers.
enum LayerRecords {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Recorded/layers").standardized

    /// The cases of a file, which must be of the known format.
    static func read(_ family: String) throws -> [LayerRecord] {
        let text = try String(contentsOf: directory.appending(path: "\(family).json"), encoding: .utf8)
        let content = try Configuration(json: text)
        try #require(content["format"] == "descent-layers-1")
        let cases = content["cases"]?.list?.compactMap(\.object) ?? []
        try #require(!cases.isEmpty)
        return cases.map { LayerRecord(entries: $0) }
    }
}

/// One case of a file.
struct LayerRecord {
    let entries: Configuration

    var id: String { entries["id"]?.string ?? "a case without id" }
    var isTraining: Bool { entries["training"] == true }

    func has(_ key: String) -> Bool { entries[key] != nil }

    func tensor(_ key: String) throws -> Tensor {
        try #require(entries[key], "\(id) has no \(key)").goldenTensor(.float64)
    }

    func tensors(_ key: String) throws -> [Tensor] {
        let list = try #require(entries[key]?.list, "\(id) has no \(key)")
        return try list.map { try $0.goldenTensor(.float64) }
    }

    func list(_ key: String) throws -> [LayerRecord] {
        let list = try #require(entries[key]?.list, "\(id) has no \(key)")
        return list.compactMap(\.object).map { LayerRecord(entries: $0) }
    }

    /// The layer, made of what Keras has written.
    func layer() throws -> any Layer {
        let entry = try #require(entries["layer"])
        return try Layers.deserialize(entry)
    }

    /// The layer with the recorded variables, after it has met the input.
    func built(_ x: Tensor, mask: Tensor?) throws -> any Layer {
        let layer = try layer()
        _ = try call(layer, x, mask: mask).evaluated()
        let recorded = try list("variables")
        let variables = layer.namedVariables
        try #require(variables.count == recorded.count, "\(id): \(variables.map(\.name))")
        for (entry, (name, variable)) in zip(recorded, variables) {
            let own = snakeCase(String(name.split(separator: ".").last!))
            let theirs = entry.entries["name"]?.string?.split(separator: "/").last ?? "none"
            #expect(own == theirs, "\(id)")
            let value = try Configuration.Value.object(entry.entries).goldenTensor(.float64)
            variable.assign(value.cast(to: variable.dtype))
            try #require(try variable.value.evaluated().shape == value.shape, "\(id): \(name)")
        }
        return layer
    }

    func call(_ layer: any Layer, _ x: Tensor, mask: Tensor?) -> Tensor {
        guard let mask else { return layer(x) }
        return (layer as? any MaskedLayer)?(x, mask: mask)
            ?? Tensor(error: DescentError("test", "no mask", received: id))
    }
}

extension Tolerance {
    /// Double precision, computed in another order.
    static let wide = Tolerance.within(relative: 1e-9, absolute: 1e-11)
    static let single = Tolerance.within(relative: 2e-6, absolute: 2e-6)
}
