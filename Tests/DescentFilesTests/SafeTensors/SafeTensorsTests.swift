import DescentCore
import DescentFiles
import DescentTestSupport
import Foundation
import Testing

@Suite("safetensors")
struct SafeTensorsTests {
    static let tensors: [(String, Tensor)] = [
        ("flags", Tensor([true, false, true])), ("w", Tensor([[Float]]([[1, -0.0], [.nan, .infinity]]))),
        ("d", Tensor([Double.pi])), ("i", Tensor([Int32.min, 7])), ("l", Tensor([Int.max])),
        ("scalar", Tensor(2.5, dtype: .float64)), ("empty", .zeros([2, 0])), ("view", .ones([2, 3])),
    ]

    @Test("what is written is read, in order, with its bits")
    func roundTrip() throws {
        try withFolder { folder in
            let path = folder + "/a.safetensors"
            try SafeTensors.write(Self.tensors, metadata: ["a\"b": "ü\n"], to: path)
            let file = try SafeTensors.read(path)
            #expect(file.names == Self.tensors.map(\.0))
            #expect(file.metadata == ["a\"b": "ü\n"])
            for (name, tensor) in Self.tensors {
                let again = try file[name]
                #expect(again.shape == tensor.shape && again.dtype == tensor.dtype, "\(name)")
                let (got, want) = (again.scalars(as: Double.self), tensor.scalars(as: Double.self))
                #expect(got.map(\.bitPattern) == want.map(\.bitPattern), "\(name)")
            }
            #expect(try names(in: folder) == ["a.safetensors"])
        }
    }

    @Test("variables and expressions may be written; numbers lie at multiples of their size")
    func variables() throws {
        try withFolder { folder in
            let path = folder + "/a.safetensors"
            let w = Variable([1, 2], name: "w")
            try SafeTensors.write(
                [("odd", Tensor([true])), ("w", w), ("twice", w * 2), ("d", Tensor([1.5, 2.5] as [Double]))], to: path)
            let content = try bytes(of: path)
            let length = Int(content[0]) + Int(content[1]) << 8
            #expect((8 + length) % 8 == 0)
            let text = String(decoding: content[8..<8 + length], as: UTF8.self)
            let header = try Configuration(json: text)
            #expect(header["d"]?.object?["data_offsets"] == [0, 16])
            #expect(header["w"]?.object?["data_offsets"] == [16, 24])
            #expect(header["odd"]?.object?["data_offsets"] == [32, 33])
            #expect(try SafeTensors.read(path)["twice"].scalars(as: Int.self) == [2, 4])
        }
    }

    @Test("equal content gives equal files")
    func equal() throws {
        try withFolder { folder in
            let metadata = Dictionary(uniqueKeysWithValues: (0..<20).map { ("key \($0)", "\($0)") })
            for name in ["a", "b"] { try SafeTensors.write(Self.tensors, metadata: metadata, to: "\(folder)/\(name)") }
            #expect(try bytes(of: folder + "/a") == bytes(of: folder + "/b"))
        }
    }

    @Test("a poisoned tensor, a name used twice and a reserved name are refused, and the old file stays")
    func refusedWrites() throws {
        try withFolder { folder in
            let path = folder + "/a.safetensors"
            try SafeTensors.write([("x", Tensor([1, 2]))], to: path)
            let poison = Tensor([1, 2]) + Tensor([1, 2, 3])
            let late = gather(Tensor([Float]([1, 2])), Tensor([Int32]([5])))
            for tensors in [
                [("p", poison)], [("x", [1]), ("x", [2])], [("__metadata__", [1])], [("fine", [1]), ("late", late)],
            ] as [[(String, Tensor)]] {
                #expect(throws: DescentError.self) { try SafeTensors.write(tensors, to: path) }
            }
            #expect(try names(in: folder) == ["a.safetensors"])
            #expect(try SafeTensors.read(path)["x"].scalars(as: Int.self) == [1, 2])
        }
    }

    @Test("a missing tensor is refused with the names there are")
    func missing() throws {
        try withFolder { folder in
            let path = folder + "/a.safetensors"
            try SafeTensors.write([("x", Tensor([1, 2]))], to: path)
            let file = try SafeTensors.read(path)
            expectRefusal(of: path, "it has x", "Received: y") { try file["y"] }
            #expect(file.shape(of: "y") == nil)
        }
    }

    @Test("a tensor stays readable when its file is replaced, and a file cut short is refused")
    func replaced() throws {
        try withFolder { folder in
            let path = folder + "/a.safetensors"
            try SafeTensors.write([("x", Tensor([1, 2])), ("y", Tensor([3]))], to: path)
            let file = try SafeTensors.read(path)
            try SafeTensors.write([("z", Tensor([9]))], to: path)
            #expect(try file["x"].scalars(as: Int.self) == [1, 2])
            let again = try SafeTensors.read(path)
            try Array(bytes(of: path).dropLast(2)).withUnsafeBytes { content in
                let file = try #require(fopen(path, "r+"))
                fwrite(content.baseAddress, 1, content.count, file)
                ftruncate(fileno(file), content.count)
                fclose(file)
            }
            expectRefusal(of: path, "shrink") { try again["z"] }
        }
    }

