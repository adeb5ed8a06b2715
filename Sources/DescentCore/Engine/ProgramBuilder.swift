import CDescent

/// Assembles a fused program: slots, instructions, reductions, and blocks of scratch for what lives between.
struct ProgramBuilder {
    /// What an instruction reads.
    enum Operand {
        /// The result of an earlier line of the program, by its number.
        case member(Int)
        /// Elements in memory, with strides over the program's shape.
        case input(Layout, DType)
    }

    /// An output that may be written over a leaf; or nil where the output itself is read first.
    struct Replacement {
        /// The number of the line that computes it.
        let member: Int
        let leafEntry: Int
        let output: Int?
    }

    private struct Line {
        let kernel: Kernel
        let name: String
        let dtype: DType
        let operands: [Operand]
        let destination: Int?
    }

    private let shape: Shape
    private var lines: [Line] = []
    private var reductions: [(item: Planner.Item, operand: Operand, destination: Int)] = []

    // While building.
    private var slots: [cd_slot] = []
    private var strides: [[Int]] = []
    private var slotOfInput: [InputKey: Int] = [:]
    private var slotOfMember: [Int32] = []

    private struct InputKey: Hashable {
        let entry: Int
        let offset: Int
        let strides: [Int]
        let scalar: Bool

        // Strides rarely tell them apart, and take longest.
        func hash(into hasher: inout Hasher) { hasher.combine(entry << 32 ^ offset) }
    }

    init(shape: Shape) { self.shape = shape }

    mutating func append(
        _ kernel: Kernel, _ name: String, _ dtype: DType, _ operands: [Operand], destination: Int?
    ) {
        lines.append(Line(kernel: kernel, name: name, dtype: dtype, operands: operands, destination: destination))
    }

    mutating func append(reduction item: Planner.Item, of operand: Operand, _ destination: Int) {
        reductions.append((item, operand, destination))
    }

    /// The program, and which replacements its order of reads and writes allows.
    mutating func build(
        _ emitter: inout Emitter, fold: Fold?, replaced: [Replacement]
    ) -> (Program, [Replacement]) {
        let lastUse = lastUses()
        slotOfMember = [Int32](repeating: -1, count: lines.count)
        var blocks = Blocks()
        var instructions: [cd_instruction] = []
        var late: [cd_instruction] = []
        let overwriting = Dictionary(replaced.map { ($0.member, $0) }, uniquingKeysWith: { first, _ in first })

        for (position, line) in lines.enumerated() {
            var instruction = cd_instruction()
            let operandType = dtype(of: line.operands[line.operands.count - 1])
            instruction.dtype = operandType.rawValue
            switch line.kernel {
            case .unary(let opcode):
                instruction.form = UInt8(CD_FORM_UNARY)
                instruction.op = UInt8(opcode)
                instruction.a = slot(line.operands[0], &emitter, scalarAllowed: false).index
            case .binary(let opcode):
                instruction.form = UInt8(CD_FORM_BINARY)
                instruction.op = UInt8(opcode)
                let (a, b) = (line.operands[0], line.operands[1])
                let left = slot(a, &emitter, scalarAllowed: !isScalar(b))
                let right = slot(b, &emitter, scalarAllowed: true)
                (instruction.a, instruction.b) = (left.index, right.index)
                instruction.scalars = (left.isScalar ? 1 : 0) | (right.isScalar ? 2 : 0)
            default:
                instruction.form = UInt8(CD_FORM_SELECT)
                instruction.condition = slot(line.operands[0], &emitter, scalarAllowed: false).index
                let left = slot(line.operands[1], &emitter, scalarAllowed: true)
                let right = slot(line.operands[2], &emitter, scalarAllowed: true)
                (instruction.a, instruction.b) = (left.index, right.index)
                instruction.scalars = (left.isScalar ? 1 : 0) | (right.isScalar ? 2 : 0)
            }
            // Blocks of operands that end here may take the result, if elements are as wide.
            let ending = line.operands.compactMap { operand -> Int? in
                guard case .member(let member) = operand, lastUse[member] == position else { return nil }
                return member
            }
            for member in ending where lines[member].dtype.byteCount == line.dtype.byteCount {
                if let block = blockOf(member) { blocks.release(block) }
            }
            if let destination = line.destination, !mustWait(overwriting[position], position) {
                instruction.destination = output(destination, position)
            } else {
                instruction.destination = temporary(blocks.take(), position)
                if let destination = line.destination {
                    // Something still reads the old value: it is written over at the end of the block.
                    var store = cd_instruction()
                    store.form = UInt8(CD_FORM_UNARY)
                    store.op = UInt8(CD_COPY)
                    store.dtype = line.dtype.rawValue
                    store.a = instruction.destination
                    slots.append(cd_slot(output: destination, line.dtype))
                    strides.append([])
                    store.destination = Int32(slots.count - 1)
                    late.append(store)
                    blocks.keep()
                }
            }
            instructions.append(instruction)
            let taken = blockOf(position)
            for member in ending { if let block = blockOf(member), block != taken { blocks.release(block) } }
        }
        let folds = reductions.map { item, operand, destination in
            guard case .reduce(let opcode) = item.kernel else { return cd_reduction() }
            return cd_reduction(
                op: UInt8(opcode), dtype: item.dtype.rawValue,
                slot: slot(operand, &emitter, scalarAllowed: false).index, buffer: Int32(destination))
        }
        let dimensions = collapse()
        let program = Program(
            dimensions: dimensions, slots: slots, instructions: instructions + late, reductions: folds,
            temporaries: blocks.count, fold: fold,
            names: lines.filter { $0.kernel == .binary(CD_MOD) || $0.kernel == .binary(CD_POW) }.map(\.name))
        return (program, replaced.filter { isReadInPlaceOnly($0, emitter) })
    }

