/// The style sheet of charts, one for all of a document.
enum ChartStyle {
    static let fonts =
        "system-ui,-apple-system,&quot;Segoe UI&quot;,Roboto,&quot;Helvetica Neue&quot;,Arial,sans-serif"

    static let rules =
        ".descent-chart .paper{fill:var(--paper)}"
        + ".descent-chart .ink{fill:var(--ink)}"
        + ".descent-chart .muted{fill:var(--muted)}"
        + ".descent-chart .grid{stroke:var(--grid)}"
        + ".descent-chart .axis{stroke:var(--axis)}"
        + ".descent-chart .reference{stroke:var(--muted)}"
        + Palette.light.indices.map { ".descent-chart .c\($0 + 1){color:var(--c\($0 + 1))}" }.joined()

    /// For a file of its own.
    static let standalone =
        ".descent-chart{\(Palette.lightVariables)}"
        + "@media screen and (prefers-color-scheme:dark){.descent-chart{\(Palette.darkVariables)}}"
        + rules
}
