/// Plans by the structure of the expressions they run, the last used first.
///
/// A training loop asks for the same few plans over and over. So the list is searched from the front: comparing
/// structures that differ takes a moment, and hashing would read every word.
struct PlanCache: ~Copyable {
    /// Plans kept. A training loop needs a handful; a program that never repeats itself must not grow.
    static let capacity = 256
    /// Words of their structures. The pieces of a large expression make plans of a megabyte.
    static let wordCapacity = 1 << 19

    private struct Entry {
        let words: [UInt64]
        let plan: Plan
    }

    private var entries: [Entry] = []
    /// Differs, mostly, where words differ.
    private var signs = Pile<UInt64>(capacity: capacity + 1)
    private var wordCount = 0
    /// Plans made since the program began.
    private(set) var made = 0

    /// Plans kept now.
    var count: Int { entries.count }

    mutating func plan(for structure: borrowing Structure, make: (borrowing Structure) -> Plan) -> Plan {
        let sign = Self.sign(of: structure.words)
        for index in signs.indices where signs[index] == sign && Self.equal(entries[index].words, structure.words) {
            if index > 0 {
                entries.insert(entries.remove(at: index), at: 0)
                signs.moveToFront(index)
            }
            return entries[0].plan
        }
        let plan = make(structure)
        wordCount += structure.words.count
        while entries.count == Self.capacity || wordCount > Self.wordCapacity, let last = entries.popLast() {
            wordCount -= last.words.count
            signs.removeLast()
        }
        entries.insert(Entry(words: Array(structure.words.elements), plan: plan), at: 0)
        signs.append(sign)
        signs.moveToFront(signs.count - 1)
        made += 1
        return plan
    }

    /// A few of the words, mixed.
    private static func sign(of words: borrowing Pile<UInt64>) -> UInt64 {
        let count = words.count
        var sign = UInt64(count)
        for part in 1...8 where count > 0 { sign = (sign ^ words[(count * part - 1) / 8]) &* 0x9E37_79B9_7F4A_7C15 }
        return sign
    }

    private static func equal(_ words: [UInt64], _ others: borrowing Pile<UInt64>) -> Bool {
        guard words.count == others.count else { return false }
        return words.withUnsafeBufferPointer { words in
            for index in words.indices where words[index] != others[index] { return false }
            return true
        }
    }
}
