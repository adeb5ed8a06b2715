/// What the legend lists.
struct LegendEntry {
    enum Kind { case series(Int), reference }
    var kind: Kind
    var name: String
}

extension Chart {
    /// Nothing if it would only repeat the title.
    var legendEntries: [LegendEntry] {
        guard showsLegend else { return [] }
        let named = series.enumerated().filter { !$1.name.isEmpty }.map {
            LegendEntry(kind: .series($0), name: sanitized($1.name))
        }
        let labelled = references.filter { !$0.label.isEmpty }.map {
            LegendEntry(kind: .reference, name: sanitized($0.label))
        }
        let entries = named + labelled
        return entries.count == 1 && (entries[0].name == title || entries[0].name == y.title) ? [] : entries
    }
}

/// Where everything is in a picture of so many pixels, from the upper left corner.
struct Layout {
    /// A line of text: where its foot begins.
    struct Line {
        var text: String
        var y: Double
    }

    static let titleSize = 15.0
    static let textSize = 12.0
    static let noteSize = 11.0
    /// How far points stay from the border of the plot.
    static let inset = 8.0
    static let swatch = 22.0

    /// Around everything.
    let margin: Double
    private(set) var title: [Line] = []
    private(set) var legend: [(entry: LegendEntry, x: Double, y: Double)] = []
    /// What the legend has no room for.
    private(set) var hiddenEntries = 0
    private(set) var yTitle: Line?
    private(set) var xTitle: Line?
    private(set) var notes: [Line] = []
    private(set) var xTicks: [Tick] = []
    private(set) var yTicks: [Tick] = []
    private(set) var frame: Frame
    /// The upper left corner of the plot.
    private(set) var left = 0.0
    private(set) var top = 0.0

    init(_ chart: Chart, _ survey: Survey, width: Double, height: Double, margin: Double) {
        self.margin = margin
        frame = Frame(chart, survey, width: width, height: height, inset: Self.inset)
        // In a small picture the words give way before the plot does: notes, legend, titles of axes, title.
        for given in 0...5 {
            let bottom = arrangeWords(chart, survey, width: width, height: height, without: given)
            let plotHeight = bottom - top
            if given == 5 || plotHeight >= max(height * 0.25, 56) {
                arrangePlot(chart, survey, width: width, height: max(plotHeight, 20))
                break
            }
        }
        if !chart.x.title.isEmpty, xTitle != nil { xTitle?.y = top + frame.height + 35 }
    }

    /// Everything above and below the plot; the answer is where the plot must end.
    private mutating func arrangeWords(
        _ chart: Chart, _ survey: Survey, width: Double, height: Double, without given: Int
    ) -> Double {
        let inner = width - 2 * margin
        func fits(_ size: Double) -> (String) -> Bool { { letterWidth($0) * size <= inner } }

        (title, legend, hiddenEntries, yTitle, xTitle, notes) = ([], [], 0, nil, nil, [])
        var y = margin
        if given < 5 {
            for text in wrapped(chart.title, lines: 2, fits: fits(Self.titleSize * 1.06)) {
                y += Self.titleSize
                title.append(Line(text: text, y: y))
                y += 4
            }
            if !title.isEmpty { y += 6 }
        }
        if given < 2 {
            let rows = max(Int(height * 0.3 / 18), 1)
            (legend, hiddenEntries) = arranged(chart.legendEntries, width: inner, top: y, rows: rows)
            if let last = legend.last { y = last.y + 10 }
        }
        if given < 4, !chart.y.title.isEmpty {
            y += Self.textSize
            yTitle = Line(text: shortened(sanitized(chart.y.title), fits: fits(Self.textSize)), y: y)
            y += 8
        }
        top = y + 7

        var bottom = height - max(margin, 4)
        if given < 1 {
            let texts = (chart.remarks + survey.notes).flatMap { wrapped($0, lines: 3, fits: fits(Self.noteSize)) }
            for text in texts.reversed() {
                notes.insert(Line(text: text, y: bottom), at: 0)
                bottom -= 15
            }
            if !notes.isEmpty { bottom -= 4 }
        }
        if given < 3, !chart.x.title.isEmpty {
            xTitle = Line(text: shortened(sanitized(chart.x.title), fits: fits(Self.textSize)), y: bottom)
            bottom -= 18
        }
        return bottom - 17
    }

    private mutating func arrangePlot(_ chart: Chart, _ survey: Survey, width: Double, height: Double) {
        // The labels of the axis upwards decide how wide the plot is. A label that would take too much is not written.
        frame = Frame(chart, survey, width: width * 0.7, height: height, inset: Self.inset)
        for _ in 0..<2 {
            let (scaling, length) = (frame.y, frame.height)
            // A square plot has the same steps on both axes.
            let room = chart.equalScales ? 65.0 : 45
            yTicks = scaling.ticks(wanted: min(max(Int(length / room), 3), 10), .superscript) { ticks in
                let places = ticks.map { scaling.place($0.value) * length }.sorted()
                return zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= 15 }
            }
            yTicks.removeAll { letterWidth($0.label) * Self.textSize > width * 0.4 }
            let labels = (yTicks.map { letterWidth($0.label) }.max() ?? 0) * Self.textSize
            left = margin + labels + (yTicks.isEmpty ? 0 : 6)
            let rest = max(width - left - max(margin, 6), 20)
            frame = Frame(chart, survey, width: rest, height: height, inset: Self.inset)
        }
        let (scaling, length) = (frame.x, frame.width)
        func span(_ tick: Tick) -> (start: Double, end: Double) {
            let (middle, half) = (scaling.place(tick.value) * length, letterWidth(tick.label) * Self.textSize / 2)
            return (middle - half, middle + half)
        }
        // A label at the end may not leave the picture.
        let (least, most) = (2 - left, width - left - 2)
        xTicks = scaling.ticks(wanted: min(max(Int(length / 65), 3), 12), .superscript) { ticks in
            let spans = ticks.map(span).sorted { $0.start < $1.start }
            return zip(spans, spans.dropFirst()).allSatisfy { $1.start - $0.end >= 12 }
        }.filter { span($0).start >= least && span($0).end <= most }
    }

    /// The legend in rows from left to right.
    private func arranged(
        _ entries: [LegendEntry], width: Double, top: Double, rows: Int
    ) -> (placed: [(entry: LegendEntry, x: Double, y: Double)], hidden: Int) {
        var placed: [(entry: LegendEntry, x: Double, y: Double)] = []
        var (x, row) = (0.0, 0)
        for (i, entry) in entries.enumerated() {
            var entry = entry
            entry.name = shortened(entry.name) { letterWidth($0) * Self.textSize <= width - Self.swatch - 8 }
            let needed = Self.swatch + 6 + letterWidth(entry.name) * Self.textSize
            // The last row keeps room to say how many are missing.
            let room = row == rows - 1 && i < entries.count - 1 ? width - 70 : width
            if x > 0, x + needed > room {
                (x, row) = (0, row + 1)
            }
            if row == rows { return (placed, entries.count - i) }
            placed.append((entry, margin + x, top + 10 + Double(row) * 18))
            x += needed + 18
        }
        return (placed, 0)
    }

    /// The pixel of a point of the plot, which counts from its lower left corner.
    func pixel(_ place: SIMD2<Double>) -> SIMD2<Double> { SIMD2(left + place.x, top + frame.height - place.y) }
}
