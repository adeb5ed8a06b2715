import DescentCore
import DescentData
import DescentFiles
import DescentPictures

extension TrainingReport {
    /// Says what the model read: the columns of a table, and what became of them.
    ///
    /// ```swift
    /// let table = try Table([("x", .numbers([1, 2, 4])), ("y", .numbers([1, 3, 2]))])
    /// let encoder = try TableEncoder(learning: table, target: "y")
    /// let (model, data) = (Sequential(Dense(1)), try encoder.encode(table))
    /// try model.compile(optimizer: "sgd", loss: "mse")
    /// try model.fit(data.x, data.y!, verbose: .silent)
    ///
    /// var report = TrainingReport("A line", model)
    /// report.describe(table, encoder: encoder)
    /// print(report.html.contains("<h2>Data</h2>"))   // true
    /// ```
    ///
    /// - Parameters:
    ///   - table: all rows.
    ///   - encoder: what made tensors of them.
    public mutating func describe(_ table: Table, encoder: TableEncoder) {
        var columns = TextTable([
            .left("column"), .left("read as"), .right("missing"), .right("features"), .left("values"),
        ])
        let kinds = encoder.kinds
        for name in table.names {
            guard let column = table[name] else { continue }
            let use = name == encoder.target ? "target" : kinds[name] == nil ? "left out" : nil
            let features = kinds[name] == nil ? 0 : encoder.features(of: name)
            let (missing, kind, values) = TrainingReport.survey(column)
            columns.append([name, use ?? kind, "\(missing)", features == 0 ? "–" : "\(features)", values])
        }
        data.append(
            .facts([
                ("rows", "\(table.rowCount)"), ("columns", "\(table.names.count)"), ("target", encoder.target),
                ("features", "\(encoder.featureNames.count)"),
            ]))
        data.append(.table(columns))
        if kinds.values.contains(.number) {
            data.append(.paragraph("Numbers are scaled to mean 0 and deviation 1 in the training rows."))
        }
        if !encoder.notes.isEmpty {
            data.append(
                .paragraph(
                    encoder.notes.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }.joined(separator: " ")))
        }
    }

    /// How many fields are missing, what the others are, and which.
    private static func survey(_ column: Table.Column) -> (missing: Int, kind: String, values: String) {
        switch column {
        case .numbers(let tensor):
            let numbers = ((try? tensor.evaluated()) ?? tensor).scalars(as: Double.self)
            let known = numbers.filter { !$0.isNaN }
            guard let least = known.min(), let greatest = known.max() else { return (numbers.count, "numbers", "–") }
            let mean = known.reduce(0) { $0 + $1 / Double(known.count) }
            return (
                numbers.count - known.count, "numbers", "\(brief(least)) to \(brief(greatest)), mean \(brief(mean))"
            )
        case .text(let texts):
            var counts: [String: Int] = [:]
            for text in texts { counts[text, default: 0] += 1 }
            let missing = counts.removeValue(forKey: "") ?? 0
            let frequent = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
            let shown = frequent.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
            return (missing, "texts", counts.count > 3 ? "\(shown) and \(counts.count - 3) others" : shown)
        }
    }
}

extension TableEncoder {
    /// How many features a column becomes.
    fileprivate func features(of name: String) -> Int {
        if kinds[name] == .number { return featureNames.contains("\(name) (missing)") ? 2 : 1 }
        return featureNames.count { $0.hasPrefix("\(name)=") || $0 == "\(name) (missing)" }
    }
}
