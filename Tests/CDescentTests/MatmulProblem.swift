import CDescent
import Testing

/// How a matrix lies in memory.
enum MatmulLayout: CaseIterable {
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
struct MatmulProblem {
    var product = cd_matmul()
    var a: [Double] { didSet { memory = Memory() } }
    var b: [Double] { didSet { memory = Memory() } }
    let results: Int
    static let untouched = -12345.0

    init(
        _ m: Int, _ k: Int, _ n: Int, _ aLayout: MatmulLayout = .rows, _ bLayout: MatmulLayout = .rows,
        rowGap: Int = 0,
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
        func run(_ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ c: UnsafeMutablePointer<T>) {
            // One element off any boundary that memory may have by chance.
            cd_matmul_run(&product, a + 1, b + 1, c + 1)
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

    /// Both types. The bounds allow for float32's rounding of long sums in blocks of 512.
    func check() {
        let single = firstError(run(Float.self), tolerance: 2e-6)
        #expect(single == nil)
        let double = firstError(run(Double.self), tolerance: 4e-15)
        #expect(double == nil)
    }
}
