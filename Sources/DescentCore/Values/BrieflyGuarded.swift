import CDescent

/// A value that one thread at a time may touch, each for some nanoseconds only: whoever waits does so busily.
package final class BrieflyGuarded<Value>: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<cd_lock>
    @exclusivity(unchecked) private var value: Value

    package init(_ value: consuming Value) {
        lock = .allocate(capacity: 1)
        lock.initialize(to: cd_lock())
        self.value = value
    }

    deinit { lock.deallocate() }

    /// Runs `body` with the value while all other threads wait.
    @inline(__always)
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        cd_lock_take(lock)
        defer { cd_lock_give(lock) }
        return try body(&value)
    }
}
