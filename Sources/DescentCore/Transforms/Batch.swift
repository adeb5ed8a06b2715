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
    /// The same for values that are zero almost everywhere; those of them that were needed whole are above too.
    private var banded: [ObjectIdentifier: (node: Node, bands: Bands)] = [:]

    /// - Parameter start: nodes with smaller serials depend on no argument.
    init(size: Int, start: UInt64) {
        self.size = size
        self.start = start
    }

    /// Puts `value`, one row for each example, in the place of `argument`.
    mutating func set(_ argument: Tensor, _ value: Tensor) {
        replaced[ObjectIdentifier(argument.node)] = (argument.node, Operand(tensor: value, isBatched: true))
    }

    /// Puts all unit vectors in the place of `argument`.
    mutating func setUnitVectors(_ argument: Tensor) {
        let bands = Bands(unitVectorsLike: argument)
        if size * argument.count < Bands.fewestElements {
            set(argument, bands.rows(size))
        } else {
            banded[ObjectIdentifier(argument.node)] = (argument.node, bands)
        }
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
        for (key, entry) in replaced where entry.node.primitive.isArgument { batch.replaced[key] = entry }
        for node in nodes { batch.replaced[ObjectIdentifier(node)] = replaced[ObjectIdentifier(node)] }
        for (key, entry) in banded where entry.node.primitive.isArgument { batch.banded[key] = entry }
        return batch
    }

    private mutating func replay(_ root: Node) {
        let (known, banded) = (replaced, banded)
        let nodes = Expression.nodes(behind: [root]) { node in
            let key = ObjectIdentifier(node)
            return node.serial >= start && known[key] == nil && banded[key] == nil
        }
        for node in nodes where node.serial >= start && !isKnown(node) {
            let inputs = node.inputs
            guard inputs.contains(where: isKnown) else { continue }
            if record(banded: node, inputs) { continue }
            let operands = inputs.map { operand($0) }
            let result =
                operands.contains { $0.isBatched }
                ? record(node, operands)
                : Operand(tensor: node.copy(operands.map(\.tensor)).bounded(), isBatched: false)
            replaced[ObjectIdentifier(node)] = (node, result)
        }
    }

    private func isKnown(_ node: Node) -> Bool {
        replaced[ObjectIdentifier(node)] != nil || banded[ObjectIdentifier(node)] != nil
    }

    /// Records `node` for examples that are zero almost everywhere; answers whether that could be done.
    private mutating func record(banded node: Node, _ inputs: [Node]) -> Bool {
        guard inputs.contains(where: { banded[ObjectIdentifier($0)] != nil }) else { return false }
        let operands = inputs.map { input -> Bands.Operand in
            let key = ObjectIdentifier(input)
            if let known = banded[key] { return .bands(known.bands) }
            guard let operand = replaced[key]?.operand else { return .shared(Tensor(input)) }
            return operand.isBatched ? .other : .shared(operand.tensor)
        }
        switch Bands.result(of: node, operands, size: size) {
        case .bands(let bands): banded[ObjectIdentifier(node)] = (node, bands)
        case .rows(let tensor):
            replaced[ObjectIdentifier(node)] = (node, Operand(tensor: tensor.bounded(), isBatched: true))
        case nil: return false
        }
        return true
    }

    private mutating func operand(_ node: Node) -> Operand {
        let key = ObjectIdentifier(node)
        if let operand = replaced[key]?.operand { return operand }
        guard let bands = banded[key]?.bands else { return Operand(tensor: Tensor(node), isBatched: false) }
        let whole = Operand(tensor: bands.rows(size), isBatched: true)
        replaced[key] = (node, whole)
        return whole
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
