/// A curve in one line of text.
///
/// ```swift
/// print(sparkline([1, 2, 4, 8, 4, 2, 1]))              // ▁▂▄█▄▂▁
/// print(sparkline([9, 3, .nan, 1, 0.5, 0.2]))          // █▃ ▂▁▁
/// print(sparkline((0..<100).map(Double.init), width: 8))   // ▁▂▃▄▅▆▇█
/// ```
///
/// The least value is ▁, the largest █; values that are all the same stand in the middle. What is not finite leaves a
/// space. More values than columns are averaged, as many as equally as possible in each column.
///
/// - Parameters:
///   - values: from left to right.
///   - width: how many columns there are at most; as many as values if not given.
public func sparkline(_ values: [Double], width: Int? = nil) -> String {
    let columns = min(max(width ?? values.count, 1), values.count)
    let means: [Double?] = (0..<columns).map { column in
        let (first, last) = (column * values.count / columns, (column + 1) * values.count / columns)
        let finite = values[first..<last].filter { abs($0) <= largestShown }
        // Divided first: the sum of large values need not overflow.
        return finite.isEmpty ? nil : finite.reduce(0) { $0 + $1 / Double(finite.count) }
    }
    let known = means.compactMap { $0 }
    guard let low = known.min(), let high = known.max() else { return String(repeating: " ", count: columns) }
    let blocks = Array("▁▂▃▄▅▆▇█")
    // What rounding makes of equal values is still equal.
    let isConstant = !(high - low > max(abs(low), abs(high)) * 1e-12)
    return String(
        means.map { mean -> Character in
            guard let mean else { return " " }
            return isConstant ? blocks[3] : blocks[Int(((mean - low) / (high - low) * 7).rounded())]
        })
}