    static let hostile: [(String, [UInt8], String)] = [
        ("nothing", [], "0 bytes"), ("no header", [1, 2, 3], "3 bytes"),
        ("huge length", [UInt8](repeating: 0xFF, count: 8) + Array("{}".utf8), "18446744073709551615"),
        ("length beyond the end", file("{}", length: 3), "a length of 3"),
        ("no JSON", file("nonsense"), "byte 8"), ("a list", file("[1]"), "byte 8"),
        ("broken", file(#"{"a": "#), "header"),
        ("deep", file("{\"a\":" + String(repeating: "[", count: 100_000)), "nested"),
        ("not UTF-8", file(bytes: [0x7B, 0xFF, 0x7D]), "UTF-8"),
        ("no object", file(#"{"a": 1}"#), "dtype"),
        ("no type", file(#"{"a": {"shape": [], "data_offsets": [0, 0]}}"#), "dtype"),
        ("unknown type", file(entry("F8_E4M3", "[4]", "[0, 4]"), data: 4), "F8_E4M3"),
        ("negative", file(entry("F32", "[-1]", "[0, 4]"), data: 4), "shape"),
        ("fraction", file(entry("F32", "[1.0]", "[0, 4]"), data: 4), "shape"),
        ("nine axes", file(entry("U8", "[1,1,1,1,1,1,1,1,1]", "[0, 1]"), data: 1), "shape"),
        ("huge shape", file(entry("F32", "[4611686018427387904, 4]", "[0, 4]"), data: 4), "shape"),
        (
            "huge shape without numbers", file(entry("F32", "[0, 9223372036854775807, 9223372036854775807]", "[0, 0]")),
            "shape"
        ),
        ("wrong size", file(entry("F32", "[2]", "[0, 4]"), data: 4), "8 bytes"),
        ("beyond the end", file(entry("F32", "[2]", "[0, 8]"), data: 4), "4 bytes of data"),
        ("reversed", file(entry("F32", "[1]", "[4, 0]"), data: 4), "offsets"),
        ("negative offset", file(entry("F32", "[1]", "[-4, 0]"), data: 4), "offsets"),
        ("three offsets", file(entry("F32", "[1]", "[0, 4, 4]"), data: 4), "offsets"),
        ("gap before", file(entry("U8", "[1]", "[1, 2]"), data: 2), "gaps"),
        ("rest behind", file(entry("U8", "[1]", "[0, 1]"), data: 2), "1 more bytes"),
        (
            "overlap",
            file(
                #"{"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}, "b": {"dtype": "U8", "shape": [2], "data_offsets": [1, 3]}}"#,
                data: 3), "overlapping"
        ),
        (
            "twice",
            file(
                #"{"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}, "a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}"#,
                data: 1), "once"
        ),
        ("metadata of numbers", file(#"{"__metadata__": {"a": 1}}"#), "metadata"),
        ("metadata as a list", file(#"{"__metadata__": []}"#), "metadata"),
    ]

    private static func entry(_ type: String, _ shape: String, _ offsets: String) -> String {
        #"{"a": {"dtype": "\#(type)", "shape": \#(shape), "data_offsets": \#(offsets)}}"#
    }

    private static func file(_ header: String, length: Int? = nil, data: Int = 0) -> [UInt8] {
        file(bytes: Array(header.utf8), length: length, data: data)
    }

    private static func file(bytes: [UInt8], length: Int? = nil, data: Int = 0) -> [UInt8] {
        let length = UInt64(length ?? bytes.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + bytes
            + [UInt8](repeating: 0, count: data)
    }

    @Test("hostile files are refused with their name and the reason")
    func hostile() throws {
        try withFolder { folder in
            for (name, content, reason) in Self.hostile {
                let path = "\(folder)/\(name)"
                try write(content, to: path)
                expectRefusal(of: path, reason) { try SafeTensors.read(path) }
            }
            // The frame of these cases itself is sound.
            try write(Self.file(Self.entry("U8", "[2]", "[0, 2]"), data: 2), to: folder + "/sound")
            #expect(try SafeTensors.read(folder + "/sound")["a"].scalars(as: Int.self) == [0, 0])
        }
    }

    @Test("an unsigned number that int64 cannot hold is refused where it is")
    func unsigned() throws {
        try withFolder { folder in
            var content = Self.file(Self.entry("U64", "[2]", "[0, 16]"), data: 16)
            content[content.count - 1] = 0x80
            try write(content, to: folder + "/u")
            expectRefusal(of: "/u", "byte \(content.count - 8)") { try SafeTensors.read(folder + "/u")["a"] }
        }
    }
}
