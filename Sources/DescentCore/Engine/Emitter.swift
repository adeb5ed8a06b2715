import CDescent

/// Writes the steps of a plan, level by level, and lays out its buffers.
struct Emitter {
    var planner: Planner
    private(set) var table: [Plan.Entry] = []
    private var insides: [Inside: Int] = [:]
    private(set) var steps: [Step] = []
    /// What each step reads and writes, as entries that are not inside others.
    private var touched: [(reads: [Int], writes: [Int])] = []
    /// The entry that holds an item's value, once it has one.
    private var entryOfItem: [Int?]
    private var layouts: [Layout?]
    /// Bytes of each temporary entry.
    private var temporaryBytes: [Int: Int] = [:]
    private var donations: [(output: Int, leaf: Int)] = []
    private let leafCount: Int

    private struct Inside: Hashable {
        let entry: Int
        let bytes: Int
    }

    static func emit(_ planner: Planner) -> Plan {
        var emitter = Emitter(planner)
        emitter.emitLevels()
        return emitter.finish()
    }

    private init(_ planner: Planner) {
        self.planner = planner
        entryOfItem = [Int?](repeating: nil, count: planner.items.count)
        layouts = [Layout?](repeating: nil, count: planner.items.count)
        leafCount = planner.items.count { $0.leaf != nil }
        let outputs = planner.items.count { $0.output != nil }
        table = (0..<leafCount).map { .leaf($0) } + (0..<outputs).map { .output($0) }
        for (index, item) in planner.items.enumerated() {
            if let leaf = item.leaf { entryOfItem[index] = leaf }
        }
    }

    // MARK: - Order

    private mutating func emitLevels() {
        // Groups first within a level, then what folds their results another way.
        var units: [(level: Int, phase: Int, index: Int)] = []
        for (number, group) in planner.groups.enumerated() { units.append((group.level, 0, number)) }
        for (index, item) in planner.items.enumerated() where item.leaf == nil && item.group == nil {
            units.append((item.level, 1, index))
        }
        units.sort { ($0.level, $0.phase, $0.index) < ($1.level, $1.phase, $1.index) }
        for unit in units {
            if unit.phase == 0 {
                emit(group: planner.groups[unit.index])
            } else if planner.items[unit.index].isView {
                if planner.items[unit.index].output != nil { materialize(unit.index) }
            } else {
                emit(operation: unit.index)
            }
        }
    }

    private mutating func emit(group: Planner.Group) {
        var builder = ProgramBuilder(shape: group.shape)
        var reads: [Int] = []
        var writes: [Int] = []
        guard group.shape.count > 0 else {
            for member in group.members where isStored(member) { _ = entry(for: member) }
            return
        }
        for member in group.members {
            let item = planner.items[member]
            var operands: [ProgramBuilder.Operand] = []
            for input in item.inputs {
                if planner.items[input].group == item.group, planner.items[input].isElementwise {
                    operands.append(.member(input))
                } else {
                    operands.append(.input(aligned(input, to: group.shape), planner.items[input].dtype))
                    reads.append(layout(of: input).entry)
                }
            }
            var destination: Int?
            if isStored(member) {
                destination = entry(for: member)
                writes.append(destination!)
            }
            builder.append(member, item.kernel, item.name, item.dtype, operands, destination: destination)
        }
        for reduction in group.reductions {
            let destination = entry(for: reduction)
            writes.append(destination)
            builder.append(
                reduction: planner.items[reduction], of: .member(planner.items[reduction].inputs[0]), destination)
        }
        let replaced = planner.replaced.compactMap { output, leaf -> ProgramBuilder.Replacement? in
            guard let item = group.members.first(where: { planner.items[$0].output == output }) else { return nil }
            return .init(member: item, leafEntry: leaf, output: output)
        }
        let (program, donated) = builder.build(&self, fold: group.fold, replaced: replaced)
        append(.program(program), reads: reads, writes: writes)
        for replacement in donated { donations.append((replacement.output, replacement.leafEntry)) }
    }

    /// Whether an elementwise operation's value goes to memory: somebody outside its program needs it.
    private func isStored(_ index: Int) -> Bool {
        planner.items[index].output != nil
            || planner.users[index].contains { planner.items[$0].group != planner.items[index].group }
    }

