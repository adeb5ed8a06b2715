/// The part of the graph that a gradient may pass: recorded nodes behind a target, inputs before users.
struct Tracks {
    struct Stop {
        /// The target keeps it alive: recorded nodes keep their inputs.
        let node: Unmanaged<Node>
        /// Where its inputs begin among all inputs.
        let start: Int32
        /// The number of the source it is, plus one; 0 for others.
        let source: Int32
        /// Whether a gradient here is of use: it, or something behind it, is a source.
        let leads: Bool
    }

    private(set) var stops: [Stop] = []
    /// Inputs of all nodes, one node after the other, as indices of stops.
    private var edges: [Int32] = []

    /// Finds what lies behind `target`.
    ///
    /// - Parameter isRecorded: whether the node with a serial number counts; all others are constants.
    init(from target: Node, to sources: [Backward.Source], _ isRecorded: (UInt64) -> Bool) {
        let wanted = Wanted(sources)
        Walk.lock.withLock { walk in
            walk.run(from: CollectionOfOne(target)) { node, visit in
                if node.counts(isRecorded) { node.visitInputs(visit) }
            }
            stops.reserveCapacity(walk.order.count)
            edges.reserveCapacity(2 * walk.order.count)
            for reference in walk.order {
                reference._withUnsafeGuaranteedRef { node in
                    let counts = node.counts(isRecorded)
                    let source = wanted.number(of: node, counts)
                    var leads = source > 0
                    let start = Int32(edges.count)
                    if counts {
                        node.visitInputs { input in
                            let index = walk.index(of: input)
                            edges.append(Int32(index))
                            if stops[index].leads { leads = true }
                        }
                    }
                    stops.append(
                        Stop(
                            node: reference, start: start, source: source,
                            leads: leads && node.dtype.isFloatingPoint))
                }
            }
        }
    }

    /// Calls `visit` with the inputs of a node, as indices here, in order.
    @inline(__always)
    func visitInputs(of index: Int, _ visit: (Int) -> Void) {
        let end = index + 1 < stops.count ? Int(stops[index + 1].start) : edges.count
        for edge in Int(stops[index].start)..<end { visit(Int(edges[edge])) }
    }
}

extension Node {
    /// Whether the node was recorded in one of a tape's intervals. What is made in between while nothing records, as in the
    /// body of a custom gradient, is not.
    @inline(__always)
    fileprivate func counts(_ isRecorded: (UInt64) -> Bool) -> Bool {
        traits.contains(.recorded) && isRecorded(serial)
    }
}

/// Finds the sources among the nodes of a walk.
private struct Wanted {
    private var numbers: [(object: ObjectIdentifier, number: Int32)] = []
    private var table: [ObjectIdentifier: Int32] = [:]

    init(_ sources: [Backward.Source]) {
        for (number, source) in sources.enumerated() {
            let object: ObjectIdentifier
            switch source {
            case .variable(let identity): object = ObjectIdentifier(identity)
            case .node(let node): object = ObjectIdentifier(node)
            case .none: continue
            }
            numbers.append((object, Int32(number + 1)))
        }
        // A few are found faster by looking at each.
        if numbers.count > 8 { table = Dictionary(numbers.map { ($0.object, $0.number) }, uniquingKeysWith: { $1 }) }
    }

    /// The number of the source that `node` is, plus one; variables count only where they were read on record.
    func number(of node: Node, _ counts: Bool) -> Int32 {
        if let identity = node.attributes, counts {
            let number = number(ObjectIdentifier(identity))
            if number > 0 { return number }
        }
        return number(ObjectIdentifier(node))
    }

    private func number(_ object: ObjectIdentifier) -> Int32 {
        if !table.isEmpty { return table[object] ?? 0 }
        for entry in numbers where entry.object == object { return entry.number }
        return 0
    }
}
