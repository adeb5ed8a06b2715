extension Chart {
    /// The picture as a file of its own: text that a browser shows, in light or dark as its user prefers.
    ///
    /// ```swift
    /// let chart = Chart.curves([("loss", [0.9, 0.5, 0.3])], title: "Loss & epochs")
    /// let file = chart.svg(width: 320, height: 200)
    /// print(file.contains("<title>Loss &amp; epochs</title>"))   // true
    /// ```
    ///
    /// It names no other file and no font that has to be there, and is below about 100 KB whatever the number of points:
    /// lines keep the extremes of each column of pixels, dots that would cover each other become one that is less
    /// transparent. The same chart gives the same text.
    ///
    /// - Parameters:
    ///   - width: in pixels, from 160 to 4000.
    ///   - height: in pixels, from 120 to 4000.
    public func svg(width: Int = 640, height: Int = 400) -> String { markup(width, height, isFile: true) }

    /// - Parameter isFile: whether it stands alone; in a document the style sheet and the paper belong to that.
    func markup(_ width: Int, _ height: Int, isFile: Bool) -> String {
        let (width, height) = (min(max(width, 160), 4000), min(max(height, 120), 4000))
        let survey = Survey(self)
        let layout = Layout(self, survey, width: Double(width), height: Double(height), margin: isFile ? 16 : 2)
        var out = "<svg"
        if isFile { out += " xmlns=\"http://www.w3.org/2000/svg\"" }
        out += " class=\"descent-chart\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\""
        out += " role=\"img\" font-family=\"\(ChartStyle.fonts)\" font-size=\"12\">\n"
        out += "<title>\(escaped(title.isEmpty ? "Chart" : title))</title>\n"
        out += "<desc>\(escaped(summary(survey)))</desc>\n"
        if isFile {
            out += "<style>\(ChartStyle.standalone)</style>\n"
            out += "<rect class=\"paper\" width=\"\(width)\" height=\"\(height)\" fill=\"\(Palette.lightPaper)\"/>\n"
        }
        out += layout.words + layout.legendMarkup(series) + layout.axes
        out += SeriesMarkup(chart: self, layout: layout).text
        return out + "</svg>\n"
    }

    /// The picture in words, for those who do not see it.
    func summary(_ survey: Survey) -> String {
        var axes = [
            x.title.isEmpty ? "" : "\(x.title) from left to right", y.title.isEmpty ? "" : "\(y.title) upwards",
        ]
        if x.scale == .logarithmic { axes[0] += " (logarithmic)" }
        if y.scale == .logarithmic { axes[1] += " (logarithmic)" }
        let parts = zip(series, survey.shown).prefix(12).map { series, shown in
            let noun = series.mark == .line ? "a line through" : series.mark == .dots ? "dots at" : "bars:"
            let unit = series.mark == .bars ? "intervals" : "points"
            let range = shown.count == 0 ? "" : ", from \(brief(shown.y.low)) to \(brief(shown.y.high))"
            return (series.name.isEmpty ? "" : "\(series.name): ") + "\(noun) \(shown.count) \(unit)\(range)"
        }
        return
            (axes.filter { !$0.isEmpty } + parts
            + (remarks + survey.notes).map { String($0.dropLast($0.hasSuffix(".") ? 1 : 0)) })
            .joined(separator: "; ") + "."
    }
}

extension Layout {
    /// Titles and notes.
    fileprivate var words: String {
        var out = ""
        if !title.isEmpty {
            out += "<g class=\"ink\" fill=\"#1f2429\" font-size=\"15\" font-weight=\"600\">"
            out += title.map { text($0.text, margin, $0.y) }.joined() + "</g>\n"
        }
        out += "<g class=\"muted\" fill=\"#5c6670\">"
        if let yTitle { out += text(yTitle.text, margin, yTitle.y) }
        if let xTitle { out += text(xTitle.text, left + frame.width / 2, xTitle.y, " text-anchor=\"middle\"") }
        out += notes.map { text($0.text, margin, $0.y, " font-size=\"11\"") }.joined()
        return out + "</g>\n"
    }

    private func text(_ text: String, _ x: Double, _ y: Double, _ attributes: String = "") -> String {
        "<text x=\"\(pixels(x))\" y=\"\(pixels(y))\"\(attributes)>\(escaped(text))</text>"
    }

    /// Samples and names.
    fileprivate func legendMarkup(_ series: [Chart.Series]) -> String {
        guard !legend.isEmpty else { return "" }
        var out = "<g class=\"ink\" fill=\"#1f2429\">\n"
        for (entry, x, y) in legend {
            switch entry.kind {
            case .series(let index):
                out += SeriesMarkup.sample(of: series[index], index, x: x, y: y - 4, width: Self.swatch)
            case .reference:
                out += "<path class=\"reference\" stroke=\"#5c6670\" stroke-dasharray=\"3 3\" d=\"M\(pixels(x)) "
                out += "\(pixels(y - 4))h\(pixels(Self.swatch))\"/>"
            }
            out += text(entry.name, x + Self.swatch + 6, y) + "\n"
        }
        if hiddenEntries > 0, let last = legend.last {
            let end = last.x + Self.swatch + 6 + letterWidth(last.entry.name) * Self.textSize + 12
            out += "<g class=\"muted\">" + text("+ \(hiddenEntries) more", end, last.y) + "</g>\n"
        }
        return out + "</g>\n"
    }

    /// The grid, the foot of the plot, and the numbers.
    fileprivate var axes: String {
        let bottom = top + frame.height
        var grid = ""
        var out = "<g class=\"muted\" fill=\"#5c6670\" text-anchor=\"end\">"
        for tick in yTicks {
            let y = bottom - frame.y.place(tick.value) * frame.height
            grid += "M\(pixels(left)) \(pixels(y))h\(pixels(frame.width))"
            out += text(tick.label, left - 6, y + 4)
        }
        out += "</g>\n<g class=\"muted\" fill=\"#5c6670\" text-anchor=\"middle\">"
        var marks = ""
        for tick in xTicks {
            let x = left + frame.x.place(tick.value) * frame.width
            grid += "M\(pixels(x)) \(pixels(top))v\(pixels(frame.height))"
            marks += "M\(pixels(x)) \(pixels(bottom))v4"
            out += text(tick.label, x, bottom + 17)
        }
        out += "</g>\n<path class=\"grid\" stroke=\"#e6e9ec\" d=\"\(grid)\"/>\n"
        out += "<path class=\"axis\" stroke=\"#b4bbc2\" d=\"M\(pixels(left)) \(pixels(bottom))h\(pixels(frame.width))"
        return out + "\(marks)\"/>\n"
    }
}
