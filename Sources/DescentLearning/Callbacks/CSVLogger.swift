import DescentCore
import DescentFiles

/// Writes the figures of every epoch as a line of a table.
///
/// ```swift
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: "sgd", loss: "mse", metrics: ["mae"])
/// let log = CSVLogger("/tmp/descent-example-log.csv")
/// try model.fit([[0]], [2], epochs: 3, verbose: .silent, callbacks: [log])
/// print(try CSV.read("/tmp/descent-example-log.csv").numbers("epoch"))   // [0.0, 1.0, 2.0]
/// ```
///
/// The columns are those of the first epoch, by name; what a later one lacks is written `NA`. A line is in the file when the
/// next epoch begins.
public final class CSVLogger: Callback {
    private let path: String
    private let separator: String
    private let append: Bool
    private var file: GrowingText?
    private var names: [String]?
    /// Bytes that an earlier part of this training has written.
    private var kept: Int?

    /// Writes to a file; its folder must exist.
    ///
    /// - Parameters:
    ///   - filename: the file.
    ///   - separator: what stands between fields; the default is a comma.
    ///   - append: whether lines are added to those of an older file; the default is that it is replaced.
    public init(_ filename: String, separator: String = ",", append: Bool = false) {
        path = filename
        self.separator = separator
        self.append = append
    }

    /// Forgets earlier trainings.
    public func onTrainBegin() { (file, names, kept) = (nil, nil, nil) }

    /// Opens the file: what is wrong with it is told before the epoch.
    public func onEpochBegin(_ epoch: Int) throws { try open() }

    /// Writes the line.
    public func onEpochEnd(_ epoch: Int, _ logs: Logs) throws {
        try open()
        guard let file else { return }
        var text = ""
        if names == nil {
            var own = logs.names.sorted()
            // Where validation comes later it has its columns already.
            if !own.contains(where: { $0.hasPrefix("val_") }) { own += own.map { "val_\($0)" } }
            names = own
            if file.byteCount == 0 { text = line(["epoch"] + own) }
        }
        text += line(["\(epoch)"] + names!.map { name in logs[name].map { "\($0)" } ?? "NA" })
        try file.append(text)
    }

    /// Closes the file.
    public func onTrainEnd(_ logs: Logs) { file = nil }

    private func open() throws {
        if file == nil { file = try GrowingText(path, keep: kept ?? (append ? nil : 0), "CSVLogger") }
    }

    private func line(_ fields: [String]) -> String {
        fields.map { field in
            field.contains(separator) || field.contains("\"") || field.contains("\n")
                ? "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
                : field
        }.joined(separator: separator) + "\n"
    }

    /// The columns, and how long the file is.
    public var memory: CallbackMemory {
        guard let names else { return CallbackMemory() }
        return CallbackMemory([
            "names": .list(names.map { .string($0) }), "bytes": .init(file?.byteCount ?? kept),
        ])
    }

    /// Goes on there: what was written after is cut off.
    public func remember(_ memory: CallbackMemory) {
        names = memory.values["names"]?.list?.compactMap(\.string)
        kept = memory.values["bytes"]?.integer ?? kept
    }
}
