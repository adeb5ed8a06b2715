import CDescent

// How every operation is recorded for a batch, in one place: a rule for each kernel serves all primitives that have it.
// The examples lie along axis 0 of what is batched.

extension Batch {
    /// Records `node` for all examples; at least one of `operands` is batched.
    func record(_ node: Node, _ operands: [Operand]) -> Operand {
        if let error = operands.lazy.compactMap(\.tensor.error).first {
            return Operand(tensor: Tensor(error: error), isBatched: true)
        }
        if node.primitive === Primitive.after, !operands[0].isBatched {
            // Only what it waits for is batched.
            return Operand(tensor: node.copy(operands.map(\.tensor)), isBatched: false)
        }
        return Operand(tensor: batched(node, operands).bounded(), isBatched: true)
    }

    private func batched(_ node: Node, _ operands: [Operand]) -> Tensor {
        let shape = Shape([size] + node.shape.dimensions)
        let integers = node.attributes?.integers ?? []
        switch node.primitive.kernel {
        case .unary:
            return node.copy([operands[0].tensor], shape: shape)
        case .binary, .select:
            return node.copy(operands.map { aligned($0, rank: node.shape.rank) }, shape: shape)
        case .reduce:
            return node.copy([operands[0].tensor], shape: shape, integers: integers.map { $0 + 1 })
        case .argReduce:
            return node.copy([operands[0].tensor], shape: shape, integers: [integers[0] + 1] + integers.dropFirst())
        case .view(let kind):
            return view(node, kind, operands, shape, integers)
        case .concat:
            return node.copy(operands.map(full), shape: shape, integers: [integers[0] + 1] + integers.dropFirst())
        case .place:
            return node.copy(operands.map(full), shape: shape)
        case .pad:
            return pad(node, operands, shape, integers)
        case .gather:
            return gather(node, operands, integers[0])
        case .scatterAdd:
            return scatter(node, operands, integers[0])
        case .scatter:
            return scatter(node, operands, integers[0])
        case .along:
            return node.copy(
                operands.map(full), shape: shape, integers: [integers[0] + 1] + integers.dropFirst())
        case .routine(let opcode) where opcode <= CD_EXPM || opcode == CD_FFT:
            // The first parameter says how many matrices or sequences there are.
            return node.copy(
                operands.map(full), shape: shape, integers: [integers[0] * size] + integers.dropFirst())
        case .matmul:
            return matmul(node, operands)
        default:
            return oneByOne(node, operands)
        }
    }

    /// Without a rule: the operation on each example, and the results stacked.
    private func oneByOne(_ node: Node, _ operands: [Operand]) -> Tensor {
        guard size > 0 else { return Tensor.zeros(Shape([0] + node.shape.dimensions), dtype: node.dtype) }
        return stack(
            (0..<size).map { example in
                node.copy(operands.map { $0.isBatched ? $0.tensor[example] : $0.tensor })
            })
    }
}

// MARK: - Views and borders

extension Batch {
    private func view(
        _ node: Node, _ kind: ViewKind, _ operands: [Operand], _ shape: Shape, _ integers: [Int]
    ) -> Tensor {
        if node.primitive === Primitive.custom { return custom(node, operands, shape) }
        switch kind {
        case .reshape, .alias:
            return node.copy([operands[0].tensor] + operands[1...].map(\.tensor), shape: shape)
        case .permute:
            return node.copy([operands[0].tensor], shape: shape, integers: [0] + integers.map { $0 + 1 })
        case .broadcast:
            return node.copy([aligned(operands[0], rank: node.shape.rank)], shape: shape)
        case .slice:
            return node.copy([operands[0].tensor], shape: shape, integers: [0, 1] + integers)
        }
    }

    /// The rule is the caller's, for one example: it is traced when a gradient arrives, and replayed for all.
    private func custom(_ node: Node, _ operands: [Operand], _ shape: Shape) -> Tensor {
        guard let rule = node.attributes?.rule else { return full(operands[0]) }
        let known = reduced(to: node.inputs)
        let sample = Tensor.zeros(node.shape, dtype: node.dtype)
        let tensors = [full(operands[0])] + operands[1...].map(\.tensor)
        return node.copy(tensors, shape: shape) { gradient in
            var batch = known
            var isGiven: [Bool] = []
            let trace = Trace([sample]) { arguments in
                let gradients = rule(arguments[0])
                isGiven = gradients.map { $0 != nil }
                return gradients.compactMap { $0 }
            }
            batch.set(trace.arguments[0], gradient)
            var values = trace.results.map { batch.values(of: $0) }.makeIterator()
            return isGiven.map { $0 ? values.next() : nil }
        }
    }

