import DescentCore
import DescentData
import DescentFiles
import DescentPictures

/// A training as one document for a browser: what came out, beside what simpler ways would have given, how it went, and with
/// what.
///
/// ```swift
/// let x = Tensor.randomNormal([100, 3], seed: 1)
/// let y = x.sum(axes: 1)
/// let model = Sequential(Dense(8, activation: .tanh), Dense(1))
/// try model.compile(optimizer: "adam", loss: "mse")
/// try model.fit(x, y, epochs: 5, verbose: .silent)
///
/// var report = TrainingReport("A sum", model)
/// let predicted = try model.predict(x, verbose: .silent).scalars(as: Double.self)
/// report.results = try TrainingReport.Results(
///     truth: y.scalars(as: Double.self), predicted: predicted, rows: "100 training rows",
///     baselines: [("mean", [Double](repeating: 0, count: 100))])
/// report.settings.append(("batch size", "32"))
/// try report.write(to: "/tmp/descent-example-report.html")
/// print(report.html.contains("<svg"), report.html.contains("http"))   // true false
/// ```
///
/// The document is one file, loads nothing, and is light or dark as the reader prefers; see `HTMLReport`.
public struct TrainingReport: Sendable {
    /// The title of the document.
    public var title: String
    /// A line below the title; nothing if empty.
    public var subtitle = ""
    /// What the training has found, epoch by epoch.
    public let history: History
    /// Predictions and truths; nil if there are none to show.
    public var results: Results?
    /// What the training was told, by name: the optimizer with its arguments, the loss, the seed, and what is added.
    public var settings: [(name: String, value: String)]
    /// What the model read: see `describe(_:encoder:)`.
    public var data: [HTMLReport.Block] = []
    /// Sentences that a reader should see first.
    public var remarks: [String] = []
    private let model: TextTable
    private let figures: TextTable

    /// A report of the last training of a model.
    public init(_ title: String, _ model: some Model) {
        self.title = title
        history = model.trainer.history
        settings = model.settings
        figures = history.table(model)
        self.model = ((model as? Sequential)?.overview() ?? model.overview).table
    }

    /// The document.
    public var html: String {
        var report = HTMLReport(title: title, subtitle: subtitle)
        let first = remarks.map { HTMLReport.Block.paragraph($0) }
        if let results {
            report.append("Result", [results.figures] + first + [.table(results.table)])
        } else if !first.isEmpty {
            report.append("Result", first)
        }
        report.append("Training", training)
        if let results { report.append("Predictions of \(results.rows)", [.charts(results.charts)]) }
        report.append("Model", [.table(model)])
        report.append("Configuration", [.facts(settings)])
        if !data.isEmpty { report.append("Data", data) }
        report.append("Environment", [.facts(Environment.facts)])
        return report.html
    }

    /// Writes the document. It appears whole or not at all.
    ///
    /// - Parameter path: the file; its folder must exist.
    public func write(to path: String, file: StaticString = #fileID, line: UInt = #line) throws {
        try located(file, line) { try TextFile.write(html, to: path, "TrainingReport.write") }
    }

    private var training: [HTMLReport.Block] {
        guard !history.epochs.isEmpty else { return [.paragraph("There was no epoch.")] }
        let ending = history.wasInterrupted ? [HTMLReport.Block.paragraph("An interrupt ended the training.")] : []
        return ending + [.charts(history.charts), .table(figures)]
    }
}

extension History {
    /// The figures of the last epoch and of the best one.
    fileprivate func table(_ model: some Model) -> TextTable {
        var table = TextTable([
            .left("figure"), .right("after epoch \((epochs.last ?? 0) + 1)"), .right("best"), .right("in epoch"),
        ])
        for name in names {
            let monitor = Monitor(name: name, mode: .auto, minDelta: 0, owner: "TrainingReport")
            var best: (value: Double, epoch: Int)?
            for (value, epoch) in zip(self[name], epochs(of: name)) where value.isFinite {
                // Of figures of which nobody knows which way is better there is no best.
                guard let isBetter = try? monitor.isBetter(value, than: best?.value ?? value, model) else { break }
                if isBetter || best == nil { best = (value, epoch) }
            }
            table.append([
                name, epochs(of: name).last == epochs.last ? brief(self[name].last ?? .nan) : "–",
                best.map { brief($0.value) } ?? "–", best.map { "\($0.epoch + 1)" } ?? "–",
            ])
        }
        return table
    }
}

extension Summary {
    /// The summary as a table.
    fileprivate var table: TextTable {
        let hasShapes = rows.contains { $0.shape != nil }
        var table = TextTable(
            [.left(column.lowercased())] + (hasShapes ? [.left("output")] : []) + [.right("parameters")])
        for row in rows { table.append([row.name] + (hasShapes ? [row.shape ?? ""] : []) + ["\(row.parameters)"]) }
        table.appendRule()
        let pad = hasShapes ? [""] : []
        table.append(["total (\(bytes) bytes)"] + pad + ["\(total)"])
        if trained < total { table.append(["trained"] + pad + ["\(trained)"]) }
        return table
    }
}

extension Model {
    /// What the model was compiled with, by name.
    fileprivate var settings: [(name: String, value: String)] {
        var settings: [(name: String, value: String)] = []
        if let optimizer {
            settings.append(("optimizer", typeName(optimizer)))
            let config = optimizer.getConfig()
            for key in config.keys where key != "name" {
                guard let value = config[key], value != .null, value != .bool(false) else { continue }
                // What plays no part would only be noise.
                if key == "ema_momentum", config["use_ema"] != .bool(true) { continue }
                let number = value.number.map { brief($0, digits: 12) }
                settings.append((String(key.map { $0 == "_" ? " " : $0 }), number ?? value.string ?? value.json))
            }
        }
        if let loss { settings.append(("loss", String(loss.name.map { $0 == "_" ? " " : $0 }))) }
        let metrics = metrics.map(\.name)
        if !metrics.isEmpty { settings.append(("metrics", metrics.joined(separator: ", "))) }
        settings.append(("steps", "\(trainer.stepsTaken)"))
        return settings
    }
}
