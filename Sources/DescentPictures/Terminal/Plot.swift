/// The curves with their axes, as lines of text.
struct Plot {
    let picture: TerminalPicture
    /// How many columns the labels of the axis upwards take, with the space behind them.
    let gutter: Int
    private let frame: Frame
    private var canvas: Canvas
    private var yLabels: [Int: String] = [:]
    private var xTicks: [(column: Int, label: String)] = []

    var columns: Int { canvas.columns }

    private var chart: Chart { picture.chart }

    init(picture: TerminalPicture, survey: Survey, rows: Int) {
        self.picture = picture
        let chart = picture.chart
        let notation = picture.style == .braille ? Notation.superscript : .letter
        let down = picture.style == .braille ? 4 : 1
        let across = picture.style == .braille ? 2 : 1

        // The labels of the axis upwards decide how wide the plot is: two rounds settle it.
        func framed(_ columns: Int) -> Frame {
            Frame(
                chart, survey, width: Double(columns * across - 1), height: Double(rows * down - 1), inset: 0,
                aspect: picture.style == .braille ? 1 : 2)
        }
        var (gutter, labels) = (6, [Int: String]())
        var frame = framed(picture.width)
        var used = rows
        for _ in 0..<2 {
            frame = framed(max(picture.width - gutter - 1, 4))
            // Less than there is if the plot is square.
            let (scaling, length) = (frame.y, frame.height)
            let rows = Int(length) / down + 1
            used = rows
            func row(_ tick: Tick) -> Int { rows - 1 - Int((scaling.place(tick.value) * length).rounded()) / down }
            let ticks = scaling.ticks(wanted: max(rows * 2 / 5, 3), notation) { ticks in
                let places = ticks.map(row).sorted()
                return zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= (rows <= 8 ? 1 : 2) }
                    && places.allSatisfy { (0..<rows).contains($0) }
            }
            // A label that would leave no room for the plot is not written.
            labels = Dictionary(
                ticks.filter { $0.label.columns <= picture.width - 12 }.map { (row($0), $0.label) },
                uniquingKeysWith: { first, _ in first })
            gutter = (labels.values.map(\.columns).max() ?? 0) + 1
        }
        self.gutter = gutter
        self.frame = framed(max(picture.width - gutter - 1, 4))
        yLabels = labels
        canvas = Canvas(columns: Int(self.frame.width) / across + 1, rows: used, style: picture.style)
        frame = self.frame

        let columns = canvas.columns
        let scaling = frame.x
        let length = frame.width
        func placed(_ tick: Tick) -> (column: Int, start: Int) {
            let column = Int((scaling.place(tick.value) * length).rounded()) / across
            // A label at the end moves inside.
            let start = gutter + 1 + column - tick.label.columns / 2
            return (column, min(max(start, 0), picture.width - tick.label.columns))
        }
        let ticks = scaling.ticks(wanted: max(columns / 7, 3), notation) { ticks in
            let spans = ticks.map { (placed($0).start, placed($0).start + $0.label.columns) }.sorted { $0.0 < $1.0 }
            return zip(spans, spans.dropFirst()).allSatisfy { $1.0 - $0.1 >= 2 }
                && ticks.allSatisfy { (0..<columns).contains(placed($0).column) }
        }
        xTicks = ticks.map { (placed($0).column, $0.label) }
        draw()
    }

    private mutating func draw() {
        for (index, series) in chart.series.enumerated() where series.mark == .bars { drawBars(series, index) }
        for reference in chart.references {
            let places = frame.places(of: reference, in: chart)
            var walked = 0
            for (from, to) in zip(places, places.dropFirst()) {
                canvas.line(from, to, -1, TerminalPicture.referencePattern, &walked)
            }
        }
        for (index, series) in chart.series.enumerated() {
            switch series.mark {
            case .line: drawLine(series, index)
            case .dots:
                for i in 0..<series.count where chart.isShown(series, i) { drawDot(series, i, index) }
            case .bars: break
            }
        }
    }

    private mutating func drawDot(_ series: Chart.Series, _ i: Int, _ index: Int) {
        let place = frame.place(series.x[i], series.y[i])
        // Given ranges may leave it far outside.
        guard abs(place.x) < 1e6, abs(place.y) < 1e6 else { return }
        let (x, y) = (Int(place.x.rounded()), Int(place.y.rounded()))
        canvas.set(x, y, index)
        guard series.mark == .dots, picture.style == .braille else { return }
        for (dx, dy) in TerminalPicture.shape(index) { canvas.set(x + dx, y + dy, index) }
    }

    private mutating func drawLine(_ series: Chart.Series, _ index: Int) {
        let pattern = TerminalPicture.pattern(index)
        var before: SIMD2<Double>?
        var (walked, isJoined) = (0, false)
        for i in 0..<series.count {
            guard chart.isShown(series, i) else {
                if before != nil, !isJoined { drawDot(series, i - 1, index) }
                before = nil
                continue
            }
            let place = frame.place(series.x[i], series.y[i])
            if let before { canvas.line(before, place, index, pattern, &walked) }
            isJoined = before != nil
            before = place
        }
        if before != nil, !isJoined { drawDot(series, series.count - 1, index) }
    }

    private mutating func drawBars(_ series: Chart.Series, _ index: Int) {
        let zero = frame.y.isLogarithmic ? 0 : min(max(frame.y.place(0), 0), 1) * frame.height
        for i in 0..<series.count where chart.isShown(series, i) && series.y[i] != 0 {
            let ends = [series.x[i], series.x[i + 1]].map { min(max(frame.x.place($0), 0), 1) * frame.width }.sorted()
            let top = min(max(frame.y.place(series.y[i]), 0), 1) * frame.height
            // Neighbours share an edge: the right one draws it.
            let (first, last) = (Int(ends[0].rounded()), Int(ends[1].rounded()))
            for x in first...max(first, last == canvas.width - 1 ? last : last - 1) {
                for y in Int(min(zero, top).rounded())...Int(max(zero, top).rounded()) { canvas.set(x, y, index) }
            }
        }
    }

    /// From the highest row of the plot to the labels below it.
    var lines: [String] {
        let (tickMark, wall, corner, floor, foot) =
            picture.style == .braille ? ("┤", "│", "└", "─", "┬") : ("+", "|", "+", "-", "+")
        var lines = (0..<canvas.rows).map { row in
            let label = yLabels[row].map { $0 + " " } ?? ""
            return label.padded(left: gutter) + (yLabels[row] == nil ? wall : tickMark) + cells(row)
        }
        var axis = Array(repeating: floor, count: canvas.columns)
        var labels = ""
        for (column, label) in xTicks.sorted(by: { $0.column < $1.column }) {
            axis[column] = foot
            let start = min(max(gutter + 1 + column - label.columns / 2, 0), picture.width - label.columns)
            labels = labels.padded(right: start) + label
        }
        lines.append(String(repeating: " ", count: gutter) + corner + axis.joined())
        lines.append(labels)
        return lines
    }

    /// A row of the canvas, neighbours of one owner coloured together.
    private func cells(_ row: Int) -> String {
        var (out, run, owner) = ("", "", Int?.none)
        for (character, next) in canvas.row(row) {
            if next != owner {
                out += picture.coloured(run, owner)
                (run, owner) = ("", next)
            }
            run.append(character)
        }
        return out + picture.coloured(run, owner)
    }
}
