/// The part of the graph that a gradient may pass: recorded nodes behind a target, inputs before users.
struct Tracks {
    private(set) var nodes: [Node] = []
    /// Whether a gradient at the node is of use: it, or something behind it, is a source.
    private(set) var leads: [Bool] = []
    private(set) var isSource: [Bool] = []
    /// Inputs of all nodes, one node after the other; `starts[i]` is where those of node i begin.
    private var edges: [Int32] = []
    private var starts: [Int] = [0]
    /// Nodes that count; the others are constants here.
    private let recorded: [Bool]

    init(from target: Node, _ isRecordedSerial: (UInt64) -> Bool) {
        var nodes: [Node] = []
        var edges: [Int32] = []
        var starts: [Int] = [0]
        var recorded: [Bool] = []
        Walk.lock.withLock { walk in
            walk.run(from: [target]) { node, visit in
                if isRecordedSerial(node.serial) { node.visitInputs(visit) }
            }
            nodes.reserveCapacity(walk.order.count)
            for reference in walk.order {
                let node = reference.takeUnretainedValue()
                nodes.append(node)
                let isRecorded = isRecordedSerial(node.serial)
                recorded.append(isRecorded)
                if isRecorded { node.visitInputs { edges.append(Int32(walk.index(of: $0))) } }
                starts.append(edges.count)
            }
        }
        self.nodes = nodes
        self.edges = edges
        self.starts = starts
        self.recorded = recorded
        leads = [Bool](repeating: false, count: nodes.count)
        isSource = leads
    }

    /// Marks what leads to `sources`.
    mutating func lead(to sources: [Backward.Source]) {
        var identities: Set<ObjectIdentifier> = []
        for source in sources {
            switch source {
            case .variable(let identity): identities.insert(ObjectIdentifier(identity))
            case .node(let node): identities.insert(ObjectIdentifier(node))
            case .none: break
            }
        }
        for index in nodes.indices {
            let node = nodes[index]
            isSource[index] = identities.contains(ObjectIdentifier(node))
            if recorded[index], let identity = node.attributes, identities.contains(ObjectIdentifier(identity)) {
                isSource[index] = true
            }
            leads[index] =
                node.dtype.isFloatingPoint
                && (isSource[index] || edges[starts[index]..<starts[index + 1]].contains { leads[Int($0)] })
        }
    }

    /// The inputs of a node: their positions among its inputs, and their indices here.
    func inputs(of index: Int) -> some Sequence<(offset: Int, element: Int)> {
        edges[starts[index]..<starts[index + 1]].lazy.map(Int.init).enumerated()
    }

    /// The gradient of a source: the sum over all reads of a variable.
    func gradient(of source: Backward.Source, _ gradients: [Tensor?]) -> Tensor? {
        switch source {
        case .none: return nil
        case .node(let node):
            return nodes.firstIndex { $0 === node }.flatMap { gradients[$0] }
        case .variable(let identity):
            var sum: Tensor?
            for index in nodes.indices where isSource[index] && nodes[index].attributes === identity {
                guard let gradient = gradients[index] else { continue }
                sum = sum.map { $0 + gradient } ?? gradient
            }
            return sum
        }
    }
}
