import DescentCore
import DescentFiles
import DescentPictures

extension History {
    /// A figure by epoch, and that of validation beside it.
    ///
    /// ```swift
    /// let x = Tensor.randomNormal([64, 2], seed: 1)
    /// let model = Sequential(Dense(1))
    /// try model.compile(optimizer: SGD(learningRate: 0.1), loss: "mse", metrics: ["mae"])
    /// let history = try model.fit(x, x.sum(axes: 1), epochs: 20, verbose: .silent, validationSplit: 0.25)
    /// let chart = history.plot()
    /// print(chart.series.map(\.name), chart.y.scale)                  // ["loss", "val_loss"] logarithmic
    /// print(history.charts.map(\.title))                              // ["loss", "mae"]
    /// try history.plot(to: "/tmp/descent-example-curves.svg")         // for a browser
    /// print(history.terminal(width: 40, height: 10).split(separator: "\n").count)   // 10
    /// ```
    ///
    /// - Parameters:
    ///   - name: the figure; the default is the loss. One that is not there gives an empty chart.
    ///   - scale: of the axis upwards; by default logarithmic where all values are positive and the greatest is ten times the
    ///     least, or more.
    public func plot(_ name: String = "loss", scale: Chart.Scale? = nil) -> Chart {
        let shown = [name, "val_\(name)"].filter { !self[$0].isEmpty }
        return Chart(
            name, x: "epoch", y: Chart.Axis("", scale ?? sensibleScale(shown)),
            series: shown.map { .line($0, x: epochs(of: $0).map { Double($0 + 1) }, y: self[$0]) })
    }

    /// A chart for each figure: the loss, the metrics, and what callbacks have added.
    public var charts: [Chart] {
        names.filter { !$0.hasPrefix("val_") || self[String($0.dropFirst(4))].isEmpty }.map { plot($0) }
    }

    /// Writes the chart of a figure as an SVG file, which a browser shows; see `plot(_:scale:)`.
    ///
    /// - Parameters:
    ///   - name: the figure; the default is the loss.
    ///   - path: the file; its folder must exist.
    ///   - width: in pixels.
    ///   - height: in pixels.
    /// - Throws: where the file cannot be written. An older file stays as it was.
    public func plot(
        _ name: String = "loss", to path: String, width: Int = 640, height: Int = 400,
        file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try located(file, line) {
            try TextFile.write(plot(name).svg(width: width, height: height), to: path, "History.plot")
        }
    }

    /// The chart of a figure as text; see `plot(_:scale:)`.
    ///
    /// - Parameters:
    ///   - name: the figure; the default is the loss.
    ///   - width: in columns.
    ///   - height: in lines.
    ///   - colors: whether series are coloured by ANSI's sequences.
    public func terminal(_ name: String = "loss", width: Int = 72, height: Int = 16, colors: Bool = false) -> String {
        plot(name).terminal(width: width, height: height, colors: colors)
    }

    private func sensibleScale(_ names: [String]) -> Chart.Scale {
        let values = names.flatMap { self[$0] }.filter(\.isFinite)
        guard let least = values.min(), let greatest = values.max(), least > 0 else { return .linear }
        return greatest >= 10 * least ? .logarithmic : .linear
    }
}
