/// Plans by the structure of the expressions they run; the least recently used goes first.
struct PlanCache: ~Copyable {
    /// Plans kept. A training loop needs a handful; a program that never repeats itself must not grow.
    static let capacity = 256

    private struct Entry {
        let words: [UInt64]
        let plan: Plan
        var lastUse: UInt64
    }

    private var entries: [Int: [Entry]] = [:]
    /// Plans kept now.
    private(set) var count = 0
    /// Plans made since the program began.
    private(set) var made = 0
    private var clock: UInt64 = 0

    mutating func plan(for structure: borrowing Structure, make: (borrowing Structure) -> Plan) -> Plan {
        clock += 1
        if let bucket = entries[structure.hash] {
            for index in bucket.indices where bucket[index].words == structure.words {
                entries[structure.hash]![index].lastUse = clock
                return bucket[index].plan
            }
        }
        let plan = make(structure)
        if count >= Self.capacity { removeOldest() }
        entries[structure.hash, default: []].append(
            Entry(words: structure.words, plan: plan, lastUse: clock))
        count += 1
        made += 1
        return plan
    }

    private mutating func removeOldest() {
        var oldest: (hash: Int, index: Int, use: UInt64) = (0, 0, .max)
        for (hash, bucket) in entries {
            for (index, entry) in bucket.enumerated() where entry.lastUse < oldest.use {
                oldest = (hash, index, entry.lastUse)
            }
        }
        entries[oldest.hash]!.remove(at: oldest.index)
        if entries[oldest.hash]!.isEmpty { entries[oldest.hash] = nil }
        count -= 1
    }
}
