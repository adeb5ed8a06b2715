/// A derivative by differences, and how much it can be trusted.
struct NumericDerivative {
    var value: Double
    /// An estimate of its error: truncation and rounding, whichever is larger.
    var error: Double
}

/// df/dt at 0 by central differences with step sizes that halve, extrapolated to step 0.
///
/// A central difference is off by terms in h², h⁴, …; each column of Neville's table removes one of them (Ridders,
/// "Accurate computation of F'(x) and F'(x)F''(x)", 1982). The entry that agrees best with its neighbours wins, so that
/// neither the first step (too coarse for a function that bends) nor the last (drowned in rounding) has to be right.
func numericDerivative(
    firstStep: Double, levels: Int = 8, of f: (_ t: Double) throws -> Double
) rethrows -> NumericDerivative {
    var best = NumericDerivative(value: .nan, error: .infinity)
    var previous: [Double] = []
    var step = firstStep
    for _ in 0..<levels {
        let above = try f(step)
        let below = try f(-step)
        var row = [(above - below) / (2 * step)]
        let noise = (above.magnitude + below.magnitude) * .ulpOfOne / step
        var factor = 4.0
        for (column, older) in previous.enumerated() {
            let value = row[column] + (row[column] - older) / (factor - 1)
            row.append(value)
            factor *= 4
            let error = max((value - row[column]).magnitude, (value - older).magnitude, noise)
            if error < best.error { best = NumericDerivative(value: value, error: error) }
        }
        previous = row
        step /= 2
    }
    return best
}
