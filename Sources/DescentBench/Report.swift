/// Results as text.
enum Report {
    static func json(_ workload: Workload, _ m: Measurement) -> String {
        var fields = [
            "\"workload\": \"\(workload.name)\"", "\"peer\": \"descent\"",
            "\"unit\": \"\(workload.unit.name)\"",
            "\"median\": \(rounded(m.median))", "\"min\": \(rounded(m.least))",
            "\"max\": \(rounded(m.greatest))",
            "\"runs\": \(m.runs)",
        ]
        if let load = m.otherLoad { fields.append("\"other_load\": \((load * 100).rounded() / 100)") }
        return "{" + fields.joined(separator: ", ") + "}"
    }

    static let header = line("workload", "median", "min", "max", "", "runs") + "  floor"

    static func row(_ workload: Workload, _ m: Measurement, on machine: Machine?) -> String {
        let unit =
            switch workload.unit {
            case .microseconds, .microsecondsEach: "µs"
            case .gigaflops: "GFLOP/s"
            case .nanosecondsEach: "ns per operation"
            }
        var row = line(
            workload.name, "\(rounded(m.median))", "\(rounded(m.least))", "\(rounded(m.greatest))", unit,
            "\(m.runs)")
        if let machine, let floor = Floor.of(workload.name) {
            let (seconds, limit) = floor.time(on: machine)
            row += "  \(rounded(workload.unit.figure(seconds: seconds), digits: 3)) by \(limit)"
        }
        if let load = m.otherLoad, load > 0.1 {
            row += "   (others kept \(rounded(load, digits: 2)) processors busy)"
        }
        return row
    }

    static func check(_ name: String, _ findings: [Prepared.Finding]) -> String {
        let wrong = findings.filter { !$0.isRight }.map {
            "\($0.name) is \($0.found), should be \($0.expected)"
        }
        return wrong.isEmpty
            ? "ok    \(name): \(findings.map(\.name).joined(separator: ", "))"
            : "FAIL  \(name): \(wrong.joined(separator: "; "))"
    }

    private static func line(
        _ name: String, _ median: String, _ least: String, _ greatest: String, _ unit: String, _ runs: String
    ) -> String {
        name + spaces(20 - name.count) + right(median, 11) + right(least, 11) + right(greatest, 11)
            + "  " + unit + spaces(16 - unit.count) + right(runs, 5)
    }

    private static func right(_ text: String, _ width: Int) -> String { spaces(width - text.count) + text }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }

    /// The number with that many significant digits.
    private static func rounded(_ x: Double, digits: Int = 5) -> Double {
        guard x.isFinite, x != 0 else { return x }
        var scale = 1.0
        var limit = 1.0
        for _ in 0..<digits { limit *= 10 }
        // One of these loops runs; both factors are exact powers of ten.
        while x.magnitude * scale < limit / 10, scale < 1e15 { scale *= 10 }
        if scale > 1 { return (x * scale).rounded() / scale }
        while x.magnitude / scale >= limit { scale *= 10 }
        return (x / scale).rounded() * scale
    }
}
