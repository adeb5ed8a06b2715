import CDescent

/// How to compute an expression of one structure: steps over a table of pointers.
///
/// The table holds a pointer for each leaf, each output, each temporary buffer, and each place inside one of
/// those where a step begins to read. A run fills in the leaves and outputs; all else is laid out before.
/// Any number of threads may run a plan at once, each in a frame of its own.
package final class Plan: @unchecked Sendable {
    /// What stands in the pointer table.
    enum Entry: Equatable {
        case leaf(Int)
        case output(Int)
        /// Bytes into the workspace.
        case temporary(Int)
        /// Bytes into the memory of another entry.
        case inside(entry: Int, bytes: Int)
    }

    /// A value the expression reads.
    enum Input {
        case number(UInt64)
        case stored(Storage)

        /// Where the elements are, if they are in storage.
        var pointer: UnsafeMutableRawPointer? { if case .stored(let storage) = self { storage.pointer } else { nil } }
    }

    struct Output {
        let dtype: DType
        let shape: Shape
        /// Single numbers live in the frame and in nodes, not in storage.
        var isNumber: Bool { shape.rank == 0 }
        var byteCount: Int { shape.count * dtype.byteCount }
    }

    let table: [Entry]
    let outputs: [Output]
    package let steps: [PlanStep]
    /// Outputs that may be written over the storage of a leaf.
    let donations: [(output: Int, leaf: Int)]
    /// Whether the data can make a step fail.
    let isFallible: Bool
    /// Bytes of temporary buffers.
    let temporaryBytes: Int
    private let frames = Guarded<[Frame]>([])

    init(
        table: [Entry], outputs: [Output], steps: [PlanStep], donations: [(output: Int, leaf: Int)], temporaryBytes: Int
    ) {
        self.table = table
        self.outputs = outputs
        self.steps = steps
        self.donations = donations
        self.temporaryBytes = temporaryBytes
        isFallible = steps.contains { $0.isFallible }
    }

    /// Memory for one run at a time.
    private final class Frame: @unchecked Sendable {
        let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
        /// The numbers among leaves and outputs.
        let numbers: UnsafeMutablePointer<UInt64>
        let threads: Int32
        private(set) var scratch: UnsafeMutableRawPointer
        private var workspace: Storage?
        private let byteCount: Int

        init(_ plan: Plan, threads: Int32) {
            self.threads = threads
            pointers = .allocate(capacity: plan.table.count + 1)
            pointers.initialize(repeating: nil, count: plan.table.count + 1)
            numbers = .allocate(capacity: plan.table.count + 1)
            numbers.initialize(repeating: 0, count: plan.table.count + 1)
            let scratchBytes = plan.steps.reduce(0) { Swift.max($0, $1.scratchBytes(threads: threads)) }
            byteCount = plan.temporaryBytes + scratchBytes + 128
            scratch = UnsafeMutableRawPointer(pointers)
        }

        /// Sees to it that there is memory for temporary buffers and scratch.
        func prepare(_ plan: Plan) {
            guard workspace == nil else { return }
            let workspace = Storage(byteCount: byteCount)
            // Kernels want cache lines, malloc gives less.
            let base = UnsafeMutableRawPointer(bitPattern: (UInt(bitPattern: workspace.pointer) + 63) & ~63)!
            scratch = base + (plan.temporaryBytes + 63) / 64 * 64
            for (index, entry) in plan.table.enumerated() {
                if case .temporary(let offset) = entry { pointers[index] = base + offset }
            }
            self.workspace = workspace
        }

        /// Gives back what is too much to keep for each of many plans; the memory pool hands it out again.
        func rest() { if byteCount > 1 << 16 { workspace = nil } }

        deinit {
            pointers.deallocate()
            numbers.deallocate()
        }
    }

    /// Runs the steps.
    ///
    /// - Parameters:
    ///   - inputs: the values the expression reads.
    ///   - targets: storage to write outputs to, where it is to be given storage; new storage is made elsewhere.
    /// - Returns: the values of the outputs.
    func run(_ inputs: [Input], _ targets: inout [Storage?]) throws(DescentError) -> [Node.Value] {
        let threads = cd_threads()
        let frame =
            frames.withLock { $0.popLast() }.flatMap { $0.threads == threads ? $0 : nil }
            ?? Frame(self, threads: threads)
        frame.prepare(self)
        let pointers = frame.pointers
        for index in table.indices {
            switch table[index] {
            case .leaf(let number):
                switch inputs[number] {
                case .number(let bits):
                    frame.numbers[index] = bits
                    pointers[index] = UnsafeMutableRawPointer(frame.numbers + index)
                case .stored(let storage):
                    pointers[index] = storage.pointer
                }
            case .output(let number):
                if outputs[number].isNumber {
                    pointers[index] = UnsafeMutableRawPointer(frame.numbers + index)
                    frame.numbers[index] = 0
                } else {
                    if targets[number] == nil {
                        targets[number] = Storage(byteCount: outputs[number].byteCount)
                    }
                    pointers[index] = targets[number]!.pointer
                }
            case .temporary: break
            case .inside(let entry, let bytes): pointers[index] = pointers[entry]! + bytes
            }
        }
        for index in steps.indices { try steps[index].run(pointers, frame.scratch, threads: threads) }

        var values: [Node.Value] = []
        values.reserveCapacity(outputs.count)
        for index in table.indices {
            guard case .output(let number) = table[index] else { continue }
            values.append(
                outputs[number].isNumber
                    ? .scalar(Number.load(frame.numbers + index, outputs[number].dtype)) : .stored(targets[number]!))
        }
        frame.rest()
        frames.withLock { if $0.count < 4 { $0.append(frame) } }
        return values
    }
}
