import CDescent

/// A fused program: many elementwise operations, and reductions of their results, in one pass.
package final class Program: @unchecked Sendable {
    /// What the kernels read; the pointers inside belong to this object.
    private let program: UnsafeMutablePointer<cd_program>
    private let slotCount: Int
    let isFallible: Bool
    /// Names of the operations whose data may be at fault, for messages.
    private let names: [String]

    init(
        dimensions: [Int], slots: [cd_slot], instructions: [cd_instruction], reductions: [cd_reduction],
        temporaries: Int, fold: Fold?, names: [String]
    ) {
        slotCount = slots.count
        self.names = names
        isFallible = instructions.contains { instruction in
            Int(instruction.form) == CD_FORM_BINARY
                && (instruction.dtype == DType.int32.rawValue
                    || instruction.dtype == DType.int64.rawValue)
                && (Int(instruction.op) == CD_MOD || Int(instruction.op) == CD_POW)
        }
        var raw = cd_program()
        raw.rank = Int32(dimensions.count)
        withUnsafeMutableBytes(of: &raw.dims) { bytes in
            for (axis, extent) in dimensions.enumerated() {
                bytes.storeBytes(of: Int64(extent), toByteOffset: 8 * axis, as: Int64.self)
            }
        }
        raw.count = Int64(dimensions.reduce(1, *))
        raw.slot_count = Int32(slots.count)
        raw.instruction_count = Int32(instructions.count)
        raw.reduction_count = Int32(reductions.count)
        raw.temporary_count = Int32(temporaries)
        raw.slots = UnsafePointer(Program.copied(slots))
        raw.instructions = UnsafePointer(Program.copied(instructions))
        raw.reductions = UnsafePointer(Program.copied(reductions))
        raw.fold = UInt8(fold?.kind ?? CD_FOLD_NONE)
        raw.extent = Int64(fold?.extent ?? 0)
        program = .allocate(capacity: 1)
        program.initialize(to: raw)
    }

    deinit {
        program.pointee.slots.deallocate()
        program.pointee.instructions.deallocate()
        program.pointee.reductions.deallocate()
        program.deallocate()
    }

    private static func copied<T>(_ elements: [T]) -> UnsafeMutablePointer<T> {
        let copy = UnsafeMutablePointer<T>.allocate(capacity: Swift.max(elements.count, 1))
        copy.initialize(from: elements, count: elements.count)
        return copy
    }

    var pointer: UnsafePointer<cd_program> { UnsafePointer(program) }

    func scratchBytes(threads: Int32) -> Int { cd_program_scratch_bytes(program, threads) }

    /// The number of elements.
    var count: Int { Int(program.pointee.count) }

    /// Bytes of all slots at most.
    var mostBytes: Int { count * (slotCount + Int(program.pointee.reduction_count)) * 8 }

    /// A rough measure of the work, in instructions on elements.
    var work: Int {
        Int(program.pointee.count) * Int(1 + program.pointee.instruction_count + program.pointee.reduction_count)
    }

    func run(
        _ pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ scratch: UnsafeMutableRawPointer,
        threads: Int32
    ) throws(DescentError) {
        let status = cd_program_run(program, pointers, scratch, threads)
        if status != 0 { throw failure(status) }
    }

    func failure(_ status: Int32) -> DescentError { Engine.failure(status, names.joined(separator: ", ")) }

    /// Bytes for the program made ready for many runs; 0 if it is not made ready.
    func preparedBytes(threads: Int32) -> Int { cd_program_prepared_bytes(program, threads) }

    func prepare(in memory: UnsafeMutableRawPointer) { cd_program_prepare(program, memory) }

    // MARK: - For those who look

    var slots: UnsafeBufferPointer<cd_slot> { .init(start: program.pointee.slots, count: slotCount) }

    var instructions: UnsafeBufferPointer<cd_instruction> {
        .init(start: program.pointee.instructions, count: Int(program.pointee.instruction_count))
    }

    var reductions: UnsafeBufferPointer<cd_reduction> {
        .init(start: program.pointee.reductions, count: Int(program.pointee.reduction_count))
    }

    var dimensions: [Int] {
        withUnsafeBytes(of: program.pointee.dims) { bytes in
            (0..<Int(program.pointee.rank)).map { Int(bytes.load(fromByteOffset: 8 * $0, as: Int64.self)) }
        }
    }

    var fold: Fold { Fold(kind: Int(program.pointee.fold), extent: Int(program.pointee.extent)) }
}

/// Programs that neither read nor write what another of them writes: threads share them whole.
package final class ProgramBatch: @unchecked Sendable {
    let programs: [Program]
    private let pointers: UnsafeMutablePointer<UnsafePointer<cd_program>?>
    private let scratchBytes: Int

    /// Work from which sharing pays: about 20 microseconds.
    static let leastWork = 1 << 18

    init(_ programs: [Program]) {
        self.programs = programs
        pointers = .allocate(capacity: programs.count)
        for (index, program) in programs.enumerated() { (pointers + index).initialize(to: program.pointer) }
        let most = programs.reduce(0) { Swift.max($0, $1.scratchBytes(threads: 1)) }
        scratchBytes = (most + 127) / 64 * 64
    }

    deinit { pointers.deallocate() }

    func scratchBytes(threads: Int32) -> Int { Int(Swift.max(threads, 1)) * scratchBytes }

    /// Bytes for all programs made ready, and the table of them.
    var preparedBytes: Int { programs.reduce(tableBytes) { $0 + $1.preparedBytes(threads: 1) } }

    private var tableBytes: Int { (8 * programs.count + 63) / 64 * 64 }

    func prepare(in memory: UnsafeMutableRawPointer) {
        let table = memory.bindMemory(to: UnsafeMutableRawPointer?.self, capacity: programs.count)
        var place = memory + tableBytes
        for (index, program) in programs.enumerated() {
            let bytes = program.preparedBytes(threads: 1)
            if bytes > 0 { program.prepare(in: place) }
            (table + index).initialize(to: bytes > 0 ? place : nil)
            place += bytes
        }
    }

    func run(
        _ prepared: UnsafeMutableRawPointer, _ buffers: UnsafeMutablePointer<UnsafeMutableRawPointer?>,
        _ scratch: UnsafeMutableRawPointer, threads: Int32
    ) {
        cd_programs_run(
            pointers, prepared.assumingMemoryBound(to: UnsafeMutableRawPointer?.self), Int64(programs.count), buffers,
            scratch, scratchBytes, threads)
    }
}
