/// Cells of a terminal, each of several dots (braille) or of one (ASCII).
struct Canvas {
    /// With what a terminal draws.
    typealias Style = Chart.TerminalStyle

    let columns: Int
    let rows: Int
    let style: Style
    /// Dots of a cell.
    let across: Int
    let down: Int
    private var bits: [UInt8]
    /// Who drew last in a cell: the number of a series, or -1 for a reference line.
    private var owners: [Int?]

    init(columns: Int, rows: Int, style: Style) {
        (self.columns, self.rows, self.style) = (columns, rows, style)
        (across, down) = style == .braille ? (2, 4) : (1, 1)
        bits = Array(repeating: 0, count: columns * rows)
        owners = Array(repeating: nil, count: columns * rows)
    }

    /// In dots.
    var width: Int { columns * across }
    var height: Int { rows * down }

    /// Sets the dot that is `x` from the left and `y` from below.
    mutating func set(_ x: Int, _ y: Int, _ owner: Int) {
        guard x >= 0, y >= 0, x < width, y < height else { return }
        let below = height - 1 - y
        let cell = below / down * columns + x / across
        bits[cell] |= style == .braille ? Self.dots[below % 4][x % 2] : 1
        owners[cell] = owner
    }

    /// The dots of a cell of braille from the top, left and right.
    private static let dots: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

    /// What marks a series, and a reference line, where there is no braille.
    static let letters = Array("*o+x#@%&")

    /// Sets the dots from one place to another, as a pattern of drawn and left out ones says.
    ///
    /// - Parameter walked: how many dots of the pattern have been used, over all pieces of a line.
    mutating func line(
        _ from: SIMD2<Double>, _ to: SIMD2<Double>, _ owner: Int, _ pattern: [Bool], _ walked: inout Int
    ) {
        guard let (from, to) = clipped(from, to) else { return }
        let (start, end) = (from.rounded(.toNearestOrAwayFromZero), to.rounded(.toNearestOrAwayFromZero))
        let steps = Int(max(abs(end.x - start.x), abs(end.y - start.y)))
        for step in 0...steps {
            let place = steps == 0 ? start : start + (end - start) * (Double(step) / Double(steps))
            if pattern[walked % pattern.count] { set(Int(place.x.rounded()), Int(place.y.rounded()), owner) }
            // The next piece begins where this one ends.
            if step < steps { walked += 1 }
        }
    }

    /// What of a piece lies inside.
    private func clipped(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> (SIMD2<Double>, SIMD2<Double>)? {
        let limit = SIMD2(Double(width - 1), Double(height - 1))
        var (enter, leave) = (0.0, 1.0)
        for axis in 0..<2 {
            let delta = b[axis] - a[axis]
            for (distance, slope) in [(a[axis] + 0.499, -delta), (limit[axis] + 0.499 - a[axis], delta)] {
                if slope == 0 {
                    if distance < 0 { return nil }
                } else if slope < 0 {
                    enter = max(enter, distance / slope)
                } else {
                    leave = min(leave, distance / slope)
                }
            }
        }
        return enter <= leave ? (a + (b - a) * enter, a + (b - a) * leave) : nil
    }

    /// The text of a row, and for each cell who drew there last.
    func row(_ row: Int) -> [(Character, owner: Int?)] {
        (0..<columns).map { column in
            let cell = row * columns + column
            guard let owner = owners[cell] else { return (" ", nil) }
            if style == .ascii { return (owner < 0 ? "." : Self.letters[owner % Self.letters.count], owner) }
            return (Character(Unicode.Scalar(0x2800 + UInt32(bits[cell])) ?? " "), owner)
        }
    }
}
