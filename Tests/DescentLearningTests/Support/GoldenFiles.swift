import DescentCore
import DescentFiles
import DescentLearning
import DescentTestSupport
import Foundation
import Testing

/// The recorded values in the folder Golden, or those of the folder that `DESCENT_GOLDEN_DIR` names.
enum GoldenFiles {
    /// The folder with README.md, losses, metrics, optimizers, schedules and behaviour.
    static let directory = URL(
        filePath: ProcessInfo.processInfo.environment["DESCENT_GOLDEN_DIR"]
            ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Golden").standardized.path)

    /// All files of one folder, in the order of their names; every one must say `format`.
    static func read(_ folder: String, format: String) throws -> [GoldenFile] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.appending(path: folder).path)
        let files = try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            let text = try String(contentsOf: directory.appending(path: folder).appending(path: name), encoding: .utf8)
            return GoldenFile(name: "\(folder)/\(name)", content: try Configuration(json: text))
        }
        for file in files { try #require(file.content["format"] == .string(format), "\(file.name)") }
        try #require(!files.isEmpty, "no golden file in \(folder)")
        return files
    }

    /// Writes the line that says how many cases ran.
    static func summarize(_ folder: String, cases: Int, files: Int) {
        print("golden \(folder): \(cases) cases of \(files) files")
    }
}

/// One file of recorded values.
struct GoldenFile {
    let name: String
    let content: Configuration

    var cases: [Configuration] { content["cases"]?.list?.compactMap(\.object) ?? [] }
    /// The dtype that the header names; float32 where it names none.
    var dtype: DType { content["dtype"] == "float64" ? .float64 : .float32 }
    /// The file's name without folders, for example `losses-float32.json`.
    var shortName: String { String(name.split(separator: "/").last ?? "") }
}

extension Configuration {
    /// A case's unique name.
    var id: String { self["id"]?.string ?? "a case without id" }
}

extension Configuration.Value {
    /// A number, also one of those that are written as text.
    var goldenNumber: Double? {
        switch string {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: number
        }
    }

    /// A list of numbers.
    var goldenNumbers: [Double]? {
        guard let list else { return nil }
        let numbers = list.compactMap(\.goldenNumber)
        return numbers.count == list.count ? numbers : nil
    }

    /// A tensor with its shape; `dtype` unless it names its own.
    func goldenTensor(_ dtype: DType) throws -> Tensor {
        let object = try #require(object)
        let data = try #require(object["data"]?.goldenNumbers)
        let shape = try #require(object["shape"]?.list).compactMap(\.integer)
        let names: [String: DType] = [
            "float32": .float32, "float64": .float64, "int32": .int32, "int64": .int64, "bool": .bool,
        ]
        let name = object["dtype"]?.string
        let named = try #require(name.map { names[$0] } ?? dtype, "unknown dtype in \(self)")
        return Tensor(data, shape: Shape(shape)).cast(to: named)
    }
}
