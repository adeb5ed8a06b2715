import CDescent

/// A program under construction, together with what each of its slots ought to hold.
struct ProgramBuilder {
    let dims: [Int]
    let count: Int
    var fold = CD_FOLD_NONE
    var extent = 0
    private(set) var slots: [cd_slot] = []
    private(set) var values: [Elements] = []
    private(set) var instructions: [cd_instruction] = []
    private(set) var reductions: [cd_reduction] = []
    private(set) var reduced: [(op: Int, slot: Int, buffer: Int)] = []
    private(set) var outputs: [(slot: Int, buffer: Int)] = []
    private var buffers: [(initial: Elements, start: Int)] = []
    private var temporaries: Int32 = 0

    init(_ dims: [Int]) {
        self.dims = dims
        count = dims.reduce(1, *)
    }

    // MARK: - Slots

    private mutating func addBuffer(_ elements: Elements, start: Int = 0) -> Int {
        buffers.append((elements, start))
        return buffers.count - 1
    }

    private mutating func addSlot(
        _ kind: Int, _ access: Int, _ index: Int, _ value: Elements, _ strides: [Int] = []
    ) -> Int {
        var slot = cd_slot()
        slot.kind = UInt8(kind)
        slot.dtype = UInt8(value.dtype)
        slot.access = UInt8(access)
        slot.index = Int32(index)
        withUnsafeMutableBytes(of: &slot.strides) {
            for (i, stride) in strides.enumerated() {
                $0.storeBytes(of: Int64(stride), toByteOffset: i * 8, as: Int64.self)
            }
        }
        slots.append(slot)
        values.append(value)
        return slots.count - 1
    }

    mutating func linear(_ elements: Elements) -> Int {
        addSlot(CD_SLOT_INPUT, CD_ACCESS_LINEAR, addBuffer(elements), elements)
    }

    mutating func scalar(_ element: Elements) -> Int {
        let spread = element.gathered(Array(repeating: 0, count: count))
        return addSlot(CD_SLOT_INPUT, CD_ACCESS_SCALAR, addBuffer(element), spread)
    }

    mutating func strided(_ elements: Elements, start: Int, strides: [Int]) -> Int {
        var positions = [start]
        for (dim, stride) in zip(dims, strides) {
            positions = positions.flatMap { p in (0..<dim).map { p + $0 * stride } }
        }
        return addSlot(
            CD_SLOT_INPUT, CD_ACCESS_STRIDED, addBuffer(elements, start: start),
            elements.gathered(positions), strides)
    }

    /// Broadcast, permuted, sliced or flipped along some dimensions.
    mutating func randomlyStrided(_ dtype: Int, _ source: inout Source) -> Int {
        var order = Array(dims.indices)
        if source.below(3) == 0 {
            for i in order.indices.reversed() { order.swapAt(i, source.below(i + 1)) }
        }
        var strides = Array(repeating: 0, count: dims.count)
        var size = 1
        var start = 0
        for i in order.reversed() {
            switch source.below(6) {
            case 0, 1: strides[i] = 0
            case 2: strides[i] = 2 * size
            case 3:
                strides[i] = -size
                start += size * max(0, dims[i] - 1)
            default: strides[i] = size
            }
            size += abs(strides[i]) * max(0, dims[i] - 1)
        }
        return strided(.random(dtype, size, &source), start: start, strides: strides)
    }

    private mutating func destination(_ value: Elements, _ output: Bool, _ inPlace: Int?) -> Int {
        if let inPlace {
            let buffer = Int(slots[inPlace].index)
            let slot = addSlot(CD_SLOT_OUTPUT, 0, buffer, value)
            outputs.append((slot, buffer))
            return slot
        }
        if output {
            let buffer = addBuffer(value.gathered([]), start: 0)
            buffers[buffer].initial = value
            let slot = addSlot(CD_SLOT_OUTPUT, 0, buffer, value)
            outputs.append((slot, buffer))
            return slot
        }
        temporaries += 1
        return addSlot(CD_SLOT_TEMPORARY, 0, Int(temporaries) - 1, value)
    }

