import CDescent

/// Memory for the elements of a tensor: row-major, without gaps, written once by whoever made it.
///
/// "Written once" has one exception: an update writes into storage that it has proved to be the only
/// owner of (see `Engine`).
package final class Storage: @unchecked Sendable {
    package let pointer: UnsafeMutableRawPointer
    package let byteCount: Int
    private let capacity: Int

    package init(byteCount: Int) {
        self.byteCount = byteCount
        (pointer, capacity) = MemoryPool.allocate(byteCount)
    }

    deinit { MemoryPool.free(pointer, capacity) }
}
