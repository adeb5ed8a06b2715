/// The expression behind a tensor, as text and as a Graphviz drawing.
///
/// ```swift
/// let x = Variable([1, 2, 3], name: "x")
/// print((x * 2).graph.operations)   // ["multiply"]
/// ```
public struct GraphDescription: Sendable, CustomStringConvertible {
    struct Line: Sendable {
        let label: String
        let detail: String
        let inputs: [Int]
        let isKnown: Bool
    }

    private let lines: [Line]

    /// The names of the operations that remain to be computed, inputs before users.
    public var operations: [String] { lines.lazy.filter { !$0.isKnown }.map(\.label) }

    /// One line for each node: its number, what it is, and the numbers of its inputs.
    public var description: String {
        lines.enumerated().map { number, line in
            let inputs = line.inputs.map { " %\($0)" }.joined()
            return "%\(number) = \(line.label)\(inputs) : \(line.detail)"
        }.joined(separator: "\n")
    }

    /// The expression in the language of Graphviz; `dot -Tsvg` draws it.
    public var dot: String {
        var text = "digraph expression {\n    rankdir=BT; node [shape=box, fontname=\"Helvetica\"];\n"
        for (number, line) in lines.enumerated() {
            let style = line.isKnown ? ", style=filled, fillcolor=\"#e8f0fe\"" : ""
            text += "    n\(number) [label=\"\(line.label)\\n\(line.detail)\"\(style)];\n"
            for input in line.inputs { text += "    n\(input) -> n\(number);\n" }
        }
        return text + "}"
    }

    init(_ node: Node) {
        var lines: [Line] = []
        Walk.lock.withLock { walk in
            walk.run(from: [node]) { node, visit in node.visitPending(visit) }
            for reference in walk.order.elements {
                reference._withUnsafeGuaranteedRef { node in
                    var inputs: [Int] = []
                    node.visitPending { inputs.append(walk.index(of: $0)) }
                    let isKnown = node.state != .pending
                    let label: String
                    if let error = node.traits.contains(.poisoned) ? node.attributes?.error : nil {
                        label = "error: \(error.message)"
                    } else {
                        label = isKnown ? "value" : node.primitive.name
                    }
                    lines.append(
                        Line(label: label, detail: "\(node.dtype) \(node.shape)", inputs: inputs, isKnown: isKnown))
                }
            }
        }
        self.lines = lines
    }
}

extension TensorConvertible {
    /// The expression behind this tensor, as far as it has not been computed.
    public var graph: GraphDescription { GraphDescription(tensor.node) }
}
