import CDescent

/// One call of a routine of CDescent.h. Numbers named after data are entries of the plan's pointer table.
package struct Routine: Sendable {
    /// The name of the primitive.
    let operation: String
    /// Of the output.
    let shape: Shape
    let inputs: [Int]
    let output: Int
    /// Bytes read and written.
    let bytesMoved: Int
    private var call = cd_routine()

    init(
        _ operation: String, _ opcode: Int, _ dtype: DType, _ integers: [Int], inputs: [Int], output: Int,
        shape: Shape, bytesMoved: Int
    ) {
        self.operation = operation
        self.shape = shape
        self.inputs = inputs
        self.output = output
        self.bytesMoved = bytesMoved
        precondition(integers.count <= CD_ROUTINE_INTEGERS)
        call.op = Int32(opcode)
        call.dtype = Int32(dtype.rawValue)
        withUnsafeMutableBytes(of: &call.integers) { bytes in
            for (index, integer) in integers.enumerated() {
                bytes.storeBytes(of: Int64(integer), toByteOffset: 8 * index, as: Int64.self)
            }
        }
    }

    /// Whether the data can make it fail.
    var isFallible: Bool { Int(call.op) < CD_CONVOLUTION }

    func scratchBytes(threads: Int32) -> Int {
        withUnsafePointer(to: call) { cd_routine_scratch_bytes($0, threads) }
    }

    func run(
        _ pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ scratch: UnsafeMutableRawPointer,
        threads: Int32
    ) throws(DescentError) {
        let sources = inputs.map { UnsafeRawPointer(pointers[$0]) }
        var position: Int64 = 0
        let status = withUnsafePointer(to: call) {
            cd_routine_run($0, sources, pointers[output], scratch, threads, &position)
        }
        if status != 0 { throw failure(Int(status), Int(position)) }
    }

    private func failure(_ status: Int, _ position: Int) -> DescentError {
        let rule =
            switch status {
            case CD_NOT_POSITIVE_DEFINITE: "a matrix must be positive definite"
            case CD_SINGULAR: "a matrix must not be singular"
            default: "the iteration must converge"
            }
        let (count, extent) = (call.integers.0, call.integers.1)
        let which = count > 1 ? "matrix \(position) of \(count), with \(extent) rows" : "a matrix with \(extent) rows"
        return DescentError(operation: operation, rule, received: "\(which), for which this does not hold")
    }
}

extension Emitter {
    /// Writes the step of a routine: its inputs must be contiguous.
    mutating func emit(routine index: Int, _ opcode: Int) {
        let item = planner.items[index]
        let output = entry(for: index)
        guard item.shape.count > 0 else { return }
        // Some have an input only for the derivative's sake.
        let isFirstRead = opcode != CD_LU_SOLVE && opcode != CD_DETERMINANT
        var inputs: [Int] = []
        var bytes = item.shape.count * item.dtype.byteCount
        for (position, input) in item.inputs.enumerated() {
            inputs.append(position == 0 && !isFirstRead ? output : contiguous(input))
            bytes += planner.items[input].shape.count * planner.items[input].dtype.byteCount
        }
        append(
            .routine(
                Routine(
                    item.name, opcode, planner.items[item.inputs[0]].dtype, item.integers, inputs: inputs,
                    output: output, shape: item.shape, bytesMoved: bytes)),
            reads: isFirstRead ? inputs : Array(inputs.dropFirst()), writes: [output])
    }
}
