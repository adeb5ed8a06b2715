import CDescent

/// A plan in words: its steps, their fused programs, its buffers, and the bytes it moves.
///
/// ```swift
/// let x = Tensor.ones([1000])
/// let plans = tracePlans { _ = try? (x * 2 + 1).sum().evaluated() }
/// print(plans.count, plans[0].stepCount)   // 1 1
/// ```
public struct PlanDescription: Sendable, CustomStringConvertible {
    /// The number of steps.
    public let stepCount: Int
    /// The number of fused programs among the steps.
    public let programCount: Int
    /// Bytes read from and written to memory by all steps, if nothing stays in a cache between them.
    public let bytesMoved: Int
    /// Bytes of buffers that live only while the plan runs.
    public let temporaryBytes: Int
    /// Outputs that may be written over the values they replace.
    public let inPlaceCount: Int
    /// A line for the plan, and a few for each step.
    public let description: String

    init(_ plan: Plan) {
        var lines: [String] = []
        var moved = 0
        for (number, step) in plan.steps.enumerated() {
            let bytes = step.bytesMoved(plan)
            moved += bytes
            lines.append("\(number)  \(step.title(plan)), \(bytes) bytes")
            for program in step.programs { lines += program.lines(plan).map { "   " + $0 } }
        }
        stepCount = plan.steps.count
        programCount = plan.steps.reduce(0) { $0 + $1.programs.count }
        bytesMoved = moved
        temporaryBytes = plan.temporaryBytes
        inPlaceCount = plan.donations.count
        let leaves = plan.table.count { if case .leaf = $0 { true } else { false } }
        let inPlace = plan.donations.map { "output\($0.output) over leaf\($0.leaf)" }.joined(separator: ", ")
        let header =
            "plan: \(plan.steps.count) steps, \(leaves) leaves, \(plan.outputs.count) outputs, "
            + "\(plan.temporaryBytes) temporary bytes, \(moved) bytes moved"
            + (inPlace.isEmpty ? "" : "; in place: \(inPlace)")
        description = ([header] + lines).joined(separator: "\n")
    }
}

/// Runs `body` and describes the plans that this thread has run meanwhile.
///
/// ```swift
/// let x: Tensor = [1, 2, 3]
/// let plans = try tracePlans { _ = try (x * x + 1).sum().evaluated() }
/// print(plans.count, plans[0].programCount)   // 1 1
/// ```
public func tracePlans(_ body: () throws -> Void) rethrows -> [PlanDescription] {
    let recorder = cd_recorder_current()
    let outer = recorder.pointee.tracing
    let number = cd_recorder_next()
    PlanTrace.plans.withLock { $0[number] = [] }
    recorder.pointee.tracing = number
    defer {
        recorder.pointee.tracing = outer
        PlanTrace.plans.withLock { $0[number] = nil }
    }
    try body()
    return PlanTrace.plans.withLock { $0[number] ?? [] }.map(PlanDescription.init)
}

/// Plans run while somebody watches.
enum PlanTrace {
    static let plans = Guarded<[UInt64: [Plan]]>([:])

    @inline(__always)
    static func note(_ plan: Plan) {
        let number = cd_recorder_current().pointee.tracing
        if number != 0 { plans.withLock { $0[number]?.append(plan) } }
    }
}

// MARK: - Steps in words

extension Plan {
    func name(of entry: Int) -> String {
        switch table[entry] {
        case .leaf(let number): "leaf\(number)"
        case .output(let number): "output\(number)"
        case .temporary(let offset): "buffer@\(offset)"
        case .strip(let offset): "strip@\(offset)"
        case .inside(let outer, let bytes): "\(name(of: outer))+\(bytes)"
        }
    }
}

