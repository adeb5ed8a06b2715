/// A function's record, replayed for many arguments at once: every value gets a leading axis for the examples.
///
/// From graph to graph: each operation is recorded again on whole batches, by the rule of its kernel in `Batch+Rules`.
/// What does not depend on the arguments is not recorded again and is shared by all examples.
struct Batch {
    /// What became of a node.
    struct Operand {
        let tensor: Tensor
        /// Whether the leading axis is that of the examples; otherwise the value is the same for all.
        let isBatched: Bool
    }

    /// The number of examples.
    let size: Int
    private let start: UInt64
    /// New values in the place of nodes. The nodes are kept, as their identities are the keys.
    private var replaced: [ObjectIdentifier: (node: Node, operand: Operand)] = [:]

    /// - Parameter start: nodes with smaller serials depend on no argument.
    init(size: Int, start: UInt64) {
        self.size = size
        self.start = start
    }

    /// Puts `value`, one row for each example, in the place of `argument`.
    mutating func set(_ argument: Tensor, _ value: Tensor) {
        replaced[ObjectIdentifier(argument.node)] = (argument.node, Operand(tensor: value, isBatched: true))
    }

    /// The values of `result` for all examples, along a leading axis.
    mutating func values(of result: Tensor) -> Tensor {
        if let error = result.error { return Tensor(error: error) }
        replay(result.node)
        return full(operand(result.node))
    }

    /// A batch that knows only `nodes` of what this one knows, and its arguments.
    func reduced(to nodes: [Node]) -> Batch {
        var batch = Batch(size: size, start: start)
        for (key, entry) in replaced where entry.node.primitive === Primitive.argument { batch.replaced[key] = entry }
        for node in nodes { batch.replaced[ObjectIdentifier(node)] = replaced[ObjectIdentifier(node)] }
        return batch
    }

    private mutating func replay(_ root: Node) {
        let known = replaced
        let nodes = Expression.nodes(behind: [root]) { node in
            node.serial >= start && known[ObjectIdentifier(node)] == nil
        }
        for node in nodes where node.serial >= start && replaced[ObjectIdentifier(node)] == nil {
            let inputs = node.inputs
            guard inputs.contains(where: { replaced[ObjectIdentifier($0)] != nil }) else { continue }
            let operands = inputs.map(operand)
            let result =
                operands.contains { $0.isBatched }
                ? record(node, operands)
                : Operand(tensor: node.copy(operands.map(\.tensor)).bounded(), isBatched: false)
            replaced[ObjectIdentifier(node)] = (node, result)
        }
    }

    private func operand(_ node: Node) -> Operand {
        replaced[ObjectIdentifier(node)]?.operand ?? Operand(tensor: Tensor(node), isBatched: false)
    }

    /// The operand with a leading axis.
    func full(_ operand: Operand) -> Tensor {
        let tensor = operand.tensor
        return operand.isBatched ? tensor : tensor.broadcast(to: Shape([size] + tensor.shape.dimensions))
    }

    /// The operand ready to broadcast beside others whose examples have up to `rank` axes.
    func aligned(_ operand: Operand, rank: Int) -> Tensor {
        let tensor = operand.tensor
        guard operand.isBatched, tensor.rank - 1 < rank, tensor.error == nil else { return tensor }
        let extents = tensor.shape.dimensions
        let missing = [Int](repeating: 1, count: rank - (tensor.rank - 1))
        return tensor.reshape(Shape([extents[0]] + missing + extents[1...]))
    }
}
