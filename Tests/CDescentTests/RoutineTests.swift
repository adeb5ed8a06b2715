import CDescent
import Testing

/// Routines keep within the memory that they are given. What they compute is tested where it is used.
struct RoutineTests {
    struct Call: Sendable, CustomTestStringConvertible {
        let name: String
        let op: Int
        let integers: [Int64]
        /// Elements.
        let inputs: [Int]
        let output: Int
        var outputBytes: Int?

        var testDescription: String { "\(name) \(integers)" }
    }

    static let square = [1, 5, 49, 100].flatMap { (n: Int) -> [Call] in
        let (size, count) = (n * n, n < 9 ? 40 : 2)
        let integers = [Int64(count), Int64(n)]
        func call(_ name: String, _ op: Int, _ output: Int, _ more: [Int64] = []) -> Call {
            Call(name: name, op: op, integers: integers + more, inputs: [count * size], output: count * output)
        }
        return [
            call("cholesky", CD_CHOLESKY, size), call("lu", CD_LU, size + n), call("inverse", CD_INVERSE, size),
            call("cofactors", CD_COFACTORS, size), call("qr", CD_QR, 2 * size, [Int64(n)]),
            call("eigh", CD_EIGH, size + n), call("svd", CD_SVD, 2 * size + n, [Int64(n)]),
            call("pinverse", CD_PINVERSE, size, [Int64(n), 0]), call("expm", CD_EXPM, size),
        ]
    }

    static let rectangular = [(70, 20), (20, 70), (1, 9), (9, 1)].flatMap { (m: Int, n: Int) -> [Call] in
        let (k, integers) = (min(m, n), [3, Int64(m), Int64(n)])
        return [
            Call(name: "qr", op: CD_QR, integers: integers, inputs: [3 * m * n], output: 3 * (m + n) * k),
            Call(name: "svd", op: CD_SVD, integers: integers, inputs: [3 * m * n], output: 3 * (1 + m + n) * k),
            Call(name: "pinverse", op: CD_PINVERSE, integers: integers + [0], inputs: [3 * m * n], output: 3 * m * n),
            Call(
                name: "triangular", op: CD_TRIANGULAR, integers: [3, Int64(m), Int64(n), 1, 0, 1],
                inputs: [3 * m * m, 3 * m * n], output: 3 * m * n),
        ]
    }

    /// Windows of 3 x 2 over 9 x 11, three channels in each of two groups, four outputs in each.
    static let windows = [Int64(0), 1].flatMap { (last: Int64) -> [Call] in
        func integers(_ outputs: Int64) -> [Int64] {
            [5, 6, outputs, 2, last, 1, 1, 1, 1, 1, 0, 9, 5, 3, 2, 1, 1, 11, 11, 2, 1, 2, 1]
        }
        let (x, y, w) = (5 * 6 * 99, 5 * 8 * 55, 8 * 3 * 6)
        let pooled = 5 * 6 * 55
        return [
            Call(name: "convolution", op: CD_CONVOLUTION, integers: integers(8), inputs: [x, w], output: y),
            Call(name: "convolutionInput", op: CD_CONVOLUTION_INPUT, integers: integers(8), inputs: [y, w], output: x),
            Call(
                name: "convolutionKernel", op: CD_CONVOLUTION_KERNEL, integers: integers(8), inputs: [x, y], output: w),
            Call(name: "poolSum", op: CD_POOL_SUM, integers: integers(6), inputs: [x], output: pooled),
            Call(name: "poolSpread", op: CD_POOL_SPREAD, integers: integers(6), inputs: [pooled], output: x),
            Call(
                name: "poolArgmax", op: CD_POOL_ARGMAX, integers: integers(6), inputs: [x], output: pooled,
                outputBytes: 8),
        ]
    }

    static let transforms = [1, 30, 64, 97, 1000].map { (n: Int) in
        Call(name: "fft", op: CD_FFT, integers: [20, Int64(n), -1], inputs: [40 * n], output: 40 * n)
    }

    @Test(arguments: square + rectangular + windows + transforms)
    func keepsWithinItsMemory(_ call: Call) {
        for (dtype, bytes) in [(CD_F32, 4), (CD_F64, 8)] {
            var routine = cd_routine()
            routine.op = Int32(call.op)
            routine.dtype = Int32(dtype)
            withUnsafeMutableBytes(of: &routine.integers) { memory in
                for (index, integer) in call.integers.enumerated() {
                    memory.storeBytes(of: integer, toByteOffset: 8 * index, as: Int64.self)
                }
            }
            for threads in [Int32(1), 3] {
                let scratch = Fenced(cd_routine_scratch_bytes(&routine, threads))
                let output = Fenced(call.output * (call.outputBytes ?? bytes))
                let inputs = call.inputs.map { Fenced(numbers: $0, isDouble: bytes == 8) }
                let pointers = inputs.map { Optional(UnsafeRawPointer($0.memory)) }
                var position: Int64 = 0
                // Cholesky refuses most of these; what it wrote before counts too.
                _ = cd_routine_run(&routine, pointers, output.memory, scratch.memory, threads, &position)
                #expect(scratch.isIntact && output.isIntact && inputs.allSatisfy { $0.isIntact })
            }
        }
    }
}

/// Memory with marks before and behind it.
private final class Fenced {
    private static let fence = 4096
    private let whole: UnsafeMutableRawPointer
    private let count: Int
    var memory: UnsafeMutableRawPointer { whole + Fenced.fence }

    init(_ count: Int) {
        self.count = count
        whole = .allocate(byteCount: count + 2 * Fenced.fence, alignment: 64)
        whole.initializeMemory(as: UInt8.self, repeating: 0xA5, count: count + 2 * Fenced.fence)
    }

    convenience init(numbers count: Int, isDouble: Bool) {
        self.init(count * (isDouble ? 8 : 4))
        for index in 0..<count {
            let value = Double((index &* 7919) % 211 - 105) / 64
            if isDouble {
                memory.storeBytes(of: value, toByteOffset: 8 * index, as: Double.self)
            } else {
                memory.storeBytes(of: Float(value), toByteOffset: 4 * index, as: Float.self)
            }
        }
    }

    var isIntact: Bool {
        let bytes = UnsafeRawBufferPointer(start: whole, count: count + 2 * Fenced.fence)
        return bytes[..<Fenced.fence].allSatisfy { $0 == 0xA5 }
            && bytes[(Fenced.fence + count)...].allSatisfy { $0 == 0xA5 }
    }

    deinit { whole.deallocate() }
}
