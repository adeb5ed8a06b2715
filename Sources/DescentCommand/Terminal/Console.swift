/// Where texts go: results to the standard output, complaints to the standard error stream.
final class Console {
    /// Whether a person looks at the output, so that a line may move.
    let isTerminal: Bool
    /// Whether colours are welcome.
    let hasColors: Bool
    /// Columns of the output.
    let width: Int
    private let output: (String) throws -> Void
    private let errors: (String) -> Void
    private var hasMovingLine = false

    init(
        isTerminal: Bool = false, hasColors: Bool = false, width: Int = 80, output: @escaping (String) throws -> Void,
        errors: @escaping (String) -> Void
    ) {
        self.isTerminal = isTerminal
        self.hasColors = hasColors
        self.width = width
        self.output = output
        self.errors = errors
    }

    /// A line of the result.
    func say(_ line: String = "") throws { try write(line + "\n") }

    /// Text of the result as it is.
    func write(_ text: String) throws {
        try output((hasMovingLine ? "\r\u{1B}[K" : "") + text)
        hasMovingLine = false
    }

    /// A line that the next one replaces; for terminals alone.
    func move(_ line: String) throws {
        guard isTerminal else { return }
        try output("\r" + line.prefix(max(width - 1, 1)) + "\u{1B}[K")
        hasMovingLine = true
    }

    /// A line about what went wrong, or what to know.
    func complain(_ message: String) {
        if hasMovingLine { try? write("") }
        // Whatever stands in a file may be in a message: nothing of it may steer the terminal.
        let safe = message.unicodeScalars.map {
            $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : Character($0)
        }
        errors("descent: \(String(safe))\n")
    }
}

extension Console {
    /// The streams of this process.
    static var standard: Console {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let isDumb = environment("TERM") == "dumb"
        return Console(
            isTerminal: isTerminal && !isDumb, hasColors: isTerminal && !isDumb && environment("NO_COLOR").isEmpty,
            width: isKnown ? Int(size.ws_col) : 80,
            output: { text in
                let code = send(text, to: STDOUT_FILENO)
                // Whoever read has enough.
                if code == EPIPE { throw Failure("", status: 128 + SIGPIPE) }
                if code != 0 { throw Failure.system("standard output", code) }
            },
            errors: { _ = send($0, to: STDERR_FILENO) })
    }

    private static func environment(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }

    /// Writes all of a text; 0, or what the system says.
    private static func send(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                #elseif canImport(Musl)
                    let count = Musl.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                #else
                    let count = Darwin.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                #endif
                if count >= 0 { done += count } else if errno != EINTR { return errno }
            }
            return 0
        }
    }
}
