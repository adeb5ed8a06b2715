import DescentCore
import DescentData
import DescentTestSupport
import Testing

@Suite("tensors as batches")
struct TensorBatchesTests {
    /// Data whose row i has the label i.
    private func data(
        _ count: Int, batchSize: Int, shuffle: Bool = true, seed: Int = 0, dropLast: Bool = false
    ) throws -> TensorBatches<Tensor> {
        let x = Tensor.arange(3 * count).reshape(count, 3)
        return try TensorBatches(
            x, Tensor.arange(count), sampleWeight: Tensor.arange(count) * 0.5, batchSize: batchSize, shuffle: shuffle,
            seed: seed, dropLast: dropLast)
    }

    private func order(_ data: TensorBatches<Tensor>, _ epoch: Int) throws -> [Double] {
        try data.epoch(epoch).flatMap { try numbers($0.y) }
    }

    @Test("every row once in an epoch, in all parts alike, whatever the sizes")
    func coverage() throws {
        var random = SplitMix64(seed: 5)
        for _ in 0..<60 {
            let (count, size) = (Int.random(in: 1...90, using: &random), Int.random(in: 1...40, using: &random))
            let (shuffle, drop) = (Bool.random(using: &random), Bool.random(using: &random) && size <= count)
            let data = try data(count, batchSize: size, shuffle: shuffle, seed: size, dropLast: drop)
            var labels: [Double] = []
            var sizes: [Int] = []
            for batch in data.epoch(count) {
                let y = try numbers(batch.y)
                let rows: [Double] = y.flatMap { (label: Double) -> [Double] in
                    [3 * label, 3 * label + 1, 3 * label + 2]
                }
                #expect(try numbers(batch.x) == rows)
                #expect(try numbers(batch.sampleWeight) == y.map { $0 * 0.5 })
                labels += y
                sizes.append(batch.rowCount)
            }
            let rest = count % size
            #expect(sizes == Array(repeating: size, count: count / size) + (rest > 0 && !drop ? [rest] : []))
            #expect(data.count == sizes.count && data.batchCount == sizes.count)
            #expect(data.epoch(0).underestimatedCount == sizes.count)
            let all = (0..<count).map(Double.init)
            if !shuffle {
                #expect(labels == Array(all.prefix(labels.count)))
            } else if drop {
                #expect(Set(labels).count == count - rest)
            } else {
                #expect(labels.sorted() == all)
            }
        }
    }

