#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the standard output is, and what goes there.
enum Terminal {
    /// Whether a person looks at it.
    static var isStandardOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Columns; 80 where nobody knows.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes text, in order with everything that `print` writes.
    static func write(_ text: String) {
        print(text, terminator: "")
        fflush(nil)
    }

    /// Seconds since some moment.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
