import CDescent
import Testing

extension KernelTests {
    @Suite struct MatmulTests {
        @Test(arguments: availableInstructionSets)
        func smallShapes(instructionSet: Int32) {
            var numbers = Numbers(seed: 11)
            withKernels(instructionSet: instructionSet) {
                for seed in 0..<120 as Range<UInt64> {
                    func size() -> Int { Int.random(in: 1...40, using: &numbers) }
                    MatmulProblem(
                        size(), size(), size(), MatmulLayout.allCases.randomElement(using: &numbers)!,
                        MatmulLayout.allCases.randomElement(using: &numbers)!, rowGap: Int(seed % 3),
                        seed: seed
                    ).check()
                }
            }
        }

        /// Every number of rows and columns that leaves a part of a tile, once.
        @Test(arguments: availableInstructionSets)
        func partsOfTiles(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                for size in 1...33 {
                    MatmulProblem(size, 5, 34 - size, rowGap: 1).check()
                    MatmulProblem(size, 5, size, .transposed, .transposed, rowGap: 1).check()
                }
            }
        }

        @Test(arguments: availableInstructionSets)
        func depthsAroundBlocks(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                for k in [255, 256, 257, 511, 512, 513, 700, 1025] {
                    MatmulProblem(3, k, 17, .rows, .transposed).check()
                    MatmulProblem(14, k, 9, .transposed, .rows).check()
                }
            }
        }

        /// Large enough that threads share the tiles.
        @Test(arguments: availableInstructionSets)
        func sharedTiles(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                MatmulProblem(101, 300, 85, .rows, .rows, rowGap: 2).check()
                MatmulProblem(50, 653, 61, .transposed, .transposed).check()
                MatmulProblem(29, 1100, 70, .strided, .padded).check()
            }
        }

        /// Both operands are packed, in blocks and panels that are not all whole: rows of a lie 4096 bytes, or a
        /// multiple of it, apart.
        @Test func packedOperands() {
            let batch = (count: 2, repeatsA: false, repeatsB: false)
            var problems = [
                MatmulProblem(53, 2048, 323, rowGap: 3), MatmulProblem(149, 1024, 293, .rows, .transposed),
                MatmulProblem(50, 1024, 660, .rows, .padded, batches: [batch]), MatmulProblem(60, 1024, 640),
            ]
            problems[3].product.k = 1000
            for instructionSet in availableInstructionSets {
                withKernels(instructionSet: instructionSet) {
                    for problem in problems {
                        #expect(problem.firstError(problem.run(Double.self), tolerance: 4e-15) == nil)
                        #expect(problem.firstError(problem.run(Float.self), tolerance: 2e-6) == nil)
                    }
                }
            }
        }

        /// Packed because it is large, wherever its rows lie.
        @Test func packedTransposedOperands() {
            let problem = MatmulProblem(809, 830, 801, .transposed, .transposed)
            #expect(problem.firstError(problem.run(Float.self), tolerance: 2e-6) == nil)
        }

        /// The elements repeat, so that the sums are known.
        @Test func deepSums() {
            let (m, k, n) = (13, 175_000, 17)
            func a(_ i: Int, _ d: Int) -> Int { (i + d) % 5 - 2 }
            func b(_ d: Int, _ j: Int) -> Int { (j + 3 * d) % 7 - 2 }
            var problem = MatmulProblem(m, 1, n)
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
                    for layout in MatmulLayout.allCases {
                        MatmulProblem(rows, k, 1, layout, .rows).check()
                        MatmulProblem(rows, k, 1, layout, .strided).check()
                        MatmulProblem(rows, k, 1, layout, .transposed, rowGap: 2).check()
                        MatmulProblem(1, k, rows, .rows, layout).check()
                        MatmulProblem(1, k, rows, .strided, layout).check()
                    }
                }
                // Beyond the second-level cache rows of the matrix are combined four at a time.
                MatmulProblem(1, 259, 700).check()
                MatmulProblem(700, 259, 1, .transposed).check()
            }
        }

        @Test func batchesAndBroadcasting() {
            for layout in [MatmulLayout.rows, .padded, .transposed, .strided] {
                for (repeatsA, repeatsB) in [(false, false), (true, false), (false, true), (true, true)] {
                    let inner = (count: 3, repeatsA: repeatsA, repeatsB: repeatsB)
                    let outer = (count: 2, repeatsA: repeatsB, repeatsB: repeatsA)
                    MatmulProblem(5, 7, 9, layout, layout, batches: [inner]).check()
                    MatmulProblem(5, 7, 9, layout, .rows, rowGap: 2, batches: [outer, inner]).check()
                    MatmulProblem(1, 7, 9, .rows, layout, batches: [inner, outer]).check()
                    MatmulProblem(6, 7, 1, layout, .rows, batches: [inner, outer]).check()
                }
            }
            let batch = (count: 40, repeatsA: false, repeatsB: false)
            MatmulProblem(33, 20, 35, .rows, .transposed, batches: [batch]).check()
            // Batches of one row that are but rows of a taller product.
            MatmulProblem(
                1, 20, 35, batches: [(count: 3, repeatsA: false, repeatsB: true), (5, false, true)]
            )
            .check()
        }

        /// Shapes for each way that work is shared.
        @Test func threadsDoNotChangeTheBits() {
            let problems = [
                MatmulProblem(130, 90, 70), MatmulProblem(23, 600, 50, .transposed, .transposed),
                MatmulProblem(110, 300, 90), MatmulProblem(14, 41_000, 13), MatmulProblem(900, 700, 1),
                MatmulProblem(77, 1024, 430, .rows, .transposed),
                MatmulProblem(1, 700, 900),
                MatmulProblem(40, 30, 20, batches: [(count: 30, repeatsA: false, repeatsB: false)]),
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

        /// Small products are shared while workers are awake, as they are just after a large one.
        @Test func smallProductsAfterLargeOnes() {
            var (small, large) = (MatmulProblem(64, 64, 70).product, MatmulProblem(128, 64, 128).product)
            (small.dtype, large.dtype) = (Int32(CD_F32), Int32(CD_F32))
            let a = (0..<128 * 64).map { Float($0 % 89) / 7 }
            let b = (0..<64 * 128).map { Float($0 % 97) / 9 }
            func results(threads: Int32) -> Set<[Float]> {
                withKernels(instructionSet: availableInstructionSets.last!, threads: threads) {
                    Set(
                        (0..<40).map { _ in
                            var c = [Float](repeating: 0, count: 64 * 70)
                            var rest = [Float](repeating: 0, count: 128 * 128)
                            cd_matmul_run(&large, a, b, &rest)
                            cd_matmul_run(&small, a, b, &c)
                            return c
                        })
                }
            }
            let alone = results(threads: 1)
            #expect(alone.count == 1)
            #expect(results(threads: 2) == alone)
            #expect(results(threads: 3) == alone)
        }

        /// An element's sum is the same wherever its tile ends: no kernel adds in an order of its own.
        @Test(arguments: availableInstructionSets)
        func elementsDoNotDependOnTheShapeAroundThem(instructionSet: Int32) {
            withKernels(instructionSet: instructionSet) {
                let whole = MatmulProblem(30, 300, 70)
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
                    for layout in [MatmulLayout.rows, .transposed] {
                        var problem = MatmulProblem(m, k, n, layout, layout)
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
                let c = MatmulProblem(
                    m, 0, n, rowGap: 1, batches: [(count: 2, repeatsA: false, repeatsB: false)]
                )
                .run(Float.self)
                #expect(c == (0..<2 * m * (n + 1)).map { $0 % (n + 1) < n ? 0 : MatmulProblem.untouched })
            }
            for (m, k, n, batches) in [(0, 3, 4, 1), (3, 4, 0, 1), (2, 3, 4, 0), (0, 0, 0, 1)] {
                let problem = MatmulProblem(
                    m, k, n, batches: [(count: batches, repeatsA: true, repeatsB: true)])
                #expect(problem.run(Double.self).allSatisfy { $0 == MatmulProblem.untouched })
            }
        }

        /// Rounding grows with the block of the depth and the number of blocks, not with the depth.
        @Test func longSumsStayAccurate() {
            let k = 30_000
            var problem = MatmulProblem(2, k, 2)
            problem.a = problem.a.map { Double(Float(abs($0) + 0.1)) }
            problem.b = problem.b.map { Double(Float(abs($0) + 0.1)) }
            #expect(problem.firstError(problem.run(Float.self), tolerance: 1e-5) == nil)
            #expect(problem.firstError(problem.run(Double.self), tolerance: 1e-13) == nil)
        }

        @Test func integersWrap() {
            func check<T: FixedWidthInteger>(_ type: T.Type, _ dtype: Int, _ layout: MatmulLayout) {
                let (m, k, n) = (7, 9, 11)
                var product = MatmulProblem(m, k, n, .transposed, layout).product
                product.dtype = Int32(dtype)
                var numbers = Numbers(seed: 3)
                let a = (0..<m * k).map { _ in T.random(in: .min ... .max, using: &numbers) }
                let b = (0..<2 * (k + 1) * (n + 3)).map { _ in T.random(in: .min ... .max, using: &numbers) }
                var c = [T](repeating: 1, count: m * n)
                cd_matmul_run(&product, a, b, &c)
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
            for layout in MatmulLayout.allCases {
                check(Int32.self, Int(CD_I32), layout)
                check(Int64.self, Int(CD_I64), layout)
            }
        }
    }
}
