#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Time as the system tells it, in seconds.
enum Clock {
    static var now: Double { seconds(of: CLOCK_MONOTONIC) }

    /// Processor time of this process, of all its threads.
    static var own: Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

    /// Processor time that the whole machine has spent working; nil where /proc does not tell.
    static var machine: Double? {
        let file = open("/proc/stat", O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = read(file, &buffer, buffer.count)
        guard length > 0,
            let line = String(decoding: buffer[..<length], as: UTF8.self).split(separator: "\n").first
        else { return nil }
        // user nice system idle iowait irq softirq steal
        let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard ticks.count >= 8 else { return nil }
        let working = [0, 1, 2, 5, 6, 7].reduce(0) { $0 + ticks[$1] }
        return working / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
