import CDescent
import Testing

extension KernelTests {
    /// An element's result depends on the element alone: not on its place, its neighbours, the length of the
    /// array, the form of the operands, or whether the output is an input.
    @Suite struct ElementwisePlacementTests {
        private func bytes<X>(_ x: [X]) -> [UInt8] { x.withUnsafeBytes { [UInt8]($0) } }

        /// Results by one call, compared with those of calls on short and unaligned pieces.
        private func checkUnary<X: KernelElement, Y: KernelElement>(_ op: Int, _ x: [X], as: Y.Type) {
            let whole: [Y] = unary(op, x)
            var pieces = [Y](repeating: 7, count: x.count + 1)
            var (start, length) = (0, 1)
            while start < x.count {
                let count = min(length, x.count - start)
                x.withUnsafeBufferPointer { source in
                    pieces.withUnsafeMutableBufferPointer {
                        cd_unary(
                            Int32(op), Int32(X.dtype), source.baseAddress! + start, $0.baseAddress! + start,
                            Int64(count))
                    }
                }
                #expect(pieces[start + count] == 7, "operation \(op) writes beyond \(count) elements")
                start += count
                length = length % 37 + 1
            }
            #expect(bytes(pieces.dropLast()) == bytes(whole), "operation \(op) on \(X.self) by pieces")
            guard X.self == Y.self else { return }
            var place = x
            place.withUnsafeMutableBytes {
                cd_unary(Int32(op), Int32(X.dtype), $0.baseAddress!, $0.baseAddress!, Int64(x.count))
            }
            #expect(bytes(place) == bytes(whole), "operation \(op) on \(X.self) in place")
        }