    // MARK: - Instructions

    private func isScalar(_ slot: Int) -> Bool {
        slots[slot].kind == CD_SLOT_INPUT && slots[slot].access == CD_ACCESS_SCALAR
    }

    mutating func unary(_ op: Int, _ a: Int, output: Bool = false, inPlace: Int? = nil) -> Int {
        let slot = destination(values[a].unary(op), output, inPlace)
        instructions.append(
            cd_instruction(
                form: UInt8(CD_FORM_UNARY), op: UInt8(op), dtype: slots[a].dtype,
                scalars: isScalar(a) ? 1 : 0, destination: Int32(slot), a: Int32(a), b: 0,
                condition: 0))
        return slot
    }

    mutating func binary(
        _ op: Int, _ a: Int, _ b: Int, output: Bool = false, inPlace: Int? = nil
    ) -> Int {
        let slot = destination(values[a].binary(op, values[b]), output, inPlace)
        instructions.append(
            cd_instruction(
                form: UInt8(CD_FORM_BINARY), op: UInt8(op), dtype: slots[a].dtype,
                scalars: (isScalar(a) ? 1 : 0) | (isScalar(b) ? 2 : 0), destination: Int32(slot),
                a: Int32(a), b: Int32(b), condition: 0))
        return slot
    }

    mutating func select(
        _ condition: Int, _ a: Int, _ b: Int, output: Bool = false, inPlace: Int? = nil
    ) -> Int {
        let slot = destination(
            Elements.select(values[condition], values[a], values[b]), output, inPlace)
        let scalars =
            (isScalar(a) ? 1 : 0) | (isScalar(b) ? 2 : 0) | (isScalar(condition) ? 4 : 0)
        instructions.append(
            cd_instruction(
                form: UInt8(CD_FORM_SELECT), op: 0, dtype: slots[a].dtype, scalars: UInt8(scalars),
                destination: Int32(slot), a: Int32(a), b: Int32(b), condition: Int32(condition)))
        return slot
    }

    mutating func reduce(_ op: Int, _ slot: Int) {
        let results: Int =
            switch fold {
            case CD_FOLD_ALL: 1
            case CD_FOLD_ROWS: extent > 0 ? count / extent : 0
            default: extent
            }
        var source = Source(state: 0)
        let buffer = addBuffer(.random(values[slot].dtype, results, &source))
        reductions.append(
            cd_reduction(
                op: UInt8(op), dtype: slots[slot].dtype, slot: Int32(slot), buffer: Int32(buffer)))
        reduced.append((op, slot, buffer))
    }

    /// Positions of the elements that fold into each result.
    var groups: [[Int]] {
        switch fold {
        case CD_FOLD_ALL: [Array(0..<count)]
        case CD_FOLD_ROWS:
            (0..<(extent > 0 ? count / extent : 0)).map { row in
                Array(row * extent..<(row + 1) * extent)
            }
        default: (0..<extent).map { Array(stride(from: $0, to: count, by: extent)) }
        }
    }

    // MARK: - Running

