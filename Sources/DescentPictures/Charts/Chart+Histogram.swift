extension Chart {
    /// How often values occur: bars over intervals of one width, from the least value to the largest.
    ///
    /// ```swift
    /// let chart = Chart.histogram([1, 1, 2, 2, 2, 3, 5], bins: 4)
    /// print(chart.series[0].x, chart.series[0].y)   // [1.0, 2.0, 3.0, 4.0, 5.0] [2.0, 3.0, 1.0, 1.0]
    /// ```
    ///
    /// A value on the border of two intervals counts in the right one, the largest value in the last one. Without
    /// `bins`, the rule of Freedman and Diaconis finds the width, 2 · IQR / ∛n (IQR is what the middle half spans);
    /// where that is zero, the rule of Sturges finds the number, log₂ n + 1. Never more than 200.
    ///
    /// - Parameters:
    ///   - values: in any order; those that are not finite are left out and counted in a note.
    ///   - bins: how many bars, from 1 to 1000.
    ///   - title: what stands above the picture.
    ///   - x: what the values are.
    ///   - y: what is counted.
    public static func histogram(
        _ values: [Double], bins: Int? = nil, title: String = "", x: String = "", y: String = "count"
    ) -> Chart {
        let sorted = values.filter { abs($0) <= largestShown }.sorted()
        var chart = Chart(title, x: Axis(x), y: Axis(y))
        if let note = Survey.note(values.count - sorted.count, "value", "is not finite", "are not finite") {
            chart.remarks = [note]
        }
        guard let least = sorted.first, let largest = sorted.last else { return chart }

        // One value only gets one bar around it.
        let isConstant = !(largest - least > max(abs(largest), abs(least)) * 1e-12)
        let half = isConstant ? (largest == 0 ? 0.5 : abs(largest) * 0.05) : 0
        let (low, high) = (least - half, largest + half)
        let count = isConstant ? 1 : min(max(bins ?? freedmanDiaconis(sorted), 1), 1000)
        let edges = (0...count).map { i in
            i == count ? high : low + (high - low) * (Double(i) / Double(count))
        }
        var heights = [Double](repeating: 0, count: count)
        var bar = 0
        for value in sorted {
            while bar < count - 1, value >= edges[bar + 1] { bar += 1 }
            heights[bar] += 1
        }
        chart.series = [.bars(edges: edges, heights: heights)]
        return chart
    }

    /// How many intervals sorted values get.
    private static func freedmanDiaconis(_ sorted: [Double]) -> Int {
        let n = Double(sorted.count)
        let width = 2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / cubeRoot(n)
        let span = sorted[sorted.count - 1] - sorted[0]
        let count =
            width > 0 ? (span / width).rounded(.up) : (decimalLogarithm(n) / decimalLogarithm(2)).rounded(.up) + 1
        return Int(min(max(count, 1), 200))
    }

    /// Between the two nearest ranks.
    private static func quantile(_ sorted: [Double], _ part: Double) -> Double {
        let rank = part * Double(sorted.count - 1)
        let below = Int(rank)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (rank - Double(below))
    }
}