extension PlanStep {
    func title(_ plan: Plan) -> String {
        switch self {
        case .programs(let batch): return "\(batch.programs.count) programs side by side"
        case .strips(let strips):
            return "\(strips.programs.count) programs by strips of \(strips.stripRows) rows, "
                + "\(strips.stepRows) at a time"
        case .program(let program):
            return "program over \(program.dimensions)" + program.foldText
        case .matmul(let step, let a, let b, let c):
            let product = step.pointer.pointee
            let batch = product.batch == 1 ? "" : "\(product.batch) x "
            return "matmul \(batch)[\(product.m), \(product.k)] . [\(product.k), \(product.n)]: "
                + "\(plan.name(of: c)) = \(plan.name(of: a)) . \(plan.name(of: b))"
                + (step.epilogue == nil ? "" : ", then by parts")
        case .copy(let copy):
            return "copy \(copy.dimensions): \(plan.name(of: copy.destination)) = \(plan.name(of: copy.source))"
                + " by \(copy.sourceStrides)"
        case .fill(_, _, let destination, let count): return "fill [\(count)]: \(plan.name(of: destination))"
        case .gather(let gather):
            return "gather \(gather.count) of \(gather.length): \(plan.name(of: gather.rows)) = "
                + "\(plan.name(of: gather.data))[\(plan.name(of: gather.indices))]"
        case .scatterAdd(let scatter, _):
            return "scatterAdd \(scatter.count) into \(scatter.length): \(plan.name(of: scatter.data))"
                + "[\(plan.name(of: scatter.indices))] += \(plan.name(of: scatter.rows))"
        case .scatter(let scatter, _, let opcode):
            return "scatter\(["Set", "Multiply", "Minimum", "Maximum"][opcode]) \(scatter.count) into "
                + "\(scatter.length): \(plan.name(of: scatter.data))"
                + "[\(plan.name(of: scatter.indices))] from \(plan.name(of: scatter.rows))"
        case .along(let along):
            let names = ["sum", "recurrence", "highest", "lowest", "order", "order down"]
            return "\(names[along.opcode]) along [\(along.outer), \(along.length), \(along.inner)]: "
                + "\(plan.name(of: along.destination)) = \(plan.name(of: along.second))"
        case .argReduce(_, let largest, let outer, let length, let inner, let source, let destination):
            return "\(largest ? "argmax" : "argmin") [\(outer), \(length), \(inner)]: "
                + "\(plan.name(of: destination)) = \(plan.name(of: source))"
        case .random(let kind, _, let seed, let destination, let count):
            return "random \(kind == CD_RANDOM_NORMAL ? "normal" : "uniform") [\(count)]: "
                + "\(plan.name(of: destination)) from \(plan.name(of: seed))"
        case .routine(let routine):
            return "\(routine.operation) \(routine.shape): \(plan.name(of: routine.output)) = "
                + routine.inputs.map(plan.name).joined(separator: ", ")
        case .noteArgument:
            return "argument of a function being traced"
        }
    }

    /// The programs in it.
    fileprivate var programs: [Program] {
        switch self {
        case .program(let program): [program]
        case .programs(let batch): batch.programs
        case .strips(let strips): strips.programs
        case .matmul(let product, _, _, _): product.epilogue.map { [$0] } ?? []
        default: []
        }
    }

    func bytesMoved(_ plan: Plan) -> Int {
        switch self {
        case .program(let program): return program.bytesMoved
        case .programs(let batch): return batch.programs.reduce(0) { $0 + $1.bytesMoved }
        case .strips(let strips): return strips.bytesMoved
        case .matmul(let step, _, _, let c):
            let product = step.pointer.pointee
            let size = product.batch * DType(rawValue: UInt8(product.dtype))!.byteCount
            let result = Int(product.m * product.n) * size
            let bytes = Int(product.m * product.k + product.k * product.n) * size + result
            guard let epilogue = step.epilogue else { return bytes }
            // It finds the result in a cache, and may write over it.
            let isReplaced = epilogue.slots.contains { Int($0.kind) == CD_SLOT_OUTPUT && Int($0.index) == c }
            return bytes + epilogue.bytesMoved - (isReplaced ? 2 : 1) * result
        case .copy(let copy): return 2 * copy.dimensions.reduce(copy.elementBytes, *)
        case .fill(let dtype, _, _, let count): return count * dtype.byteCount
        case .gather(let gather): return 2 * gather.outer * gather.count * gather.inner * gather.elementBytes
        case .along(let along):
            return along.outer * along.length * along.inner * (along.dtype.byteCount + 8)
        case .scatterAdd(let scatter, _), .scatter(let scatter, _, _):
            return 3 * scatter.outer * scatter.count * scatter.inner * scatter.elementBytes
        case .argReduce(let dtype, _, let outer, let length, let inner, _, _):
            return outer * length * inner * dtype.byteCount + outer * inner * 8
        case .random(_, let dtype, _, _, let count): return count * dtype.byteCount
        case .routine(let routine): return routine.bytesMoved
        case .noteArgument: return 0
        }
    }
}