        private func checkBinary<X: KernelElement, Y: KernelElement>(
            _ op: Int, _ a: [X], _ b: [X], as: Y.Type
        ) {
            let whole = binary(op, a, b, as: Y.self)
            for count in [0, 1, 2, 3, 5, 8, 13, 21, 40] {
                let part = binary(op, Array(a.suffix(count)), Array(b.suffix(count)), as: Y.self)
                #expect(
                    bytes(part.values) == bytes(Array(whole.values.suffix(count))),
                    "operation \(op), \(count) of \(X.self)")
            }
            // Scalars, one or both, against arrays of equal elements.
            let (left, right) = ([a[3]], [b[4]])
            let lefts = [X](repeating: a[3], count: a.count), rights = [X](repeating: b[4], count: b.count)
            #expect(
                bytes(binary(op, left, b, as: Y.self).values)
                    == bytes(binary(op, lefts, b, as: Y.self).values))
            #expect(
                bytes(binary(op, a, right, as: Y.self).values)
                    == bytes(binary(op, a, rights, as: Y.self).values))
            var both = [Y](repeating: 7, count: a.count)
            let status = cd_binary(Int32(op), Int32(X.dtype), 3, left, right, &both, Int64(a.count))
            let expected = binary(op, lefts, rights, as: Y.self)
            #expect(bytes(both) == bytes(expected.values))
            #expect(Int(status) == expected.status)
            guard X.self == Y.self else { return }
            var (first, second) = (a, b)
            first.withUnsafeMutableBytes {
                _ = cd_binary(
                    Int32(op), Int32(X.dtype), 0, $0.baseAddress!, b, $0.baseAddress!, Int64(a.count))
            }
            second.withUnsafeMutableBytes {
                _ = cd_binary(
                    Int32(op), Int32(X.dtype), 0, a, $0.baseAddress!, $0.baseAddress!, Int64(a.count))
            }
            #expect(bytes(first) == bytes(whole.values), "operation \(op) on \(X.self) over its left operand")
            #expect(
                bytes(second) == bytes(whole.values), "operation \(op) on \(X.self) over its right operand")
        }

        private func checkAll<X: KernelElement>(
            _ x: [X], _ y: [X], unary: [Int], binary: [Int], comparisons: [Int]
        ) {
            for op in unary { checkUnary(op, x, as: X.self) }
            checkUnary(CD_CAST_F32, x, as: Float.self)
            checkUnary(CD_CAST_F64, x, as: Double.self)
            checkUnary(CD_CAST_I32, x, as: Int32.self)
            checkUnary(CD_CAST_I64, x, as: Int64.self)
            checkUnary(CD_CAST_BOOL, x, as: UInt8.self)
            for op in binary { checkBinary(op, x, y, as: X.self) }
            for op in comparisons { checkBinary(op, x, y, as: UInt8.self) }
        }

        @Test(arguments: availableInstructionSets) func everyOperation(instructionSet: Int32) {
            var numbers = Numbers(seed: 11)
            let integers = Array(CD_NEGATE...CD_ROUND) + [CD_COPY]
            let floats = Array(CD_NEGATE...CD_ERF) + [CD_COPY]
            let order = Array(CD_EQ...CD_GE)
            let integerBinary = [CD_ADD, CD_SUB, CD_MUL, CD_MIN, CD_MAX, CD_MOD, CD_POW]
            withKernels(instructionSet: instructionSet) {
                // NaNs of the inputs are one and the same, for the bits of results are compared.
                let f: [[Float]] = (0..<2).map { _ in numbers.varied(163).map { $0.isNaN ? .nan : $0 } }
                checkAll(f[0], f[1], unary: floats, binary: Array(CD_ADD...CD_ZETA), comparisons: order)
                let d: [[Double]] = (0..<2).map { _ in numbers.varied(163).map { $0.isNaN ? .nan : $0 } }
                checkAll(d[0], d[1], unary: floats, binary: Array(CD_ADD...CD_ZETA), comparisons: order)
                let i: [[Int32]] = (0..<2).map { _ in
                    (0..<163).map { _ in .random(in: -99...99, using: &numbers) }
                }
                checkAll(i[0], i[1], unary: integers, binary: integerBinary, comparisons: order)
                let l: [[Int64]] = (0..<2).map { _ in
                    (0..<163).map { _ in .random(in: .min ... .max, using: &numbers) }
                }
                checkAll(l[0], l[1], unary: integers, binary: integerBinary, comparisons: order)
                let b: [[UInt8]] = (0..<2).map { _ in
                    (0..<163).map { _ in .random(in: 0...1, using: &numbers) }
                }
                checkAll(
                    b[0], b[1], unary: [CD_NOT, CD_COPY], binary: [CD_EQ, CD_NE, CD_AND, CD_OR],
                    comparisons: [])
            }
        }

        private func checkSelect<X: KernelElement>(_ a: [X], _ b: [X], _ numbers: inout Numbers) {
            for count in [0, 1, 2, 7, 16, 33, a.count] {
                for scalars in 0..<8 {
                    var condition = (0..<count).map { _ in UInt8.random(in: 0...1, using: &numbers) }
                    if scalars & 4 != 0 { condition = .init(repeating: condition.first ?? 0, count: count) }
                    var y = [X](repeating: 7, count: count + 1)
                    cd_select(Int32(X.dtype), Int32(scalars), condition, a, b, &y, Int64(count))
                    let expected = (0..<count).map { i in
                        condition[i] != 0 ? a[scalars & 1 != 0 ? 0 : i] : b[scalars & 2 != 0 ? 0 : i]
                    }
                    #expect(y == expected + [7], "select of \(X.self), \(count) elements, scalars \(scalars)")
                }
            }
            var y = [X](repeating: 7, count: 20)
            cd_fill(Int32(X.dtype), [a[1]], &y, 19)
            #expect(y == [X](repeating: a[1], count: 19) + [7])
        }

        @Test(arguments: availableInstructionSets) func selectAndFill(instructionSet: Int32) {
            var numbers = Numbers(seed: 12)
            withKernels(instructionSet: instructionSet) {
                checkSelect((0..<99).map { Float($0) + 0.5 }, (0..<99).map { -Float($0) }, &numbers)
                checkSelect((0..<99).map { Double($0) + 0.5 }, (0..<99).map { -Double($0) }, &numbers)
                checkSelect((0..<99).map { Int32($0) + 100 }, (0..<99).map { -Int32($0) }, &numbers)
                checkSelect((0..<99).map { Int64($0) + 100 }, (0..<99).map { -Int64($0) }, &numbers)
                checkSelect((0..<99).map { UInt8($0 % 2) }, (0..<99).map { UInt8($0 / 2 % 2) }, &numbers)
            }
        }

        @Test func theSetInUseHasAName() {
            let sets = availableInstructionSets.map { String(cString: cd_isa_name($0)) }
            #expect(sets == Array(["baseline", "avx2", "avx512"].prefix(sets.count)))
            withKernels(instructionSet: 99) { #expect(cd_isa() == availableInstructionSets.last) }
            withKernels(instructionSet: -1) { #expect(cd_isa() == 0) }
        }
    }
}
