import CDescent
import Testing

/// Programs against an interpretation, element by element, of the same instructions.
extension KernelTests {
    @Suite struct ProgramTests {
        static let shapes: [[Int]] = [
            [], [1], [2], [63], [64], [7, 9], [3, 21], [1023], [1024], [1025], [41, 25], [341, 3], [5, 5, 41],
            [2, 3, 4, 5, 6], [17, 1, 130], [2, 1500], [1500, 2], [7, 1300], [3000, 7], [2, 17000],
            [65535], [256, 256], [65537], [40, 5000], [20000, 10], [0], [3, 0], [0, 4],
        ]

        private func restoringState(_ body: () throws -> Void) rethrows {
            let threads = cd_threads(), isa = cd_isa()
            defer {
                cd_set_threads(threads)
                cd_set_isa(isa)
            }
            try body()
        }

        /// A program of a few instructions of every kind.
        private func randomProgram(_ dims: [Int], _ source: inout Source) -> ProgramBuilder {
            var program = ProgramBuilder(dims)
            program.fold = source.pick([CD_FOLD_NONE, CD_FOLD_ALL, CD_FOLD_ROWS, CD_FOLD_COLUMNS])
            program.extent = dims.suffix(source.below(dims.count + 1)).reduce(1, *)
            var slots: [Int: [Int]] = [:]
            for dtype in [CD_F32, CD_F64, CD_I32, CD_BOOL, CD_I64] where dtype == CD_F32 || source.below(3) > 0 {
                slots[dtype] = [
                    program.linear(.random(dtype, program.count, &source)),
                    program.randomlyStrided(dtype, &source),
                    program.scalar(.random(dtype, 1, &source)),
                ]
            }
            let inputs = program.slots.count
            var lastRead: [Int: Int] = [:]
            let length = program.count > 20000 ? 3 : 3 + source.below(5)
            for step in 0..<length {
                let dtype = source.pick(Array(slots.keys).sorted())
                func operand(_ dtype: Int) -> Int {
                    let slot = source.pick(slots[dtype]!)
                    lastRead[slot] = step
                    return slot
                }
                let output = source.below(3) == 0
                var added: Int
                switch source.below(6) {
                case 0:
                    let ops = dtype == CD_BOOL ? [CD_NOT, CD_COPY] : [CD_NEGATE, CD_ABS, CD_SQUARE, CD_COPY]
                    added = program.unary(source.pick(ops), operand(dtype), output: output)
                case 1:
                    let casts = [CD_CAST_F32, CD_CAST_BOOL] + (dtype == CD_F64 ? [] : [CD_CAST_F64])
                    added = program.unary(source.pick(casts), operand(dtype), output: output)
                case 2 where slots[CD_BOOL] != nil:
                    added = program.select(operand(CD_BOOL), operand(dtype), operand(dtype), output: output)
                case 3:
                    let ops = [CD_EQ, CD_NE] + (dtype == CD_BOOL ? [] : [CD_LT, CD_LE, CD_GT, CD_GE])
                    added = program.binary(source.pick(ops), operand(dtype), operand(dtype), output: output)
                default:
                    let ops =
                        dtype == CD_BOOL
                        ? [CD_AND, CD_OR]
                        : [CD_ADD, CD_SUB, CD_MUL, CD_MIN, CD_MAX]
                            + (dtype == CD_F32 || dtype == CD_F64 ? [CD_DIV] : [])
                    added = program.binary(source.pick(ops), operand(dtype), operand(dtype), output: output)
                }
                slots[Int(program.slots[added].dtype), default: []].append(added)
            }
            // The last instruction overwrites the input that it reads.
            let overwritten = slots[CD_F32]![0]
            _ = program.unary(CD_SQUARE, overwritten, inPlace: overwritten)
            if program.fold != CD_FOLD_NONE {
                for _ in 0..<1 + source.below(3) {
                    let slot = source.below(4) == 0 ? source.below(inputs) : inputs + source.below(length)
                    guard slot != overwritten else { continue }
                    let dtype = Int(program.slots[slot].dtype)
                    program.reduce(
                        dtype == CD_BOOL
                            ? source.pick([CD_REDUCE_MAX, CD_REDUCE_MIN])
                            : source.pick([CD_REDUCE_SUM, CD_REDUCE_PROD, CD_REDUCE_MAX, CD_REDUCE_MIN]),
                        slot)
                }
            }
            return program
        }

