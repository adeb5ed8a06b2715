/// Beyond this, differences could overflow; such a number counts as not finite.
let largestShown = 1e300

/// The least and the largest of some numbers.
struct Extent: Equatable {
    var low = Double.infinity
    var high = -Double.infinity
    /// Whether all of them are whole: then steps between ticks are, too.
    var isWhole = true

    var isEmpty: Bool { low > high }

    mutating func add(_ value: Double) {
        low = min(low, value)
        high = max(high, value)
        if isWhole, value.rounded() != value || abs(value) > 1e15 { isWhole = false }
    }
}

/// What a chart's numbers are like: their extents, and how many cannot be shown.
struct Survey {
    var x = Extent()
    var y = Extent()
    var notFinite = 0
    var notPositive = 0
    var unpaired = 0
    /// Whether bars stand on the line y = 0.
    var standsOnZero = false
    /// How many points or bars each series shows, and the extent of their heights.
    var shown: [(count: Int, y: Extent)] = []

    init(_ chart: Chart) {
        for series in chart.series {
            unpaired += series.unpaired
            var count = 0
            var heights = Extent()
            for i in 0..<series.count {
                let (x, y) = (series.x[i], series.y[i])
                guard chart.isFinite(series, i) else { notFinite += 1; continue }
                guard chart.hasPlace(series, i) else {
                    // A bar of height zero is rightly not seen.
                    if series.mark != .bars || y != 0 { notPositive += 1 }
                    continue
                }
                count += 1
                heights.add(y)
                self.x.add(x)
                if series.mark == .bars { self.x.add(series.x[i + 1]) }
            }
            shown.append((count, heights))
            guard count > 0 else { continue }
            if series.mark == .bars, chart.y.scale == .linear {
                standsOnZero = true
                y.add(0)
            }
            y.add(heights.low)
            y.add(heights.high)
            y.isWhole = y.isWhole && heights.isWhole
        }
        for reference in chart.references {
            switch reference {
            case .horizontal(let value, _) where chart.y.hasPlace(value): y.add(value)
            case .vertical(let value, _) where chart.x.hasPlace(value): x.add(value)
            default: break
            }
        }
    }
}

extension Chart {
    /// What is said below the picture: the remarks, and how many points could not be shown.
    ///
    /// ```swift
    /// let chart = Chart(series: [.line("loss", [1, .nan, 0.5, .infinity])])
    /// print(chart.notes)   // ["2 points are not finite and left out."]
    /// ```
    public var notes: [String] { remarks + Survey(self).notes }

    func isFinite(_ series: Series, _ i: Int) -> Bool {
        abs(series.x[i]) <= largestShown && abs(series.y[i]) <= largestShown
            && (series.mark != .bars || abs(series.x[i + 1]) <= largestShown)
    }

    func hasPlace(_ series: Series, _ i: Int) -> Bool {
        x.hasPlace(series.x[i]) && y.hasPlace(series.y[i]) && (series.mark != .bars || x.hasPlace(series.x[i + 1]))
    }

    func isShown(_ series: Series, _ i: Int) -> Bool { isFinite(series, i) && hasPlace(series, i) }
}

extension Chart.Axis {
    func hasPlace(_ value: Double) -> Bool {
        abs(value) <= largestShown && (scale == .linear || value > 0)
    }
}

extension Survey {
    var notes: [String] {
        (shown.allSatisfy { $0.count == 0 } ? ["There are no points to show."] : [])
            + [
                Self.note(notFinite, "point", "is not finite", "are not finite"),
                Self.note(notPositive, "point", "is not positive", "are not positive"),
                Self.note(unpaired, "number", "is without a partner", "are without a partner"),
            ].compactMap { $0 }
    }

    static func note(_ count: Int, _ noun: String, _ one: String, _ many: String) -> String? {
        count == 0 ? nil : "\(count) \(noun)\(count == 1 ? " \(one)" : "s \(many)") and left out."
    }
}
