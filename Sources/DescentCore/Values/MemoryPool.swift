#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where buffers come from. Small ones are malloc's business. Large ones are kept when they are freed and
/// handed out again: mapping fresh pages costs several times what an operation on them does, and on
/// Linux they ask for huge pages.
///
/// What nobody wants again goes back to the system: a block of which 64 times its size was handed out since it was
/// freed, without anybody needing it. So to map it anew costs little beside what was done meanwhile, however seldom it
/// is needed.
package enum MemoryPool {
    /// Below this malloc keeps and reuses the memory itself.
    package static let largeThreshold = 1 << 17
    /// From here on memory begins at a cache line: a vector that lies across two lines takes twice as long.
    private static let alignedThreshold = 1 << 10
    private static let lineBytes = 64
    private static let pageBytes = 1 << 21
    /// Freed bytes beyond this go back to the system, the oldest first.
    private static let keptLimit = 1 << 30
    /// How many times its own size a block waits to be needed, and the size that small ones count as.
    private static let patience = (times: 64, least: 1 << 22)
    /// Bytes handed out from one search for blocks that waited long enough to the next.
    private static let searchInterval = 1 << 26
    /// What a plan's run counts as: programs that need no large memory any more give back what they had.
    private static let runBytes = 1 << 14

    private struct Block {
        let address: UInt
        let capacity: Int
        /// What had been handed out when the block was freed.
        let freed: Int
    }

    private struct Kept {
        var blocks: [Block] = []
        var usage = Usage()
        /// Bytes handed out since the program began.
        var handedOut = 0
        var nextSearch = searchInterval

        /// Takes a block of that size, or one that is at most a quarter larger.
        mutating func take(_ capacity: Int) -> Block? {
            var best: Int?
            for index in blocks.indices.reversed() where blocks[index].capacity >= capacity {
                if blocks[index].capacity == capacity {
                    best = index
                    break
                }
                let limit = best.map { blocks[$0].capacity - 1 } ?? capacity + capacity / 4
                if blocks[index].capacity <= limit { best = index }
            }
            return best.map { blocks.remove(at: $0) }
        }

        /// Blocks that waited long enough, those beyond the limit, or all.
        mutating func surplus(all: Bool = false) -> [Block] {
            var surplus: [Block] = []
            if all || handedOut >= nextSearch {
                nextSearch = handedOut + searchInterval
                func waited(_ block: Block) -> Bool {
                    all || handedOut - block.freed > patience.times * Swift.max(block.capacity, patience.least)
                }
                surplus = blocks.filter(waited)
                if !surplus.isEmpty { blocks.removeAll(where: waited) }
                for block in surplus { usage.kept -= block.capacity }
            }
            while usage.kept > keptLimit {
                surplus.append(blocks.removeFirst())
                usage.kept -= surplus[surplus.count - 1].capacity
            }
            return surplus
        }
    }

    /// Bytes of large memory.
    package struct Usage: Sendable {
        /// In the hands of tensors and plans.
        package fileprivate(set) var inUse = 0
        /// Freed and kept.
        package fileprivate(set) var kept = 0
        /// The most that was in use since `resetPeak`.
        package fileprivate(set) var peak = 0
    }

    private static let kept = Guarded(Kept())

    package static var usage: Usage { kept.withLock { $0.usage } }

    package static func resetPeak() { kept.withLock { $0.usage.peak = $0.usage.inUse } }

    static func allocate(_ byteCount: Int) -> (UnsafeMutableRawPointer, Int) {
        if byteCount < alignedThreshold { return (malloc(Swift.max(byteCount, 16))!, 0) }
        if byteCount < largeThreshold {
            var pointer: UnsafeMutableRawPointer?
            _ = posix_memalign(&pointer, lineBytes, byteCount)
            return (pointer!, 0)
        }
        let needed = roundedUp(byteCount)
        let (reused, capacity): (Block?, Int) = kept.withLock { kept in
            let block = kept.take(needed)
            if let block { kept.usage.kept -= block.capacity }
            let capacity = block?.capacity ?? needed
            kept.handedOut += capacity
            kept.usage.inUse += capacity
            kept.usage.peak = Swift.max(kept.usage.peak, kept.usage.inUse)
            return (block, capacity)
        }
        if let reused { return (UnsafeMutableRawPointer(bitPattern: reused.address)!, capacity) }
        return (fresh(capacity), capacity)
    }

    static func free(_ pointer: UnsafeMutableRawPointer, _ capacity: Int) {
        guard capacity > 0 else {
            #if canImport(Glibc)
                Glibc.free(pointer)
            #elseif canImport(Musl)
                Musl.free(pointer)
            #else
                Darwin.free(pointer)
            #endif
            return
        }
        giveBack(
            kept.withLock { kept in
                kept.blocks.append(Block(address: UInt(bitPattern: pointer), capacity: capacity, freed: kept.handedOut))
                kept.usage.kept += capacity
                kept.usage.inUse -= capacity
                return kept.surplus()
            })
    }

    /// Counts runs of plans.
    static func note(runs: Int) {
        giveBack(
            kept.withLock { kept in
                kept.handedOut += runs * runBytes
                return kept.surplus()
            })
    }

    /// Gives all kept memory back to the system.
    package static func trim() { giveBack(kept.withLock { $0.surplus(all: true) }) }

    private static func giveBack(_ blocks: [Block]) {
        for block in blocks { munmap(UnsafeMutableRawPointer(bitPattern: block.address)!, block.capacity) }
    }

    /// Eighths of a power of two: at most an eighth is wasted, and sizes recur often enough to be reused. Very large
    /// blocks are whole huge pages.
    private static func roundedUp(_ byteCount: Int) -> Int {
        let eighth = (1 << (Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount)) >> 3
        let step = byteCount >= 2 * pageBytes ? Swift.max(pageBytes, eighth) : Swift.max(4096, eighth)
        return (byteCount + step - 1) / step * step
    }

    private static func fresh(_ capacity: Int) -> UnsafeMutableRawPointer {
        guard capacity >= 2 * pageBytes else { return mapped(capacity) }
        // Huge pages need their own alignment: map one more, give back what sticks out.
        let start = UInt(bitPattern: mapped(capacity + pageBytes))
        let aligned = (start + UInt(pageBytes) - 1) / UInt(pageBytes) * UInt(pageBytes)
        let (before, after) = (Int(aligned - start), pageBytes - Int(aligned - start))
        if before > 0 { munmap(UnsafeMutableRawPointer(bitPattern: start)!, before) }
        if after > 0 { munmap(UnsafeMutableRawPointer(bitPattern: aligned + UInt(capacity))!, after) }
        let address = UnsafeMutableRawPointer(bitPattern: aligned)!
        #if os(Linux)
            madvise(address, capacity, 14)  // MADV_HUGEPAGE
        #endif
        return address
    }

    private static func mapped(_ byteCount: Int) -> UnsafeMutableRawPointer {
        #if os(Linux)
            let flags = Int32(MAP_PRIVATE) | Int32(MAP_ANONYMOUS)
        #else
            let flags = MAP_PRIVATE | MAP_ANON
        #endif
        let address = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
        precondition(address != MAP_FAILED, "[memory] out of memory. Received: a request for \(byteCount) bytes")
        return address!
    }
}