    private mutating func aligned(_ index: Int, to shape: Shape) -> Layout {
        var layout = layout(of: index)
        layout.strides = layout.stretched(planner.items[index].shape, to: shape)
        return layout
    }

    // MARK: - Other operations

    private mutating func emit(operation index: Int) {
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
        case .gather:
            let (outer, length, inner) = planner.items[item.inputs[0]].shape.split(at: item.integers[0])
            let (data, indices) = (contiguous(item.inputs[0]), contiguous(item.inputs[1]))
            let rows = entry(for: index)
            append(
                .gather(
                    .init(
                        operation: item.name, elementBytes: item.dtype.byteCount, outer: outer, length: length,
                        inner: inner, data: data, indices: indices, indexType: planner.items[item.inputs[1]].dtype,
                        count: planner.items[item.inputs[1]].shape.count, rows: rows)),
                reads: [data, indices], writes: [rows])
        case .scatterAdd:
            let (outer, length, inner) = item.shape.split(at: item.integers[0])
            let (indices, rows) = (contiguous(item.inputs[1]), contiguous(item.inputs[2]))
            let destination = entry(for: index)
            emitCopy(item.inputs[0], to: destination)
            append(
                .scatterAdd(
                    .init(
                        operation: item.name, elementBytes: item.dtype.byteCount, outer: outer, length: length,
                        inner: inner, data: destination, indices: indices,
                        indexType: planner.items[item.inputs[1]].dtype,
                        count: planner.items[item.inputs[1]].shape.count, rows: rows), item.dtype),
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
            emitFill(item.inputs[1], destination, item)
            let offset = zip(item.integers, strides).reduce(0) { $0 + $1.0 * $1.1 }
            emitCopy(item.inputs[0], to: inside(destination, offset * item.dtype.byteCount), strides: strides)
        case .random(let kind):
            let seed = contiguous(item.inputs[0])
            let destination = entry(for: index)
            append(
                .random(kind: kind, item.dtype, seed: seed, destination: destination, count: item.shape.count),
                reads: [seed], writes: [destination])
        case .unary, .binary, .select, .view, .leaf:
            break
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
        append(
            .matmul(
                product, a: inside(left.entry, left.offset * bytes), b: inside(right.entry, right.offset * bytes),
                c: destination), reads: [left.entry, right.entry], writes: [destination])
    }

    /// A layout whose matrix strides matmul accepts: none negative.
    private mutating func forMatmul(_ index: Int) -> Layout {
        let layout = layout(of: index)
        guard layout.strides.contains(where: { $0 < 0 }) else { return layout }
        return copied(index)
    }

    // MARK: - Copies

    /// An entry at which the item's elements lie one after the other.
    private mutating func contiguous(_ index: Int) -> Int {
        let layout = layout(of: index)
        let item = planner.items[index]
        if layout.isContiguous(item.shape) { return inside(layout.entry, layout.offset * item.dtype.byteCount) }
        let copy = copied(index)
        return copy.entry
    }

    private mutating func copied(_ index: Int) -> Layout {
        let item = planner.items[index]
        let entry = temporary(item.shape.count * item.dtype.byteCount)
        emitCopy(index, to: entry)
        let layout = Layout(entry: entry, strides: item.shape.strides)
        layouts[index] = layout
        return layout
    }

    /// Stores a view that is wanted.
    private mutating func materialize(_ index: Int) {
        emitCopy(index, to: leafCount + planner.items[index].output!)
    }

    private mutating func emitCopy(_ index: Int, to destination: Int, strides: [Int]? = nil) {
        let item = planner.items[index]
        guard item.shape.count > 0 else { return }
        let layout = layout(of: index)
        append(
            .copy(
                Step.Copy(
                    elementBytes: item.dtype.byteCount, dimensions: item.shape.dimensions,
                    source: inside(layout.entry, layout.offset * item.dtype.byteCount),
                    sourceStrides: layout.strides, destination: destination,
                    destinationStrides: strides ?? item.shape.strides)),
            reads: [layout.entry], writes: [destination])
    }

    private mutating func emitFill(_ value: Int, _ destination: Int, _ item: Planner.Item) {
        let layout = layout(of: value)
        append(
            .copy(
                Step.Copy(
                    elementBytes: item.dtype.byteCount, dimensions: [item.shape.count],
                    source: inside(layout.entry, layout.offset * item.dtype.byteCount), sourceStrides: [0],
                    destination: destination, destinationStrides: [1])),
            reads: [layout.entry], writes: [destination])
    }

    // MARK: - Places

    /// Where an item's elements are. Views are followed down to what they see.
    private mutating func layout(of index: Int) -> Layout {
        if let layout = layouts[index] { return layout }
        var chain: [Int] = []
        var base = index
        while layouts[base] == nil, planner.items[base].isView {
            chain.append(base)
            base = planner.items[base].inputs[0]
        }
        if layouts[base] == nil {
            layouts[base] = Layout(entry: entryOfItem[base]!, strides: planner.items[base].shape.strides)
        }
        for view in chain.reversed() {
            let item = planner.items[view]
            let input = item.inputs[0]
            guard case .view(let kind) = item.kernel else { continue }
            let shape = planner.items[input].shape
            if let seen = layouts[input]!.seen(as: kind, item.integers, from: shape, to: item.shape) {
                layouts[view] = seen
            } else {
                _ = copied(input)
                layouts[view] = Layout(entry: layouts[input]!.entry, strides: item.shape.strides)
            }
        }
        return layouts[index]!
    }

    /// The entry for the value of an item: its output, or a temporary buffer.
    private mutating func entry(for index: Int) -> Int {
        if let entry = entryOfItem[index] { return entry }
        let item = planner.items[index]
        let entry =
            item.output.map { leafCount + $0 } ?? temporary(item.shape.count * item.dtype.byteCount)
        entryOfItem[index] = entry
        return entry
    }

    private mutating func temporary(_ byteCount: Int) -> Int {
        table.append(.temporary(0))
        temporaryBytes[table.count - 1] = Swift.max(byteCount, 8)
        return table.count - 1
    }

    /// The entry for a place inside the memory of another.
    mutating func inside(_ entry: Int, _ bytes: Int) -> Int {
        if bytes == 0 { return entry }
        let key = Inside(entry: entry, bytes: bytes)
        if let known = insides[key] { return known }
        table.append(.inside(entry: entry, bytes: bytes))
        insides[key] = table.count - 1
        return table.count - 1
    }

    private mutating func append(_ step: Step, reads: [Int], writes: [Int]) {
        func base(_ entry: Int) -> Int {
            if case .inside(let outer, _) = table[entry] { return base(outer) }
            return entry
        }
        steps.append(step)
        touched.append((reads.map(base), writes.map(base)))
    }

    // MARK: - Memory

    private mutating func finish() -> Plan {
        var lifetimes: [Int: (first: Int, last: Int)] = [:]
        var lastRead = [Int](repeating: -1, count: table.count)
        for (step, entries) in touched.enumerated() {
            for entry in entries.reads + entries.writes where temporaryBytes[entry] != nil {
                lifetimes[entry] = (lifetimes[entry]?.first ?? step, step)
            }
            for entry in entries.reads { lastRead[entry] = step }
        }
        let blocks = lifetimes.map {
            Arrangement.Block(entry: $0.key, bytes: temporaryBytes[$0.key]!, first: $0.value.first, last: $0.value.last)
        }
        let arrangement = Arrangement(blocks)
        for (entry, offset) in arrangement.offsets { table[entry] = .temporary(offset) }

        // Writing over an old value is for the last that reads it, and after everything that may fail.
        let lastFallible = steps.lastIndex { $0.isFallible } ?? -1
        let allowed = donations.filter { output, leaf in
            guard let step = touched.firstIndex(where: { $0.writes.contains(leafCount + output) }) else { return false }
            return lastRead[leaf] <= step && step > lastFallible && lastRead[leafCount + output] <= steps.count
        }
        var outputs: [Plan.Output?] = .init(repeating: nil, count: planner.items.count { $0.output != nil })
        for item in planner.items {
            if let output = item.output { outputs[output] = Plan.Output(dtype: item.dtype, shape: item.shape) }
        }
        return Plan(
            table: table, outputs: outputs.map { $0! }, steps: steps, donations: allowed,
            temporaryBytes: arrangement.byteCount)
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
