import CDescent
import Testing

extension KernelTests {
    /// What runs along an axis, and writing at indices, against the obvious loops.
    @Suite struct AlongTests {
        private func along<X: KernelElement, Y: KernelElement>(
            _ op: Int, _ dims: (Int, Int, Int), _ a: [X], _ b: [X], reverse: Bool, as: Y.Type = Y.self, threads: Int32
        ) -> [Y] {
            let (outer, length, inner) = dims
            let bytes = cd_along_scratch_bytes(Int32(op), Int64(outer * inner), Int64(length), threads)
            let scratch = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 1), alignment: 64)
            defer { scratch.deallocate() }
            var y = [Y](repeating: 0, count: b.count)
            cd_along(
                Int32(op), Int32(X.dtype), reverse ? 1 : 0, Int64(outer), Int64(length), Int64(inner), a, b, &y,
                scratch,
                threads)
            return y
        }

        /// Positions of the elements of every row along the middle axis, in the order in which a scan meets them.
        private func rows(_ dims: (Int, Int, Int), reverse: Bool) -> [[Int]] {
            let (outer, length, inner) = dims
            return (0..<outer * inner).map { row in
                let places = (0..<length).map { (row / inner * length + $0) * inner + row % inner }
                return reverse ? places.reversed() : places
            }
        }

        static let dims = [
            (1, 1, 1), (1, 100, 1), (3, 7, 1), (2, 5, 300), (1, 60, 130), (4, 1, 2), (0, 3, 2), (2, 0, 3),
        ]

        @Test(arguments: [false, true]) func scans(reverse: Bool) {
            var numbers = Numbers(seed: 21)
            for dims in Self.dims {
                let count = dims.0 * dims.1 * dims.2
                let a: [Double] = (0..<count).map { _ in .random(in: -1...1, using: &numbers) }
                let b: [Double] = (0..<count).map { _ in .random(in: -1...1, using: &numbers) }
                let i: [Int32] = (0..<count).map { _ in .random(in: -9...9, using: &numbers) }
                var (sums, values) = (b, b)
                var whole = i
                for row in rows(dims, reverse: reverse) {
                    for (before, at) in zip(row, row.dropFirst()) {
                        sums[at] = sums[before] + b[at]
                        values[at] = a[at] * values[before] + b[at]
                        whole[at] = whole[before] &+ i[at]
                    }
                }
                for threads in [1, 4] as [Int32] {
                    #expect(
                        along(CD_ALONG_SUM, dims, a, b, reverse: reverse, as: Double.self, threads: threads) == sums)
                    #expect(
                        along(CD_ALONG_RECURRENCE, dims, a, b, reverse: reverse, as: Double.self, threads: threads)
                            == values)
                    #expect(
                        along(CD_ALONG_SUM, dims, i, i, reverse: reverse, as: Int32.self, threads: threads) == whole)
                }
            }
        }

        @Test func float32SumsAreWiderInside() {
            let x = [Float](repeating: 0.1, count: 100_000)
            let y: [Float] = along(CD_ALONG_SUM, (1, x.count, 1), x, x, reverse: false, threads: 1)
            #expect(abs(y[99_999] - 10_000) < 0.001)
        }

        @Test(arguments: [false, true]) func extremes(reverse: Bool) {
            var numbers = Numbers(seed: 22)
            for dims in Self.dims {
                let count = dims.0 * dims.1 * dims.2
                let x: [Float] = (0..<count).map { _ in
                    Int.random(in: 0..<50, using: &numbers) == 0 ? .nan : Float(Int.random(in: 0..<20, using: &numbers))
                }
                let high: [Int64] = along(CD_ALONG_HIGHEST, dims, x, x, reverse: reverse, threads: 2)
                let low: [Int64] = along(CD_ALONG_LOWEST, dims, x, x, reverse: reverse, threads: 2)
                var (wantHigh, wantLow) = (high, low)
                for row in rows(dims, reverse: reverse) {
                    var (best, worst) = (0, 0)
                    for (step, at) in row.enumerated() {
                        if x[at] > x[row[best]] || (x[at].isNaN && !x[row[best]].isNaN) { best = step }
                        if x[at] < x[row[worst]] || (x[at].isNaN && !x[row[worst]].isNaN) { worst = step }
                        wantHigh[at] = Int64(reverse ? dims.1 - 1 - best : best)
                        wantLow[at] = Int64(reverse ? dims.1 - 1 - worst : worst)
                    }
                }
                #expect(high == wantHigh && low == wantLow)
            }
        }

        private func checkOrder<X: KernelElement>(_ x: [X], _ dims: (Int, Int, Int), _ isBefore: (X, X) -> Bool) {
            for down in [false, true] {
                let order: [Int64] = along(
                    down ? CD_ALONG_ORDER_DOWN : CD_ALONG_ORDER, dims, x, x, reverse: false, threads: 2)
                for row in rows(dims, reverse: false) {
                    // The standard library's sort is stable.
                    let want = row.indices.sorted {
                        down ? isBefore(x[row[$1]], x[row[$0]]) : isBefore(x[row[$0]], x[row[$1]])
                    }
                    #expect(row.map { order[$0] } == want.map(Int64.init))
                }
            }
        }

        @Test func orders() {
            var numbers = Numbers(seed: 23)
            for dims in Self.dims + [(1, 3000, 1), (2, 400, 3)] {
                let count = dims.0 * dims.1 * dims.2
                let f: [Float] = (0..<count).map { _ in
                    let pick = Int.random(in: 0..<12, using: &numbers)
                    return pick < 5
                        ? [0, -0.0, .nan, .infinity, -.infinity][pick] : .random(in: -3...3, using: &numbers)
                }
                checkOrder(f, dims) { $1.isNaN ? !$0.isNaN : $0 < $1 }
                checkOrder(f.map { Double($0) * 1e200 }, dims) { $1.isNaN ? !$0.isNaN : $0 < $1 }
                let i: [Int64] = (0..<count).map { _ in .random(in: .min ... .max, using: &numbers) }
                checkOrder(i, dims) { $0 < $1 }
                checkOrder(i.map { Int32(truncatingIfNeeded: $0 % 50) }, dims) { $0 < $1 }
                checkOrder(i.map { UInt8($0 & 1) }, dims) { $0 < $1 }
            }
        }

        @Test func scattersInOrder() {
            let base: [Double] = [1, 2, 3, 4], values: [Double] = [5, .nan, 7, -8]
            let indices: [Int32] = [1, 3, 1, 0]
            var position: Int64 = 0
            func scattered(_ op: Int) -> [Double] {
                var y = base
                let status = cd_scatter(
                    Int32(op), Int32(CD_F64), 1, 4, 1, &y, Int32(CD_I32), indices, 4, values, &position)
                #expect(status == Int32(CD_OK))
                return y
            }
            #expect(scattered(CD_SCATTER_SET).prefix(3) == [-8, 7, 3])
            #expect(scattered(CD_SCATTER_MUL).prefix(3) == [-8, 70, 3])
            #expect(scattered(CD_SCATTER_MIN).prefix(3) == [-8, 2, 3])
            #expect(scattered(CD_SCATTER_MAX).prefix(3) == [1, 7, 3])
            for op in [CD_SCATTER_SET, CD_SCATTER_MUL, CD_SCATTER_MIN, CD_SCATTER_MAX] {
                #expect(scattered(op)[3].isNaN)
            }
            var y = base
            let outside: [Int64] = [0, 4]
            #expect(
                cd_scatter(
                    Int32(CD_SCATTER_SET), Int32(CD_F64), 1, 4, 1, &y, Int32(CD_I64), outside, 2, values, &position)
                    == Int32(CD_INDEX_OUT_OF_RANGE))
            #expect(position == 1 && y == base)
        }
    }
}
