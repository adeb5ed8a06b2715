import DescentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What errors name: the operation as it is called, and the file.
struct Subject: Sendable {
    let operation: StaticString
    let file: String

    /// A broken rule: what was received, and at which byte of the file.
    func failure(_ rule: String, received: String, at position: Int? = nil) -> DescentError {
        let place = position.map { "byte \($0) of \(file)" } ?? file
        return DescentError(operation, rule, received: "\(received) (\(place))")
    }

    /// What the system refused just now.
    func systemFailure(_ rule: String, at position: Int? = nil) -> DescentError {
        let code = errno
        return failure(rule, received: String(cString: strerror(code)), at: position)
    }

    /// A path that the system can be asked for.
    func checkPath() throws(DescentError) {
        // The system would read no further, and open another file.
        guard !file.utf8.contains(0) else {
            throw DescentError(operation, "a path may not contain NUL", received: file.debugDescription)
        }
    }
}

/// Runs `body`; errors that have no place yet get the caller's.
func atCaller<Result>(
    _ file: StaticString, _ line: UInt, _ body: () throws(DescentError) -> Result
) throws(DescentError) -> Result {
    do {
        return try body()
    } catch {
        throw error.located(at: SourceLocation(file, line))
    }
}
