import DescentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Hands values from one thread to another; a few may wait in between.
///
/// With the system's lock and condition, which the thread sanitizer knows (see `Guarded`).
final class Channel<Element: Sendable>: @unchecked Sendable {
    private enum End {
        case open
        /// The producer has no more, or failed.
        case finished((any Error)?)
        /// The consumer wants no more.
        case cancelled
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private let capacity: Int
    private var waiting: [Element] = []
    private var end = End.open

    init(capacity: Int) {
        self.capacity = capacity
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        changed = .allocate(capacity: 1)
        changed.initialize(to: pthread_cond_t())
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        changed.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Waits until another value may be sent; false if nobody wants it any more.
    func waitForRoom() -> Bool {
        locked {
            while case .open = end, waiting.count >= capacity { pthread_cond_wait(changed, mutex) }
            guard case .open = end else { return false }
            return true
        }
    }

    /// Sends a value for which there is room.
    func send(_ element: Element) {
        locked {
            guard case .open = end else { return }
            waiting.append(element)
        }
    }

    /// Says that nothing more comes, because there is no more or because of an error.
    func finish(_ error: (any Error)? = nil) {
        locked { if case .open = end { end = .finished(error) } }
    }

    /// Waits for the next value; nil after the last. An error is thrown once, in its place.
    func receive() throws -> Element? {
        try locked {
            while case .open = end, waiting.isEmpty { pthread_cond_wait(changed, mutex) }
            if !waiting.isEmpty { return waiting.removeFirst() }
            if case .finished(let error?) = end {
                end = .finished(nil)
                throw error
            }
            return nil
        }
    }

    /// Says that no more values are wanted.
    func cancel() {
        // Values may end here; their ends are nobody's business under the lock.
        let unwanted = locked {
            end = .cancelled
            defer { waiting = [] }
            return waiting
        }
        _ = unwanted
    }

    /// Runs `body` alone, and wakes the other side.
    private func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_signal(changed)
            pthread_mutex_unlock(mutex)
        }
        return try body()
    }
}
