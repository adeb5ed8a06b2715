/// Places buffers in one stretch of memory so that those alive at the same time do not overlap.
///
/// Greedy by size: large buffers choose first, each takes the lowest gap among those it shares time with. It is
/// within a few per cent of the optimum for the chains and diamonds that expressions are.
struct Arrangement {
    struct Block {
        let entry: Int
        let bytes: Int
        /// Steps during which the contents matter, both included.
        let first: Int
        let last: Int
    }

    private(set) var offsets: [Int: Int] = [:]
    private(set) var byteCount = 0

    init(_ blocks: [Block]) {
        var placed: [(offset: Int, end: Int, block: Block)] = []
        for block in blocks.sorted(by: { ($1.bytes, $0.entry) < ($0.bytes, $1.entry) }) {
            let size = (block.bytes + 63) / 64 * 64
            let rivals = placed.filter { $0.block.first <= block.last && block.first <= $0.block.last }
                .sorted { $0.offset < $1.offset }
            var offset = 0
            for rival in rivals {
                if offset + size <= rival.offset { break }
                offset = max(offset, rival.end)
            }
            placed.append((offset, offset + size, block))
            offsets[block.entry] = offset
            byteCount = max(byteCount, offset + size)
        }
    }
}
