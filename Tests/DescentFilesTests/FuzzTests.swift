import DescentCore
import DescentFiles
import DescentTestSupport
import Testing

@Suite("damaged files")
struct FuzzTests {
    /// Reads a file in every way that its kind has.
    private static func readAll(_ path: String, _ kind: String) throws {
        switch kind {
        case "safetensors": for (_, tensor) in try SafeTensors.read(path).tensors() { try tensor.evaluated() }
        case "npy": try Tensor(npy: path).evaluated()
        case "npz": for (_, tensor) in try NPZ.read(path, expandedLimit: 1 << 20).tensors() { try tensor.evaluated() }
        default: _ = try CSV.read(path)
        }
    }

    /// Small sound files.
    private static func seeds(_ folder: String) throws -> [(kind: String, content: [UInt8])] {
        let tensors: [(String, Tensor)] = [
            ("a", Tensor([1, 2, 3])), ("b", Tensor([[true], [false]])), ("c", Tensor([Int64(1)])),
        ]
        try SafeTensors.write(tensors, metadata: ["k": "v"], to: folder + "/seed.safetensors")
        try NPZ.write(tensors, to: folder + "/seed.npz")
        let table = try Table([("x", .numbers([1.5, -2e9])), ("t,", .text(["a\"b", "c\nd"]))])
        try CSV.write(table, to: folder + "/seed.csv")
        return [
            ("safetensors", try bytes(of: folder + "/seed.safetensors")),
            ("npy", try bytes(of: Recorded.path("fortran-big.npy"))),
            ("npy", try bytes(of: Recorded.path("little-f2.npy"))),
            ("npz", try bytes(of: folder + "/seed.npz")), ("npz", try bytes(of: Recorded.path("large.npz"))),
            ("npz", try bytes(of: Recorded.path("small.npz"))), ("csv", try bytes(of: folder + "/seed.csv")),
        ]
    }

    @Test("thousands of damaged files are read or refused with their name, never worse")
    func damaged() throws {
        var random = SplitMix64(seed: 2024)
        try withFolder { folder in
            var refused: [String: Int] = [:]
            var nameless: [DescentError] = []
            for (kind, sound) in try Self.seeds(folder) {
                let path = "\(folder)/damaged.\(kind)"
                for round in 0..<450 {
                    var content = sound
                    switch round % 5 {
                    case 0: content.removeLast(Int(random.next() % UInt64(content.count)))
                    case 1:
                        content.insert(
                            UInt8(truncatingIfNeeded: random.next()), at: Int(random.next() % UInt64(content.count)))
                    default:
                        for _ in 0...Int(random.next() % 3) {
                            let index = Int(random.next() % UInt64(content.count))
                            content[index] =
                                round % 5 == 2
                                ? [0, 0xFF, 0x7F, 0x80][Int(random.next() % 4)]
                                : content[index] ^ 1 << UInt8(random.next() % 8)
                        }
                    }
                    try write(content, to: path)
                    do {
                        try Self.readAll(path, kind)
                    } catch let error as DescentError {
                        refused[kind, default: 0] += 1
                        if !error.received.contains(path) { nameless.append(error) }
                    }
                }
            }
            #expect(nameless.isEmpty)
            // Most damage to formats with headers and checksums shows.
            #expect(refused["npz", default: 0] > 1000, "\(refused)")
            #expect(refused["safetensors", default: 0] > 200, "\(refused)")
            #expect(refused["npy", default: 0] > 200, "\(refused)")
        }
    }
}
