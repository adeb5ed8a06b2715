import CDescent
import Testing

/// How a matrix lies in memory.
private enum Layout: CaseIterable {
    case rows, padded, transposed, strided, repeatedRow

    /// Strides, and the elements of the memory.
    func place(_ rows: Int, _ columns: Int) -> (row: Int, column: Int, count: Int) {
        let (row, column) =
            switch self {
            case .rows: (columns, 1)
            case .padded: (columns + 3, 1)
            case .transposed: (1, rows)
            case .strided: (2 * columns + 1, 2)
            case .repeatedRow: (0, 1)
            }
        return (row, column, max(0, rows - 1) * row + max(0, columns - 1) * column + 1)
    }
}

/// A product of random matrices, in exactly the memory they need, and its reference in float64.
private struct Problem {
    var product = cd_matmul()
    var a: [Double] { didSet { memory = Memory() } }
    var b: [Double] { didSet { memory = Memory() } }
    let results: Int
    static let untouched = -12345.0

    init(
        _ m: Int, _ k: Int, _ n: Int, _ aLayout: Layout = .rows, _ bLayout: Layout = .rows, rowGap: Int = 0,
        batches: [(count: Int, repeatsA: Bool, repeatsB: Bool)] = [], seed: UInt64 = 1
    ) {
        let a = aLayout.place(m, k), b = bLayout.place(k, n)
        (product.m, product.n, product.k) = (Int64(m), Int64(n), Int64(k))
        (product.a_row, product.a_column) = (Int64(a.row), Int64(a.column))
        (product.b_row, product.b_column) = (Int64(b.row), Int64(b.column))
        product.c_row = Int64(n + rowGap)
        // Batches follow each other as closely as the layout lets them: rows may go on in the next one.
        var (aCount, bCount, cCount) = (a.count, b.count, m * (n + rowGap))
        product.batch_rank = Int32(batches.count)
        for (i, batch) in batches.enumerated().reversed() {
            Self.set(&product.batch_dims, i, batch.count)
            Self.set(&product.a_batch, i, batch.repeatsA ? 0 : aCount)
            Self.set(&product.b_batch, i, batch.repeatsB ? 0 : bCount)
            Self.set(&product.c_batch, i, cCount)
            if !batch.repeatsA { aCount *= batch.count }
            if !batch.repeatsB { bCount *= batch.count }
            cCount *= batch.count
        }
        results = cCount
        var numbers = Numbers(seed: seed)
        // 24 bits: float32 holds them.
        func random() -> Double { Double(numbers.next() >> 40) / 0x1p22 - 2 }
        self.a = (0..<aCount).map { _ in random() }
        self.b = (0..<bCount).map { _ in random() }
    }

    private static func set<Tuple>(_ tuple: inout Tuple, _ index: Int, _ value: Int) {
        withUnsafeMutableBytes(of: &tuple) { $0.bindMemory(to: Int64.self)[index] = Int64(value) }
    }

    private static func get<Tuple>(_ tuple: Tuple, _ index: Int) -> Int {
        withUnsafeBytes(of: tuple) { Int($0.bindMemory(to: Int64.self)[index]) }
    }

    /// The result in memory, element type T.
    func run<T: BinaryFloatingPoint>(_ type: T.Type) -> [Double] {
        var product = product
        product.dtype = Int32(T.self == Float.self ? CD_F32 : CD_F64)
        var c = [T](repeating: T(Self.untouched), count: results + 1)
        let bytes = cd_matmul_scratch_bytes(&product, cd_threads())
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        defer { scratch.deallocate() }
        func run(_ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ c: UnsafeMutablePointer<T>) {
            // One element off any boundary that memory may have by chance.
            cd_matmul_run(&product, a + 1, b + 1, c + 1, scratch)
        }
        if T.self == Float.self {
            run(singles.a as! [T], singles.b as! [T], &c)
        } else {
            run(doubles.a as! [T], doubles.b as! [T], &c)
        }
        return c.dropFirst().map { Double($0) }
    }

    /// The operands as they are handed over, with an element before them. Kept, as tests run products repeatedly.
    private final class Memory {
        var singles: (a: [Float], b: [Float])?
        var doubles: (a: [Double], b: [Double])?
    }

    private var singles: (a: [Float], b: [Float]) {
        if memory.singles == nil { memory.singles = ([0] + a.map(Float.init), [0] + b.map(Float.init)) }
        return memory.singles!
    }

    private var doubles: (a: [Double], b: [Double]) {
        if memory.doubles == nil { memory.doubles = ([0] + a, [0] + b) }
        return memory.doubles!
    }

    private var memory = Memory()

    var batchCount: Int {
        (0..<Int(product.batch_rank)).reduce(1) { $0 * Self.get(product.batch_dims, $1) }
    }

