import CDescent

/// Steps for what is not part of a group: one way for each kernel.
extension Emitter {
    /// Writes the steps of an operation that is not elementwise and not a view.
    mutating func emit(operation index: Int) {
        let item = planner.items[index]
        switch item.kernel {
        case .reduce(let opcode): emit(reduction: index, opcode)
        case .matmul: emit(matmul: index)
        case .argReduce(let largest):
            let shape = planner.items[item.inputs[0]].shape
            let (outer, length, inner) = shape.split(at: item.integers[0])
            let source = contiguous(item.inputs[0])
            let destination = entry(for: index)
            append(
                .argReduce(
                    planner.items[item.inputs[0]].dtype, largest: largest, outer: outer, length: length,
                    inner: inner, source: source, destination: destination),
                reads: [source], writes: [destination])
        case .gather: emit(gather: index)
        case .along(let opcode):
            let first = item.inputs.count > 1 ? contiguous(item.inputs[0]) : nil
            let input = item.inputs[item.inputs.count - 1]
            let (outer, length, inner) = planner.items[input].shape.split(at: item.integers[0])
            let second = contiguous(input)
            let destination = entry(for: index)
            append(
                .along(
                    .init(
                        opcode: opcode, dtype: planner.items[input].dtype, reverse: item.integers[1] == 1,
                        outer: outer, length: length, inner: inner, first: first ?? second, second: second,
                        destination: destination)),
                reads: [first ?? second, second], writes: [destination])
        case .scatterAdd, .scatter:
            let (outer, length, inner) = item.shape.split(at: item.integers[0])
            let (indices, rows) = (contiguous(item.inputs[1]), contiguous(item.inputs[2]))
            let destination = entry(for: index)
            offerForScatter(item)
            emitCopy(item.inputs[0], to: destination)
            let scatter = PlanStep.Indexing(
                operation: item.name, elementBytes: item.dtype.byteCount, outer: outer, length: length,
                inner: inner, data: destination, indices: indices,
                indexType: planner.items[item.inputs[1]].dtype,
                count: planner.items[item.inputs[1]].shape.count, rows: rows)
            var step = PlanStep.scatterAdd(scatter, item.dtype)
            if case .scatter(let opcode) = item.kernel { step = .scatter(scatter, item.dtype, opcode) }
            append(
                step,
                reads: [indices, rows, destination], writes: [destination])
        case .concat:
            let destination = entry(for: index)
            var offset = 0
            let strides = item.shape.strides
            for input in item.inputs {
                let place = inside(destination, offset * strides[item.integers[0]] * item.dtype.byteCount)
                emitCopy(input, to: place, strides: strides)
                offset += planner.items[input].shape[item.integers[0]]
            }
        case .pad:
            let destination = entry(for: index)
            let strides = item.shape.strides
            emitBorder(item, planner.items[item.inputs[0]].shape, to: destination)
            let offset = zip(item.integers, strides).reduce(0) { $0 + $1.0 * $1.1 }
            emitCopy(item.inputs[0], to: inside(destination, offset * item.dtype.byteCount), strides: strides)
        case .place:
            let destination = entry(for: index)
            append(
                .fill(item.dtype, bits: 0, destination: destination, count: item.shape.count), reads: [],
                writes: [destination])
            for (number, input) in item.inputs.enumerated() {
                let (start, step) = (item.integers[2 * number], item.integers[2 * number + 1])
                let axes = planner.items[input].shape.rank - 1
                emitCopy(
                    input, to: inside(destination, start * item.dtype.byteCount),
                    strides: item.shape.strides[..<axes] + [step])
            }
        case .random(let kind):
            let seed = contiguous(item.inputs[0])
            let destination = entry(for: index)
            append(
                .random(kind: kind, item.dtype, seed: seed, destination: destination, count: item.shape.count),
                reads: [seed], writes: [destination])
        case .routine(let opcode): emit(routine: index, opcode)
        case .leaf:
            // The argument of a function being traced: the sample's value.
            emitCopy(item.inputs[0], to: entry(for: index))
            append(.noteArgument, reads: [], writes: [])
        case .unary, .binary, .select, .view:
            break
        }
    }

