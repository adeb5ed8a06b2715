import CDescent
import Testing

extension KernelTests {
    /// Two instructions that run as one give the bits of two.
    @Suite struct ProgramPairsTests {
        /// More than a block, and a part of a vector at the end.
        private static let count = 1024 + 37

        private func numbers<X: KernelFloat>(_ seed: UInt64) -> [X] where X.RawSignificand: FixedWidthInteger {
            var source = Numbers(seed: seed)
            var x: [X] = source.varied(Self.count)
            let odd: [X] = [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
            for i in x.indices where i % 11 == Int(seed) % 11 { x[i] = odd[i / 11 % odd.count] }
            return x
        }

        /// An operand: an array, or one number all over.
        private struct Operand<X: KernelFloat> {
            let x: [X]
            let isScalar: Bool

            func slot(_ program: inout ProgramBuilder, _ wrap: ([X]) -> Elements) -> Int {
                isScalar ? program.scalar(wrap(x)) : program.linear(wrap(x))
            }
        }

        private func check<X: KernelFloat>(_ wrap: ([X]) -> Elements) where X.RawSignificand: FixedWidthInteger {
            let scalars: [X] = [1.5, -0.75, 3]
            let arrays: [[X]] = [numbers(1), numbers(2), numbers(3)]
            for mask in 0..<8 where mask & 3 != 3 {
                let operands = (0..<3).map { i in
                    let isScalar = mask >> i & 1 != 0
                    return Operand(x: isScalar ? [scalars[i]] : arrays[i], isScalar: isScalar)
                }
                for first in [CD_ADD, CD_SUB, CD_MUL] {
                    let t: [X] = binary(first, operands[0].x, operands[1].x).values
                    for second in [CD_ADD, CD_SUB, CD_MUL, CD_DIV, CD_MAX] {
                        for isLeft in [true, false] {
                            let (c, name) = (operands[2].x, "\(first), \(second), \(isLeft), scalars \(mask)")
                            let expected: [X] =
                                isLeft ? binary(second, t, c).values : binary(second, c, t).values
                            expect(wrap(expected), operands, wrap, name) { program, a, b, c in
                                let t = program.binary(first, a, b)
                                return isLeft
                                    ? program.binary(second, t, c, output: true)
                                    : program.binary(second, c, t, output: true)
                            }
                        }
                    }
                    for second in [CD_NEGATE, CD_SQUARE, CD_SQRT, CD_ABS] where mask < 4 {
                        expect(wrap(unary(second, t)), operands, wrap, "\(first), \(second), scalars \(mask)") {
                            program, a, b, _ in program.unary(second, program.binary(first, a, b), output: true)
                        }
                    }
                    // What is between is read again.
                    let s: [X] = binary(CD_ADD, t, arrays[2]).values
                    expect(wrap(binary(CD_MUL, s, t).values), operands, wrap, "\(first), read twice") {
                        program, a, b, _ in
                        let t = program.binary(first, a, b)
                        let s = program.binary(CD_ADD, t, program.linear(wrap(arrays[2])))
                        return program.binary(CD_MUL, s, t, output: true)
                    }
                }
            }
            let square: [X] = unary(CD_SQUARE, arrays[0])
            let operands = arrays.map { Operand(x: $0, isScalar: false) }
            expect(wrap(binary(CD_SUB, arrays[2], square).values), operands, wrap, "square") { program, a, _, c in
                program.binary(CD_SUB, c, program.unary(CD_SQUARE, a), output: true)
            }
            // Both operands are the same.
            let sum: [X] = binary(CD_ADD, arrays[0], arrays[1]).values
            expect(wrap(binary(CD_MUL, sum, sum).values), operands, wrap, "the same twice") {
                program, a, b, _ in
                let t = program.binary(CD_ADD, a, b)
                return program.binary(CD_MUL, t, t, output: true)
            }
        }

        /// Runs what `make` adds to a program of the operands; it gives the slot of the output.
        private func expect<X: KernelFloat>(
            _ expected: Elements, _ operands: [Operand<X>], _ wrap: ([X]) -> Elements, _ name: String,
            _ make: (inout ProgramBuilder, Int, Int, Int) -> Int
        ) {
            var program = ProgramBuilder([Self.count])
            let slots = operands.map { $0.slot(&program, wrap) }
            let slot = make(&program, slots[0], slots[1], slots[2])
            let same = program.run().buffers[Int(program.slots[slot].index)].bits == expected.bits
            #expect(same, "\(name)")
        }

        @Test(arguments: availableInstructionSets) func pairsRoundTwice(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                check { (x: [Float]) in .f32(x) }
                check { (x: [Double]) in .f64(x) }
            }
        }

        /// A sum reads what lies between.
        @Test func aReductionKeepsItsSlot() {
            var source = Source(state: 5)
            var program = ProgramBuilder([Self.count])
            program.fold = CD_FOLD_ALL
            let (a, b) = (Elements.random(CD_F32, Self.count, &source), Elements.random(CD_F32, Self.count, &source))
            let t = program.binary(CD_SUB, program.linear(a), program.linear(b))
            _ = program.unary(CD_SQUARE, t, output: true)
            program.reduce(CD_REDUCE_SUM, t)
            let result = program.run().buffers[program.reduced[0].buffer].doubles[0]
            #expect(result == zip(a.doubles, b.doubles).reduce(0) { $0 + $1.0 - $1.1 })
        }
    }
}