    /// Where a batch begins in a, b and c.
    private func offsets(_ batch: Int) -> (a: Int, b: Int, c: Int) {
        var (rest, a, b, c) = (batch, 0, 0, 0)
        for i in (0..<Int(product.batch_rank)).reversed() {
            let index = rest % Self.get(product.batch_dims, i)
            rest /= Self.get(product.batch_dims, i)
            a += index * Self.get(product.a_batch, i)
            b += index * Self.get(product.b_batch, i)
            c += index * Self.get(product.c_batch, i)
        }
        return (a, b, c)
    }

    /// Checks an element; the error may be `tolerance` times the sum of the magnitudes of its terms.
    private func isRight(_ c: [Double], _ batch: Int, _ i: Int, _ j: Int, _ tolerance: Double) -> Bool {
        let start = offsets(batch)
        var (sum, magnitude) = (0.0, 0.0)
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var x = start.a + i * Int(product.a_row), y = start.b + j * Int(product.b_column)
                for _ in 0..<Int(product.k) {
                    let term = a[x] * b[y]
                    sum += term
                    magnitude += abs(term)
                    x += Int(product.a_column)
                    y += Int(product.b_row)
                }
            }
        }
        return abs(c[start.c + i * Int(product.c_row) + j] - sum) <= tolerance * magnitude
    }

    /// The first wrong element, if any, among all or, of large results, some.
    func firstError(_ c: [Double], tolerance: Double) -> String? {
        let (m, n) = (Int(product.m), Int(product.n))
        var numbers = Numbers(seed: 7)
        let all = batchCount * m * n, k = Int(product.k)
        let samples = all * k > 300_000 ? min(all, max(40, 2_000_000 / k)) : all
        for sample in 0..<samples {
            let place = samples == all ? sample : Int.random(in: 0..<all, using: &numbers)
            let (batch, i, j) = (place / n / m, place / n % m, place % n)
            if !isRight(c, batch, i, j, tolerance) {
                return "\(m)x\(product.k)·\(product.k)x\(n): wrong at \((batch, i, j))"
            }
        }
        for batch in 0..<batchCount {
            for i in 0..<m {
                let end = offsets(batch).c + i * Int(product.c_row) + n
                for j in end..<end + Int(product.c_row) - n where c[j] != Self.untouched {
                    return "\(m)x\(product.k)·\(product.k)x\(n): row \(i) overruns"
                }
            }
        }
        return nil
    }

    /// Both types. The bounds allow for float32's rounding of long sums in blocks of 256.
    func check() {
        let single = firstError(run(Float.self), tolerance: 2e-6)
        #expect(single == nil)
        let double = firstError(run(Double.self), tolerance: 4e-15)
        #expect(double == nil)
    }
}

extension KernelTests {
    @Suite struct MatmulTests {
        @Test(arguments: availableInstructionSets)
        func smallShapes(instructionSet: Int32) {
            var numbers = Numbers(seed: 11)
            withKernels(instructionSet: instructionSet) {
                for seed in 0..<120 as Range<UInt64> {
                    func size() -> Int { Int.random(in: 1...40, using: &numbers) }
                    Problem(
                        size(), size(), size(), Layout.allCases.randomElement(using: &numbers)!,
                        Layout.allCases.randomElement(using: &numbers)!, rowGap: Int(seed % 3), seed: seed
                    ).check()
                }
            }
        }

        /// Every number of rows and columns that leaves a part of a tile, once.
        @Test(arguments: availableInstructionSets)
        func partsOfTiles(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                for size in 1...33 {
                    Problem(size, 5, 34 - size, rowGap: 1).check()
                    Problem(size, 5, size, .transposed, .transposed, rowGap: 1).check()
                }
            }
        }

