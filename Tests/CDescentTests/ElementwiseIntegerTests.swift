import CDescent
import Testing

extension KernelTests {
    /// Integers wrap, divide towards the floor, and say when they cannot answer.
    @Suite struct ElementwiseIntegerTests {
        private func values<X: KernelElement & FixedWidthInteger>(_: X.Type) -> [X] {
            [.min, .min + 1, -1000, -7, -3, -2, -1, 0, 1, 2, 3, 7, 46341, .max - 1, .max]
        }

        private func power<X: FixedWidthInteger>(_ base: X, _ exponent: X) -> X? {
            if exponent < 0 { return base == 1 ? 1 : base == -1 ? (exponent & 1 == 0 ? 1 : -1) : nil }
            var (result, square, left): (X, X, X) = (1, base, exponent)
            while left != 0 {
                if left & 1 == 1 { result = result &* square }
                square = square &* square
                left >>= 1
            }
            return result
        }

        private func check<X: KernelElement & FixedWidthInteger & SignedInteger>(_ type: X.Type) {
            let x = values(type)
            #expect(unary(CD_NEGATE, x) == x.map { 0 &- $0 })
            #expect(unary(CD_ABS, x) == x.map { $0 < 0 ? 0 &- $0 : $0 })
            #expect(unary(CD_SIGN, x) == x.map { $0.signum() })
            #expect(unary(CD_SQUARE, x) == x.map { $0 &* $0 })
            #expect(unary(CD_RELU, x) == x.map { max($0, 0) })
            for op in [CD_FLOOR, CD_CEIL, CD_ROUND, CD_COPY] { #expect(unary(op, x) == x) }
            for b in x {
                #expect(binary(CD_ADD, x, [b]).values == x.map { $0 &+ b })
                #expect(binary(CD_SUB, x, [b]).values == x.map { $0 &- b })
                #expect(binary(CD_SUB, [b], x).values == x.map { b &- $0 })
                #expect(binary(CD_MUL, x, [b]).values == x.map { $0 &* b })
                #expect(binary(CD_MIN, x, [b]).values == x.map { min($0, b) })
                #expect(binary(CD_MAX, x, [b]).values == x.map { max($0, b) })
                #expect(binary(CD_EQ, x, [b], as: UInt8.self).values == x.map { $0 == b ? 1 : 0 })
                #expect(binary(CD_NE, x, [b], as: UInt8.self).values == x.map { $0 != b ? 1 : 0 })
                #expect(binary(CD_LT, x, [b], as: UInt8.self).values == x.map { $0 < b ? 1 : 0 })
                #expect(binary(CD_LE, x, [b], as: UInt8.self).values == x.map { $0 <= b ? 1 : 0 })
                #expect(binary(CD_GT, x, [b], as: UInt8.self).values == x.map { $0 > b ? 1 : 0 })
                #expect(binary(CD_GE, x, [b], as: UInt8.self).values == x.map { $0 >= b ? 1 : 0 })

                let modulo = binary(CD_MOD, x, [b], as: X.self)
                #expect(modulo.status == (b == 0 ? CD_DIVISION_BY_ZERO : CD_OK))
                for (a, result) in zip(x, modulo.values) {
                    let remainder = b == 0 || b == -1 ? 0 : a % b
                    let expected = remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
                    #expect(result == expected, "\(a) mod \(b)")
                }

                let powers = binary(CD_POW, x, [b], as: X.self)
                let expected = x.map { power($0, b) }
                #expect(powers.values == expected.map { $0 ?? 0 }, "powers with exponent \(b)")
                #expect(powers.status == (expected.contains(nil) ? CD_NEGATIVE_EXPONENT : CD_OK))
            }
        }

        @Test(arguments: availableInstructionSets) func integers(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                check(Int32.self)
                check(Int64.self)
            }
        }

        /// One zero among many divisors is reported, wherever it stands; no elements, no fault.
        @Test(arguments: availableInstructionSets) func statuses(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                for place in 0..<37 {
                    var divisors = [Int32](repeating: 3, count: 37)
                    divisors[place] = 0
                    let result = binary(CD_MOD, .init(repeating: 5, count: 37), divisors, as: Int32.self)
                    #expect(result.status == CD_DIVISION_BY_ZERO)
                    #expect(result.values == divisors.map { $0 == 0 ? 0 : 2 })
                }
                #expect(binary(CD_MOD, [Int32](), [Int32](), as: Int32.self).status == CD_OK)
                #expect(binary(CD_POW, [Int64](), [Int64](), as: Int64.self).status == CD_OK)
                #expect(
                    binary(CD_POW, [1, -1, -1] as [Int64], [-5, -5, -4], as: Int64.self) == (
                        [1, -1, 1], CD_OK
                    ))
            }
        }
    }
}
