import DescentCore
import DescentFiles
import Foundation
import Testing

/// Calls `body` with a new folder, which is gone afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "descent-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// The names in a folder, hidden ones too.
func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

/// Writes a file; unlike Foundation's, without waiting for the disk.
func write(_ bytes: [UInt8], to path: String) throws {
    // Cutting an old file to nothing would make some file systems wait as well.
    unlink(path)
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
}

/// The files in `Recorded`.
enum Recorded {
    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Recorded/\(name)").standardized.path
    }

    /// What `expected.json` says.
    static func expected() throws -> Configuration {
        try Configuration(json: String(decoding: bytes(of: path("expected.json")), as: UTF8.self))
    }
}

/// What is wrong with a tensor beside a description of it; nil if nothing is. Numbers are compared by their bits.
func difference(_ tensor: Tensor, _ description: Configuration.Value?) -> String? {
    guard let object = description?.object, let data = object["data"]?.list else { return "not described" }
    let shape = object["shape"]?.list?.compactMap(\.integer)
    guard tensor.shape.dimensions == shape, tensor.dtype.description == object["dtype"]?.string else {
        return "\(tensor.dtype) \(tensor.shape) instead of \(object["dtype"]?.json ?? "") \(shape ?? [])"
    }
    if !tensor.dtype.isFloatingPoint {
        let got = tensor.scalars(as: Int.self)
        return got == data.compactMap(\.integer) ? nil : "\(got.prefix(20)) instead of \(data.prefix(20))"
    }
    for (index, (got, value)) in zip(tensor.scalars(as: Double.self), data).enumerated() {
        let want: Double? =
            switch value.string {
            case "NaN": .nan
            case "Infinity": .infinity
            case "-Infinity": -.infinity
            default: value.number
            }
        guard let want, got.bitPattern == want.bitPattern || got.isNaN && want.isNaN else {
            return "\(got) instead of \(value.json) at \(index)"
        }
    }
    return nil
}

/// Whether an error names a file, and says all of `parts`.
func expectRefusal<Result>(
    of file: String, _ parts: String..., location: Testing.SourceLocation = #_sourceLocation,
    _ body: () throws -> Result
) {
    let error = #expect(throws: DescentError.self, sourceLocation: location) { try body() }
    guard let error else { return }
    for part in parts + [file] {
        #expect(error.description.contains(part), "\(error)", sourceLocation: location)
    }
    #expect(error.location != nil, "\(error)", sourceLocation: location)
}
