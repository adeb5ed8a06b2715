/// Places buffers in one stretch of memory so that those alive at the same time do not overlap.
///
/// Greedy by time: a buffer takes the smallest gap that holds it when it is first written, and leaves a gap after it
/// was last read. For the chains and diamonds that expressions are this is close to the most bytes alive at once, and
/// its cost does not grow with the length of the plan.
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
        var gaps: [(offset: Int, end: Int)] = []
        var alive: [(last: Int, offset: Int, end: Int)] = []
        var now = -1
        for block in blocks.sorted(by: { ($0.first, $1.bytes, $0.entry) < ($1.first, $0.bytes, $1.entry) }) {
            if block.first > now {
                now = block.first
                for ended in alive where ended.last < now { Self.add((ended.offset, ended.end), to: &gaps) }
                alive.removeAll { $0.last < now }
            }
            let size = (block.bytes + 63) / 64 * 64
            let fitting = gaps.indices.filter { gaps[$0].end - gaps[$0].offset >= size }
                .min { gaps[$0].end - gaps[$0].offset < gaps[$1].end - gaps[$1].offset }
            let offset: Int
            if let fitting {
                offset = gaps[fitting].offset
                gaps[fitting].offset += size
                if gaps[fitting].offset == gaps[fitting].end { gaps.remove(at: fitting) }
            } else if let last = gaps.last, last.end == byteCount {
                // The gap at the end grows.
                offset = last.offset
                byteCount = offset + size
                gaps.removeLast()
            } else {
                offset = byteCount
                byteCount += size
            }
            offsets[block.entry] = offset
            alive.append((block.last, offset, offset + size))
        }
    }

    /// Adds a gap in order, joined with its neighbours.
    private static func add(_ gap: (offset: Int, end: Int), to gaps: inout [(offset: Int, end: Int)]) {
        let index = gaps.firstIndex { $0.offset > gap.offset } ?? gaps.count
        gaps.insert(gap, at: index)
        if index + 1 < gaps.count, gaps[index].end == gaps[index + 1].offset {
            gaps[index].end = gaps[index + 1].end
            gaps.remove(at: index + 1)
        }
        if index > 0, gaps[index - 1].end == gaps[index].offset {
            gaps[index - 1].end = gaps[index].end
            gaps.remove(at: index)
        }
    }
}