        /// Nil, or what is wrong.
        private func complaint(_ program: ProgramBuilder, _ results: [Elements]) -> String? {
            for output in program.outputs {
                let expected = program.values[output.slot].bits, received = results[output.buffer].bits
                if let i = (0..<program.count).first(where: { expected[$0] != received[$0] }) {
                    return "slot \(output.slot) differs at \(i)"
                }
            }
            for reduction in program.reduced {
                let received = results[reduction.buffer].doubles
                let receivedBits = results[reduction.buffer].bits
                let value = program.values[reduction.slot]
                let exact = value.doubles
                let dtype = value.dtype
                for (i, group) in program.groups.enumerated() {
                    let elements = group.map { exact[$0] }
                    var expected: Double, tolerance = 0.0
                    switch reduction.op {
                    case CD_REDUCE_SUM:
                        expected = elements.reduce(0, +)
                        tolerance = elements.reduce(0) { $0 + $1.magnitude } * (dtype == CD_F32 ? 1e-6 : 1e-14)
                    case CD_REDUCE_PROD:
                        expected = elements.reduce(1, *)
                        tolerance = expected.magnitude * (dtype == CD_F32 ? 1e-6 : 1e-12)
                    case CD_REDUCE_MAX:
                        expected = elements.reduce(-.infinity) { $0.isNaN || $0 > $1 ? $0 : $1 }
                        if elements.isEmpty, dtype == CD_BOOL { expected = 0 }
                    default:
                        expected = elements.reduce(.infinity) { $0.isNaN || $0 < $1 ? $0 : $1 }
                        if elements.isEmpty, dtype == CD_BOOL { expected = 1 }
                    }
                    if dtype == CD_I32 || dtype == CD_I64 {
                        // Wrapping, and the limits that stand for nothing: exact, in integers.
                        let whole = group.map { Int64(exact[$0]) }
                        let bits = dtype == CD_I32 ? 32 : 64
                        var result: Int64 =
                            switch reduction.op {
                            case CD_REDUCE_SUM: whole.reduce(0, &+)
                            case CD_REDUCE_PROD: whole.reduce(1, &*)
                            case CD_REDUCE_MAX: whole.max() ?? (bits == 32 ? Int64(Int32.min) : .min)
                            default: whole.min() ?? (bits == 32 ? Int64(Int32.max) : .max)
                            }
                        if bits == 32 { result = Int64(Int32(truncatingIfNeeded: result)) }
                        if UInt64(bitPattern: result) & (bits == 32 ? 0xffff_ffff : .max) != receivedBits[i] {
                            return "integer reduction \(reduction) differs at \(i)"
                        }
                        continue
                    }
                    // Sums and products that leave the range of the type are not what this is about.
                    let limit = dtype == CD_F32 ? 1e36 : 1e300
                    let inRange = expected.magnitude < limit && expected.magnitude > 1 / limit
                    if tolerance > limit || reduction.op == CD_REDUCE_PROD && !inRange { continue }
                    let close =
                        expected.isNaN
                        ? received[i].isNaN
                        : expected == received[i] || (expected - received[i]).magnitude <= tolerance
                    if !close { return "reduction \(reduction) at \(i): \(received[i]), not \(expected)" }
                }
            }
            return nil
        }

        @Test(arguments: shapes)
        func randomPrograms(_ dims: [Int]) {
            let count = dims.reduce(1, *)
            restoringState {
                var source = Source(state: UInt64(count &* 31 &+ dims.count))
                for _ in 0..<(count > 20000 ? 1 : count > 2000 ? 4 : 24) {
                    let program = randomProgram(dims, &source)
                    cd_set_isa(Int32(CD_ISA_COUNT - 1))
                    let first = program.run(threads: 1)
                    #expect(first.status == CD_OK)
                    let wrong = complaint(program, first.buffers)
                    #expect(wrong == nil, "\(dims), fold \(program.fold), extent \(program.extent)")
                    let bits = first.buffers.map(\.bits)
                    for isa in 0..<CD_ISA_COUNT {
                        for threads in [1, 2, 3] where isa == CD_ISA_COUNT - 1 || threads == 2 {
                            cd_set_isa(Int32(isa))
                            let same = program.run(threads: threads).buffers.map(\.bits) == bits
                            #expect(
                                same,
                                "isa \(isa), \(threads) threads, fold \(program.fold), extent \(program.extent)")
                        }
                        let prepared = program.run(prepared: true).buffers.map(\.bits) == bits
                        #expect(prepared, "prepared, isa \(isa), fold \(program.fold), extent \(program.extent)")
                    }
                }
            }
        }

