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
package enum MemoryPool {
    /// Below this malloc keeps and reuses the memory itself.
    private static let largeThreshold = 1 << 17
    /// From here on memory begins at a cache line: a vector that lies across two lines takes twice as long.
    private static let alignedThreshold = 1 << 10
    private static let lineBytes = 64
    private static let pageBytes = 1 << 21
    /// Freed bytes beyond this go back to the system, the oldest first.
    private static let keptLimit = 1 << 30

    private struct Kept {
        var blocks: [(address: UInt, capacity: Int)] = []
        var bytes = 0
    }

    private static let kept = Guarded(Kept())

    static func allocate(_ byteCount: Int) -> (UnsafeMutableRawPointer, Int) {
        if byteCount < alignedThreshold { return (malloc(Swift.max(byteCount, 16))!, 0) }
        if byteCount < largeThreshold {
            var pointer: UnsafeMutableRawPointer?
            _ = posix_memalign(&pointer, lineBytes, byteCount)
            return (pointer!, 0)
        }
        let capacity = roundedUp(byteCount)
        let reused: UInt? = kept.withLock { kept in
            guard let index = kept.blocks.lastIndex(where: { $0.capacity == capacity }) else { return nil }
            kept.bytes -= capacity
            return kept.blocks.remove(at: index).address
        }
        if let reused { return (UnsafeMutableRawPointer(bitPattern: reused)!, capacity) }
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
        let surplus = kept.withLock { kept -> [(address: UInt, capacity: Int)] in
            kept.blocks.append((UInt(bitPattern: pointer), capacity))
            kept.bytes += capacity
            var surplus: [(address: UInt, capacity: Int)] = []
            while kept.bytes > keptLimit {
                let oldest = kept.blocks.removeFirst()
                kept.bytes -= oldest.capacity
                surplus.append(oldest)
            }
            return surplus
        }
        for block in surplus { munmap(UnsafeMutableRawPointer(bitPattern: block.address)!, block.capacity) }
    }

    /// Gives all kept memory back to the system.
    package static func trim() {
        let blocks = kept.withLock { kept in
            defer { kept = Kept() }
            return kept.blocks
        }
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
