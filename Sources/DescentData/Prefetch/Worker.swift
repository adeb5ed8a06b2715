import DescentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A thread that runs one function and is gone.
enum Worker {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// As much as a main thread has: some systems give others very little.
    private static let stackBytes = 8 << 20

    /// Runs `body` on a new thread, which nobody waits for.
    static func start(_ operation: StaticString, _ body: @escaping @Sendable () -> Void) throws(DescentError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackBytes)
        let argument = Unmanaged.passRetained(Body(body))
        #if canImport(Glibc)
            var thread = pthread_t()
            let code = pthread_create(&thread, &attributes, { Worker.main($0) }, argument.toOpaque())
        #else
            var thread: pthread_t?
            let code = pthread_create(&thread, &attributes, { Worker.main($0) }, argument.toOpaque())
        #endif
        guard code == 0 else {
            argument.release()
            throw DescentError(operation, "a thread must start", received: String(cString: strerror(code)))
        }
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
    }
}
