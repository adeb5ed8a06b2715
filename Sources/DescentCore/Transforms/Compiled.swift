import CDescent

/// A traced function as something to run: a plan over its arguments, the variables it reads, and its constants.
final class Compiled {
    /// Where a leaf of the expression gets its value.
    private enum Leaf {
        case argument(Int)
        case variable(Variable)
        case constant(Node)
    }

    private let shapes: [(shape: Shape, dtype: DType)]
    private let expression: CompiledExpression
    private let leaves: [Leaf]
    private let results: [(shape: Shape, dtype: DType)]

    /// Expressions with more nodes than this are not compiled.
    static let largest = Engine.largestPlan

    /// The function that `trace` has recorded, whose reads of variables `captures` has noted; nil if it is too large.
    init?(_ trace: Trace, _ captures: Captures) throws(DescentError) {
        if let error = trace.results.lazy.compactMap(\.error).first { throw error }
        let serial = trace.start
        let nodes = Expression.nodes(behind: trace.results.map(\.node)) { $0.serial >= serial }
        guard nodes.count < Compiled.largest else { return nil }
        shapes = trace.arguments.map { ($0.shape, $0.dtype) }

        // Leaves in the place of stand-ins, and what does not depend on any of them computed once.
        var sources: [ObjectIdentifier: Leaf] = [:]
        var stand: [ObjectIdentifier: Tensor] = [:]
        func put(_ node: Node, _ leaf: Leaf, _ tensor: Tensor) {
            stand[ObjectIdentifier(node)] = tensor
            sources[ObjectIdentifier(tensor.node)] = leaf
        }
        for (index, argument) in trace.arguments.enumerated() {
            put(argument.node, .argument(index), Tensor(try Engine.leaf(of: argument.node.first!)))
        }
        var leafOfVariable: [ObjectIdentifier: Tensor] = [:]
        for read in captures.reads {
            let key = ObjectIdentifier(read.variable)
            if leafOfVariable[key] == nil { leafOfVariable[key] = Tensor(try Engine.leaf(of: read.node.first!)) }
            put(read.node, .variable(read.variable), leafOfVariable[key]!)
        }
        var constants: [Node] = []
        for node in nodes where stand[ObjectIdentifier(node)] == nil {
            let inputs = node.serial >= serial ? node.inputs : []
            guard inputs.contains(where: { stand[ObjectIdentifier($0)] != nil }) else { continue }
            constants += inputs.filter { stand[ObjectIdentifier($0)] == nil && $0.state == .pending }
            stand[ObjectIdentifier(node)] = node.copy(inputs.map { stand[ObjectIdentifier($0)] ?? Tensor($0) })
        }
        constants += trace.results.map(\.node).filter { stand[ObjectIdentifier($0)] == nil }
        try Engine.evaluate(constants)

        let all = trace.results.map { (stand[ObjectIdentifier($0.node)] ?? $0).node }
        // Only edges and roots may hold the copies: whatever else is held would be stored.
        stand = [:]
        expression = CompiledExpression(all)
        leaves = expression.leaves.map { sources[ObjectIdentifier($0)] ?? .constant($0) }
        results = all.map { ($0.shape, $0.dtype) }
    }

    /// Whether this is the function for arguments like `inputs`.
    func fits(_ inputs: [Tensor]) -> Bool {
        guard inputs.count == shapes.count else { return false }
        for (input, (shape, dtype)) in zip(inputs, shapes) where input.dtype != dtype || input.shape != shape {
            return false
        }
        return true
    }

    /// The results for `inputs`, which are known values of the right shapes.
    func run(_ inputs: [Tensor]) throws(DescentError) -> [Tensor] {
        var values = Plan.Values()
        for leaf in leaves {
            switch leaf {
            case .argument(let index): values.append(inputs[index].node.value)
            case .constant(let node): values.append(node.value)
            case .variable(let variable):
                let tensor = variable.current
                if let error = tensor.error { throw error }
                values.append(tensor.node.value)
            }
        }
        var outputs = Plan.Values()
        try expression.run(values, Targets(), into: &outputs)
        return results.indices.map { index in
            let (shape, dtype) = results[index]
            return switch expression.results[index] {
            case .output(let number): Tensor(outputs.list[number], dtype, shape)
            case .leaf(let number): Tensor(values.list[number], dtype, shape)
            }
        }
    }
}

extension Tensor {
    /// A tensor with a value that a run has given.
    init(_ value: Node.Value, _ dtype: DType, _ shape: Shape) {
        if let storage = value.storage {
            self.init(Node(storage: storage.takeUnretainedValue(), dtype, shape))
        } else {
            self.init(Node(scalar: value.bits, dtype))
        }
    }
}
