import DescentCore

/// Named tensors of an open file. Each is read when it is first asked for, and then kept.
final class Shelf<Entry: Sendable>: Sendable {
    /// In the order of the file.
    let names: [String]
    private let entries: [String: Entry]
    private let kept = Guarded<[String: Tensor]>([:])

    init(_ entries: [(name: String, entry: Entry)]) {
        names = entries.map(\.name)
        self.entries = Dictionary(entries.map { ($0.name, $0.entry) }) { first, _ in first }
    }

    /// What the file says of a tensor.
    func entry(_ name: String) -> Entry? { entries[name] }

    /// The tensor of a name.
    func tensor(
        _ name: String, _ subject: Subject, _ read: (Entry) throws(DescentError) -> Tensor
    ) throws(DescentError) -> Tensor {
        guard let entry = entries[name] else {
            let list = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
            throw subject.failure("a tensor must be in the file (it has \(list))", received: name)
        }
        if let tensor = kept.withLock({ $0[name] }) { return tensor }
        // Outside the lock, so that several threads may read at once.
        let tensor = try read(entry)
        return kept.withLock { kept in
            if let other = kept[name] { return other }
            kept[name] = tensor
            return tensor
        }
    }
}
