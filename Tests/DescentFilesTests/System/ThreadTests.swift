import DescentCore
import DescentFiles
import Dispatch
import Testing

@Suite("files and threads")
struct ThreadTests {
    @Test("several threads may read one file, and write one file of events")
    func shared() throws {
        try withFolder { folder in
            let tensors = (0..<8).map { ("t\($0)", Tensor([Float](repeating: Float($0), count: 1000))) }
            try SafeTensors.write(tensors, to: folder + "/a.safetensors")
            try NPZ.write(tensors, to: folder + "/a.npz")
            let (file, archive) = (try SafeTensors.read(folder + "/a.safetensors"), try NPZ.read(folder + "/a.npz"))
            let writer = try EventWriter(directory: folder + "/events")
            let sums = (0..<64).map { _ in Guarded(0.0) }
            DispatchQueue.concurrentPerform(iterations: 64) { index in
                let name = "t\(index % 8)"
                let sum = try? (file[name].sum() + archive[name].sum()).evaluated()
                sums[index].withLock { $0 = sum.map { Double($0) } ?? .nan }
                try? writer.scalar(name, Double(index), step: index)
            }
            for (index, sum) in sums.enumerated() { #expect(sum.withLock { $0 } == Double(index % 8) * 2000) }
            try writer.close()
            // The first record, and one of 12 + 4 bytes and its content for each call.
            #expect(try bytes(of: writer.path).count > 64 * 40)
        }
    }

    @Test("a tensor is read once, and then kept")
    func once() throws {
        try withFolder { folder in
            try SafeTensors.write([("x", Tensor([1, 2]))], to: folder + "/a")
            let file = try SafeTensors.read(folder + "/a")
            let first = try file["x"]
            let second = try file["x"]
            #expect(first.node === second.node)
        }
    }
}
