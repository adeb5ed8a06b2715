import DescentFiles

/// What a training has found, epoch by epoch.
///
/// ```swift
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: "sgd", loss: "mse")
/// let history = try model.fit([[1], [2]], [2, 4], epochs: 3, verbose: .silent)
/// print(history.epochs, history.names)   // [0, 1, 2] ["loss"]
/// print(history["loss"].count)           // 3
/// ```
public struct History: Sendable, CustomStringConvertible {
    /// The numbers of the epochs, from 0 on.
    public private(set) var epochs: [Int] = []
    /// The names of the figures, in the order in which they came.
    public private(set) var names: [String] = []
    private var series: [String: [Double]] = [:]
    /// The epochs of figures that do not come in every epoch from the first on.
    private var sparse: [String: [Int]] = [:]
    /// Whether an interrupt (Ctrl-C) has ended the training.
    public internal(set) var wasInterrupted = false

    /// Nothing yet.
    public init() {}

    /// A figure over the epochs in which there was one; empty for a name that is not there.
    public subscript(name: String) -> [Double] { series[name] ?? [] }

    /// The numbers of the epochs in which there was this figure: validation may take place less often.
    public func epochs(of name: String) -> [Int] { sparse[name] ?? Array(epochs.prefix(self[name].count)) }

    /// Adds an epoch.
    mutating func append(_ epoch: Int, _ logs: Logs) {
        epochs.append(epoch)
        for (name, value) in logs {
            if series[name] == nil { names.append(name) }
            if self[name].count < epochs.count - 1 || sparse[name] != nil {
                sparse[name] = epochs(of: name) + [epoch]
            }
            series[name, default: []].append(value)
        }
    }

    /// Numbers of epochs, and all figures, as a JSON object.
    public var configuration: Configuration {
        var figures = Configuration()
        for name in names { figures[name] = .list(self[name].map { .number($0) }) }
        var result: Configuration = ["epochs": .list(epochs.map { .integer($0) }), "history": .object(figures)]
        var places = Configuration()
        for name in names { places[name] = sparse[name].map { .list($0.map { .integer($0) }) } }
        if !places.keys.isEmpty { result["epochs_of"] = .object(places) }
        return result
    }

    /// Numbers of epochs, and all figures, as JSON text.
    public var json: String { configuration.json }

    /// The history that `configuration` describes; what does not belong there is left out.
    init(_ configuration: Configuration) {
        epochs = configuration["epochs"]?.list?.compactMap(\.integer) ?? []
        guard let figures = configuration["history"]?.object else { return }
        for name in figures.keys {
            names.append(name)
            series[name] = figures[name]?.list?.compactMap(\.number) ?? []
            sparse[name] = configuration["epochs_of"]?.object?[name]?.list?.compactMap(\.integer)
        }
    }

    /// How many epochs there were, and the last figures.
    public var description: String {
        let last = names.compactMap { name in self[name].last.map { "\(name) \(Numeral.short($0))" } }
        return (["\(epochs.count) epochs"] + last).joined(separator: "  ")
    }
}
