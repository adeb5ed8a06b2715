import CDescent
import Testing

/// Copies, gathers, scatters and searches against the obvious loops.
extension KernelTests {
    @Suite struct MovementTests {
        private func restoringState(_ body: () throws -> Void) rethrows {
            let threads = cd_threads(), isa = cd_isa()
            defer {
                cd_set_threads(threads)
                cd_set_isa(isa)
            }
            try body()
        }

        // MARK: - Copy

        /// Positions of all elements, in row-major order.
        private func positions(_ dims: [Int], _ strides: [Int], from start: Int) -> [Int] {
            var all = [start]
            for (dim, stride) in zip(dims, strides) {
                all = all.flatMap { p in (0..<dim).map { p + $0 * stride } }
            }
            return all
        }

        /// Strides that give every element its own place, in any order of the dimensions, some of them
        /// with gaps or backwards; or, for sources, several elements the same place.
        private func layout(
            _ dims: [Int], permuted: Bool, broadcasts: Bool, _ source: inout Source
        ) -> (strides: [Int], start: Int, size: Int) {
            var order = Array(dims.indices)
            if permuted { for i in order.indices.reversed() { order.swapAt(i, source.below(i + 1)) } }
            var strides = Array(repeating: 0, count: dims.count)
            var start = 0, size = 1
            for i in order.reversed() {
                switch source.below(8) {
                case 0 where broadcasts: strides[i] = 0
                case 1: strides[i] = 2 * size
                case 2:
                    strides[i] = -size
                    start += size * (dims[i] - 1)
                default: strides[i] = size
                }
                size += abs(strides[i]) * (dims[i] - 1)
            }
            return (strides, start, size)
        }

        private func check<T: FixedWidthInteger & UnsignedInteger>(
            _: T.Type, _ dims: [Int], _ source: inout Source, contiguous: Bool
        ) -> Bool {
            let count = dims.reduce(1, *)
            let from = layout(dims, permuted: true, broadcasts: true, &source)
            var to = layout(dims, permuted: !contiguous, broadcasts: false, &source)
            if contiguous {
                to.start = 0
                to.size = count
                for i in dims.indices { to.strides[i] = dims[(i + 1)...].reduce(1, *) }
            }
            let x = (0..<from.size).map { T(truncatingIfNeeded: $0 &* 0x9e37_79b1 &+ 7) }
            var y = Array(repeating: T.max, count: to.size), expected = y
            for (p, q) in zip(
                positions(dims, from.strides, from: from.start),
                positions(dims, to.strides, from: to.start))
            {
                expected[q] = x[p]
            }
            x.withUnsafeBufferPointer { x in
                y.withUnsafeMutableBufferPointer { y in
                    cd_copy(
                        Int32(MemoryLayout<T>.size), Int32(dims.count), dims.map { Int64($0) },
                        x.baseAddress! + from.start, from.strides.map { Int64($0) },
                        y.baseAddress! + to.start, to.strides.map { Int64($0) })
                }
            }
            return y == expected
        }

        @Test func copiesOfEveryRank() {
            restoringState {
                var source = Source(state: 11)
                for rank in 0...Int(CD_MAX_RANK) {
                    for round in 0..<40 {
                        let limit = [1, 2000, 60, 14, 7, 5, 4, 3, 3][rank]
                        let dims = (0..<rank).map { _ in 1 + source.below(limit) }
                        cd_set_threads(Int32(1 + round % 3))
                        let contiguous = round % 2 == 0
                        let same = [
                            check(UInt8.self, dims, &source, contiguous: contiguous),
                            check(UInt32.self, dims, &source, contiguous: contiguous),
                            check(UInt64.self, dims, &source, contiguous: contiguous),
                        ]
                        #expect(same == [true, true, true], "\(dims)")
                    }
                }
            }
        }

        @Test(arguments: [[370, 401], [140_000], [40, 10, 401], [70_000, 2]])
        func largeCopies(_ dims: [Int]) {
            restoringState {
                var source = Source(state: UInt64(dims[0]))
                for threads in [1, 3] {
                    cd_set_threads(Int32(threads))
                    let same = check(UInt32.self, dims, &source, contiguous: threads > 1)
                    #expect(same, "\(dims)")
                }
            }
        }

        @Test func copiesOfNothing() {
            var y: [UInt32] = [5]
            cd_copy(4, 2, [3, 0], [UInt32(1)], [1, 1], &y, [1, 1])
            #expect(y == [5])
        }

        // MARK: - Gather and scatter

