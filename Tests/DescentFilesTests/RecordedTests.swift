import DescentCore
import DescentFiles
import Testing

@Suite("files of other programs")
struct RecordedTests {
    @Test("NPY: every type, byte order, order of axes and version")
    func npy() throws {
        let expected = try Recorded.expected()
        let files = expected.keys.filter { $0.hasSuffix(".npy") }
        #expect(files.count == 28)
        for file in files {
            let failure = difference(try Tensor(npy: Recorded.path(file)), expected[file])
            #expect(failure == nil, "\(file): \(failure ?? "")")
        }
    }

    @Test("NPZ: stored and compressed, small and large form")
    func npz() throws {
        let expected = try Recorded.expected()
        let files = expected.keys.filter { $0.hasSuffix(".npz") }
        #expect(files.count == 5)
        for file in files {
            let archive = try NPZ.read(Recorded.path(file))
            #expect(archive.names == expected[file]?.object?.keys)
            for name in archive.names {
                let failure = difference(try archive[name], expected[file]?.object?[name])
                #expect(failure == nil, "\(file), \(name): \(failure ?? "")")
            }
        }
    }

    @Test("safetensors: every type, and metadata")
    func safetensors() throws {
        let expected = try #require(try Recorded.expected()["all.safetensors"]?.object)
        let file = try SafeTensors.read(Recorded.path("all.safetensors"))
        #expect(Set(file.names) == Set(expected.keys))
        #expect(file.metadata == ["who": "généré", "epoch": "7"])
        for (name, tensor) in try file.tensors() {
            let failure = difference(tensor, expected[name])
            #expect(failure == nil, "\(name): \(failure ?? "")")
            #expect(file.shape(of: name) == tensor.shape && file.dtype(of: name) == tensor.dtype)
        }
    }
}
