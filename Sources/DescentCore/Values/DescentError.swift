/// What went wrong: the operation, the rule that was broken, what was received instead, and where.
///
/// ```
/// [matmul] inner dimensions must agree. Received: lhs [2, 3], rhs [4, 5] (Model.swift:12)
/// ```
public struct DescentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the operation, as it is called.
    public let operation: String
    /// The rule that was broken.
    public let rule: String
    /// What was received.
    public let received: String
    /// The caller's file and line, as far as they are known.
    public var location: SourceLocation?

    /// An error of `operation`.
    public init(
        _ operation: StaticString, _ rule: String, received: String, at location: SourceLocation? = nil
    ) {
        self.init(operation: operation.description, rule, received: received, at: location)
    }

    package init(operation: String, _ rule: String, received: String, at location: SourceLocation? = nil) {
        self.operation = operation
        self.rule = rule
        self.received = received
        self.location = location
    }

    /// The same error, placed at `location` if it had no place yet.
    public func located(at location: SourceLocation?) -> DescentError {
        guard self.location == nil else { return self }
        var copy = self
        copy.location = location
        return copy
    }

    /// `[operation] rule. Received: …`
    public var message: String { "[\(operation)] \(rule). Received: \(received)" }

    /// The message, and the place if it is known.
    public var description: String { location.map { "\(message) (\($0))" } ?? message }
}

/// A place in somebody's source: `Module/File.swift:12`.
public struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    // As the compiler gives it: text is made of it only for those who read it.
    private let path: StaticString
    /// The line, from 1 on.
    public let line: Int

    /// The place that `#fileID` and `#line` name.
    public init(_ file: StaticString, _ line: UInt) {
        path = file
        self.line = Int(line)
    }

    /// The module and the file.
    public var file: String { path.description }

    /// File and line.
    public var description: String { "\(path):\(line)" }

    /// Whether both are the same line of the same file.
    public static func == (lhs: SourceLocation, rhs: SourceLocation) -> Bool {
        lhs.line == rhs.line && lhs.file == rhs.file
    }

    /// Feeds file and line to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(file)
        hasher.combine(line)
    }
}
