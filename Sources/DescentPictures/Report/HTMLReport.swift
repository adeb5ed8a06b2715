/// A document with charts, tables and text, in one file that needs no other and no network.
///
/// ```swift
/// var report = HTMLReport(title: "Fuel efficiency", subtitle: "64–64–1 network, RMSprop")
/// report.append("Result", [
///     .facts([("test RMSE", "2.31"), ("epochs", "60")]),
///     .charts([.curves([("loss", [9, 4, 2])], title: "Loss"), .histogram([1, 2, 2, 3], title: "Residuals")]),
///     .paragraph("The loss still falls when training ends."),
/// ])
/// print(report.html.hasPrefix("<!DOCTYPE html>"), report.html.contains("http"))   // true false
/// ```
///
/// It is light or dark as the reader prefers, fits a telephone, and prints in light colours. The same report gives the
/// same text. All texts are escaped.
public struct HTMLReport: Sendable {
    /// The title of the document.
    public var title: String
    /// A line below it; nothing if empty.
    public var subtitle: String
    /// The language of the texts, as browsers and screen readers name it.
    public var language: String
    /// From top to bottom.
    public var sections: [Section]

    /// A report, empty unless sections are given.
    public init(title: String, subtitle: String = "", language: String = "en", sections: [Section] = []) {
        self.title = title
        self.subtitle = subtitle
        self.language = language
        self.sections = sections
    }

    /// Adds a section below the others.
    public mutating func append(_ title: String, _ blocks: [Block]) {
        sections.append(Section(title, blocks))
    }

    /// A part of a report.
    public struct Section: Sendable {
        /// Its heading; nothing if empty.
        public var title: String
        /// What it shows, from top to bottom.
        public var blocks: [Block]

        /// A section of these blocks.
        public init(_ title: String, _ blocks: [Block]) {
            self.title = title
            self.blocks = blocks
        }
    }

    /// Something that a section shows.
    public enum Block: Sendable {
        /// Sentences.
        case paragraph(String)
        /// Names with their values.
        case facts([(name: String, value: String)])
        /// Few numbers in large figures, each with its name: what a reader wants to know first.
        case figures([(name: String, value: String)])
        /// Rows and columns.
        case table(TextTable)
        /// Pictures, side by side where there is room.
        case charts([Chart])
        /// Text with its own line breaks and spaces.
        case preformatted(String)
    }
}

extension HTMLReport {
    /// The document.
    public var html: String {
        let name = escaped(title.isEmpty ? "Report" : title)
        var out = "<!DOCTYPE html>\n<html lang=\"\(escaped(language))\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        out += "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
        out += "<title>\(name)</title>\n<style>\n\(ReportStyle.sheet)</style>\n</head>\n<body>\n<main>\n"
        out += "<header>\n<h1>\(name)</h1>\n"
        if !subtitle.isEmpty { out += "<p class=\"subtitle\">\(escaped(subtitle))</p>\n" }
        out += "</header>\n"
        for section in sections {
            out += "<section>\n"
            if !section.title.isEmpty { out += "<h2>\(escaped(section.title))</h2>\n" }
            out += section.blocks.map(\.html).joined() + "</section>\n"
        }
        return out + "</main>\n</body>\n</html>\n"
    }
}

extension HTMLReport.Block {
    /// How large charts are drawn: their letters stay readable when a telephone makes them smaller. Square plots need
    /// more height.
    private static let chartSize = (width: 400, height: 290, square: 400)

    fileprivate var html: String {
        switch self {
        case .paragraph(let text): return "<p>\(escaped(text))</p>\n"
        case .facts(let facts): return Self.list(facts, "facts")
        case .figures(let facts): return Self.list(facts, "figures")
        case .table(let table): return table.html
        case .charts(let charts):
            guard !charts.isEmpty else { return "" }
            let (width, height, square) = Self.chartSize
            let drawn = charts.map { chart in
                let picture = chart.markup(width, chart.equalScales ? square : height, isFile: false)
                return "<figure\(chart.equalScales ? " class=\"square\"" : "")>\n\(picture)</figure>\n"
            }
            return "<div class=\"charts\">\n" + drawn.joined() + "</div>\n"
        case .preformatted(let text):
            // The first line feed is not shown.
            return "<pre>\n\(escaped(text, keepsLines: true))</pre>\n"
        }
    }

    private static func list(_ facts: [(name: String, value: String)], _ kind: String) -> String {
        guard !facts.isEmpty else { return "" }
        let items = facts.map { "<div><dt>\(escaped($0))</dt><dd>\(escaped($1))</dd></div>\n" }
        return "<dl class=\"\(kind)\">\n" + items.joined() + "</dl>\n"
    }
}

extension TextTable {
    /// Decimal columns keep the padding that lines up their points.
    fileprivate var html: String {
        guard !columns.isEmpty else { return "" }
        let classes = columns.map { $0.alignment == .left ? "" : " class=\"number\"" }
        func row(_ texts: [String], _ tag: String, _ attributes: String = "") -> String {
            let scope = tag == "th" ? " scope=\"col\"" : ""
            return "<tr\(attributes)>"
                + zip(texts, classes).map { "<\(tag)\(scope)\($1)>\(escaped($0))</\(tag)>" }.joined() + "</tr>\n"
        }
        var out = "<div class=\"wide\"><table>\n"
        if columns.contains(where: { !$0.header.isEmpty }) {
            out += "<thead>\n" + row(columns.map(\.header), "th") + "</thead>\n"
        }
        out += "<tbody>\n"
        let cells = columns.indices.map { column in
            // Spaces that HTML keeps: as wide as a point, and as a digit.
            alignedCells(column).map { text in
                let end = text.withoutTrailingSpaces
                let missing = columns[column].alignment == .decimal ? text.count - end.count : 0
                let hasPoint = end.contains(".") || missing == 0
                return end + (hasPoint ? "" : "\u{2008}")
                    + String(repeating: "\u{2007}", count: hasPoint ? missing : missing - 1)
            }
        }
        for index in rows.indices {
            out += row(cells.map { $0[index] }, "td", rules.contains(index) ? " class=\"rule\"" : "")
        }
        return out + "</tbody>\n</table></div>\n"
    }
}
