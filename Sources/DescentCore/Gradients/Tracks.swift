/// The part of the graph that a gradient may pass: recorded nodes behind a target, inputs before users.
struct Tracks {
    /// The target keeps them alive: recorded nodes keep their inputs.
    private(set) var nodes: [Unmanaged<Node>] = []
    /// Whether a gradient at the node is of use: it, or something behind it, is a source.
    private(set) var leads: [Bool] = []
    /// For each node the number of the source it is, plus one; 0 for others.
    private(set) var sourceOf: [Int32] = []
    /// Inputs of all nodes, one node after the other; `starts[i]` is where those of node i begin.
    private var edges: [Int32] = []
    private var starts: [Int32] = [0]

    /// Finds what lies behind `target`.
    ///
    /// - Parameter isRecorded: whether the node with a serial number counts; all others are constants.
    init(from target: Node, to sources: [Backward.Source], _ isRecorded: (UInt64) -> Bool) {
        let wanted = Wanted(sources)
        Walk.lock.withLock { walk in
            walk.run(from: [target]) { node, visit in
                if isRecorded(node.serial) { node.visitInputs(visit) }
            }
            let count = walk.order.count
            nodes.reserveCapacity(count)
            leads.reserveCapacity(count)
            sourceOf.reserveCapacity(count)
            starts.reserveCapacity(count + 1)
            edges.reserveCapacity(2 * count)
            for reference in walk.order {
                reference._withUnsafeGuaranteedRef { node in
                    let counts = isRecorded(node.serial)
                    let source = wanted.number(of: node, counts)
                    var leadsOn = source > 0
                    if counts {
                        node.visitInputs { input in
                            let index = walk.index(of: input)
                            edges.append(Int32(index))
                            if leads[index] { leadsOn = true }
                        }
                    }
                    nodes.append(reference)
                    sourceOf.append(source)
                    leads.append(leadsOn && node.dtype.isFloatingPoint)
                    starts.append(Int32(edges.count))
                }
            }
        }
    }

    /// The inputs of a node, as indices here, in the order of its inputs.
    func inputs(of index: Int) -> ArraySlice<Int32> {
        edges[Int(starts[index])..<Int(starts[index + 1])]
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
