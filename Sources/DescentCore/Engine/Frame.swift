import CDescent
import Synchronization

/// Memory for one run of a plan at a time, and the plan's steps made ready to run in it.
///
/// Steps become plain tasks, programs are laid out and their kernels chosen, once for all runs: a run fills in pointers
/// and counts no references.
final class Frame: @unchecked Sendable {
    let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    /// The numbers among leaves and outputs.
    let numbers: UnsafeMutablePointer<UInt64>
    private let threads: Int32
    private let instructionSet: Int32
    private let tasks: UnsafeMutablePointer<Task>
    /// What the tasks read, but for what belongs to the plan.
    private let prepared: UnsafeMutableRawPointer
    private var scratch: UnsafeMutableRawPointer
    private var workspace: Storage?
    private let byteCount: Int
    /// Bytes that the frames of all plans keep.
    static let kept = Atomic<Int>(0)
    /// Of one frame, and of all: more goes back to where memory comes from.
    private static let most = (each: 1 << 17, all: 1 << 23)

    /// A step as a run takes it.
    private struct Task: BitwiseCopyable {
        enum Kind: UInt8, BitwiseCopyable { case prepared, programs, matmul, copy, other }

        var kind = Kind.other
        var a: Int32 = 0
        var b: Int32 = 0
        var c: Int32 = 0
        var what: UnsafeMutableRawPointer?
        /// An object of the plan, or the program that follows a product.
        var object: UnsafeRawPointer?
    }

    init(_ plan: Plan) {
        threads = cd_threads()
        instructionSet = cd_isa()
        pointers = .allocate(capacity: plan.table.count + 1)
        pointers.initialize(repeating: nil, count: plan.table.count + 1)
        numbers = .allocate(capacity: plan.table.count + 1)
        numbers.initialize(repeating: 0, count: plan.table.count + 1)
        let scratchBytes = plan.steps.reduce(0) { [threads] in
            Swift.max($0, $1.scratchBytes(threads: threads))
        }
        byteCount = plan.temporaryBytes + scratchBytes + 128
        scratch = UnsafeMutableRawPointer(pointers)
        tasks = .allocate(capacity: plan.steps.count)
        let sizes = plan.steps.map { [threads] in $0.preparedBytes(threads: threads) }
        prepared = .allocate(byteCount: sizes.reduce(64, +), alignment: 64)
        var memory = prepared
        for (number, step) in plan.steps.enumerated() {
            (tasks + number).initialize(to: sizes[number] > 0 ? Frame.task(step, in: memory) : Task())
            memory += sizes[number]
        }
    }

    private static func task(_ step: PlanStep, in memory: UnsafeMutableRawPointer) -> Task {
        switch step {
        case .program(let program):
            program.prepare(in: memory)
            return Task(kind: .prepared, what: memory)
        case .programs(let batch):
            batch.prepare(in: memory)
            return Task(kind: .programs, what: memory, object: Unmanaged.passUnretained(batch).toOpaque())
        case .matmul(let product, let a, let b, let c):
            return Task(
                kind: .matmul, a: Int32(a), b: Int32(b), c: Int32(c), what: product.pointer,
                object: product.epilogue.map { UnsafeRawPointer($0.pointer) })
        case .copy(let copy):
            copy.prepare(in: memory)
            return Task(
                kind: .copy, a: Int32(copy.source), b: Int32(copy.destination),
                c: copy.sourceStrides == copy.destinationStrides ? 1 : 0, what: memory)
        default:
            return Task()
        }
    }

    deinit {
        forget()
        pointers.deallocate()
        numbers.deallocate()
        tasks.deallocate()
        prepared.deallocate()
    }

    /// Whether it was made for what this thread runs with now.
    var isFitting: Bool { threads == cd_threads() && instructionSet == cd_isa() }