    @Test("the order follows from seed and epoch alone")
    func seeds() throws {
        let first = try data(50, batchSize: 8, seed: 3)
        let orders = try (0..<4).map { try order(first, $0) }
        #expect(Set(orders).count == 4)
        let again = try data(50, batchSize: 8, seed: 3)
        for epoch in [2, 0, 3, 1] { #expect(try order(again, epoch) == orders[epoch]) }
        #expect(try order(data(50, batchSize: 16, seed: 3), 2) == orders[2])
        // Neighbours of seed and epoch have nothing in common.
        #expect(try order(data(50, batchSize: 8, seed: 4), 0) != orders[1])
        #expect(try order(data(50, batchSize: 8, seed: 2), 2) != orders[1])
        #expect(try order(data(50, batchSize: 8, seed: -1), 0) != order(data(50, batchSize: 8, seed: 1), 0))
        // Recorded, so that training of an earlier version can be repeated.
        #expect(try order(data(10, batchSize: 10, seed: 3), 1) == [0, 5, 1, 7, 4, 3, 6, 2, 8, 9])
    }

    @Test("any batch by its numbers, as in the sequence, and from the middle on")
    func randomAccess() throws {
        let data = try data(23, batchSize: 5, seed: 9)
        for (epoch, index) in [(1, 4), (0, 0), (1, 2), (7, 3), (0, 4)] {
            let batch = try data.batch(index, epoch: epoch)
            #expect(try numbers(batch.y) == Array(order(data, epoch).dropFirst(5 * index).prefix(5)))
        }
        let rest = data.batches(epoch: 1, from: 3)
        var labels: [Double] = []
        while let batch = try rest.next() { labels += try numbers(batch.y) }
        #expect(try labels == Array(order(data, 1).dropFirst(15)))
        #expect(try rest.next() == nil)
    }

    @Test("all orders of four rows are about equally likely")
    func fairness() throws {
        let data = try data(4, batchSize: 4, seed: 11)
        var counts: [[Double]: Int] = [:]
        for epoch in 0..<2400 { counts[try order(data, epoch), default: 0] += 1 }
        #expect(counts.count == 24)
        // 100 expected, standard deviation 10.
        #expect(counts.values.allSatisfy { (55...145).contains($0) }, "\(counts.values)")
    }

    @Test("some rows only, without those outside")
    func someRows() throws {
        let x = Tensor.arange(20).reshape(10, 2)
        for shuffle in [false, true] {
            let data = try TensorBatches(x, Tensor.arange(10), rows: 3..<7, batchSize: 3, shuffle: shuffle)
            #expect(data.rowCount == 4 && data.count == 2)
            #expect(try order(data, 0).sorted() == [3, 4, 5, 6])
            let labels = try order(data, 0)
            #expect(try data.epoch(0).flatMap { try numbers($0.x) } == labels.flatMap { [2 * $0, 2 * $0 + 1] })
        }
        let whole = try TensorBatches(x, rows: 2..<6, batchSize: 10)
        #expect(try numbers(whole.batch(0).x) == [4, 5, 6, 7, 8, 9, 10, 11])
    }

    @Test("inputs of several tensors: lists, names, types of one's own")
    func inputs() throws {
        let (a, b) = (Tensor.arange(6), Tensor.arange(12).reshape(6, 2))
        let list = try TensorBatches([a, b], batchSize: 4).batch(1)
        #expect(try numbers(list.x[0]) == [4, 5] && numbers(list.x[1]) == [8, 9, 10, 11])
        let named = try TensorBatches(["b": b, "a": a], a, batchSize: 4, shuffle: true, seed: 1)
        let batch = try named.batch(0, epoch: 2)
        #expect(try numbers(batch.x["a"]) == numbers(batch.y))
        #expect(try numbers(batch.x["b"]) == numbers(batch.y).flatMap { [2 * $0, 2 * $0 + 1] })
        let pairs = try TensorBatches(Pair(tensors: [a, b]), batchSize: 4)
        #expect(try numbers(pairs.batch(1).x.left) == [4, 5])
        #expect(pairs.epoch().reduce(0) { $0 + $1.rowCount } == 6)
        expectRefusalHere("left") { try TensorBatches(Pair(tensors: [a, b]), batchSize: 1).batch(5) }
        #expect(throws: DescentError.self) { try Tensor(tensors: [a, b]) }
        #expect(throws: DescentError.self) { try [String: Tensor](tensors: [a]) }
        #expect(throws: DescentError.self) { try ["a": a].with([a, b]) }
    }

    private func expectRefusalHere(_ text: String, _ body: () throws -> Batch<Pair>) {
        let error = #expect(throws: DescentError.self) { _ = try body() }
        #expect(error?.message.contains(text) == true)
    }

    @Test("what no batches can be made of")
    func refusals() throws {
        let (x, y) = (Tensor.zeros([6, 2]), Tensor.zeros([5]))
        expectRefusal("x and y", "[6, 2]", "[5]") { try TensorBatches(x, y) }
        expectRefusal("x and sampleWeight", "[5]") { try TensorBatches(x, sampleWeight: y) }
        expectRefusal("x[0] and x[1]", "[6, 2]", "[5]") { try TensorBatches([x, y]) }
        expectRefusal("y must have an axis") { try TensorBatches(x, Tensor(1)) }
        expectRefusal("x must have a tensor") { try TensorBatches([Tensor]()) }
        expectRefusal("there must be a row") { try TensorBatches(Tensor.zeros([0, 2])) }
        expectRefusal("there must be a row") { try TensorBatches(x, rows: 2..<2) }
        expectRefusal("rows 2..<7") { try TensorBatches(x, rows: 2..<7) }
        expectRefusal("batchSize", "0") { try TensorBatches(x, batchSize: 0) }
        expectRefusal("batchSize", "-3") { try TensorBatches(x, batchSize: -3) }
        expectRefusal("dropLast", "batchSize 7", "6 rows") { try TensorBatches(x, batchSize: 7, dropLast: true) }
        expectRefusal("matmul") { try TensorBatches(matmul(x, x)) }
        let data = try TensorBatches(x, batchSize: 4)
        expectRefusal("0..<2", "batch 2") { try data.batch(2) }
        expectRefusal("batch -1") { try data.batch(-1) }
        #expect(try TensorBatches(x, batchSize: .max).count == 1)
    }

    @Test("threads that ask for batches of different epochs get the right ones")
    func threads() async throws {
        let data = try data(64, batchSize: 16, seed: 2)
        let want = try (0..<8).map { try order(data, $0) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for epoch in 0..<8 {
                group.addTask {
                    for _ in 0..<20 {
                        let labels = try (0..<4).flatMap { try numbers(data.batch($0, epoch: epoch).y) }
                        guard labels == want[epoch] else { return false }
                    }
                    return true
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}

/// Two tensors; refuses rows that begin with 5.
private struct Pair: ModelInput {
    var left: Tensor
    var right: Tensor
    var tensors: [Tensor] { [left, right] }

    init(tensors: [Tensor]) throws {
        (left, right) = (tensors[0], tensors[1])
        if Double(left[0]) == 5 { throw DescentError("Pair", "left must not begin with 5", received: "\(left)") }
    }
}