        /// A row's sum is the sum of that row alone, and other instructions do not change it.
        @Test(arguments: [1, 2, 5, 15, 16, 17, 33, 64, 100, 1000, 1024, 1025, 2050, 20000])
        func sumsDependOnTheirOwnElements(extent: Int) {
            restoringState {
                var source = Source(state: UInt64(extent))
                let rows = max(2, min(300, 40000 / extent))
                for dtype in [CD_F32, CD_F64] {
                    let x: Elements =
                        dtype == CD_F32
                        ? .f32((0..<rows * extent).map { _ in Float(source.below(1 << 24)) / 997 - 8000 })
                        : .f64((0..<rows * extent).map { _ in Double(source.below(1 << 52)) / 997 })
                    func sums(_ fold: Int, _ elements: Elements, _ dims: [Int], busy: Bool) -> [UInt64] {
                        var program = ProgramBuilder(dims)
                        program.fold = fold
                        program.extent = dims.last!
                        let slot = program.linear(elements)
                        if busy {
                            let zero = program.scalar(.random(dtype, 1, &source))
                            _ = program.binary(CD_MUL, slot, zero, output: true)
                            program.reduce(CD_REDUCE_SUM, program.unary(CD_COPY, slot))
                            program.reduce(CD_REDUCE_MAX, slot)
                        } else {
                            program.reduce(CD_REDUCE_SUM, slot)
                        }
                        return program.run(threads: busy ? 3 : 1).buffers[program.reduced[0].buffer].bits
                    }
                    let together = sums(CD_FOLD_ROWS, x, [rows, extent], busy: false)
                    #expect(sums(CD_FOLD_ROWS, x, [rows, extent], busy: true) == together)
                    for row in [0, 1, rows - 1] {
                        let alone = x.gathered(Array(row * extent..<(row + 1) * extent))
                        #expect(sums(CD_FOLD_ALL, alone, [extent], busy: false) == [together[row]])
                    }
                    let columns = sums(CD_FOLD_COLUMNS, x, [rows, extent], busy: false)
                    #expect(sums(CD_FOLD_COLUMNS, x, [rows, extent], busy: true) == columns)
                }
            }
        }

        /// Adding a million tenths in float32 one by one gives 100958.34.
        @Test func sumsAreAccurate() {
            restoringState {
                for (dims, fold) in [([1_000_000], CD_FOLD_ALL), ([1_000_000, 1], CD_FOLD_COLUMNS)] {
                    var program = ProgramBuilder(dims)
                    program.fold = fold
                    program.extent = fold == CD_FOLD_COLUMNS ? 1 : 0
                    let tenths = program.linear(.f32(Array(repeating: 0.1, count: 1_000_000)))
                    program.reduce(CD_REDUCE_SUM, tenths)
                    let sum = program.run(threads: 2).buffers[1].doubles[0]
                    #expect(abs(sum - 100_000.00149) < 0.02)
                }
                // Compensated: the small terms are not lost beside the large one.
                var program = ProgramBuilder([2049])
                program.fold = CD_FOLD_ALL
                var x = Array(repeating: 0.0, count: 2049)
                (x[0], x[1500], x[2048]) = (1e16, 1, -1e16)
                program.reduce(CD_REDUCE_SUM, program.linear(.f64(x)))
                #expect(program.run().buffers[1].doubles == [1])
            }
        }

        @Test func extremesAndSignsSurvive() {
            restoringState {
                func fold(_ op: Int, _ x: [Float]) -> Float {
                    var program = ProgramBuilder([x.count])
                    program.fold = CD_FOLD_ALL
                    program.reduce(op, program.linear(.f32(x)))
                    guard case .f32(let result) = program.run().buffers[1] else { return 0 }
                    return result[0]
                }
                for count in [3, 16, 40, 1024, 3000] {
                    for place in [0, count / 2, count - 1] {
                        var x = Array(repeating: Float(1), count: count)
                        x[place] = .nan
                        #expect(fold(CD_REDUCE_MAX, x).isNaN && fold(CD_REDUCE_MIN, x).isNaN)
                        x[place] = .infinity
                        #expect(fold(CD_REDUCE_SUM, x) == .infinity && fold(CD_REDUCE_MIN, x) == 1)
                    }
                    let zeros = Array(repeating: -Float(0), count: count)
                    #expect(fold(CD_REDUCE_SUM, zeros).sign == .minus)
                }
            }
        }

        @Test func foldsOfNothing() {
            for (fold, dims, extent, results) in [
                (CD_FOLD_ALL, [0], 0, 1), (CD_FOLD_COLUMNS, [0, 5], 5, 5), (CD_FOLD_ROWS, [0, 5], 5, 0),
            ] {
                for (op, expected) in [
                    (CD_REDUCE_SUM, 0), (CD_REDUCE_PROD, 1), (CD_REDUCE_MAX, -Float.infinity),
                    (CD_REDUCE_MIN, .infinity),
                ] {
                    var program = ProgramBuilder(dims)
                    program.fold = fold
                    program.extent = extent
                    program.reduce(op, program.linear(.f32([])))
                    let bits = program.run().buffers[1].bits
                    let same = bits == Array(repeating: UInt64(expected.bitPattern), count: results)
                    #expect(same)
                }
            }
        }

        @Test func divisionByZeroIsReported() {
            restoringState {
                for (count, place) in [(10, 3), (1025, 1024), (200_000, 150_000)] {
                    for threads in [1, 2] {
                        var x = Array(repeating: Int32(7), count: count)
                        var program = ProgramBuilder([count])
                        let a = program.linear(.i32(x))
                        x[place] = 0
                        let b = program.linear(.i32(x))
                        // The reference has no remainder; the slot's expected value is not looked at.
                        _ = program.binary(CD_MOD, a, b, output: true)
                        #expect(program.run(threads: threads).status == CD_DIVISION_BY_ZERO)
                        #expect(program.run(prepared: true).status == CD_DIVISION_BY_ZERO)
                    }
                }
            }
        }
    }
}
