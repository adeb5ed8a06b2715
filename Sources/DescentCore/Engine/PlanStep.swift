import CDescent

/// One thing a plan does. Numbers named after data are entries of the plan's pointer table.
package enum PlanStep: Sendable {
    case program(Program)
    case programs(ProgramBatch)
    case strips(StripBatch)
    case matmul(Product, a: Int, b: Int, c: Int)
    case copy(Copy)
    /// `count` times the value with these bits.
    case fill(DType, bits: UInt64, destination: Int, count: Int)
    case gather(Indexing)
    case scatterAdd(Indexing, DType)
    case scatter(Indexing, DType, Int)
    case along(Along)
    case argReduce(DType, largest: Bool, outer: Int, length: Int, inner: Int, source: Int, destination: Int)
    case random(kind: Int, DType, seed: Int, destination: Int, count: Int)
    case routine(Routine)
    /// Notes that a traced function has looked at a value that depends on its arguments.
    case noteArgument

    /// A matrix product, in memory of its own: it is large, and kernels take a pointer. And what is done with each part of
    /// the result as soon as it is there.
    package final class Product: @unchecked Sendable {
        let pointer: UnsafeMutablePointer<cd_matmul>
        let epilogue: Program?

        init(_ product: cd_matmul, epilogue: Program?) {
            pointer = .allocate(capacity: 1)
            pointer.initialize(to: product)
            self.epilogue = epilogue
        }

        deinit { pointer.deallocate() }
    }

    /// Elements moved from one set of strides to another.
    package struct Copy: Sendable {
        var elementBytes: Int
        var dimensions: [Int]
        var source: Int
        var sourceStrides: [Int]
        var destination: Int
        var destinationStrides: [Int]
    }

    /// Rows picked from, or added into, the middle axis of [outer, length, inner].
    package struct Indexing: Sendable, Hashable {
        var operation: String
        var elementBytes: Int
        var outer: Int
        var length: Int
        var inner: Int
        /// What is read, or added into.
        var data: Int
        var indices: Int
        var indexType: DType
        var count: Int
        /// What is written by a gather, or added by a scatter.
        var rows: Int
    }

    /// A scan or an order along the middle axis of [outer, length, inner].
    package struct Along: Sendable {
        var opcode: Int
        var dtype: DType
        var reverse: Bool
        var outer: Int
        var length: Int
        var inner: Int
        /// The factors of a recurrence; else the same as `second`.
        var first: Int
        var second: Int
        var destination: Int
    }

    var isFallible: Bool {
        switch self {
        case .program(let program): program.isFallible
        case .gather, .scatterAdd, .scatter: true
        case .routine(let routine): routine.isFallible
        default: false
        }
    }

    func scratchBytes(threads: Int32) -> Int {
        switch self {
        case .program(let program): program.scratchBytes(threads: threads)
        case .programs(let batch): batch.scratchBytes(threads: threads)
        case .strips(let strips): strips.scratchBytes(threads: threads)
        case .routine(let routine): routine.scratchBytes(threads: threads)
        case .matmul(let product, _, _, _):
            product.epilogue.map { cd_epilogue_scratch_bytes($0.pointer, threads) } ?? 0
        case .along(let along):
            cd_along_scratch_bytes(
                Int32(along.opcode), Int64(along.outer * along.inner), Int64(along.length), threads)
        default: 0
        }
    }

    /// Runs a step that no frame has made ready.
    func run(
        _ pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ scratch: UnsafeMutableRawPointer,
        threads: Int32
    ) throws(DescentError) {
        switch self {
        case .strips(let strips):
            strips.run(pointers, scratch, threads: threads)
        case .program(let program):
            try program.run(pointers, scratch, threads: threads)
        case .programs, .matmul, .copy: preconditionFailure("frames make these ready")
        case .fill(let dtype, let bits, let destination, let count):
            // Threads share what is large.
            var (count, bits, once, all) = (Int64(count), bits, Int64(1), Int64(0))
            cd_copy(Int32(dtype.byteCount), 1, &count, &bits, &all, pointers[destination], &once)
        case .gather(let gather):
            var position: Int64 = 0
            let status = cd_gather(
                Int32(gather.elementBytes), Int64(gather.outer), Int64(gather.length), Int64(gather.inner),
                pointers[gather.data], Int32(gather.indexType.rawValue), pointers[gather.indices],
                Int64(gather.count), pointers[gather.rows], &position)
            if status != 0 { throw gather.failure(status, Int(position), pointers) }
        case .scatterAdd(let scatter, let dtype):
            var position: Int64 = 0
            let status = cd_scatter_add(
                Int32(dtype.rawValue), Int64(scatter.outer), Int64(scatter.length), Int64(scatter.inner),
                pointers[scatter.data], Int32(scatter.indexType.rawValue), pointers[scatter.indices],
                Int64(scatter.count), pointers[scatter.rows], &position)
            if status != 0 { throw scatter.failure(status, Int(position), pointers) }
        case .scatter(let scatter, let dtype, let opcode):
            var position: Int64 = 0
            let status = cd_scatter(
                Int32(opcode), Int32(dtype.rawValue), Int64(scatter.outer), Int64(scatter.length),
                Int64(scatter.inner), pointers[scatter.data], Int32(scatter.indexType.rawValue),
                pointers[scatter.indices], Int64(scatter.count), pointers[scatter.rows], &position)
            if status != 0 { throw scatter.failure(status, Int(position), pointers) }
        case .along(let along):
            cd_along(
                Int32(along.opcode), Int32(along.dtype.rawValue), along.reverse ? 1 : 0, Int64(along.outer),
                Int64(along.length), Int64(along.inner), pointers[along.first], pointers[along.second],
                pointers[along.destination], scratch, threads)
        case .argReduce(let dtype, let largest, let outer, let length, let inner, let source, let destination):
            cd_arg_reduce(
                Int32(dtype.rawValue), largest ? 1 : 0, Int64(outer), Int64(length), Int64(inner),
                pointers[source], pointers[destination]!.assumingMemoryBound(to: Int64.self))
        case .random(let kind, let dtype, let seed, let destination, let count):
            cd_random(
                Int32(kind), Int32(dtype.rawValue), pointers[seed]!.load(as: UInt64.self), 0,
                pointers[destination], Int64(count))
        case .routine(let routine):
            try routine.run(pointers, scratch, threads: threads)
        case .noteArgument:
            cd_recorder_current().pointee.surprises += 1
        }
    }
}

extension PlanStep.Indexing {
    fileprivate func failure(
        _ status: Int32, _ position: Int, _ pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> DescentError {
        let address = pointers[indices]! + position * indexType.byteCount
        let index = Int(Number.double(Number.load(address, indexType), indexType))
        return Engine.failure(
            status, operation, detail: "index \(index) at position \(position) for an axis of length \(length)")
    }
}
