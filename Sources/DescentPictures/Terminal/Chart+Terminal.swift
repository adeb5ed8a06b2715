extension Chart {
    /// With what a terminal draws.
    public enum TerminalStyle: Sendable, Hashable {
        /// Letters of braille, eight dots in each.
        case braille
        /// The letters of ASCII, one for each series.
        case ascii
    }

    /// The picture as text, without a line feed at the end.
    ///
    /// ```swift
    /// let chart = Chart(y: "loss", series: [.line("loss", [8, 4, 2, 1, 0.5, 0.25, 0.125])])
    /// print(chart.terminal(width: 32, height: 8))
    /// // loss
    /// // 8 ┤⠑⢄
    /// // 6 ┤  ⠑⢄
    /// // 4 ┤    ⠑⠤⣀
    /// // 2 ┤       ⠉⠒⠤⢄⣀⡀
    /// //   │            ⠈⠉⠒⠒⠒⠤⠤⠤⠤⠤⣀⣀⣀⣀⣀⣀⣀
    /// //   └┬────────┬─────────┬────────┬
    /// //    0        2         4        6
    /// ```
    ///
    /// - Parameters:
    ///   - width: in columns, at least 20.
    ///   - height: in lines, at least 5; titles, legend and notes give way where they would leave the plot no room.
    ///   - style: braille, or ASCII for terminals without it.
    ///   - colors: whether series are coloured by ANSI's sequences.
    public func terminal(
        width: Int = 72, height: Int = 20, style: TerminalStyle = .braille, colors: Bool = false
    ) -> String {
        TerminalPicture(
            chart: self, width: min(max(width, 20), 1000), height: min(max(height, 5), 1000), style: style,
            colors: colors
        ).text
    }
}

/// A chart on its way to lines of text.
struct TerminalPicture {
    let chart: Chart
    let width: Int
    let height: Int
    let style: Chart.TerminalStyle
    let colors: Bool

    var text: String {
        let survey = Survey(chart)
        func fits(_ text: String) -> Bool { text.columns <= width }

        var title = wrapped(chart.title, lines: 2, fits: fits)
        var legend = legendLines
        var yTitle = chart.y.title.isEmpty ? [] : [shortened(sanitized(chart.y.title), fits: fits)]
        var xTitle = chart.x.title.isEmpty ? [] : [shortened(sanitized(chart.x.title), fits: fits)]
        var notes = (chart.remarks + survey.notes).flatMap { wrapped($0, lines: 3, fits: fits) }
        var rows: Int { height - 2 - title.count - legend.count - yTitle.count - xTitle.count - notes.count }
        // The plot has three rows at least.
        if rows < 3 { xTitle = [] }
        if rows < 3 { legend = [] }
        if rows < 3 { notes = [] }
        if rows < 3 { yTitle = [] }
        if rows < 3 { title = [] }

        let plot = Plot(picture: self, survey: survey, rows: rows)
        let center = plot.gutter + 1 + max(0, (plot.columns - (xTitle.first?.columns ?? 0)) / 2)
        return
            (title + legend + yTitle + plot.lines
            + xTitle.map { String(repeating: " ", count: min(center, width - $0.columns)) + $0 } + notes)
            .map(\.withoutTrailingSpaces).joined(separator: "\n")
    }

    func coloured(_ text: String, _ owner: Int?) -> String {
        guard colors, let owner else { return text }
        let colour = owner < 0 ? 244 : Palette.terminal[Palette.colour(owner)]
        return "\u{1B}[38;5;\(colour)m\(text)\u{1B}[0m"
    }

    /// Samples and names, wrapped.
    private var legendLines: [String] {
        var lines: [(text: String, columns: Int)] = []
        for entry in chart.legendEntries {
            let name = shortened(entry.name) { $0.columns <= width - 4 }
            let text = sample(of: entry) + " " + name
            let columns = (style == .braille ? 4 : 2) + name.columns
            if let last = lines.last, last.columns + 3 + columns <= width {
                lines[lines.count - 1] = (last.text + "   " + text, last.columns + 3 + columns)
            } else {
                lines.append((text, columns))
            }
        }
        return lines.map(\.text)
    }

    private func sample(of entry: LegendEntry) -> String {
        var canvas = Canvas(columns: style == .braille ? 3 : 1, rows: 1, style: style)
        var (walked, owner) = (0, -1)
        let middle = Double(canvas.height / 2)
        func draw(_ pattern: [Bool]) {
            canvas.line(SIMD2(0, middle), SIMD2(Double(canvas.width - 1), middle), owner, pattern, &walked)
        }
        switch entry.kind {
        case .reference: draw(Self.referencePattern)
        case .series(let index):
            owner = index
            switch chart.series[index].mark {
            case .line: draw(Self.pattern(index))
            case .dots:
                let (x, y) = (canvas.width / 2, canvas.height / 2)
                for (dx, dy) in [(0, 0)] + Self.shape(index) { canvas.set(x + dx, y + dy, index) }
            case .bars:
                for x in 0..<canvas.width { for y in 0..<canvas.height { canvas.set(x, y, index) } }
            }
        }
        return coloured(String(canvas.row(0).map(\.0)), owner)
    }

    /// Which dots around it belong to a dot of a series.
    static func shape(_ series: Int) -> [(Int, Int)] {
        let shapes: [[(Int, Int)]] = [
            [], [(0, 1)], [(1, 0)], [(1, 1)], [(1, -1)], [(0, 1), (1, 0), (1, 1)], [(1, 0), (2, 0)], [(0, 1), (0, 2)],
        ]
        return shapes[Palette.pattern(series)]
    }

    static let referencePattern = [true, false, false]

    /// Which dots of a line are drawn.
    static func pattern(_ series: Int) -> [Bool] {
        let patterns = ["1", "1110", "10", "111100", "11111010", "1100", "111111000", "1000"]
        return patterns[Palette.pattern(series)].map { $0 == "1" }
    }
}