    // MARK: - Lifetimes

    /// The last line that reads each member; reductions read after all lines.
    private func lastUses() -> [Int] {
        var last = [Int](repeating: -1, count: lines.count)
        for (position, line) in lines.enumerated() {
            for case .member(let member) in line.operands { last[member] = position }
        }
        for (_, operand, _) in reductions { if case .member(let member) = operand { last[member] = .max } }
        return last
    }

    /// Whether a line after `position` still reads the leaf that this line would write over.
    private func mustWait(_ replacement: Replacement?, _ position: Int) -> Bool {
        guard let replacement else { return false }
        func reads(_ operand: Operand) -> Bool {
            if case .input(let layout, _) = operand { layout.entry == replacement.leafEntry } else { false }
        }
        return lines[(position + 1)...].contains { $0.operands.contains(where: reads) }
            || reductions.contains { reads($0.operand) }
    }

    /// Whether the leaf is read element by element where the output is written, and in no other way.
    private func isReadInPlaceOnly(_ replacement: Replacement, _ emitter: Emitter) -> Bool {
        for slot in slots where Int(slot.kind) == CD_SLOT_INPUT {
            let entry = Int(slot.index)
            if entry == replacement.leafEntry {
                guard Int(slot.access) == CD_ACCESS_LINEAR, slot.dtype == lines[replacement.member].dtype.rawValue
                else { return false }
            } else if case .inside(let outer, _) = emitter.table[entry], outer == replacement.leafEntry {
                return false
            }
        }
        return true
    }

    // MARK: - Slots

    private func isScalar(_ operand: Operand) -> Bool {
        guard case .input(let layout, _) = operand, shape.count > 1 else { return false }
        return layout.strides.enumerated().allSatisfy { $0.element == 0 || shape[$0.offset] == 1 }
    }

