import CDescent
import Synchronization

/// How to compute an expression of one structure: steps over a table of pointers.
///
/// The table holds a pointer for each leaf, each output, each temporary buffer, and each place inside one of
/// those where a step begins to read. A run fills in the leaves and outputs; all else is laid out before.
/// Any number of threads may run a plan at once, each in a frame of its own.
package final class Plan: @unchecked Sendable {
    /// What stands in the pointer table: all leaves first, then all outputs, each in order, then the rest.
    enum Entry: Equatable {
        case leaf(Int)
        case output(Int)
        /// Bytes into the workspace.
        case temporary(Int)
        /// Bytes into what each thread keeps for a strip of rows; the step that runs strips knows where.
        case strip(Int)
        /// Bytes into the memory of another entry.
        case inside(entry: Int, bytes: Int)
    }

    /// Values that a run reads or has made; it owns their storage.
    struct Values: ~Copyable {
        private(set) var list = Pile<Node.Value>(capacity: 0)

        @inline(__always)
        mutating func append(_ value: Node.Value) {
            _ = value.storage?.retain()
            list.append(value)
        }

        mutating func append(_ storage: Storage) { list.append(Node.Value(storage: .passRetained(storage))) }

        /// Puts a value in the place of one without storage.
        @inline(__always)
        mutating func set(_ value: Node.Value, at index: Int) {
            _ = value.storage?.retain()
            list[index] = value
        }

        /// Lets go of a value.
        @inline(__always)
        mutating func clear(_ index: Int) {
            list[index].storage?.release()
            list[index] = Node.Value()
        }

        mutating func setNumber(_ bits: UInt64, at index: Int) { list[index].bits = bits }

        mutating func removeAll() {
            for value in list.elements { value.storage?.release() }
            list.removeAll()
        }

        deinit { for value in list.elements { value.storage?.release() } }
    }

    struct Output {
        let dtype: DType
        let shape: Shape
        /// Single numbers live in the frame and in nodes, not in storage.
        var isNumber: Bool { shape.rank == 0 }
        var byteCount: Int { shape.count * dtype.byteCount }
    }

    private struct Place: BitwiseCopyable {
        let isNumber: Bool
        let dtype: DType
        let byteCount: Int
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
    private let leafCount: Int
    /// What a run must know of the outputs.
    private let places: Pile<Place>
    /// Entries inside others, those before these among them.
    private let insides: [(entry: Int, outer: Int, bytes: Int)]
    private let frames = BrieflyGuarded(Frames())

    /// Memory that waits for the next runs.
    private struct Frames {
        var list: [Frame] = []
        /// Runs that the memory pool has not heard of.
        var runs = 0

        static let heardOf = 256
    }

    init(
        table: [Entry], outputs: [Output], steps: [PlanStep], donations: [(output: Int, leaf: Int)], temporaryBytes: Int
    ) {
        self.table = table
        self.outputs = outputs
        self.steps = steps
        self.donations = donations
        self.temporaryBytes = temporaryBytes
        isFallible = steps.contains { $0.isFallible }
        places = Pile(outputs.map { Place(isNumber: $0.isNumber, dtype: $0.dtype, byteCount: $0.byteCount) })
        leafCount = table.count { if case .leaf = $0 { true } else { false } }
        insides = table.enumerated().compactMap { index, entry in
            if case .inside(let outer, let bytes) = entry { (index, outer, bytes) } else { nil }
        }
    }

    /// Bytes of workspace that the frames of all plans keep.
    package static var keptBytes: Int { Frame.kept.load(ordering: .relaxed) }

    /// Runs the steps.
    ///
    /// - Parameters:
    ///   - inputs: the values the expression reads.
    ///   - targets: storage to write outputs to, where it is to be given storage; new storage is made elsewhere.
    ///   - values: gets the values of the outputs; empty before, and whatever it is if a step fails.
    func run(
        _ inputs: borrowing Values, _ targets: borrowing Targets, into values: inout Values
    ) throws(DescentError) {
        let frame = frames.withLock { $0.list.popLast() }.flatMap { $0.isFitting ? $0 : nil } ?? Frame(self)
        frame.prepare(self)
        let (pointers, numbers) = (frame.pointers, frame.numbers)
        for leaf in 0..<leafCount {
            let input = inputs.list[leaf]
            if let storage = input.storage {
                pointers[leaf] = storage._withUnsafeGuaranteedRef { $0.pointer }
            } else {
                numbers[leaf] = input.bits
                pointers[leaf] = UnsafeMutableRawPointer(numbers + leaf)
            }
        }
        for output in places.indices {
            let entry = leafCount + output
            if places[output].isNumber {
                numbers[entry] = 0
                pointers[entry] = UnsafeMutableRawPointer(numbers + entry)
                values.append(Node.Value())
            } else if let target = targets.target(of: output) {
                pointers[entry] = target._withUnsafeGuaranteedRef { $0.pointer }
                values.append(Node.Value(storage: target))
            } else {
                let storage = Storage(byteCount: places[output].byteCount)
                pointers[entry] = storage.pointer
                values.append(storage)
            }
        }
        for inside in insides { pointers[inside.entry] = pointers[inside.outer]! + inside.bytes }
        try frame.run(self)
        for output in places.indices where places[output].isNumber {
            values.setNumber(Number.load(numbers + leafCount + output, places[output].dtype), at: output)
        }
        frame.rest()
        let runs = frames.withLock { frames in
            if frames.list.count < 4 { frames.list.append(frame) }
            frames.runs += 1
            if frames.runs < Frames.heardOf { return 0 }
            defer { frames.runs = 0 }
            return frames.runs
        }
        if runs > 0 { MemoryPool.note(runs: runs) }
    }
}
