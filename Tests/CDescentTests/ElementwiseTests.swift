import CDescent
import Foundation
import Testing

extension KernelTests {
    /// Operations that have one right answer, to the bit.
    @Suite struct ElementwiseTests {
        static let floats: [Double] = [
            0, -0.0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 3, -3, 7, -7, 0.1, -0.1, 1e10, -1e10,
            4503599627370497.5,
            8388609, -8388609.5, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -0x1p-1030, 1e-40,
            1e300, -1e300,
            2147483647, 2147483648, -2147483648, -2147483649, 9223372036854775808, -9223372036854775808, 1e19,
            -1e19,
        ]

        private func expectUnary<X: KernelFloat>(
            _ name: String, _ op: Int, _: X.Type, _ reference: (X) -> X,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let x = Self.floats.map { X($0) }
            let y = unary(op, x, as: X.self)
            for i in x.indices {
                #expect(
                    isSame(y[i], reference(x[i])), "\(name)(\(x[i])) = \(y[i])",
                    sourceLocation: sourceLocation)
            }
        }

        private func expectBinary<X: KernelFloat>(
            _ name: String, _ op: Int, _: X.Type, _ reference: (X, X) -> X,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            for right in Self.floats.map({ X($0) }) {
                let x = Self.floats.map { X($0) }
                let result = binary(op, x, [right], as: X.self)
                #expect(result.status == CD_OK)
                for i in x.indices {
                    #expect(
                        isSame(result.values[i], reference(x[i], right)),
                        "\(name)(\(x[i]), \(right)) = \(result.values[i])", sourceLocation: sourceLocation)
                }
            }
        }

        private func exactUnary<X: KernelFloat>(_ type: X.Type) {
            expectUnary("negate", CD_NEGATE, type) { -$0 }
            expectUnary("abs", CD_ABS, type) { $0.magnitude }
            expectUnary("sign", CD_SIGN, type) { $0.isNaN ? $0 : $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
            expectUnary("square", CD_SQUARE, type) { $0 * $0 }
            expectUnary("relu", CD_RELU, type) { $0.isNaN ? $0 : $0 > 0 ? $0 : 0 }
            expectUnary("floor", CD_FLOOR, type) { $0.rounded(.down) }
            expectUnary("ceil", CD_CEIL, type) { $0.rounded(.up) }
            expectUnary("round", CD_ROUND, type) { $0.rounded(.toNearestOrEven) }
            expectUnary("sqrt", CD_SQRT, type) { $0.squareRoot() }
            expectUnary("reciprocal", CD_RECIPROCAL, type) { 1 / $0 }
            expectUnary("copy", CD_COPY, type) { $0 }
        }

        private func exactBinary<X: KernelFloat>(_ type: X.Type) {
            expectBinary("add", CD_ADD, type) { $0 + $1 }
            expectBinary("sub", CD_SUB, type) { $0 - $1 }
            expectBinary("mul", CD_MUL, type) { $0 * $1 }
            expectBinary("div", CD_DIV, type) { $0 / $1 }
            expectBinary("chain", CD_CHAIN, type) { $0 == 0 ? $0 : $0 * $1 }
            expectBinary("min", CD_MIN, type) { a, b in
                if a.isNaN || b.isNaN { return .nan }
                return a == b ? (a.sign == .minus ? a : b) : (a < b ? a : b)
            }
            expectBinary("max", CD_MAX, type) { a, b in
                if a.isNaN || b.isNaN { return .nan }
                return a == b ? (a.sign == .minus ? b : a) : (a > b ? a : b)
            }
            // As NumPy: the remainder that truncates, moved to the side of the divisor.
            expectBinary("mod", CD_MOD, type) { a, b in
                let remainder = a.truncatingRemainder(dividingBy: b)
                if remainder == 0 { return X(signOf: b, magnitudeOf: 0) }
                return (remainder < 0) != (b < 0) ? remainder + b : remainder
            }
        }

        private func comparisons<X: KernelFloat>(_ type: X.Type) {
            let table: [(Int, (X, X) -> Bool)] = [
                (CD_EQ, { $0 == $1 }), (CD_NE, { $0 != $1 }), (CD_LT, { $0 < $1 }), (CD_LE, { $0 <= $1 }),
                (CD_GT, { $0 > $1 }), (CD_GE, { $0 >= $1 }),
            ]
            let x = Self.floats.map { X($0) }
            for (op, compare) in table {
                for right in x {
                    let result = binary(op, x, [right], as: UInt8.self).values
                    #expect(result == x.map { compare($0, right) ? 1 : 0 }, "comparison \(op) with \(right)")
                }
            }
        }

        @Test(arguments: availableInstructionSets) func floatArithmetic(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                exactUnary(Float.self)
                exactUnary(Double.self)
                exactBinary(Float.self)
                exactBinary(Double.self)
                comparisons(Float.self)
                comparisons(Double.self)
            }
        }

        /// Remainders of numbers so far apart that their quotient has more digits than a float.
        @Test(arguments: availableInstructionSets) func remaindersOfDistantNumbers(instructionSet: Int32) {
            var numbers = Numbers(seed: 5)
            let a: [Double] = (0..<400).map { _ in numbers.anything() }
            let b: [Double] = (0..<400).map { _ in numbers.anything() }
            withKernels(instructionSet: instructionSet) {
                let result = binary(CD_MOD, a, b, as: Double.self).values
                for i in a.indices {
                    var expected = fmod(a[i], b[i])
                    if expected == 0 { expected = Double(signOf: b[i], magnitudeOf: 0) }
                    if (expected < 0) != (b[i] < 0), expected != 0 { expected += b[i] }
                    #expect(isSame(result[i], expected), "\(a[i]) mod \(b[i]) = \(result[i])")
                }
            }
        }

        private func saturate<Y: FixedWidthInteger>(_ x: Double, _: Y.Type) -> Y {
            if x.isNaN { return 0 }
            return Y(exactly: x.rounded(.towardZero)) ?? (x < 0 ? .min : .max)
        }

        @Test(arguments: availableInstructionSets) func casts(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                let x = Self.floats, f = x.map { Float($0) }
                #expect(zip(unary(CD_CAST_F32, x, as: Float.self), f).allSatisfy { isSame($0, $1) })
                #expect(
                    zip(unary(CD_CAST_F64, f, as: Double.self), f).allSatisfy { isSame($0, Double($1)) })
                #expect(unary(CD_CAST_I32, x) == x.map { saturate($0, Int32.self) })
                #expect(unary(CD_CAST_I64, x) == x.map { saturate($0, Int64.self) })
                #expect(unary(CD_CAST_I32, f) == f.map { saturate(Double($0), Int32.self) })
                #expect(unary(CD_CAST_I64, f) == f.map { saturate(Double($0), Int64.self) })
                #expect(unary(CD_CAST_BOOL, x, as: UInt8.self) == x.map { $0 != 0 ? 1 : 0 })
                #expect(unary(CD_CAST_BOOL, f, as: UInt8.self) == f.map { $0 != 0 ? 1 : 0 })

                let wide: [Int64] = [
                    0, 1, -1, .max, .min, 1 << 53 + 1, -(1 << 53) - 1, 1 << 40 + 7, 4_294_967_297, 99,
                ]
                #expect(unary(CD_CAST_F64, wide) == wide.map { Double($0) })
                #expect(unary(CD_CAST_F32, wide) == wide.map { Float($0) })
                #expect(unary(CD_CAST_I32, wide) == wide.map { Int32(truncatingIfNeeded: $0) })
                #expect(unary(CD_CAST_BOOL, wide, as: UInt8.self) == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
                let narrow: [Int32] = [0, 1, -1, .max, .min, 16_777_217, -16_777_219, 5, 6]
                #expect(unary(CD_CAST_F64, narrow) == narrow.map { Double($0) })
                #expect(unary(CD_CAST_F32, narrow) == narrow.map { Float($0) })
                #expect(unary(CD_CAST_I64, narrow) == narrow.map { Int64($0) })
                #expect(unary(CD_CAST_BOOL, narrow, as: UInt8.self) == [0, 1, 1, 1, 1, 1, 1, 1, 1])

                let bools: [UInt8] = (0..<70).map { UInt8(($0 / 3) % 2) }
                #expect(unary(CD_CAST_F32, bools) == bools.map { Float($0) })
                #expect(unary(CD_CAST_F64, bools) == bools.map { Double($0) })
                #expect(unary(CD_CAST_I32, bools) == bools.map { Int32($0) })
                #expect(unary(CD_CAST_I64, bools) == bools.map { Int64($0) })
                #expect(unary(CD_CAST_BOOL, bools) == bools)
            }
        }

        @Test(arguments: availableInstructionSets) func bools(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                let a: [UInt8] = (0..<131).map { UInt8($0 % 2) },
                    b: [UInt8] = (0..<131).map { UInt8(($0 / 2) % 2) }
                #expect(unary(CD_NOT, a) == a.map { 1 - $0 })
                #expect(binary(CD_AND, a, b).values == zip(a, b).map { $0 & $1 })
                #expect(binary(CD_OR, a, b).values == zip(a, b).map { $0 | $1 })
                #expect(binary(CD_EQ, a, b, as: UInt8.self).values == zip(a, b).map { $0 == $1 ? 1 : 0 })
                #expect(binary(CD_NE, a, b, as: UInt8.self).values == zip(a, b).map { $0 != $1 ? 1 : 0 })
            }
        }
    }
}
