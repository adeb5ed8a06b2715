import CDescent
import Descent

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What this machine can do at best, measured by loops that do nothing else.
struct Machine {
    /// On one thread and on all.
    struct Figure {
        let name: String
        let unit: String
        let one: Double
        let all: Double

        var best: Double { max(one, all) }
    }

    let memory: Bandwidth
    let cache: Bandwidth
    let arithmetic: Figure
    /// Nanoseconds.
    let node: Double
    let evaluation: Double

    /// What reading and writing gives.
    struct Bandwidth {
        let read: Figure
        let update: Figure

        /// At best. In the time of y += x, what is not reading is writing.
        func seconds(read bytes: Double, written: Double) -> Double {
            let ofWriting = max(3 / update.best - 2 / read.best, 0)
            return (bytes / read.best + written * ofWriting) * 1e-9
        }
    }

    static func measured() throws -> Machine {
        // What is not computed yet would be computed every time.
        try evaluate([known])
        return Machine(
            memory: bandwidth("memory", megabytes: 256), cache: bandwidth("8 MB in a cache", megabytes: 8),
            arithmetic: figure("multiply and add, float32", "GFLOP/s", multiplyAdd),
            node: try least(of: numbers) / 1000,
            evaluation: try least(of: evaluating))
    }

    private static func bandwidth(_ name: String, megabytes: Int) -> Bandwidth {
        let arrays = Arrays(count: megabytes << 17)
        return Bandwidth(
            read: figure("\(name), read", "GB/s", arrays.read),
            update: figure("\(name), y += x", "GB/s", arrays.update))
    }

    private static func figure(_ name: String, _ unit: String, _ measure: (Int32) -> Double) -> Figure {
        Figure(name: name, unit: unit, one: measure(1), all: measure(cd_threads()))
    }

    /// A table.
    var rows: [String] {
        let set = String(cString: cd_isa_name(cd_isa()))
        return ["| \(set) | 1 thread | \(cd_threads()) threads | |", "|---|---|---|---|"]
            + [memory.read, memory.update, cache.read, cache.update, arithmetic].map {
                "| \($0.name) | \(short($0.one)) | \(short($0.all)) | \($0.unit) |"
            }
            + [
                ("operation on known numbers", node),
                ("evaluation of one operation", evaluation),
            ].map { "| \($0) | \(short($1)) | | ns |" }
    }

    private func short(_ x: Double) -> String {
        x < 100 ? "\((x * 10).rounded() / 10)" : "\(Int(x.rounded()))"
    }

    // MARK: - Memory

    /// Two arrays.
    private final class Arrays {
        private let count: Int
        private let x: UnsafeMutablePointer<Float>
        private let y: UnsafeMutablePointer<Float>

        init(count: Int) {
            (self.count, x, y) = (count, Arrays.array(count), Arrays.array(count))
        }

        deinit {
            x.deallocate()
            y.deallocate()
        }

        private static func array(_ count: Int) -> UnsafeMutablePointer<Float> {
            // Of whole huge pages.
            let bytes = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 1 << 21)
            #if os(Linux)
                madvise(bytes, count * 4, 14)  // MADV_HUGEPAGE
            #endif
            let array = bytes.bindMemory(to: Float.self, capacity: count)
            array.initialize(repeating: 0, count: count)
            return array
        }

        func read(threads: Int32) -> Double {
            // What is summed must be seen to matter.
            8 * Double(count)
                / shared(count, threads, Places(x: x, y: y)) { places, start, count in
                    let sums = cd_machine_read(places.x + start, places.y + start, count)
                    if sums != 0 { places.y[start] = 0 }
                }
        }

        func update(threads: Int32) -> Double {
            12 * Double(count)
                / shared(count, threads, Places(x: x, y: y)) { places, start, count in
                    cd_machine_update(places.x + start, places.y + start, count)
                }
        }
    }

    // MARK: - Arithmetic

    private static func multiplyAdd(threads: Int32) -> Double {
        let rounds = 1 << 22
        var operations: Int64 = 0
        _ = cd_machine_multiply_add(1, &operations)
        let seconds = shared(rounds, threads, Places()) { _, start, count in
            var operations: Int64 = 0
            if cd_machine_multiply_add(count, &operations) == -1 { print(start) }
        }
        return Double(operations) * Double(rounds) / seconds
    }

    // MARK: - Nodes

    private static func numbers() throws {
        let x = Tensor([1.0001 as Float], shape: [])
        var y = x
        for _ in 0..<500 { y = y * x + x }
        _ = try y.evaluated()
    }

    private static func evaluating() throws { _ = try (known * known).evaluated() }

    private static let known = Tensor([0.5, 0.25, -0.5, -0.25])
}

/// Where the arrays lie.
private struct Places: @unchecked Sendable {
    var x = UnsafeMutablePointer<Float>(bitPattern: 64)!
    var y = UnsafeMutablePointer<Float>(bitPattern: 64)!
}

/// A part of the work: from where, and how much.
private typealias Part = @Sendable (_ places: Places, _ start: Int, _ count: Int64) -> Void

/// The least time of all parts of 0..<count in so many threads, in nanoseconds.
private func shared(_ count: Int, _ threads: Int32, _ places: Places, _ body: @escaping Part) -> Double {
    let outer = cd_threads()
    cd_set_threads(threads)
    defer { cd_set_threads(outer) }
    let parts = Parts(count: count / Parts.number, threads: Int(threads), places: places, body: body)
    return withExtendedLifetime(parts) {
        let context = Unmanaged.passUnretained(parts).toOpaque()
        return
            (try? least {
                cd_parallel(
                    Int64(Parts.number),
                    { context, part in Unmanaged<Parts>.fromOpaque(context!).takeUnretainedValue().run(Int(part)) },
                    context)
            }) ?? .nan
    }
}

private final class Parts: Sendable {
    /// A few for each thread, so that nobody waits long for the last.
    static let number = 64
    private let count: Int
    private let threads: Int
    private let places: Places
    private let body: Part

    init(count: Int, threads: Int, places: Places, body: @escaping Part) {
        (self.count, self.threads, self.places, self.body) = (count, threads, places, body)
    }

    /// Threads that take turns work far from each other, as memory gives them more then.
    func run(_ part: Int) {
        let (each, rest) = Parts.number.quotientAndRemainder(dividingBy: threads)
        let place = rest == 0 ? part % threads * each + part / threads : part
        body(places, place * count, Int64(count))
    }
}