    private func pad(_ node: Node, _ operands: [Operand], _ shape: Shape, _ integers: [Int]) -> Tensor {
        if !operands[1].isBatched {
            return node.copy([operands[0].tensor, operands[1].tensor], shape: shape, integers: [0] + integers)
        }
        // Every example has a border of its own.
        let x = full(operands[0])
        let extents = x.shape.dimensions
        let borders =
            [(before: 0, after: 0)]
            + integers.enumerated().map { axis, before in
                (before: before, after: shape[axis + 1] - before - extents[axis + 1])
            }
        let inside = Tensor.ones(x.shape, dtype: .bool).pad(borders)
        return Tensor.where(inside, x.pad(borders), aligned(operands[1], rank: node.shape.rank))
    }
}

// MARK: - Products

extension Batch {
    private func matmul(_ node: Node, _ operands: [Operand]) -> Tensor {
        let (a, b) = (operands[0], operands[1])
        let rank = node.shape.rank
        // One matrix for all examples: their rows are the rows of one product.
        if rank == 2, a.isBatched, !b.isBatched {
            let rows = a.tensor.reshape([size * node.shape[0], a.tensor.shape[2]])
            return rows.matmul(b.tensor).reshape([size, node.shape[0], node.shape[1]])
        }
        if rank == 2, !a.isBatched, node.shape[1] == 1 {
            let columns = b.tensor.reshape([size, b.tensor.shape[1]])
            return columns.matmul(a.tensor.transposed()).reshape([size, node.shape[0], 1])
        }
        return aligned(a, rank: rank).matmul(aligned(b, rank: rank))
    }
}

// MARK: - Indices

extension Batch {
    private func gather(_ node: Node, _ operands: [Operand], _ axis: Int) -> Tensor {
        let (data, indices) = (operands[0], operands[1])
        if !indices.isBatched {
            let shape = Shape([size] + node.shape.dimensions)
            return node.copy([data.tensor, indices.tensor], shape: shape, integers: [axis + 1])
        }
        if !data.isBatched {
            // The examples' axis arrives with the indices, where the gathered axis was.
            let extents = data.tensor.shape.dimensions
            let shape = Shape(extents[..<axis] + indices.tensor.shape.dimensions + extents[(axis + 1)...])
            let rows = node.copy([data.tensor, indices.tensor], shape: shape)
            return rows.moving(axis: axis, to: 0)
        }
        let joined = joined(data, indices, axis)
        let rows = node.copy(
            [joined.data, joined.indices], shape: Shape(joined.indices.shape.dimensions + joined.rest), integers: [0])
        let count = indices.tensor.rank - 1
        return rows.moving(block: 1 + count..<1 + count + axis, to: 1)
    }

    private func scatter(_ node: Node, _ operands: [Operand], _ axis: Int) -> Tensor {
        let (data, indices) = (operands[0], operands[1])
        let values = full(operands[2])
        // Some say whether an index may stand twice, which is the same for all examples joined.
        let rest = Array((node.attributes?.integers ?? []).dropFirst())
        if !indices.isBatched {
            let shape = Shape([size] + node.shape.dimensions)
            return node.copy([full(data), indices.tensor, values], shape: shape, integers: [axis + 1] + rest)
        }
        let joined = joined(data, indices, axis)
        let count = indices.tensor.rank - 1
        let rows = values.moving(block: 1..<1 + axis, to: 1 + count)
        let sums = node.copy([joined.data, joined.indices, rows], shape: joined.data.shape, integers: [0] + rest)
        return sums.reshape(Shape([size, node.shape[axis]] + joined.rest)).moving(axis: 1, to: axis + 1)
    }

    /// All examples' rows in one axis, and indices into it. An index outside of its example stays outside of all.
    private func joined(
        _ data: Operand, _ indices: Operand, _ axis: Int
    ) -> (data: Tensor, indices: Tensor, rest: [Int]) {
        let moved = full(data).moving(axis: axis + 1, to: 1)
        let length = moved.shape[1]
        let rest = Array(moved.shape.dimensions[2...])
        let positions = indices.tensor.cast(to: .int64)
        let extents = [size] + [Int](repeating: 1, count: positions.rank - 1)
        let firsts = (Tensor.arange(size, dtype: .int64) * length).reshape(Shape(extents))
        let isInside = (positions .>= 0) .& (positions .< length)
        let outside = Tensor(Node(scalar: UInt64(bitPattern: Int64(size * length)), .int64))
        return (
            moved.reshape(Shape([size * length] + rest)), Tensor.where(isInside, positions + firsts, outside), rest
        )
    }
}

extension Tensor {
    /// The same axes in another order: one of them at another place.
    package func moving(axis: Int, to position: Int) -> Tensor { moving(block: axis..<axis + 1, to: position) }

    /// A run of neighboring axes moved so that it starts at `position` of what is left.
    fileprivate func moving(block: Range<Int>, to position: Int) -> Tensor {
        if error != nil || block.isEmpty { return self }
        var order = Array(0..<rank)
        order.removeSubrange(block)
        order.insert(contentsOf: block, at: position)
        return permute(order)
    }
}