        private static let sizes = [
            (1, 10, 1, 7), (1, 1, 1, 1), (3, 5, 1, 20), (4, 7, 3, 6), (1, 50, 300, 40), (300, 2, 2, 3),
            (2, 3, 5, 0), (1, 1000, 1, 135_000), (40, 9, 70, 50), (1, 15_000, 70, 700), (1, 40, 300, 1000),
        ]

        @Test(arguments: 0..<Self.sizes.count)
        func gathers(_ which: Int) {
            let (outer, length, inner, count) = Self.sizes[which]
            var source = Source(state: UInt64(which))
            let indices = (0..<count).map { _ in source.below(length) }
            func check<T: FixedWidthInteger, I: FixedWidthInteger>(_: T.Type, _: I.Type) -> Bool {
                let x = (0..<outer * length * inner).map { T(truncatingIfNeeded: $0 &* 77 &+ 5) }
                var y = Array(repeating: T.max, count: outer * count * inner)
                var position: Int64 = -1
                let status = cd_gather(
                    Int32(MemoryLayout<T>.size), Int64(outer), Int64(length), Int64(inner), x,
                    Int32(MemoryLayout<I>.size == 4 ? CD_I32 : CD_I64), indices.map { I($0) },
                    Int64(count), &y, &position)
                let expected = (0..<outer).flatMap { o in
                    indices.flatMap { i in (0..<inner).map { x[(o * length + i) * inner + $0] } }
                }
                return status == CD_OK && y == expected
            }
            #expect(check(UInt8.self, Int32.self))
            #expect(check(UInt8.self, Int64.self))
            #expect(check(UInt32.self, Int32.self))
            #expect(check(UInt32.self, Int64.self))
            #expect(check(UInt64.self, Int32.self))
            #expect(check(UInt64.self, Int64.self))
        }

        @Test(arguments: 0..<Self.sizes.count)
        func scatters(_ which: Int) {
            let (outer, length, inner, count) = Self.sizes[which]
            var source = Source(state: UInt64(which))
            let indices = (0..<count).map { _ in Int64(source.below(length)) }
            func check<T: Equatable>(_ dtype: Int, _ one: (Int) -> T, _ add: (T, T) -> T) -> Bool {
                var sums = (0..<outer * length * inner).map { one($0 % 13) }
                let values = (0..<outer * count * inner).map { one($0 % 1009) }
                var expected = sums
                for o in 0..<outer {
                    for (i, index) in indices.enumerated() {
                        for j in 0..<inner {
                            let at = (o * length + Int(index)) * inner + j
                            expected[at] = add(expected[at], values[(o * count + i) * inner + j])
                        }
                    }
                }
                var position: Int64 = -1
                let status = sums.withUnsafeMutableBytes { sums in
                    values.withUnsafeBytes { values in
                        cd_scatter_add(
                            Int32(dtype), Int64(outer), Int64(length), Int64(inner), sums.baseAddress,
                            Int32(CD_I64), indices, Int64(count), values.baseAddress, &position)
                    }
                }
                return status == CD_OK && sums == expected
            }
            restoringState {
                for threads in [1, 3] {
                    cd_set_threads(Int32(threads))
                    // Thirds: sums in another order have other bits.
                    let single = check(CD_F32, { Float($0) / 3 }) { $0 + $1 }
                    let double = check(CD_F64, { Double($0) / 3 }) { $0 + $1 }
                    let int32 = check(CD_I32, { Int32.max - Int32($0) }) { $0 &+ $1 }
                    let int64 = check(CD_I64, { Int64.max - Int64($0) }) { $0 &+ $1 }
                    #expect([single, double, int32, int64] == [true, true, true, true])
                }
            }
        }

        /// Where rows repeat the last one stays, and products are made in order, also where threads share the rows.
        @Test(arguments: 0..<Self.sizes.count)
        func writesInOrder(_ which: Int) {
            let (outer, length, inner, count) = Self.sizes[which]
            var source = Source(state: UInt64(which))
            let indices = (0..<count).map { _ in Int64(source.below(length)) }
            let values = (0..<outer * count * inner).map { Float($0 % 1009) / 1000 + 0.5 }
            let old = (0..<outer * length * inner).map { Float($0 % 13) + 1 }
            let operations: [(Int, (Float, Float) -> Float)] = [
                (CD_SCATTER_SET, { $1 }), (CD_SCATTER_MUL, { $0 * $1 }), (CD_SCATTER_MIN, { min($0, $1) }),
                (CD_SCATTER_MAX, { max($0, $1) }),
            ]
            for (operation, combined) in operations {
                var expected = old
                for o in 0..<outer {
                    for (i, index) in indices.enumerated() {
                        for j in 0..<inner {
                            let at = (o * length + Int(index)) * inner + j
                            expected[at] = combined(expected[at], values[(o * count + i) * inner + j])
                        }
                    }
                }
                restoringState {
                    for threads in [1, 3] {
                        cd_set_threads(Int32(threads))
                        var (found, position) = (old, Int64(-1))
                        let status = cd_scatter(
                            Int32(operation), Int32(CD_F32), Int64(outer), Int64(length), Int64(inner), &found,
                            Int32(CD_I64), indices, Int64(count), values, &position)
                        #expect(status == CD_OK && found == expected, "operation \(operation), \(threads) threads")
                    }
                }
            }
        }