    /// The buffers after a run, and what it answered. Beyond their ends the buffers hold a pattern that
    /// must survive.
    ///
    /// - Parameter prepared: whether the program is prepared, and has run elsewhere before.
    func run(threads: Int = 1, prepared: Bool = false) -> (status: Int, buffers: [Elements]) {
        let guardBytes = 64
        cd_set_threads(Int32(threads))
        var memory: [UnsafeMutableRawPointer] = []
        var starts: [UnsafeMutableRawPointer?] = []
        func bytes(_ buffer: Int) -> Int {
            buffers[buffer].initial.count * Elements.bytes(buffers[buffer].initial.dtype)
        }
        for (i, buffer) in buffers.enumerated() {
            let address = UnsafeMutableRawPointer.allocate(
                byteCount: bytes(i) + guardBytes, alignment: 64)
            buffer.initial.write(to: address)
            memset(address + bytes(i), 0xa5, guardBytes)
            memory.append(address)
            starts.append(address + buffer.start * Elements.bytes(buffer.initial.dtype))
        }
        // Outputs must be written, not found in place.
        for output in outputs where !inputBuffers.contains(output.buffer) {
            memset(memory[output.buffer], 0x5a, bytes(output.buffer))
        }
        var status: Int32 = 0
        slots.withUnsafeBufferPointer { slots in
            instructions.withUnsafeBufferPointer { instructions in
                reductions.withUnsafeBufferPointer { reductions in
                    var program = cd_program()
                    program.rank = Int32(dims.count)
                    withUnsafeMutableBytes(of: &program.dims) {
                        for (i, dim) in dims.enumerated() {
                            $0.storeBytes(of: Int64(dim), toByteOffset: i * 8, as: Int64.self)
                        }
                    }
                    program.count = Int64(count)
                    program.slot_count = Int32(slots.count)
                    program.instruction_count = Int32(instructions.count)
                    program.reduction_count = Int32(reductions.count)
                    program.temporary_count = temporaries
                    program.slots = slots.baseAddress
                    program.instructions = instructions.baseAddress
                    program.reductions = reductions.baseAddress
                    program.fold = UInt8(fold)
                    program.extent = Int64(extent)
                    let size = cd_program_scratch_bytes(&program, 8)
                    let scratch = UnsafeMutableRawPointer.allocate(
                        byteCount: size + guardBytes, alignment: 64)
                    memset(scratch, 0xff, size + guardBytes)
                    status =
                        prepared
                        ? runPrepared(&program, starts, scratch, size, bytes)
                        : cd_program_run(&program, starts, scratch, cd_threads())
                    for i in size..<size + guardBytes {
                        precondition(scratch.load(fromByteOffset: i, as: UInt8.self) == 0xff)
                    }
                    scratch.deallocate()
                }
            }
        }
        let results = buffers.indices.map {
            Elements(buffers[$0].initial.dtype, at: memory[$0], count: buffers[$0].initial.count)
        }
        for i in buffers.indices {
            for j in bytes(i)..<bytes(i) + guardBytes {
                precondition(memory[i].load(fromByteOffset: j, as: UInt8.self) == 0xa5)
            }
            memory[i].deallocate()
        }
        return (Int(status), results)
    }

    /// Runs the program on zeros in other places, then on the buffers.
    private func runPrepared(
        _ program: inout cd_program, _ starts: [UnsafeMutableRawPointer?], _ scratch: UnsafeMutableRawPointer,
        _ scratchBytes: Int, _ bytes: (Int) -> Int
    ) -> Int32 {
        func zeros(_ count: Int) -> UnsafeMutableRawPointer {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: count + 64, alignment: 64)
            memset(memory, 0, count + 64)
            return memory
        }
        let size = cd_program_prepared_bytes(&program, 1)
        guard size > 0 else { return cd_program_run(&program, starts, scratch, 1) }
        let memory = zeros(size)
        cd_program_prepare(&program, memory)
        let others = buffers.indices.map { zeros(bytes($0)) }
        let elsewhere = zeros(scratchBytes)
        let moved: [UnsafeMutableRawPointer?] = zip(others, buffers).map {
            $0 + $1.start * Elements.bytes($1.initial.dtype)
        }
        _ = cd_prepared_run(memory, moved, elsewhere)
        let status = cd_prepared_run(memory, starts, scratch)
        for address in others + [memory, elsewhere] { address.deallocate() }
        return status
    }

    private var inputBuffers: Set<Int> {
        Set(slots.filter { $0.kind == CD_SLOT_INPUT }.map { Int($0.index) })
    }

    private func memset(_ address: UnsafeMutableRawPointer, _ byte: UInt8, _ count: Int) {
        address.initializeMemory(as: UInt8.self, repeating: byte, count: count)
    }
}
