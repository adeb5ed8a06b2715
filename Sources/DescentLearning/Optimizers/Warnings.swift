#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import DescentCore

/// Where warnings go: what is probably a mistake and yet no error.
///
/// ```swift
/// Warnings.handler = { message in print(message) }   // optimizer: …
/// let (a, b) = (Variable(1, name: "a"), Variable(1, name: "b"))
/// try RMSprop().minimize({ a * a }, [a, b])
/// Warnings.handler = nil
/// ```
public enum Warnings {
    private static let current = Guarded<(@Sendable (String) -> Void)?>(Warnings.report)

    /// Receives every warning; nil for silence. The standard one writes to the standard error stream.
    public static var handler: (@Sendable (String) -> Void)? {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// Hands a warning to the handler.
    static func emit(_ message: String, from source: String = "optimizer") { handler?("\(source): \(message)") }

    @Sendable private static func report(_ message: String) {
        var line = Array("warning: \(message)\n".utf8)
        _ = write(2, &line, line.count)
    }
}