    private mutating func emit(gather index: Int) {
        let item = planner.items[index]
        let (outer, length, inner) = planner.items[item.inputs[0]].shape.split(at: item.integers[0])
        var gather = PlanStep.Indexing(
            operation: item.name, elementBytes: item.dtype.byteCount, outer: outer, length: length, inner: inner,
            data: contiguous(item.inputs[0]), indices: contiguous(item.inputs[1]),
            indexType: planner.items[item.inputs[1]].dtype, count: planner.items[item.inputs[1]].shape.count, rows: -1)
        // A loss and the update of the table that it reads pick the same rows.
        if item.output == nil, reuse(gather, for: index) { return }
        gather.rows = entry(for: index)
        append(.gather(gather), reads: [gather.data, gather.indices], writes: [gather.rows])
        note(gather)
    }

    /// Fills in the value of a pad: only around a large inside, which is written anyway.
    private mutating func emitBorder(_ item: Planner.Item, _ inside: Shape, to destination: Int) {
        guard inside.count >= 1024 else { return emitFill(item.inputs[1], destination, item) }
        let strides = item.shape.strides
        var offset = 0
        for axis in 0..<inside.rank {
            let before = item.integers[axis]
            let end = before + inside[axis]
            for (start, count) in [(0, before), (end, item.shape[axis] - end)] where count > 0 {
                var extents = inside.dimensions[..<axis] + [count] + item.shape.dimensions[(axis + 1)...]
                if extents.isEmpty { extents = [1] }
                emitFill(
                    item.inputs[1], self.inside(destination, (offset + start * strides[axis]) * item.dtype.byteCount),
                    item.dtype, Array(extents), strides)
            }
            offset += before * strides[axis]
        }
    }

    private mutating func emit(reduction index: Int, _ opcode: Int) {
        let item = planner.items[index]
        let input = planner.items[item.inputs[0]]
        let destination = entry(for: index)
        guard input.shape.count > 0 else {
            append(
                .fill(
                    item.dtype, bits: Program.identity(of: opcode, item.dtype), destination: destination,
                    count: item.shape.count), reads: [], writes: [destination])
            return
        }
        var layout = layout(of: item.inputs[0])
        var shape = input.shape
        var fold = Fold(shape, over: item.integers)
        if fold == nil {
            // Kept and folded axes alternate: walk the kept ones outside, the folded ones inside.
            let order = (0..<shape.rank).filter { !item.integers.contains($0) } + item.integers
            layout.strides = order.map { layout.strides[$0] }
            shape = Shape(order.map { shape[$0] })
            fold = Fold(kind: CD_FOLD_ROWS, extent: item.integers.reduce(1) { $0 * input.shape[$1] })
        }
        var builder = ProgramBuilder(shape: shape)
        builder.append(reduction: item, of: .input(layout, input.dtype), destination)
        let (program, _) = builder.build(&self, fold: fold, replaced: [])
        append(.program(program), reads: [layout.entry], writes: [destination])
    }

