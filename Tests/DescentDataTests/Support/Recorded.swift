import DescentCore
import DescentFiles
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What Keras answered: `Recorded/keras.json`.
enum Recorded {
    /// The cases of a function, which must be there.
    static func cases(_ name: String, _ count: Int) throws -> [Configuration.Value] {
        let all = try Configuration(json: text())
        let cases = try #require(all[name]?.list)
        #expect(cases.count == count, "\(name)")
        return cases
    }

    /// A described array.
    static func tensor(_ value: Configuration.Value?, dtype: DType) throws -> Tensor {
        let array = try #require(value?.object)
        let shape = try #require(array["shape"]?.list).compactMap(\.integer)
        let data = try #require(array["data"]?.list)
        let numbers = data.compactMap(\.number)
        try #require(numbers.count == data.count)
        return Tensor(numbers, shape: Shape(shape), dtype: dtype)
    }

    private static func text() throws -> String {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let file = try #require(fopen("/\(folder)/Recorded/keras.json", "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
