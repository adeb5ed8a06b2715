import CDescent

/// Writes the steps of a plan, level by level, and lays out its buffers.
struct Emitter {
    var planner: Planner
    private(set) var table: [Plan.Entry] = []
    private var insides: [Inside: Int] = [:]
    private(set) var steps: [PlanStep] = []
    /// What each step reads and writes, as entries that are not inside others.
    private(set) var touched: [(reads: [Int], writes: [Int])] = []
    /// The entry that holds an item's value, once it has one.
    private var entryOfItem: [Int?]
    private var layouts: [Layout?]
    /// Bytes of each temporary entry.
    private var temporaryBytes: [Int: Int] = [:]
    private(set) var donations: [(output: Int, leaf: Int)] = []
    /// Where the rows of each gather are.
    private var gathered: [PlanStep.Indexing: Int] = [:]
    let leafCount: Int
    /// The leaf that an output replaces.
    private let leafOfOutput: [Int: Int]
    /// The place of an elementwise operation among the members of its group.
    private var positions: [Int32]

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
        leafOfOutput = Dictionary(uniqueKeysWithValues: planner.replaced.map { ($0.output, $0.leaf) })
        positions = [Int32](repeating: -1, count: planner.items.count)
        let outputs = planner.items.count { $0.output != nil }
        table = (0..<leafCount).map { .leaf($0) } + (0..<outputs).map { .output($0) }
        for (index, item) in planner.items.enumerated() {
            if let leaf = item.leaf { entryOfItem[index] = leaf }
        }
    }

    // MARK: - Order

    private mutating func emitLevels() {
        var units: [(moment: Planner.Moment, isGroup: Bool)] = []
        for number in planner.groups.indices where planner.groups[number].host == nil {
            units.append((planner.moment(ofGroup: number), true))
        }
        for (index, item) in planner.items.enumerated() where item.leaf == nil && item.group == nil {
            units.append((planner.moment(of: index), false))
        }
        units.sort { $0.moment < $1.moment }
        for unit in units {
            let index = unit.moment.index
            if unit.isGroup {
                emit(group: index)
            } else if planner.items[index].isView {
                if planner.items[index].output != nil { materialize(index) }
            } else {
                emit(operation: index)
            }
        }
    }

    private mutating func emit(group number: Int) {
        let group = planner.groups[number]
        guard group.shape.count > 0 else {
            for member in group.members where isStored(member) { _ = entry(for: member) }
            return
        }
        let (program, reads, writes) = program(of: group)
        append(.program(program), reads: reads, writes: writes)
    }

    /// The program of a group, and what it reads and writes.
    ///
    /// - Parameter place: the entry of an output into which its product has been written.
    mutating func program(
        of group: Planner.Group, over place: (member: Int, entry: Int)? = nil
    ) -> (Program, reads: [Int], writes: [Int]) {
        var builder = ProgramBuilder(shape: group.shape)
        var reads: [Int] = []
        var writes: [Int] = []
        for (position, member) in group.members.enumerated() {
            positions[member] = Int32(position)
            let item = planner.items[member]
            var operands: [ProgramBuilder.Operand] = []
            for input in item.inputs {
                if planner.items[input].group == item.group, planner.items[input].isElementwise {
                    operands.append(.member(Int(positions[input])))
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
            builder.append(item.kernel, item.name, item.dtype, operands, destination: destination)
        }
        for reduction in group.reductions {
            let destination = entry(for: reduction)
            writes.append(destination)
            let operand = Int(positions[planner.items[reduction].inputs[0]])
            builder.append(reduction: planner.items[reduction], of: .member(operand), destination)
        }
        var replaced: [ProgramBuilder.Replacement] = []
        for (position, member) in group.members.enumerated() {
            guard let output = planner.items[member].output, let leaf = leafOfOutput[output] else { continue }
            replaced.append(.init(member: position, leafEntry: leaf, output: output))
        }
        if let place {
            replaced.append(.init(member: Int(positions[place.member]), leafEntry: place.entry, output: nil))
        }
        let (program, donated) = builder.build(&self, fold: group.fold, replaced: replaced)
        for replacement in donated {
            if let output = replacement.output { donations.append((output, replacement.leafEntry)) }
        }
        return (program, reads, writes)
    }

    /// Whether an elementwise operation's value goes to memory: somebody outside its program needs it.
    func isStored(_ index: Int) -> Bool {
        planner.items[index].output != nil
            || planner.users[index].contains { planner.items[$0].group != planner.items[index].group }
    }

    private mutating func aligned(_ index: Int, to shape: Shape) -> Layout {
        var layout = layout(of: index)
        layout.strides = layout.stretched(planner.items[index].shape, to: shape)
        return layout
    }

    /// A scatter into the old value of a variable may write over it: the copy into the new value is none then.
    mutating func offerForScatter(_ item: Planner.Item) {
        let source = item.inputs[0]
        let layout = layout(of: source)
        guard let output = item.output, planner.items[source].leaf == layout.entry,
            layout.isContiguous(planner.items[source].shape), layout.offset == 0,
            planner.replaced.contains(where: { $0.output == output && $0.leaf == layout.entry })
        else { return }
        donations.append((output, layout.entry))
    }

    // MARK: - Copies

    /// An entry at which the item's elements lie one after the other.
    mutating func contiguous(_ index: Int) -> Int {
        let layout = layout(of: index)
        let item = planner.items[index]
        if layout.isContiguous(item.shape) { return inside(layout.entry, layout.offset * item.dtype.byteCount) }
        let copy = copied(index)
        return copy.entry
    }

    mutating func copied(_ index: Int) -> Layout {
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

    mutating func emitCopy(_ index: Int, to destination: Int, strides: [Int]? = nil) {
        let item = planner.items[index]
        guard item.shape.count > 0 else { return }
        let layout = layout(of: index)
        append(
            .copy(
                PlanStep.Copy(
                    elementBytes: item.dtype.byteCount, dimensions: item.shape.dimensions,
                    source: inside(layout.entry, layout.offset * item.dtype.byteCount),
                    sourceStrides: layout.strides, destination: destination,
                    destinationStrides: strides ?? item.shape.strides)),
            reads: [layout.entry], writes: [destination])
    }

    mutating func emitFill(_ value: Int, _ destination: Int, _ item: Planner.Item) {
        emitFill(value, destination, item.dtype, [item.shape.count], [1])
    }

    /// Writes a single number to all elements at `destination` that the strides reach.
    mutating func emitFill(_ value: Int, _ destination: Int, _ dtype: DType, _ extents: [Int], _ strides: [Int]) {
        let layout = layout(of: value)
        append(
            .copy(
                PlanStep.Copy(
                    elementBytes: dtype.byteCount, dimensions: extents,
                    source: inside(layout.entry, layout.offset * dtype.byteCount),
                    sourceStrides: [Int](repeating: 0, count: extents.count), destination: destination,
                    destinationStrides: strides)),
            reads: [layout.entry], writes: [destination])
    }

    // MARK: - Places

    /// Where an item's elements are. Views are followed down to what they see.
    mutating func layout(of index: Int) -> Layout {
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
    mutating func entry(for index: Int) -> Int {
        if let entry = entryOfItem[index] { return entry }
        let item = planner.items[index]
        let entry =
            item.output.map { leafCount + $0 } ?? temporary(item.shape.count * item.dtype.byteCount)
        entryOfItem[index] = entry
        return entry
    }

    /// Gives an item the entry of another, which is written later.
    mutating func share(_ entry: Int, with index: Int) { entryOfItem[index] = entry }

    /// Whether an item's value may be written over a leaf.
    func replacesLeaf(_ index: Int) -> Bool { planner.items[index].output.map { leafOfOutput[$0] != nil } ?? false }

    /// Takes the rows of a gather like this one, if there was one. What `gather` says of its own rows does not count.
    mutating func reuse(_ gather: PlanStep.Indexing, for index: Int) -> Bool {
        guard let rows = gathered[gather] else { return false }
        entryOfItem[index] = rows
        return true
    }

    mutating func note(_ gather: PlanStep.Indexing) {
        var key = gather
        key.rows = -1
        gathered[key] = gather.rows
    }

    private mutating func temporary(_ byteCount: Int) -> Int {
        table.append(.temporary(0))
        temporaryBytes[table.count - 1] = Swift.max(byteCount, 8)
        return table.count - 1
    }

    func isTemporary(_ entry: Int) -> Bool { temporaryBytes[entry] != nil }

    /// Gives a temporary buffer into the care of a step that runs strips.
    mutating func keepByStrip(_ entry: Int, at offset: Int) {
        temporaryBytes[entry] = nil
        table[entry] = .strip(offset)
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

    mutating func append(_ step: PlanStep, reads: [Int], writes: [Int]) {
        func base(_ entry: Int) -> Int {
            if case .inside(let outer, _) = table[entry] { return base(outer) }
            return entry
        }
        steps.append(step)
        touched.append((reads.map(base), writes.map(base)))
    }

    // MARK: - Memory

    /// The last step that may fail. An index that an earlier step has found to lie inside an axis of the same
    /// length does so again, and a scatter looks at all indices before it writes.
    private var lastFallibleStep: Int {
        var checked: Set<[Int]> = []
        var last = -1
        for (number, step) in steps.enumerated() where step.isFallible {
            switch step {
            case .gather(let indexing), .scatterAdd(let indexing, _), .scatter(let indexing, _, _):
                if checked.insert([indexing.indices, indexing.length]).inserted { last = number }
            default: last = number
            }
        }
        return last
    }

    mutating func replaceSteps(_ steps: [PlanStep], _ touched: [(reads: [Int], writes: [Int])]) {
        self.steps = steps
        self.touched = touched
    }

    private mutating func finish() -> Plan {
        joinStrips()
        batchPrograms()
        var lifetimes: [Int: (first: Int, last: Int)] = [:]
        var lastRead = [Int](repeating: -1, count: table.count)
        var firstWrite = [Int](repeating: .max, count: table.count)
        for (step, entries) in touched.enumerated() {
            for entry in entries.reads + entries.writes where temporaryBytes[entry] != nil {
                lifetimes[entry] = (lifetimes[entry]?.first ?? step, step)
            }
            for entry in entries.reads { lastRead[entry] = step }
            for entry in entries.writes { firstWrite[entry] = Swift.min(firstWrite[entry], step) }
        }
        let blocks = lifetimes.map {
            Arrangement.Block(entry: $0.key, bytes: temporaryBytes[$0.key]!, first: $0.value.first, last: $0.value.last)
        }
        let arrangement = Arrangement(blocks)
        for (entry, offset) in arrangement.offsets { table[entry] = .temporary(offset) }

        // Writing over an old value is for the last that reads it, and after everything that may fail.
        let lastFallible = lastFallibleStep
        let allowed = donations.filter { output, leaf in
            let step = firstWrite[leafCount + output]
            return step != .max && lastRead[leaf] <= step && step > lastFallible
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
