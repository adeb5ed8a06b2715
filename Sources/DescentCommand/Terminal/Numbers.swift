/// `x` with that many digits after the point.
func fixed(_ x: Double, _ digits: Int) -> String {
    guard x.isFinite, x.magnitude < 1e12 else { return "\(x)" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let units = Int((x.magnitude * Double(scale)).rounded())
    let fraction = String(units % scale)
    return (x < 0 && units > 0 ? "-" : "") + "\(units / scale)"
        + (digits > 0 ? "." + String(repeating: "0", count: digits - fraction.count) + fraction : "")
}

/// `text`, moved to the right.
func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
}

/// `text`, and spaces behind it.
func padded(right text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
}

/// A number and what it counts: "1 row", "2 rows".
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