    private mutating func slot(
        _ operand: Operand, _ emitter: inout Emitter, scalarAllowed: Bool
    ) -> (index: Int32, isScalar: Bool) {
        switch operand {
        case .member(let member):
            return (slotOfMember[member], false)
        case .input(let layout, let dtype):
            let scalar = scalarAllowed && isScalar(operand)
            let key = InputKey(entry: layout.entry, offset: layout.offset, strides: layout.strides, scalar: scalar)
            if let known = slotOfInput[key] { return (Int32(known), scalar) }
            var slot = cd_slot()
            slot.kind = UInt8(CD_SLOT_INPUT)
            slot.dtype = dtype.rawValue
            slot.index = Int32(emitter.inside(layout.entry, layout.offset * dtype.byteCount))
            slot.access = UInt8(
                scalar ? CD_ACCESS_SCALAR : layout.isContiguous(shape) ? CD_ACCESS_LINEAR : CD_ACCESS_STRIDED)
            slots.append(slot)
            strides.append(layout.strides)
            slotOfInput[key] = slots.count - 1
            return (Int32(slots.count - 1), scalar)
        }
    }

    private mutating func output(_ entry: Int, _ member: Int) -> Int32 {
        slots.append(cd_slot(output: entry, lines[member].dtype))
        strides.append([])
        slotOfMember[member] = Int32(slots.count - 1)
        return slotOfMember[member]
    }

    private mutating func temporary(_ block: Int, _ member: Int) -> Int32 {
        var slot = cd_slot()
        slot.kind = UInt8(CD_SLOT_TEMPORARY)
        slot.dtype = lines[member].dtype.rawValue
        slot.index = Int32(block)
        slots.append(slot)
        strides.append([])
        slotOfMember[member] = Int32(slots.count - 1)
        return slotOfMember[member]
    }

    private func blockOf(_ member: Int) -> Int? {
        let slot = Int(slotOfMember[member])
        return slot >= 0 && Int(slots[slot].kind) == CD_SLOT_TEMPORARY ? Int(slots[slot].index) : nil
    }

    private func dtype(of operand: Operand) -> DType {
        switch operand {
        case .member(let member): lines[member].dtype
        case .input(_, let dtype): dtype
        }
    }

    /// Numbers of scratch blocks, reused when free.
    private struct Blocks {
        private var free: [Int] = []
        /// Which blocks may be released: those in use, but for those that are kept.
        private var isReleasable: [Bool] = []
        private var last = 0

        var count: Int { isReleasable.count }

        mutating func take() -> Int {
            if let block = free.popLast() {
                last = block
                isReleasable[block] = true
            } else {
                last = count
                isReleasable.append(true)
            }
            return last
        }

        mutating func release(_ block: Int) {
            guard isReleasable[block] else { return }
            isReleasable[block] = false
            free.append(block)
        }

        /// The block taken last stays taken for good.
        mutating func keep() { isReleasable[last] = false }
    }

    // MARK: - Dimensions

    /// Joins axes that every strided input walks as one, and writes the strides into the slots.
    private mutating func collapse() -> [Int] {
        let axes = (0..<shape.rank).filter { shape[$0] != 1 }
        let strided = slots.indices.filter {
            Int(slots[$0].kind) == CD_SLOT_INPUT && Int(slots[$0].access) == CD_ACCESS_STRIDED
        }
        var dimensions: [Int] = []
        var kept: [Int] = []
        for axis in axes {
            if let last = kept.last,
                strided.allSatisfy({ strides[$0][last] == strides[$0][axis] * shape[axis] })
            {
                dimensions[dimensions.count - 1] *= shape[axis]
                kept[kept.count - 1] = axis
            } else {
                dimensions.append(shape[axis])
                kept.append(axis)
            }
        }
        if kept.isEmpty {
            // A single element; axes of extent 1 have no say.
            return [shape.count]
        }
        for slot in strided {
            withUnsafeMutableBytes(of: &slots[slot].strides) { bytes in
                for (position, axis) in kept.enumerated() {
                    bytes.storeBytes(of: Int64(strides[slot][axis]), toByteOffset: 8 * position, as: Int64.self)
                }
            }
        }
        return dimensions
    }
}

extension cd_slot {
    fileprivate init(output entry: Int, _ dtype: DType) {
        self.init()
        kind = UInt8(CD_SLOT_OUTPUT)
        self.dtype = dtype.rawValue
        index = Int32(entry)
    }
}
