import DescentCore
import DescentLearning
import DescentTestSupport
import Testing

@Suite("merging metrics")
struct MetricMergingTests {
    /// A metric of each family, and batches that it understands.
    static let makers: [@Sendable () -> any Metric] = [
        { RootMeanSquaredError() }, { MeanAbsoluteError(dtype: .float64) }, { CosineSimilarity() }, { R2Score() },
        { AUC(numThresholds: 11) }, { AUC(numThresholds: 5, multiLabel: true) }, { Precision(thresholds: [0.2, 0.6]) },
        { F1Score(average: .macro) }, { FBetaScore(average: .micro, beta: 2) }, { BinaryAccuracy() },
        { MeanIoU(numClasses: 2, dtype: .float32) }, { BinaryCrossentropy() },
    ]

    private static func batch(_ random: inout SplitMix64) -> (Tensor, Tensor, Tensor?) {
        let rows = 1 + Int(random.next() % 5)
        let t = (0..<rows * 3).map { _ in Double(random.next() % 2) }
        let p = (0..<rows * 3).map { _ in Double.random(in: 0...1, using: &random) }
        let w = (0..<rows).map { _ in Double.random(in: 0...2, using: &random) }
        let weight = random.next() % 2 == 0 ? Tensor(w) : nil
        return (Tensor(t, shape: [rows, 3]), Tensor(p, shape: [rows, 3]), weight.map { $0.expandDims(-1) })
    }

    @Test("any order and grouping of parts gives the bits of one pass", arguments: makers.indices)
    func associative(maker: Int) throws {
        let make = Self.makers[maker]
        var random = SplitMix64(seed: UInt64(maker))
        for _ in 0..<5 {
            let whole = make()
            var parts: [any Metric] = []
            for _ in 0..<6 {
                let part = make()
                for _ in 0..<Int(random.next() % 4) {
                    let (t, p, w) = Self.batch(&random)
                    try whole.updateState(t, p, sampleWeight: w)
                    try part.updateState(t, p, sampleWeight: w)
                }
                parts.append(part)
            }
            // All into the first, into a fresh one backwards, and as a tree.
            let states = parts.map(\.state)
            let backwards = make()
            try backwards.mergeState(parts.reversed())
            #expect(parts.map(\.state) == states, "sources stay as they are")
            var trees = parts.map { part in
                let copy = make()
                try? copy.setState(part.state)
                return copy
            }
            while trees.count > 1 {
                let last = trees.removeLast()
                try trees[Int(random.next() % UInt64(trees.count))].mergeState([last])
            }
            for merged in [backwards, trees[0]] {
                #expect(mismatch(merged.result(), whole.result(), .bits) == nil)
                #expect(merged.state.sums.map(\.numbers) == whole.state.sums.map(\.numbers))
            }
        }
    }

    @Test("sums are exact: neither order nor grouping changes a bit, and large numbers may cancel")
    func exactSums() throws {
        var random = SplitMix64(seed: 11)
        // 60 bits apart at most: all of it fits two doubles.
        let numbers = (0..<400).map { _ in
            Double.random(in: -1...1, using: &random)
                * Double(sign: .plus, exponent: Int(random.next() % 40), significand: 1)
        }
        let forwards = Sum(dtype: .float64)
        for number in numbers { try forwards.updateState(Tensor(number, dtype: .float64)) }
        let backwards = Sum(dtype: .float64)
        for number in numbers.reversed() { try backwards.updateState(Tensor(number, dtype: .float64)) }
        #expect(forwards.state == backwards.state)
        for number in numbers { try forwards.updateState(Tensor(-number, dtype: .float64)) }
        #expect(forwards.state.sums[0].numbers == [0] && forwards.state.sums[0].residues == [0])
    }

    @Test("small numbers are not lost beside a large one")
    func nothingIsLost() throws {
        let m = Mean(dtype: .float64)
        try m.setState(
            MetricState(sums: [.init(name: "total", numbers: [1e16]), .init(name: "count", numbers: [1e16])]))
        for _ in 0..<1000 { try m.updateState([0.25]) }
        #expect(m.state.sums[0].numbers == [1e16 + 250])
        #expect(m.state.sums[1].numbers == [1e16 + 1000])
    }

    @Test("a metric may be merged with itself; an empty list changes nothing")
    func itself() throws {
        let m = Sum()
        try m.updateState([1, 2])
        try m.mergeState([m])
        #expect(Float(m.result()) == 6)
        try m.mergeState([m, m])
        #expect(Float(m.result()) == 18)
        let before = m.state
        try m.mergeState([])
        #expect(m.state == before)
    }

    @Test("what does not fit throws, and nothing is changed")
    func refused() throws {
        let m = RootMeanSquaredError()
        try m.updateState([1], [3])
        let good = RootMeanSquaredError(name: "another name")
        try good.updateState([1], [2])
        let before = m.state
        let others: [any Metric] = [
            Mean(), MeanSquaredError(), RootMeanSquaredError(dtype: .float64), Sum(), AUC(), R2Score(),
        ]
        for other in others {
            let error = #expect(throws: DescentError.self) { try m.mergeState([good, other]) }
            #expect(error?.operation == "mergeState" && error?.location != nil)
            #expect(m.state == before)
        }
        try m.mergeState([good])
        #expect(m.state.sums.map(\.numbers) == [[5], [2]])
        // The same class with other arguments.
        #expect(throws: DescentError.self) {
            try Precision(thresholds: [0.2]).mergeState([Precision(thresholds: [0.3])])
        }
        #expect(throws: DescentError.self) {
            try TopKCategoricalAccuracy(k: 2).mergeState([TopKCategoricalAccuracy(k: 3)])
        }
        #expect(throws: DescentError.self) { try AUC(numThresholds: 3).mergeState([AUC(numThresholds: 4)]) }
    }

    @Test("across types only what is kept must fit")
    func acrossTypes() throws {
        let m = RootMeanSquaredError()
        let squares = Mean()
        try squares.updateState([4, 16])
        try m.mergeState([squares], acrossTypes: true)
        #expect(Float(m.result()) == Float(10).squareRoot())
        let before = m.state
        #expect(throws: DescentError.self) { try m.mergeState([squares, Sum()], acrossTypes: true) }
        #expect(throws: DescentError.self) { try m.mergeState([Mean(dtype: .float64)], acrossTypes: true) }
        #expect(throws: DescentError.self) {
            try Precision().mergeState([Precision(thresholds: [0.1, 0.2])], acrossTypes: true)
        }
        #expect(m.state == before)
    }

    @Test("an extent that a batch decides must agree")
    func openExtents() throws {
        let (two, three, none) = (
            R2Score(classAggregation: nil), R2Score(classAggregation: nil), R2Score(classAggregation: nil)
        )
        try two.updateState([[1, 2], [3, 5]], [[1, 2], [3, 4]])
        try three.updateState([[1, 2, 3]], [[1, 2, 3]])
        let before = two.state
        #expect(throws: DescentError.self) { try two.mergeState([three]) }
        #expect(throws: DescentError.self) { try two.mergeState([none, three]) }
        #expect(throws: DescentError.self) { try none.mergeState([two, three]) }
        #expect(throws: DescentError.self) { try two.updateState([[1, 2, 3]], [[1, 2, 3]]) }
        #expect(two.state == before && none.state == R2Score().state)
        try two.mergeState([none])
        #expect(two.state == before)
        try none.mergeState([two])
        #expect(none.state == before)
        two.resetState()
        try two.updateState([[1, 2, 3]], [[1, 2, 3]])
        #expect(two.state == three.state)
    }
}
