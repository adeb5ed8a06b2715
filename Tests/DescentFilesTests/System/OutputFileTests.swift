import DescentCore
import DescentFiles
import Foundation
import Testing

/// Ends the process unless the condition holds.
private func demand(_ condition: Bool, _ message: String = "") { precondition(condition, message) }

@Suite("files appear whole or not at all")
struct OutputFileTests {
    @Test("a process killed while it writes leaves the old or the new file")
    func killed() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "descent-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/w.safetensors"
        var seen: Set<Int> = []
        for delay in [500, 3000, 9000, 20000] as [UInt32] {
            let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.exitStatus]) {
                [path = path as String, delay = delay as UInt32] in
                // Everything a writer does again and again, with the end at some moment of it.
                let values = (0..<4).map { Tensor([Float](repeating: Float($0), count: 100_000)) }
                try SafeTensors.write([("a", values[0]), ("b", values[0])], to: path)
                Thread.detachNewThread {
                    usleep(delay)
                    kill(getpid(), SIGKILL)
                }
                for _ in 0..<Int.max {
                    for value in values { try SafeTensors.write([("a", value), ("b", value)], to: path) }
                }
            }
            #expect(result != nil)
            let file = try SafeTensors.read(path)
            let numbers = Set(try (file["a"].scalars(as: Int.self) + file["b"].scalars(as: Int.self)))
            let count = try file["a"].count
            #expect(count == 100_000 && numbers.count == 1, "\(delay): \(numbers)")
            seen.formUnion(numbers)
        }
        #expect(!seen.isEmpty)
    }

    @Test("a full disk is reported and nothing is left behind")
    func full() async throws {
        await #expect(processExitsWith: .success) {
            try withFolder { folder in
                let path = folder + "/w.safetensors"
                try SafeTensors.write([("a", Tensor([1, 2]))], to: path)
                // The system refuses to let files grow, as it does when a disk is full.
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
                #if canImport(Glibc)
                    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                #else
                    setrlimit(RLIMIT_FSIZE, &limit)
                #endif
                let large = Tensor([Float](repeating: 1, count: 100_000))
                for attempt in 0..<4 {
                    var message = ""
                    do throws(DescentError) {
                        switch attempt {
                        case 0: try SafeTensors.write([("a", large)], to: path)
                        case 1: try large.write(npy: path)
                        case 2: try NPZ.write([("a", large)], to: path)
                        default: try CSV.write(Table([("a", .numbers(large))]), to: path)
                        }
                    } catch {
                        message = error.description
                    }
                    demand(message.contains("must fit on the disk") && message.contains(path), message)
                    demand(try names(in: folder) == ["w.safetensors"])
                    demand(try SafeTensors.read(path)["a"].scalars(as: Int.self) == [1, 2])
                }
                let writer = try EventWriter(directory: folder + "/events")
                let text = String(repeating: "x", count: 99_000)
                try writer.text("a", text, step: 0)
                let size = try bytes(of: writer.path).count
                for _ in 0..<2 {
                    var refused = false
                    do { try writer.text("a", text, step: 1) } catch { refused = true }
                    demand(refused)
                    demand(try bytes(of: writer.path).count == size)
                }
                try writer.scalar("b", 1, step: 2)
                try writer.close()
            }
        }
    }

    @Test("a folder that may not be written is reported")
    func readOnly() async throws {
        await #expect(processExitsWith: .success) {
            try withFolder { folder in
                try SafeTensors.write([("a", Tensor([1]))], to: folder + "/a")
                chmod(folder, 0o555)
                // To the superuser no folder is closed.
                let user = geteuid()
                if user == 0 { demand(seteuid(65534) == 0) }
                var message = ""
                do { try SafeTensors.write([("a", Tensor([2]))], to: folder + "/a") } catch { message = "\(error)" }
                if user == 0 { seteuid(0) }
                chmod(folder, 0o755)
                demand(message.contains("folder must be writable") && message.contains(folder), message)
                demand(try names(in: folder) == ["a"])
                demand(try SafeTensors.read(folder + "/a")["a"].scalars(as: Int.self) == [1])
            }
        }
    }

    @Test("permissions stay, links stay links, a relative path is one of this folder")
    func places() throws {
        try withFolder { folder in
            let (path, link) = (folder + "/a", folder + "/link")
            try Tensor([1]).write(npy: path)
            chmod(path, 0o640)
            symlink("a", link)
            try Tensor([2]).write(npy: link)
            #expect(try Tensor(npy: path).scalars(as: Int.self) == [2])
            var status = stat()
            #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
            #expect(try names(in: folder) == ["a", "link"])
        }
        let name = "descent-\(UUID().uuidString).npy"
        defer { unlink(name) }
        try Tensor([3]).write(npy: name)
        #expect(try Tensor(npy: "./" + name).scalars(as: Int.self) == [3])
    }
}
