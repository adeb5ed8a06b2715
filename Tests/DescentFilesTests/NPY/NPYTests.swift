import DescentCore
import DescentFiles
import Testing

@Suite("NPY files")
struct NPYTests {
    @Test("what is written is read, with its bits")
    func roundTrip() throws {
        try withFolder { folder in
            for (name, tensor) in SafeTensorsTests.tensors {
                let path = "\(folder)/\(name).npy"
                try tensor.write(npy: path)
                let again = try Tensor(npy: path)
                #expect(again.shape == tensor.shape && again.dtype == tensor.dtype, "\(name)")
                let (got, want) = (again.scalars(as: Double.self), tensor.scalars(as: Double.self))
                #expect(got.map(\.bitPattern) == want.map(\.bitPattern), "\(name)")
                let content = try bytes(of: path)
                #expect((content.count - tensor.count * tensor.dtype.byteCount) % 64 == 0)
            }
            let v = Variable([1, 2], name: "v")
            try v.write(npy: folder + "/v.npy")
            #expect(try Tensor(npy: folder + "/v.npy").scalars(as: Int.self) == [1, 2])
        }
    }

    @Test("the bytes of NumPy's own files come out")
    func sameBytes() throws {
        try withFolder { folder in
            for name in ["vector", "scalar", "empty", "little-f4", "little-f8", "little-i4", "little-i8", "little-b1"] {
                let recorded = Recorded.path(name + ".npy")
                try Tensor(npy: recorded).write(npy: folder + "/again.npy")
                #expect(try bytes(of: folder + "/again.npy") == bytes(of: recorded), "\(name)")
            }
        }
    }

    static func file(_ header: String, version: UInt8 = 1, length: Int? = nil, data: Int = 0) -> [UInt8] {
        let length = length ?? header.utf8.count
        let size = version == 1 ? 2 : 4
        return [0x93] + Array("NUMPY".utf8) + [version, 0]
            + (0..<size).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
    }

    static func header(_ descr: String = "'<f4'", _ order: String = "False", _ shape: String = "(2,)") -> String {
        "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }\n"
    }

    static let hostile: [(String, [UInt8], String)] = [
        ("nothing", [], "NUMPY"), ("other magic", Array("PK not an array".utf8), "NUMPY"),
        ("short", Array(file(header()).prefix(9)), "NUMPY"), ("version 4", file(header(), version: 4, data: 8), "4.0"),
        ("length beyond the end", file(header(), length: 60000), "header"),
        ("huge length", file(header(), version: 2, length: 0xFFFF_FFFF), "header"),
        ("too few numbers", file(header(), data: 7), "7 bytes"), ("too many", file(header(), data: 9), "9 bytes"),
        ("objects", file(header("'|O'"), data: 8), "|O"), ("record", file(header("[('a', '<f4')]"), data: 8), "record"),
        ("text", file(header("'<U2'"), data: 8), "<U2"), ("complex", file(header("'<c8'"), data: 16), "<c8"),
        ("empty type", file(header("''"), data: 8), "descr"),
        ("no order of bytes", file(header("'|f4'"), data: 8), "|f4"),
        ("negative", file(header("'<f4'", "False", "(-2,)"), data: 8), "extent"),
        ("huge", file(header("'<f4'", "False", "(9223372036854775807, 4)"), data: 8), "memory"),
        ("beyond Int", file(header("'<f4'", "False", "(99999999999999999999,)"), data: 8), "extent"),
        ("huge beside nothing", file(header("'<f4'", "False", "(0, 9223372036854775807, 9)")), "memory"),
        ("nine axes", file(header("'<f4'", "False", "(1,1,1,1,1,1,1,1,1)"), data: 4), "8 axes"),
        ("no truth", file(header("'<f4'", "Maybe"), data: 8), "byte "),
        ("open", file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,"), "byte "),
        ("open string", file("{'descr': '<f4"), "byte "), ("no key", file("{'shape': (2,)}", data: 8), "descr"),
        ("twice", file("{'shape': (2,), 'shape': (2,), 'descr': '<f4', 'fortran_order': False}", data: 8), "once"),
        ("more", file(header() + "1", data: 8), "nothing more"), ("call", file("__import__('os')"), "byte 10"),
    ]

    @Test("hostile files are refused with their name and the reason")
    func hostile() throws {
        try withFolder { folder in
            for (name, content, reason) in Self.hostile {
                let path = "\(folder)/\(name)"
                try write(content, to: path)
                expectRefusal(of: path, reason) { try Tensor(npy: path) }
            }
            try write(Self.file(Self.header(), data: 8), to: folder + "/sound")
            #expect(try Tensor(npy: folder + "/sound").scalars(as: Int.self) == [0, 0])
        }
    }

    @Test("what is no regular file is refused")
    func irregular() throws {
        try withFolder { folder in
            expectRefusal(of: folder, "regular") { try Tensor(npy: folder) }
            expectRefusal(of: "missing", "No such file") { try Tensor(npy: folder + "/missing") }
            expectRefusal(of: "/dev/zero", "regular") { try Tensor(npy: "/dev/zero") }
            expectRefusal(of: "a\\0b", "NUL") { try Tensor(npy: "a\0b") }
            expectRefusal(of: folder, "regular") { try Tensor([1]).write(npy: folder) }
            expectRefusal(of: "missing", "No such file") { try Tensor([1]).write(npy: folder + "/missing/a.npy") }
        }
    }
}
