import DescentCore
import Testing

@testable import DescentFiles

@Suite("NPZ archives")
struct NPZTests {
    @Test("what is written is read, in the small and the large form", arguments: [false, true])
    func roundTrip(large: Bool) throws {
        try withFolder { folder in
            let path = folder + "/a.npz"
            try NPZ.write(SafeTensorsTests.tensors, to: path, alwaysLarge: large)
            let archive = try NPZ.read(path)
            #expect(archive.names == SafeTensorsTests.tensors.map(\.0))
            for (name, tensor) in SafeTensorsTests.tensors {
                let again = try archive[name]
                #expect(again.shape == tensor.shape && again.dtype == tensor.dtype, "\(name)")
                let (got, want) = (again.scalars(as: Double.self), tensor.scalars(as: Double.self))
                #expect(got.map(\.bitPattern) == want.map(\.bitPattern), "\(name)")
            }
            try NPZ.write([], to: path, alwaysLarge: large)
            #expect(try NPZ.read(path).names == [])
        }
    }

    @Test("names that lead out of the archive, or occur twice, are refused both ways")
    func paths() throws {
        for name in [
            "../a.npy", "/a.npy", "a/../b.npy", "a//b.npy", "a\\b.npy", "c:a.npy", "a\0.npy", "./a.npy", "a\n.npy",
        ] {
            #expect(!NPZ.isPlain(name), "\(name)")
        }
        #expect(NPZ.isPlain("layer/weight.npy") && NPZ.isPlain("ü..npy"))
        try withFolder { folder in
            let path = folder + "/a.npz"
            for tensors in [[("../x", [1])], [("x", [1]), ("x", [2])], [("", [1])].map { ($0.0 + "/", $0.1) }]
                as [[(String, Tensor)]]
            {
                expectRefusal(of: path, "name") { try NPZ.write(tensors, to: path) }
            }
            #expect(try names(in: folder) == [])
            // A sound archive whose name is then changed in both places.
            try NPZ.write([("abx", [1])], to: path)
            try write(replacing(try bytes(of: path), "abx.npy", "../.npy"), to: path)
            expectRefusal(of: path, "lead out") { try NPZ.read(path) }
            try write(replacing(try bytes(of: path), "../.npy", "abx.txt"), to: path)
            expectRefusal(of: path, "NPY files alone") { try NPZ.read(path) }
            try NPZ.write([("aa", [1]), ("ab", [1])], to: path)
            try write(replacing(try bytes(of: path), "ab.npy", "aa.npy"), to: path)
            expectRefusal(of: path, "once") { try NPZ.read(path) }
        }
    }

    private func replacing(_ content: [UInt8], _ old: String, _ new: String) -> [UInt8] {
        var content = content
        for start in content.indices where content[start...].starts(with: old.utf8) {
            content.replaceSubrange(start..<start + old.utf8.count, with: new.utf8)
        }
        return content
    }

    /// Where the only record of an archive's directory is.
    private func record(_ content: [UInt8]) throws -> Int {
        try #require(content.indices.first { content[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    }

    @Test("hostile archives are refused with their name and the reason")
    func hostile() throws {
        try withFolder { folder in
            let path = folder + "/a.npz"
            try NPZ.write([("x", Tensor([1, 2]))], to: path)
            let sound = try bytes(of: path)
            let record = try record(sound)
            let end = sound.count - 22
            func refuses(_ reason: String, _ change: (inout [UInt8]) -> Void, line: Int = #line) throws {
                var content = sound
                change(&content)
                try write(content, to: path)
                expectRefusal(
                    of: path, reason, location: .init(fileID: #fileID, filePath: #filePath, line: line, column: 1)
                ) {
                    try NPZ.read(path).tensors()
                }
            }
            try refuses("no end") { $0 = [] }
            try refuses("no end") { $0.removeLast() }
            try refuses("no end") { $0.append(0) }
            try refuses("one piece") { $0[end + 4] = 1 }
            try refuses("directory must lie") {
                $0[end + 8] = 2; $0[end + 10] = 2
            }
            try refuses("directory must lie") { $0[end + 18] = 0xFF }
            try refuses("record of the directory") { $0[record] = 0 }
            try refuses("record of the directory") { $0[record + 28] = 0xFF }
            try refuses("encrypted") { $0[record + 8] |= 1 }
            try refuses("stored or deflated") { $0[record + 10] = 12 }
            try refuses("header of a file") { $0[record + 42] = 1 }
            try refuses("before the directory") { $0[record + 44] = 0xFF }
            try refuses("before the directory") {
                $0[record + 22] = 0xFF; $0[record + 26] = 0xFF
            }
            try refuses("before the directory") { $0[record + 24] ^= 1 }
            try refuses("header of a file") { $0[0] = 0 }
            try refuses("header of a file") { $0[30] = UInt8(ascii: "y") }
            try refuses("header of a file") { $0[29] = 0xFF }
            try refuses("checksum") { $0[record - 1] ^= 1 }
            try refuses("checksum") { $0[record + 16] ^= 1 }
            try refuses("UTF-8") { $0[record + 46] = 0xFF }
            try refuses("sizes and offsets") {
                $0[record + 30] = 4
                $0.insert(contentsOf: [1, 0, 0, 0], at: record + 46 + 5)
                for byte in 24..<28 { $0[record + byte] = 0xFF }
                $0[end + 4 + 12] += 4
            }
            try write(sound, to: path)
            #expect(try NPZ.read(path)["x"].scalars(as: Int.self) == [1, 2])
        }
    }

    @Test("files that share bytes, the way of the worst bombs, are refused")
    func overlap() throws {
        try withFolder { folder in
            let path = folder + "/a.npz"
            try NPZ.write([("x", Tensor([1, 2])), ("y", Tensor([1, 2]))], to: path)
            var content = try bytes(of: path)
            // The second file claims to be the first, under a name of the same length.
            let second = try #require(content.indices.last { content[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
            for byte in 42..<46 { content[second + byte] = 0 }
            content[second + 46] = UInt8(ascii: "x")
            try write(content, to: path)
            expectRefusal(of: path, "share bytes") { try NPZ.read(path) }
        }
    }

    @Test("a bomb is refused before memory is asked for")
    func bomb() throws {
        try withFolder { folder in
            let path = folder + "/a.npz"
            var content = try bytes(of: Recorded.path("deflated.npz"))
            let record = try record(content)
            for byte in 24..<28 { content[record + byte] = 0x7F }
            try write(content, to: path)
            expectRefusal(of: path, "1032") { try NPZ.read(path).tensors() }
            let recorded = Recorded.path("deflated.npz")
            expectRefusal(of: recorded, "1000 at most") { try NPZ.read(recorded, expandedLimit: 1000)["zeros"] }
            #expect(try NPZ.read(recorded, expandedLimit: 6000)["zeros"].count == 5000)
        }
    }
}
