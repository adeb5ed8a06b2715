import CDescent

/// Runs `body` so that the first operation which makes a NaN or an infinity is named, forward or backward.
///
/// Whatever is evaluated inside is computed operation by operation, with the same bits as ever, and each result is looked at;
/// what `body` returns is evaluated at the end. The error says which operation it was, the shapes, and where it was
/// recorded: the line of the call, or for an operator the line of the call before it.
///
/// ```swift
/// let x: Tensor = [1, 0]
/// do {
///     _ = try checkNumerics { sqrt(x) / x }
/// } catch {
///     print("\(error)".prefix(49))   // [divide] results must be finite. Received: NaN at
/// }
/// ```
///
/// - Throws: what `body` throws, and `DescentError` for a NaN that is computed or read and for an infinity that is computed from
///   finite numbers.
public func checkNumerics<Result>(
    file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> Result
) throws -> Result {
    let recorder = cd_recorder_current()
    NumericsLog.note(since: recorder.pointee.serial, .call(SourceLocation(file, line)))
    recorder.pointee.checking += 1
    defer { recorder.pointee.checking -= 1 }
    // While something records, also numbers that are computed on the spot remember what they were made of.
    let result = try Recording.run {
        let result = try body()
        if let tensor = result as? Tensor { try Engine.evaluate([tensor.node]) }
        if let tensors = result as? [Tensor] { try Engine.evaluate(tensors.map(\.node)) }
        return result
    }.result
    return result
}

/// The switch that has every evaluation of the process checked for NaN and infinity.
///
/// ```swift
/// NumericsCheck.isOn = true
/// print((Tensor([1, 2]) * 2).sum())   // 6.0
/// NumericsCheck.isOn = false
/// ```
///
/// As `checkNumerics` for all threads and all code, but single numbers that are computed on the spot outside of tapes are
/// values that are read, not operations. Off, which it is at first, nothing is checked and nothing costs time.
public enum NumericsCheck {
    /// Whether everything is checked.
    public static var isOn: Bool {
        get { cd_all_threads_are_checked() != 0 }
        set { cd_check_on_all_threads(newValue ? 1 : 0) }
    }
}

/// Where operations were recorded, noted while numerics are checked.
enum NumericsLog {
    enum Cause: Sendable {
        /// A call that knows its place.
        case call(SourceLocation)
        /// The derivative of a node.
        case backward(Node)
    }

    private struct Note {
        let serials: Range<UInt64>
        let cause: Cause
    }

    private static let notes = Guarded<[Note]>([])
    /// Older ones are forgotten.
    private static let capacity = 1 << 15

    /// Notes the cause of all that this thread has recorded since it would have given `serial`.
    static func note(since serial: UInt64, _ cause: Cause) {
        let end = Swift.max(cd_recorder_current().pointee.serial, serial)
        notes.withLock { notes in
            if notes.count >= capacity { notes.removeFirst(capacity / 2) }
            notes.append(Note(serials: serial..<end, cause: cause))
        }
    }

    /// Where the node was recorded, as far as that is known, and whose derivative it belongs to.
    static func origin(of node: Node) -> (location: SourceLocation?, forward: Node?) {
        let (call, forward, nearest) = notes.withLock { notes -> (SourceLocation?, Node?, SourceLocation?) in
            var (call, forward, nearest): (SourceLocation?, Node?, SourceLocation?)
            var (widest, latest): (Int, UInt64) = (-1, 0)
            for note in notes {
                let isInside = note.serials.contains(node.serial)
                switch note.cause {
                case .backward(let node): if isInside { forward = node }
                case .call(let location):
                    // The widest call is the one in the user's code.
                    if isInside, note.serials.count > widest { (call, widest) = (location, note.serials.count) }
                    if note.serials.lowerBound <= node.serial, note.serials.lowerBound >= latest,
                        note.serials.lowerBound >> 32 == node.serial >> 32
                    {
                        (nearest, latest) = (location, note.serials.lowerBound)
                    }
                }
            }
            return (call, forward, nearest)
        }
        if let forward { return (origin(of: forward).location, forward) }
        return (call ?? node.attributes?.location ?? nearest, nil)
    }
}

extension Engine {
    /// Computes `nodes` operation by operation and throws an error that names the first which made a NaN or an infinity.
    static func checkNumerics(of nodes: [Node]) throws(DescentError) {
        for node in nodes where node.traits.contains(.poisoned) { throw node.attributes!.error! }
        var findings: [ObjectIdentifier: Finding] = [:]
        for node in Expression.nodes(behind: nodes, through: { _ in true }) {
            if node.state == .pending { try compute([node]) }
            guard node.dtype.isFloatingPoint, let finding = Finding(node) else { continue }
            findings[ObjectIdentifier(node)] = finding
            let inputs = node.inputs
            let causes = inputs.compactMap { findings[ObjectIdentifier($0)] }
            // An infinity that is given is a choice; a NaN is not.
            let isGiven = inputs.isEmpty || inputs.allSatisfy { $0.traits.contains(.weak) }
            let isNew = isGiven ? finding.isNaN : finding.isNaN ? !causes.contains { $0.isNaN } : causes.isEmpty
            if isNew { throw finding.error(node, isGiven ? [] : inputs) }
        }
    }

    /// The first number of a value that is not finite: a NaN if there is one.
    private struct Finding {
        let isNaN: Bool
        private let text: String

        init?(_ node: Node) {
            // A number of the source that adapts is kept in another form.
            if node.traits.contains(.weak) { return nil }
            var infinite: Int?
            var position: Int?
            for index in 0..<node.shape.count where position == nil {
                let value = Number.double(node.bits(at: index), node.dtype)
                if value.isNaN { position = index } else if !value.isFinite, infinite == nil { infinite = index }
            }
            guard let first = position ?? infinite else { return nil }
            isNaN = position != nil
            var rest = first
            let indices = node.shape.strides.map { stride -> Int in
                defer { rest %= Swift.max(stride, 1) }
                return rest / Swift.max(stride, 1)
            }
            text = "\(isNaN ? "NaN" : "infinity") at \(indices) of shape \(node.shape)"
        }

        func error(_ node: Node, _ inputs: [Node]) -> DescentError {
            let (location, forward) = NumericsLog.origin(of: node)
            if inputs.isEmpty {
                return DescentError("checkNumerics", "values must be numbers", received: text, at: location)
            }
            let shapes = inputs.map { "\($0.shape)" }.joined(separator: " and ")
            let direction = forward.map { ", in the derivative of \($0.primitive.name)" } ?? ""
            return DescentError(
                operation: node.primitive.name, "results must be finite",
                received: "\(text), from \(shapes)\(direction)", at: location)
        }
    }
}