    /// Sees to it that there is memory for temporary buffers and scratch.
    func prepare(_ plan: Plan) {
        guard workspace == nil else { return }
        let workspace = Storage(byteCount: byteCount)
        // Kernels want cache lines, malloc gives less.
        let base = UnsafeMutableRawPointer(bitPattern: (UInt(bitPattern: workspace.pointer) + 63) & ~63)!
        scratch = base + (plan.temporaryBytes + 63) / 64 * 64
        for (index, entry) in plan.table.enumerated() {
            switch entry {
            case .temporary(let offset): pointers[index] = base + offset
            case .strip: pointers[index] = base
            default: break
            }
        }
        self.workspace = workspace
        Frame.kept.add(byteCount, ordering: .relaxed)
    }

    /// Runs the steps; the pointers are filled in.
    func run(_ plan: Plan) throws(DescentError) {
        for index in plan.steps.indices {
            let task = tasks[index]
            switch task.kind {
            case .prepared:
                let status = cd_prepared_run(task.what, pointers, scratch)
                if status != 0 { throw plan.steps[index].failure(status) }
            case .programs:
                Unmanaged<ProgramBatch>.fromOpaque(task.object!)._withUnsafeGuaranteedRef {
                    $0.run(task.what!, pointers, scratch, threads: threads)
                }
            case .matmul:
                let product = UnsafePointer(task.what!.assumingMemoryBound(to: cd_matmul.self))
                let (a, b, c) = (pointers[Int(task.a)], pointers[Int(task.b)], pointers[Int(task.c)])
                if let epilogue = task.object {
                    cd_matmul_run_then(
                        product, a, b, c, epilogue.assumingMemoryBound(to: cd_program.self), pointers, scratch, threads)
                } else {
                    cd_matmul_run(product, a, b, c)
                }
            case .copy:
                let (source, destination) = (pointers[Int(task.a)], pointers[Int(task.b)])
                // A value that is written over itself.
                if source == destination, task.c != 0 { continue }
                PlanStep.Copy.run(task.what!, source, destination)
            case .other:
                try plan.steps[index].run(pointers, scratch, threads: threads)
            }
        }
    }

    /// Gives back what is too much to keep for each of many plans; the memory pool hands it out again.
    func rest() {
        if byteCount > Frame.most.each || Frame.kept.load(ordering: .relaxed) > Frame.most.all { forget() }
    }

    private func forget() {
        guard workspace != nil else { return }
        workspace = nil
        Frame.kept.subtract(byteCount, ordering: .relaxed)
    }
}

// MARK: - What steps are made ready to

extension PlanStep {
    /// Bytes for what is made ready, in whole cache lines; 0 if nothing is.
    fileprivate func preparedBytes(threads: Int32) -> Int {
        switch self {
        case .program(let program): program.preparedBytes(threads: threads)
        case .programs(let batch): batch.preparedBytes
        case .matmul: 64
        case .copy(let copy): (8 * (2 + 3 * copy.dimensions.count) + 63) / 64 * 64
        default: 0
        }
    }

    fileprivate func failure(_ status: Int32) -> DescentError {
        guard case .program(let program) = self else { preconditionFailure("only programs are prepared that can fail") }
        return program.failure(status)
    }
}

extension PlanStep.Copy {
    /// Writes down the size of an element, the number of axes, the extents and the strides.
    fileprivate func prepare(in memory: UnsafeMutableRawPointer) {
        let numbers = [elementBytes, dimensions.count] + dimensions + sourceStrides + destinationStrides
        memory.bindMemory(to: Int64.self, capacity: numbers.count)
            .initialize(from: numbers.map(Int64.init), count: numbers.count)
    }

    @inline(__always)
    fileprivate static func run(
        _ memory: UnsafeMutableRawPointer, _ source: UnsafeMutableRawPointer?, _ destination: UnsafeMutableRawPointer?
    ) {
        let numbers = UnsafePointer(memory.assumingMemoryBound(to: Int64.self))
        let (rank, extents) = (Int(numbers[1]), numbers + 2)
        cd_copy(
            Int32(numbers[0]), Int32(rank), extents, source, extents + rank, destination, extents + 2 * rank)
    }
}
