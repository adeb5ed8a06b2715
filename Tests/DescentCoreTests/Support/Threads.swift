import Foundation

/// Runs `body` on `count` threads at the same time, each with a number of its own, and waits for all of them. They are
/// real threads, not tasks: tasks would share as many threads as there are cores.
func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    final class Start {
        let number: Int
        let body: @Sendable (Int) -> Void

        init(_ number: Int, _ body: @escaping @Sendable (Int) -> Void) {
            self.number = number
            self.body = body
        }
    }
    #if canImport(Darwin)
        var threads = [pthread_t?](repeating: nil, count: count)
    #else
        var threads = [pthread_t](repeating: 0, count: count)
    #endif
    for number in 0..<count {
        let start = Unmanaged.passRetained(Start(number, body)).toOpaque()
        #if canImport(Darwin)
            let code = pthread_create(
                &threads[number], nil,
                {
                    run($0); return nil
                }, start)
        #else
            let code = pthread_create(
                &threads[number], nil,
                {
                    run($0!); return nil
                }, start)
        #endif
        precondition(code == 0, "a thread could not be made")
    }
    #if canImport(Darwin)
        for thread in threads { pthread_join(thread!, nil) }
    #else
        for thread in threads { pthread_join(thread, nil) }
    #endif

    func run(_ start: UnsafeMutableRawPointer) {
        let start = Unmanaged<Start>.fromOpaque(start).takeRetainedValue()
        start.body(start.number)
    }
}