    private mutating func emit(matmul index: Int) {
        let item = planner.items[index]
        let place = placeBeforeEpilogue(index)
        if let place { share(place.entry, with: index) }
        let destination = entry(for: index)
        let (a, b) = (planner.items[item.inputs[0]].shape, planner.items[item.inputs[1]].shape)
        guard item.shape.count > 0 else { return }
        let (left, right) = (forMatmul(item.inputs[0]), forMatmul(item.inputs[1]))
        var product = cd_matmul()
        product.dtype = Int32(item.dtype.rawValue)
        let rank = item.shape.rank
        product.m = Int64(item.shape[rank - 2])
        product.n = Int64(item.shape[rank - 1])
        product.k = Int64(a[a.rank - 1])
        product.a_row = Int64(left.strides[a.rank - 2])
        product.a_column = Int64(left.strides[a.rank - 1])
        product.b_row = Int64(right.strides[b.rank - 2])
        product.b_column = Int64(right.strides[b.rank - 1])
        product.c_row = Int64(item.shape[rank - 1])
        product.batch_rank = Int32(rank - 2)
        let target = item.shape
        let (leftStrides, rightStrides) = (left.stretched(a, to: target), right.stretched(b, to: target))
        let strides = target.strides
        withUnsafeMutableBytes(of: &product) { bytes in
            let product = bytes.baseAddress!
            for axis in 0..<rank - 2 {
                func store(_ value: Int, _ field: PartialKeyPath<cd_matmul>) {
                    product.storeBytes(
                        of: Int64(value), toByteOffset: MemoryLayout<cd_matmul>.offset(of: field)! + 8 * axis,
                        as: Int64.self)
                }
                store(target[axis], \.batch_dims)
                store(leftStrides[axis], \.a_batch)
                store(rightStrides[axis], \.b_batch)
                store(strides[axis], \.c_batch)
            }
        }
        let bytes = item.dtype.byteCount
        let epilogue = item.guest.map { program(of: planner.groups[$0], over: place) }
        append(
            .matmul(
                PlanStep.Product(product, epilogue: epilogue?.0), a: inside(left.entry, left.offset * bytes),
                b: inside(right.entry, right.offset * bytes), c: destination),
            reads: [left.entry, right.entry] + (epilogue?.reads ?? []),
            writes: [destination] + (epilogue?.writes ?? []))
    }

    /// The output of the program that follows a product over which it may write: one as large that replaces nothing, if
    /// nobody else needs the product.
    private mutating func placeBeforeEpilogue(_ index: Int) -> (member: Int, entry: Int)? {
        let item = planner.items[index]
        guard let guest = item.guest, item.output == nil,
            planner.readers(of: index).allSatisfy({ planner.items[$0].group == guest })
        else { return nil }
        let member = planner.groups[guest].members.last {
            isStored($0) && planner.items[$0].dtype.byteCount == item.dtype.byteCount && !replacesLeaf($0)
        }
        return member.map { ($0, entry(for: $0)) }
    }

    /// A layout whose matrix strides matmul accepts: none negative.
    private mutating func forMatmul(_ index: Int) -> Layout {
        let layout = layout(of: index)
        guard layout.strides.contains(where: { $0 < 0 }) else { return layout }
        return copied(index)
    }
}

extension Shape {
    /// The extents before, at and after an axis, multiplied up.
    func split(at axis: Int) -> (outer: Int, length: Int, inner: Int) {
        (dimensions[..<axis].reduce(1, *), dimensions[axis], dimensions[(axis + 1)...].reduce(1, *))
    }
}

extension Program {
    /// What a reduction of nothing gives.
    static func identity(of opcode: Int, _ dtype: DType) -> UInt64 {
        switch (opcode, dtype) {
        case (CD_REDUCE_SUM, _): Number.bits(0, as: dtype)
        case (CD_REDUCE_PROD, _): Number.bits(1, as: dtype)
        case (CD_REDUCE_MAX, .float32), (CD_REDUCE_MAX, .float64): Number.bits(-Double.infinity, as: dtype)
        case (CD_REDUCE_MAX, .int32): Number.bits(Int(Int32.min), as: dtype)
        case (CD_REDUCE_MAX, .int64): Number.bits(Int.min, as: dtype)
        case (CD_REDUCE_MIN, .float32), (CD_REDUCE_MIN, .float64): Number.bits(Double.infinity, as: dtype)
        case (CD_REDUCE_MIN, .int32): Number.bits(Int(Int32.max), as: dtype)
        case (CD_REDUCE_MIN, .int64): Number.bits(Int.max, as: dtype)
        default: Number.bits(opcode == CD_REDUCE_MIN ? 1 : 0, as: dtype)
        }
    }
}
