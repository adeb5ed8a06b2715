/// The serial numbers of what a tape has recorded, mostly in one stretch.
struct Recorded {
    let first: Range<UInt64>
    var others: ArraySlice<Range<UInt64>> = []

    @inline(__always)
    func contains(_ serial: UInt64) -> Bool {
        first.contains(serial) || !others.isEmpty && others.contains { $0.contains(serial) }
    }
}

/// The part of the graph that a gradient may pass: recorded nodes behind a target, inputs before users.
struct Tracks: ~Copyable {
    struct Stop {
        /// The target keeps it alive: recorded nodes keep their inputs.
        let node: Unmanaged<Node>
        /// Where its inputs end among all inputs; they begin where those of the stop before end.
        let end: Int32
        /// The number of the source it is, plus one; 0 for others.
        let source: Int32
        /// Whether a gradient here is of use: it, or something behind it, is a source.
        let leads: Bool
        /// The gradient of the target with respect to it, as far as it is known.
        var gradient: Tensor?
    }

    // Plain memory: no element is ever checked, copied or moved behind our back.
    let stops: UnsafeMutablePointer<Stop>
    let count: Int
    /// Inputs of all nodes, one node after the other, as indices of stops.
    private let edges: Pile<Int32>

    /// Finds what lies behind `target`; all that was not recorded counts as constant.
    init(from target: Node, to sources: [Backward.Source], _ recorded: Recorded) {
        let variables = WantedVariables(sources)
        var found = Pile<Int32>(capacity: 64)
        (stops, count) = Walk.lock.withLock { walk in
            walk.run(from: CollectionOfOne(target)) { node, visit in
                if node.counts(recorded) { node.visitInputs(visit) }
            }
            let stops = UnsafeMutablePointer<Stop>.allocate(capacity: walk.order.count)
            var numbers = Pile<Int32>(capacity: walk.order.count)
            numbers.fill(0, count: walk.order.count)
            for (number, source) in sources.enumerated() {
                for node in source.nodes where walk.contains(node) {
                    numbers[walk.index(of: node)] = Int32(number + 1)
                }
            }
            for position in walk.order.indices {
                let reference = walk.order[position]
                reference._withUnsafeGuaranteedRef { node in
                    var source = numbers[position]
                    var leads = source > 0
                    if node.counts(recorded) {
                        // Variables count only where they were read on record.
                        if let identity = node.attributes, variables.isAny {
                            let number = variables.number(of: identity)
                            if number > 0 { (source, leads) = (number, true) }
                        }
                        node.visitInputs { input in
                            let index = walk.index(of: input)
                            found.append(Int32(index))
                            if stops[index].leads { leads = true }
                        }
                    }
                    leads = leads && node.dtype.isFloatingPoint
                    (stops + position).initialize(
                        to: Stop(node: reference, end: Int32(found.count), source: source, leads: leads))
                }
            }
            return (stops, walk.order.count)
        }
        edges = found
    }

    deinit {
        // Most gradients were handed over, or never were tensors.
        for index in 0..<count where stops[index].gradient != nil { stops[index].gradient = nil }
        stops.deallocate()
    }

    /// The inputs of a node as indices of stops, in order.
    @inline(__always)
    borrowing func inputs(of index: Int) -> UnsafeBufferPointer<Int32> {
        let start = index > 0 ? Int(stops[index - 1].end) : 0
        return UnsafeBufferPointer(rebasing: edges.elements[start..<Int(stops[index].end)])
    }
}

extension Node {
    /// Whether the node was recorded in one of a tape's intervals. What is made in between while nothing records, as in the
    /// body of a custom gradient, is not.
    @inline(__always)
    fileprivate func counts(_ recorded: borrowing Recorded) -> Bool {
        traits.contains(.recorded) && recorded.contains(serial)
    }
}

/// Finds variables among the nodes of a walk, by what their values are marked with.
private struct WantedVariables {
    private var numbers: [(identity: ObjectIdentifier, number: Int32)] = []
    private var table: [ObjectIdentifier: Int32] = [:]

    init(_ sources: [Backward.Source]) {
        for case (let number, .variable(let identity)) in sources.enumerated() {
            numbers.append((ObjectIdentifier(identity), Int32(number + 1)))
        }
        // A few are found faster by looking at each.
        if numbers.count > 8 { table = Dictionary(numbers.map { ($0.identity, $0.number) }, uniquingKeysWith: { $1 }) }
    }

    /// Whether there is anything to find.
    var isAny: Bool { !numbers.isEmpty }

    /// The number of the source that is marked so, plus one; 0 if there is none.
    func number(of identity: Attributes) -> Int32 {
        let identity = ObjectIdentifier(identity)
        if !table.isEmpty { return table[identity] ?? 0 }
        for entry in numbers where entry.identity == identity { return entry.number }
        return 0
    }
}
