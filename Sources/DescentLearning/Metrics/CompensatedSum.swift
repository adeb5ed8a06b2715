/// A sum of doubles together with what rounding has cut off, as a second double.
///
/// Exact as long as the last bit of every number added weighs no less than 2⁻¹⁰⁴ of the sum: then neither the
/// order of the numbers nor the way in which they were grouped changes a bit, and 10⁹ numbers lose nothing.
struct CompensatedSum: Hashable, Sendable {
    /// The sum, rounded to a double.
    private(set) var value: Double
    /// The exact sum minus `value`.
    private(set) var residue: Double

    init(_ value: Double = 0, residue: Double = 0) {
        self.value = value
        self.residue = 0
        // Parts that somebody has written down need not be normal.
        if residue != 0 { add(residue) }
    }

    /// Knuth's two-sum, and the parts made normal again: `value` is the nearest double to the sum of both.
    mutating func add(_ number: Double) {
        let sum = value + number
        guard sum.isFinite else {
            // Of infinity and NaN nothing is cut off.
            (value, residue) = (sum, 0)
            return
        }
        let part = sum - value
        let error = (value - (sum - part)) + (number - part)
        let rest = residue + error
        value = sum + rest
        residue = rest - (value - sum)
    }

    mutating func add(_ other: CompensatedSum) {
        add(other.value)
        if other.residue != 0 { add(other.residue) }
    }
}