extension cd_matmul {
    fileprivate var batch: Int {
        withUnsafeBytes(of: batch_dims) { bytes in
            (0..<Int(batch_rank)).reduce(1) { $0 * Int(bytes.load(fromByteOffset: 8 * $1, as: Int64.self)) }
        }
    }
}

extension Program {
    fileprivate var foldText: String {
        switch fold.kind {
        case CD_FOLD_ALL: ", folding all"
        case CD_FOLD_ROWS: ", folding rows of \(fold.extent)"
        case CD_FOLD_COLUMNS: ", folding columns, \(fold.extent) wide"
        default: ""
        }
    }

    fileprivate var bytesMoved: Int {
        let dimensions = dimensions
        let count = dimensions.reduce(1, *)
        var bytes = 0
        for slot in slots {
            let size = DType(rawValue: slot.dtype)!.byteCount
            switch (Int(slot.kind), Int(slot.access)) {
            case (CD_SLOT_OUTPUT, _), (CD_SLOT_INPUT, CD_ACCESS_LINEAR): bytes += count * size
            case (CD_SLOT_INPUT, CD_ACCESS_STRIDED):
                bytes += withUnsafeBytes(of: slot.strides) { strides in
                    dimensions.indices.reduce(size) {
                        strides.load(fromByteOffset: 8 * $1, as: Int64.self) == 0 ? $0 : $0 * dimensions[$1]
                    }
                }
            default: break
            }
        }
        for reduction in reductions {
            let results =
                fold.kind == CD_FOLD_ALL ? 1 : fold.kind == CD_FOLD_ROWS ? count / fold.extent : fold.extent
            bytes += results * DType(rawValue: reduction.dtype)!.byteCount
        }
        return bytes
    }

    fileprivate func lines(_ plan: Plan) -> [String] {
        func name(_ index: Int32) -> String {
            let slot = slots[Int(index)]
            switch Int(slot.kind) {
            case CD_SLOT_TEMPORARY: return "t\(slot.index)"
            case CD_SLOT_OUTPUT: return plan.name(of: Int(slot.index))
            default:
                let access =
                    Int(slot.access) == CD_ACCESS_LINEAR
                    ? "" : Int(slot.access) == CD_ACCESS_SCALAR ? "[]" : "[strided]"
                return plan.name(of: Int(slot.index)) + access
            }
        }
        var lines = instructions.map { instruction in
            let operands =
                switch Int(instruction.form) {
                case CD_FORM_UNARY: [instruction.a]
                case CD_FORM_BINARY: [instruction.a, instruction.b]
                default: [instruction.condition, instruction.a, instruction.b]
                }
            return "\(name(instruction.destination)) = \(Opcode.name(instruction)) "
                + operands.map(name).joined(separator: " ")
        }
        for reduction in reductions {
            lines.append(
                "\(plan.name(of: Int(reduction.buffer))) = \(Opcode.reductions[Int(reduction.op)]) \(name(reduction.slot))"
            )
        }
        return lines
    }
}

/// Names of opcodes, in the order of CDescent.h.
package enum Opcode {
    package static let unary = [
        "negate", "abs", "sign", "square", "relu", "floor", "ceil", "round", "exp", "expm1", "log", "log1p", "sqrt",
        "rsqrt", "reciprocal", "sin", "cos", "tan", "atan", "tanh", "sigmoid", "softplus", "asin", "acos", "sinh",
        "cosh",
        "asinh", "acosh", "atanh", "log2", "log10", "exp2", "cbrt", "lgamma", "digamma", "i0", "i1", "i0e", "i1e",
        "erfc",
        "erfinv", "erf", "not", "copy", "float32", "float64", "int32", "int64", "bool",
    ]
    package static let binary = [
        "add", "sub", "mul", "div", "pow", "min", "max", "mod", "atan2", "chain", "hypot", "logaddexp", "zeta",
        "eq", "ne", "lt", "le", "gt", "ge", "and", "or",
    ]
    static let reductions = ["sum", "prod", "max", "min"]

    static func name(_ instruction: cd_instruction) -> String {
        switch Int(instruction.form) {
        case CD_FORM_UNARY: unary[Int(instruction.op)]
        case CD_FORM_BINARY: binary[Int(instruction.op)]
        default: "select"
        }
    }
}
