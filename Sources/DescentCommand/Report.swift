import Descent

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

/// The numbers as a curve of Braille dots on a logarithmic scale, its highest and lowest value at the left.
func curve(_ numbers: [Double], width: Int, height: Int) -> String {
    let logs = log(Tensor(numbers.map { max($0, 1e-12) })).scalars(as: Double.self)
    guard let top = logs.max(), let bottom = logs.min() else { return "" }
    // A Braille character is two dots wide and four high; the bits of its dots, by row and column:
    let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    let (columns, rows) = (2 * width, 4 * height)
    var cells = [[UInt32]](repeating: [UInt32](repeating: 0, count: width), count: height)
    var previous: Int?
    for column in 0..<columns {
        // The value between two epochs lies on the line between them.
        let at = Double(column) * Double(logs.count - 1) / Double(columns - 1)
        let index = min(Int(at), logs.count - 1)
        let next = min(index + 1, logs.count - 1)
        let value = logs[index] + (logs[next] - logs[index]) * (at - Double(index))
        let row = top > bottom ? Int(((top - value) / (top - bottom) * Double(rows - 1)).rounded()) : rows - 1
        // Up and down in one column where the curve is steep, so that it does not break.
        for dot in min(previous ?? row, row)...max(previous ?? row, row) {
            cells[dot / 4][column / 2] |= bits[dot % 4][column % 2]
        }
        previous = row
    }
    let labels = [0: fixed(numbers.max()!, 3), height - 1: fixed(numbers.min()!, 3)]
    return cells.enumerated().map { index, row in
        let line = row.map { String(Unicode.Scalar(0x2800 + $0)!) }.joined()
        return padded(labels[index] ?? "", to: 9) + " │" + line
    }.joined(separator: "\n")
}
