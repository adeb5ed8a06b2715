import DescentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Numbers as text.
enum Numeral {
    /// As C's printf writes it: `format` has one place for a double, or one for an `Int` written `%ld`.
    static func formatted(_ format: String, _ value: any CVarArg) -> String {
        withVaList([value]) { list in
            var buffer = [CChar](repeating: 0, count: 400)
            let count = Int(vsnprintf(&buffer, buffer.count, format, list))
            return String(
                decoding: buffer[..<min(max(count, 0), buffer.count - 1)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Four digits after the point, or an exponent where these would say nothing.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let size = value.magnitude
        return formatted(size != 0 && (size < 1e-3 || size >= 1e6) ? "%.4e" : "%.4f", value)
    }

    /// Seconds as a person says them: `12 s`, `3:05`, `1:02:03`, `340 ms`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        if seconds < 1e-3 { return formatted("%.0f µs", seconds * 1e6) }
        if seconds < 1 { return formatted("%.0f ms", seconds * 1e3) }
        if seconds < 10 { return formatted("%.1f s", seconds) }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if whole < 3600 { return "\(whole / 60):\(two(whole % 60))" }
        return "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
    }
}
