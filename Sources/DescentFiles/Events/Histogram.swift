import DescentCore

/// How many numbers lie where.
struct Histogram {
    /// One part of the range; the last one includes its upper bound.
    struct Row: Equatable {
        var lower: Double
        var upper: Double
        var count: Double
    }

    private(set) var rows: [Row]

    /// Counts the finite numbers of a tensor in equal parts of their range.
    init(_ tensor: Tensor, buckets: Int) throws(DescentError) {
        let values = try tensor.cast(to: .float64).withBytes { bytes throws(DescentError) in
            bytes.bindMemory(to: Double.self).filter(\.isFinite)
        }
        guard let least = values.min(), let greatest = values.max() else {
            rows = []
            return
        }
        // All equal: one bar with some width.
        guard least < greatest else {
            rows = [Row(lower: least - 0.5, upper: greatest + 0.5, count: Double(values.count))]
            return
        }
        // Halves, as the whole range may be more than the greatest number there is.
        let width = greatest / Double(buckets) - least / Double(buckets)
        rows = (0..<buckets).map {
            Row(lower: least + Double($0) * width, upper: least + Double($0 + 1) * width, count: 0)
        }
        rows[buckets - 1].upper = greatest
        for value in values {
            let place = width / 2 > 0 ? (value / 2 - least / 2) / (width / 2) : 0
            rows[min(buckets - 1, max(0, Int(place)))].count += 1
        }
    }
}
