import DescentCore
import DescentData
import DescentTestSupport
import Testing

@Suite("batches made on another thread")
struct PrefetchTests {
    /// Counts, for several threads.
    private final class Counter: Sendable {
        private let value = Guarded(0)
        var count: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }

    /// Says when it is gone.
    private final class Witness: Sendable {
        private let counter: Counter
        init(_ counter: Counter) { self.counter = counter }
        deinit { counter.add() }
    }

    private struct Failure: Error, Equatable { let index: Int }

    private func values<Input>(_ batches: BatchIterator<Input>) throws -> [Double] {
        var values: [Double] = []
        while let batch = try batches.next() { values.append(Double(try #require(batch.y))) }
        return values
    }

    private func counting(_ count: Int?, _ make: @escaping @Sendable (Int) throws -> Void = { _ in })
        -> GeneratedBatches<Tensor>
    {
        GeneratedBatches(count: count) { epoch, index in
            try make(index)
            return Batch(Tensor.arange(3), Tensor(Double(100 * epoch + index)))
        }
    }

    /// Waits until `condition` holds; a thread that ends by itself cannot be joined.
    private func wait(_ condition: () -> Bool) async throws {
        for _ in 0..<2000 where !condition() { try await Task.sleep(for: .milliseconds(1)) }
        #expect(condition())
    }

    @Test("all batches in order, on another thread, for every depth", arguments: [1, 2, 3, 50])
    func thread(depth: Int) throws {
        let data = counting(20).prefetched(depth)
        #expect(data.batchCount == 20 && data.depth == depth)
        for epoch in 0..<3 {
            #expect(try values(data.batches(epoch: epoch)) == (0..<20).map { Double(100 * epoch + $0) })
        }
        #expect(try values(data.batches(epoch: 1, from: 17)) == [117, 118, 119])
        #expect(try values(data.batches(epoch: 1, from: 20)) == [])
        let batches = try data.batches(epoch: 0, from: 19)
        #expect(try batches.next() != nil)
        #expect(try batches.next() == nil && batches.next() == nil)
    }

    @Test("the same batches as without a thread")
    func sameThread() throws {
        let x = Tensor.arange(60).reshape(20, 3)
        let data = try TensorBatches(x, Tensor.arange(20), batchSize: 6, shuffle: true, seed: 4)
        let ahead = try data.prefetched().batches(epoch: 5)
        for batch in data.epoch(5) {
            let other = try #require(try ahead.next())
            #expect(mismatch(other.x, batch.x, .bits) == nil)
            #expect(mismatch(try #require(other.y), try #require(batch.y), .bits) == nil)
        }
        #expect(try ahead.next() == nil)
    }

    @Test("sequences are data, with and without a thread")
    func sequences() throws {
        let sequence = (0..<5).map { Batch(Tensor.arange(2), Tensor(Double($0))) }
        #expect(try values(SequenceBatches(sequence, count: 5).batches(epoch: 0)) == [0, 1, 2, 3, 4])
        #expect(try values(SequenceBatches(sequence).batches(epoch: 0, from: 3)) == [3, 4])
        #expect(try values(SequenceBatches(sequence).batches(epoch: 0, from: 9)) == [])
        #expect(try values(sequence.prefetched().batches(epoch: 1)) == [0, 1, 2, 3, 4])
        #expect(try values(counting(4).batches(epoch: 0, from: 2)) == [2, 3])
    }

    @Test("no more on the thread than depth allows")
    func bounded() async throws {
        let made = Counter()
        let batches = try counting(nil) { _ in made.add() }.prefetched(3).batches(epoch: 0)
        try await wait { made.count == 3 }
        for taken in 1...10 {
            _ = try batches.next()
            try await wait { made.count == 3 + taken }
        }
        try await Task.sleep(for: .milliseconds(5))
        #expect(made.count == 13)
    }

    @Test("an error comes where its batch would have come, once", arguments: [0, 1, 2, 7])
    func errorsOnThread(place: Int) throws {
        let data = counting(nil) { index in if index == place { throw Failure(index: index) } }.prefetched(2)
        let batches = try data.batches(epoch: 0)
        for index in 0..<place { #expect(Double(try #require(try batches.next()?.y)) == Double(index)) }
        #expect(throws: Failure(index: place)) { try batches.next() }
        #expect(try batches.next() == nil)
    }

    @Test("values are computed on the thread, and refused there")
    func evaluationOnThread() throws {
        let data = GeneratedBatches(count: 2) { _, index in
            let x = Tensor.ones([2, 2])
            return Batch(index == 0 ? matmul(x, x) : matmul(x, Tensor.ones([3])), sampleWeight: x * 2)
        }
        let batches = try data.prefetched().batches(epoch: 0)
        let first = try #require(try batches.next())
        #expect(first.x.node.state == .stored && first.sampleWeight?.node.state == .stored)
        let error = #expect(throws: DescentError.self) { try batches.next() }
        #expect(error?.operation == "matmul")
        #expect(throws: DescentError.self) { try data.prefetched(0).batches(epoch: 0) }
    }

    @Test("who stops early ends the thread, wherever it is")
    func earlyStopOnThread() async throws {
        let gone = Counter()
        for round in 0..<50 {
            let witness = Witness(gone)
            let batches = try counting(round % 3 == 0 ? 4 : nil) { index in
                withExtendedLifetime(witness) {}
                if round % 7 == 6, index == 3 { throw Failure(index: index) }
            }.prefetched(1 + round % 4).batches(epoch: 0)
            for _ in 0..<round % 4 { _ = try? batches.next() }
        }
        // What a producer holds is let go of when its thread has ended.
        try await wait { gone.count == 50 }
    }

    @Test("many producers at once, with errors and early stops, each of its own consumer")
    func stressOnThreads() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask {
                    var random = SplitMix64(seed: UInt64(lane))
                    for _ in 0..<25 {
                        let count = Int.random(in: 0..<12, using: &random)
                        let fails = Int.random(in: 0..<16, using: &random)
                        let stop = Int.random(in: 1..<14, using: &random)
                        let data = GeneratedBatches(count: count) { epoch, index in
                            if index == fails { throw Failure(index: index) }
                            let x = Tensor.full([4], Tensor(Double(index)))
                            return Batch(x * 2 + Tensor(Double(epoch)), x.sum())
                        }
                        let batches = try data.prefetched(Int.random(in: 1..<4, using: &random)).batches(epoch: lane)
                        var seen = 0
                        do {
                            while seen < stop, let batch = try batches.next() {
                                #expect(Double(try #require(batch.y)) == Double(4 * seen))
                                #expect(batch.x.scalars(as: Double.self).allSatisfy { $0 == Double(2 * seen + lane) })
                                seen += 1
                            }
                            #expect(seen == min(stop, count) && (fails >= count || stop <= fails))
                        } catch let error as Failure {
                            #expect(error.index == fails && seen == fails && fails < count)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
