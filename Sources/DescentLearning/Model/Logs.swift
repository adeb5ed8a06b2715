import DescentCore
import DescentFiles

/// Figures by name, in order: the loss first, then the metrics, then those of validation.
///
/// ```swift
/// let logs: Logs = ["loss": 0.5, "val_loss": 0.75]
/// print(logs["val_loss"]!, logs.loss)   // 0.75 0.5
/// print(logs)                           // loss 0.5000  val_loss 0.7500
/// ```
///
/// The logs of a batch are computed when they are read: they say how things stand at that moment.
public struct Logs: Sequence, ExpressibleByDictionaryLiteral, CustomStringConvertible {
    private var known: [(name: String, value: Double)] = []
    private var live: Meters?

    /// No figures.
    public init() {}

    /// These figures, in this order.
    public init(dictionaryLiteral elements: (String, Double)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// Those of the meters at the moment of reading.
    init(live: Meters) { self.live = live }

    /// The names and figures in order.
    public var figures: [(name: String, value: Double)] { live?.figures ?? known }

    /// The names in order.
    public var names: [String] { figures.map(\.name) }

    /// The figure of that name; nil if there is none.
    public subscript(name: String) -> Double? {
        get { figures.first { $0.name == name }?.value }
        set {
            if live != nil { (known, live) = (figures, nil) }
            let place = known.firstIndex { $0.name == name }
            switch (place, newValue) {
            case (let place?, let value?): known[place].value = value
            case (let place?, nil): known.remove(at: place)
            case (nil, let value?): known.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// The loss; NaN if there is none.
    public var loss: Double { self["loss"] ?? .nan }

    /// Goes through names and figures.
    public func makeIterator() -> IndexingIterator<[(name: String, value: Double)]> { figures.makeIterator() }

    /// Names and figures, as a line of progress shows them.
    public var description: String { map { "\($0.name) \(Numeral.short($0.value))" }.joined(separator: "  ") }

    /// These figures, with `prefix` before every name.
    func prefixed(_ prefix: String) -> Logs {
        var result = Logs()
        result.known = figures.map { (prefix + $0.name, $0.value) }
        return result
    }

    mutating func merge(_ other: Logs) { for (name, value) in other { self[name] = value } }
}
