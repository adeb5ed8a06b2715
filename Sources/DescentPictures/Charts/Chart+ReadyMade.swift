extension Chart {
    /// What changed from epoch to epoch: losses, metrics, learning rates.
    ///
    /// ```swift
    /// let loss = [0.9, 0.5, 0.3], validation = [1.0, 0.7, 0.6]
    /// let chart = Chart.curves([("loss", loss), ("val_loss", validation)], title: "Loss", scale: .logarithmic)
    /// print(chart.series.map(\.name), chart.series[0].x)   // ["loss", "val_loss"] [1.0, 2.0, 3.0]
    /// ```
    ///
    /// - Parameters:
    ///   - curves: names, and a number for each epoch.
    ///   - title: what stands above the picture.
    ///   - x: what is counted.
    ///   - y: what the numbers are.
    ///   - scale: of the axis upwards.
    ///   - first: the number of the first epoch.
    public static func curves(
        _ curves: [(name: String, values: [Double])], title: String = "", x: String = "epoch", y: String = "",
        scale: Scale = .linear, first: Int = 1
    ) -> Chart {
        Chart(
            title, x: Axis(x), y: Axis(y, scale),
            series: curves.map { name, values in
                .line(name, x: values.indices.map { Double(first) + Double($0) }, y: values)
            })
    }

    /// How near predictions come to the truth: a dot for each example, and the line on which all would be right.
    ///
    /// ```swift
    /// let chart = Chart.predictions(truth: [1, 2, 3], predicted: [1.1, 1.8, 3.2])
    /// print(chart.equalScales, chart.x.title, chart.y.title)   // true truth prediction
    /// ```
    public static func predictions(
        truth: [Double], predicted: [Double], title: String = "Prediction and truth", x: String = "truth",
        y: String = "prediction"
    ) -> Chart {
        var chart = Chart(
            title, x: Axis(x), y: Axis(y), series: [.dots(x: truth, y: predicted)],
            references: [.diagonal(label: "\(y) = \(x)")])
        chart.equalScales = true
        return chart
    }

    /// What predictions leave over: truth minus prediction, against the prediction, and the line of none.
    ///
    /// ```swift
    /// let chart = Chart.residuals(truth: [1, 2, 3], predicted: [1.5, 1.75, 3])
    /// print(chart.series[0].x, chart.series[0].y)   // [1.5, 1.75, 3.0] [-0.5, 0.25, 0.0]
    /// ```
    public static func residuals(
        truth: [Double], predicted: [Double], title: String = "Residuals", x: String = "prediction",
        y: String = "truth − prediction"
    ) -> Chart {
        // Left-over predictions keep their place, so that they are counted.
        let left =
            zip(truth, predicted).map { $0 - $1 }
            + [Double](repeating: .nan, count: max(truth.count - predicted.count, 0))
        return Chart(
            title, x: Axis(x), y: Axis(y), series: [.dots(x: predicted, y: left)], references: [.horizontal(0)])
    }
}