        @Test(arguments: availableInstructionSets)
        func depthsAroundBlocks(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                for k in [255, 256, 257, 511, 512, 513, 700, 1025] {
                    Problem(3, k, 17, .rows, .transposed).check()
                    Problem(14, k, 9, .transposed, .rows).check()
                }
            }
        }

        /// Large enough that threads share the tiles.
        @Test(arguments: availableInstructionSets)
        func sharedTiles(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                Problem(101, 300, 85, .rows, .rows, rowGap: 2).check()
                Problem(50, 653, 61, .transposed, .transposed).check()
                Problem(29, 1100, 70, .strided, .padded).check()
            }
        }

        /// Copied, a panel at a time, though its rows are contiguous: b is large, and used by many rows.
        @Test func copiedOperand() {
            let problem = Problem(193, 128, 2050)
            #expect(problem.firstError(problem.run(Double.self), tolerance: 4e-15) == nil)
        }

        /// Both operands are packed: too large to be read in place.
        @Test func packedOperands() {
            let transposed = Problem(26, 21_000, 27, .transposed, .transposed)
            let rows = Problem(25, 42_000, 35, .rows, .rows, rowGap: 3)
            for instructionSet in availableInstructionSets {
                withKernels(instructionSet: instructionSet) {
                    #expect(transposed.firstError(transposed.run(Double.self), tolerance: 1e-13) == nil)
                    #expect(rows.firstError(rows.run(Float.self), tolerance: 1e-5) == nil)
                }
            }
        }

        /// So large that they are packed in two parts each. The elements repeat, so that the sums are known.
        @Test func operandsPackedInParts() {
            let (m, k, n) = (13, 175_000, 17)
            func a(_ i: Int, _ d: Int) -> Int { (i + d) % 5 - 2 }
            func b(_ d: Int, _ j: Int) -> Int { (j + 3 * d) % 7 - 2 }
            var problem = Problem(m, 1, n)
            problem.product.k = Int64(k)
            (problem.product.a_row, problem.product.b_row, problem.product.b_column) = (Int64(k), 1, Int64(k))
            func fill(_ count: Int, _ value: (Int) -> Int) -> [Double] {
                .init(unsafeUninitializedCapacity: count) { buffer, initialized in
                    for index in 0..<count { buffer[index] = Double(value(index)) }
                    initialized = count
                }
            }
            problem.a = fill(m * k) { a($0 / k, $0 % k) }
            problem.b = fill(n * k) { b($0 % k, $0 / k) }
            let c = problem.run(Double.self)
            for i in 0..<m {
                for j in 0..<n {
                    let period = (0..<35).reduce(0) { $0 + a(i, $1) * b($1, j) }
                    #expect(c[i * n + j] == Double(k / 35 * period))
                }
            }
        }

        @Test(arguments: availableInstructionSets)
        func vectors(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                for (rows, k) in [(1, 1), (7, 3), (16, 16), (33, 10), (70, 65), (300, 41), (5, 1000)] {
                    for layout in Layout.allCases {
                        Problem(rows, k, 1, layout, .rows).check()
                        Problem(rows, k, 1, layout, .strided).check()
                        Problem(rows, k, 1, layout, .transposed, rowGap: 2).check()
                        Problem(1, k, rows, .rows, layout).check()
                        Problem(1, k, rows, .strided, layout).check()
                    }
                }
                // Beyond the second-level cache rows of the matrix are combined four at a time.
                Problem(1, 259, 700).check()
                Problem(700, 259, 1, .transposed).check()
            }
        }

        @Test func batchesAndBroadcasting() {
            for layout in [Layout.rows, .padded, .transposed, .strided] {
                for (repeatsA, repeatsB) in [(false, false), (true, false), (false, true), (true, true)] {
                    let inner = (count: 3, repeatsA: repeatsA, repeatsB: repeatsB)
                    let outer = (count: 2, repeatsA: repeatsB, repeatsB: repeatsA)
                    Problem(5, 7, 9, layout, layout, batches: [inner]).check()
                    Problem(5, 7, 9, layout, .rows, rowGap: 2, batches: [outer, inner]).check()
                    Problem(1, 7, 9, .rows, layout, batches: [inner, outer]).check()
                    Problem(6, 7, 1, layout, .rows, batches: [inner, outer]).check()
                }
            }
            let batch = (count: 40, repeatsA: false, repeatsB: false)
            Problem(33, 20, 35, .rows, .transposed, batches: [batch]).check()
            // Batches of one row that are but rows of a taller product.
            Problem(1, 20, 35, batches: [(count: 3, repeatsA: false, repeatsB: true), (5, false, true)])
                .check()
            let packed = Problem(13, 41_000, 13, batches: [(count: 2, repeatsA: true, repeatsB: false)])
            #expect(packed.firstError(packed.run(Double.self), tolerance: 1e-13) == nil)
        }

        /// Shapes for each way that work is shared.
        @Test func threadsDoNotChangeTheBits() {
            let problems = [
                Problem(130, 90, 70), Problem(23, 600, 50, .transposed, .transposed),
                Problem(110, 300, 90), Problem(14, 41_000, 13), Problem(900, 700, 1), Problem(1, 700, 900),
                Problem(40, 30, 20, batches: [(count: 30, repeatsA: false, repeatsB: false)]),
            ]
            for instructionSet in availableInstructionSets {
                for problem in problems {
                    func bits(threads: Int32) -> [[UInt64]] {
                        withKernels(instructionSet: instructionSet, threads: threads) {
                            [problem.run(Float.self), problem.run(Double.self)].map { $0.map(\.bitPattern) }
                        }
                    }
                    let one = bits(threads: 1)
                    #expect(bits(threads: 2) == one)
                    #expect(bits(threads: 3) == one)
                }
            }
        }

        /// An element's sum is the same wherever its tile ends: no kernel adds in an order of its own.
        @Test(arguments: availableInstructionSets)
        func elementsDoNotDependOnTheShapeAroundThem(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                let whole = Problem(30, 300, 70)
                let all = whole.run(Float.self)
                for (m, n) in [(2, 2), (5, 70), (12, 31), (13, 33), (29, 3)] {
                    var part = whole
                    (part.product.m, part.product.n) = (Int64(m), Int64(n))
                    let some = part.run(Float.self)
                    for i in 0..<m {
                        #expect(some[i * 70..<i * 70 + n] == all[i * 70..<i * 70 + n])
                    }
                }
            }
        }

        @Test(arguments: availableInstructionSets)
        func nonFiniteNumbersStayInTheirRowsAndColumns(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                let shapes = [
                    (5, 3, 6), (13, 20, 35), (40, 300, 33), (20, 700, 57), (9, 4, 1), (1, 40, 19),
                ]
                for (m, k, n) in shapes {
                    for layout in [Layout.rows, .transposed] {
                        var problem = Problem(m, k, n, layout, layout)
                        let clean = problem.run(Float.self)
                        let (row, column, depth) = (m - 1, n / 2, Int64(k - 1))
                        let product = problem.product
                        problem.a[Int(Int64(row) * product.a_row + depth * product.a_column)] = .nan
                        problem.b[Int(depth / 2 * product.b_row + Int64(column) * product.b_column)] =
                            .infinity
                        let c = problem.run(Float.self)
                        for i in 0..<m {
                            for j in 0..<n where (i == row || j == column) == c[i * n + j].isFinite {
                                Issue.record("\((m, k, n)) at \((i, j)): \(c[i * n + j])")
                            }
                        }
                        #expect((0..<m * n).allSatisfy { !c[$0].isFinite || c[$0] == clean[$0] })
                    }
                }
            }
        }

        @Test func emptyProducts() {
            for (m, n) in [(1, 1), (3, 4), (1, 9), (9, 1)] {
                let c = Problem(m, 0, n, rowGap: 1, batches: [(count: 2, repeatsA: false, repeatsB: false)])
                    .run(Float.self)
                #expect(c == (0..<2 * m * (n + 1)).map { $0 % (n + 1) < n ? 0 : Problem.untouched })
            }
            for (m, k, n, batches) in [(0, 3, 4, 1), (3, 4, 0, 1), (2, 3, 4, 0), (0, 0, 0, 1)] {
                var problem = Problem(m, k, n, batches: [(count: batches, repeatsA: true, repeatsB: true)])
                #expect(problem.run(Double.self).allSatisfy { $0 == Problem.untouched })
                problem.product.dtype = Int32(CD_F32)
                #expect(cd_matmul_scratch_bytes(&problem.product, 2) == 0)
            }
        }

        /// Rounding grows with the block of the depth and the number of blocks, not with the depth.
        @Test func longSumsStayAccurate() {
            let k = 30_000
            var problem = Problem(2, k, 2)
            problem.a = problem.a.map { Double(Float(abs($0) + 0.1)) }
            problem.b = problem.b.map { Double(Float(abs($0) + 0.1)) }
            #expect(problem.firstError(problem.run(Float.self), tolerance: 1e-5) == nil)
            #expect(problem.firstError(problem.run(Double.self), tolerance: 1e-13) == nil)
        }

        @Test func integersWrap() {
            func check<T: FixedWidthInteger>(_ type: T.Type, _ dtype: Int, _ layout: Layout) {
                let (m, k, n) = (7, 9, 11)
                var product = Problem(m, k, n, .transposed, layout).product
                product.dtype = Int32(dtype)
                var numbers = Numbers(seed: 3)
                let a = (0..<m * k).map { _ in T.random(in: .min ... .max, using: &numbers) }
                let b = (0..<2 * (k + 1) * (n + 3)).map { _ in T.random(in: .min ... .max, using: &numbers) }
                var c = [T](repeating: 1, count: m * n)
                cd_matmul_run(&product, a, b, &c, nil)
                for i in 0..<m {
                    for j in 0..<n {
                        let sum = (0..<k).reduce(0 as T) {
                            $0 &+ a[i + $1 * m]
                                &* b[$1 * Int(product.b_row) + j * Int(product.b_column)]
                        }
                        #expect(c[i * n + j] == sum)
                    }
                }
            }
            for layout in Layout.allCases {
                check(Int32.self, Int(CD_I32), layout)
                check(Int64.self, Int(CD_I64), layout)
            }
        }
    }
}