        @Test func indicesOutOfRange() {
            for (indices, expected) in [([0, 2, 3, -1], 2), ([-1], 0), ([1, 1, Int64.max], 2), ([1, .min], 1)] {
                let x: [Float] = [1, 2, 3]
                var y = Array(repeating: Float(9), count: indices.count)
                var position: Int64 = -1
                let gather = cd_gather(
                    4, 1, 3, 1, x, Int32(CD_I64), indices, Int64(indices.count), &y, &position)
                #expect(gather == CD_INDEX_OUT_OF_RANGE && position == expected)
                var sums = x
                position = -1
                let scatter = cd_scatter_add(
                    Int32(CD_F32), 1, 3, 1, &sums, Int32(CD_I64), indices, Int64(indices.count), y,
                    &position)
                #expect(scatter == CD_INDEX_OUT_OF_RANGE && position == expected)
                #expect(sums == x)
            }
            // Also where there is nothing to gather.
            var position: Int64 = -1
            var y: [Float] = []
            let status = cd_gather(4, 0, 3, 1, [Float](), Int32(CD_I32), [Int32(3)], 1, &y, &position)
            #expect(status == CD_INDEX_OUT_OF_RANGE && position == 0)
        }

        // MARK: - Index of the extreme

        static let searches = [
            (1, 1, 1), (1, 3000, 1), (50, 10, 1), (1, 7, 5), (3, 20, 300), (130, 1030, 1), (60, 40, 60),
        ]

        @Test(arguments: searches)
        func extremes(_ outer: Int, _ length: Int, _ inner: Int) {
            let count = outer * length * inner
            func check<T: Comparable>(_ dtype: Int, _ x: [T], isNaN: (T) -> Bool = { _ in false }) -> Bool {
                [true, false].allSatisfy { largest in
                    var found = Array(repeating: Int64(-1), count: outer * inner)
                    x.withUnsafeBytes {
                        cd_arg_reduce(
                            Int32(dtype), largest ? 1 : 0, Int64(outer), Int64(length), Int64(inner),
                            $0.baseAddress, &found)
                    }
                    return (0..<outer * inner).allSatisfy { result in
                        let start = result / inner * length * inner + result % inner
                        var best = 0
                        for i in 1..<max(1, length) where !isNaN(x[start + best * inner]) {
                            let (a, b) = (x[start + i * inner], x[start + best * inner])
                            if isNaN(a) || (largest ? a > b : a < b) { best = i }
                        }
                        return found[result] == best
                    }
                }
            }
            restoringState {
                for threads in [1, 2] {
                    cd_set_threads(Int32(threads))
                    var source = Source(state: UInt64(count))
                    // Few values, so that the extreme comes more than once; sometimes NaN.
                    var floats = (0..<count).map { _ in Float(source.below(9) - 4) }
                    #expect(check(CD_F32, floats, isNaN: \.isNaN))
                    #expect(check(CD_F64, floats.map(Double.init), isNaN: \.isNaN))
                    for i in 0..<count where source.below(30) == 0 { floats[i] = i % 2 == 0 ? .nan : -.infinity }
                    #expect(check(CD_F32, floats, isNaN: \.isNaN))
                    #expect(check(CD_F64, floats.map(Double.init), isNaN: \.isNaN))
                    let integers = (0..<count).map { _ in source.below(50) - 25 }
                    #expect(check(CD_I32, integers.map(Int32.init)) && check(CD_I64, integers.map(Int64.init)))
                    #expect(check(CD_BOOL, integers.map { UInt8($0 < 20 ? 0 : 1) }))
                    #expect(check(CD_F32, Array(repeating: -Float.infinity, count: count)))
                }
            }
        }
    }
}
