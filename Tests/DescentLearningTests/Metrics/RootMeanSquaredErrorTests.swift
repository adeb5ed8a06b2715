import Descent
import DescentTestSupport
import Testing

@Suite("the root mean squared error")
struct RootMeanSquaredErrorTests {
    @Test("the documented examples print as documented")
    func documented() throws {
        let m = RootMeanSquaredError()
        try m.updateState([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        #expect("\(m.result())" == "0.5")
        m.resetState()
        try m.updateState([[0, 1], [0, 0]], [[1, 1], [0, 0]], sampleWeight: [1, 0])
        #expect("\(m.result())" == "0.70710677")
        #expect(m.name == "root_mean_squared_error")
        #expect(m.dtype == .float32 && m.result().dtype == .float32 && m.result().shape == [])
        #expect(m.getConfig() == ["name": "root_mean_squared_error", "dtype": "float32"])
    }

    @Test("loss and metric are the same number")
    func lossAndMetric() throws {
        var random = SplitMix64(seed: 3)
        let p = Tensor((0..<60).map { _ in Double.random(in: -3...3, using: &random) }, shape: [20, 3])
        let t = Tensor((0..<60).map { _ in Double.random(in: -3...3, using: &random) }, shape: [20, 3])
        let m = RootMeanSquaredError(dtype: .float64)
        #expect(try mismatch(m(t, p), rmse(p, t), .within(relative: 1e-15)) == nil)
        #expect(try "\(RootMeanSquaredError()([3.0, -0.1, 2.0, 7.5], [2.5, 0.0, 2.1, 7.8]))" == "0.30000004")
    }

    /// What a weight of some shape means, element by element, in plain words: nil where it is refused.
    static func weights(_ weight: [Int], beside values: [Int]) -> (([Int]) -> [Int])? {
        var extents = weight
        if extents.isEmpty { return { _ in [] } }
        if extents.count == values.count + 1 {
            guard extents.removeLast() == 1 else { return nil }
            if extents.isEmpty { return { _ in [0] } }
        } else if extents.count + 1 == values.count {
            extents.append(1)
        }
        guard extents.count <= values.count else { return nil }
        // A weight that lacks two axes or more must have exactly the axes it has.
        let isExact = extents.count < values.count
        for (own, other) in zip(extents, values) where own != other && (own != 1 || isExact) { return nil }
        return { place in
            let coordinates = zip(extents, place).map { $0 == 1 ? 0 : $1 }
            return weight.count <= coordinates.count
                ? Array(coordinates.prefix(weight.count)) : coordinates + [0]
        }
    }

    @Test("a weight of every shape counts as documented, or is refused and changes nothing")
    func weightShapes() throws {
        var random = SplitMix64(seed: 5)
        let extents = [1, 2, 3]
        func shapes(_ rank: Int) -> [[Int]] {
            rank == 0 ? [[]] : shapes(rank - 1).flatMap { shape in extents.map { shape + [$0] } }
        }
        let valueShapes: [[Int]] = [
            [], [1], [2], [3], [2, 3], [2, 2], [3, 1], [1, 3], [2, 3, 2], [2, 1, 3], [1, 2, 3, 2],
        ]
        var (accepted, refused) = (0, 0)
        for values in valueShapes {
            for weight in (0...4).flatMap(shapes) {
                let count = values.reduce(1, *)
                let t = (0..<count).map { _ in Double.random(in: -3...3, using: &random) }
                let p = (0..<count).map { _ in Double.random(in: -3...3, using: &random) }
                let w = (0..<weight.reduce(1, *)).map { _ in Double.random(in: 0.5...2, using: &random) }
                let m = RootMeanSquaredError(dtype: .float64)
                let update = {
                    try m.updateState(
                        Tensor(t, shape: Shape(values)), Tensor(p, shape: Shape(values)),
                        sampleWeight: Tensor(w, shape: Shape(weight)))
                }
                guard let place = Self.weights(weight, beside: values) else {
                    refused += 1
                    let error = #expect(throws: DescentError.self, "\(weight) beside \(values)") { try update() }
                    #expect(error?.message.contains("\(Shape(weight))") == true)
                    #expect(error?.location?.file.hasSuffix("RootMeanSquaredErrorTests.swift") == true)
                    #expect(m.state == RootMeanSquaredError(dtype: .float64).state)
                    continue
                }
                accepted += 1
                try update()
                let weightStrides = Shape(weight).strides
                let valueStrides = Shape(values).strides
                var (total, divisor) = (0.0, 0.0)
                for index in 0..<count {
                    let coordinates = zip(values, valueStrides).map { index / $1 % $0 }
                    let own = w[zip(place(coordinates), weightStrides).reduce(0) { $0 + $1.0 * $1.1 }]
                    total += own * (t[index] - p[index]) * (t[index] - p[index])
                    divisor += own
                }
                let want = (total / divisor).squareRoot()
                #expect(
                    mismatch(m.result(), want, .within(relative: 1e-13)) == nil, "\(weight) beside \(values)")
            }
        }
        #expect(accepted > 50 && refused > 500)
    }

    @Test("negative weights, weights that add up to 0, and weights of 0 beside NaN")
    func unusualWeights() throws {
        let m = RootMeanSquaredError()
        #expect(try Float(m([0, 0], [2, 4], sampleWeight: [-1, 1])) == 0)
        #expect(m.state.sums.map(\.numbers) == [[12], [0]])
        m.resetState()
        #expect(try Float(m([0, 0], [2, 2], sampleWeight: [-1, -1])) == 2)
        #expect(try Float(m([0], [4], sampleWeight: [1])).isNaN, "a negative mean has no root")
        m.resetState()
        #expect(try Float(m([0, 0], [2, 2], sampleWeight: [0, 0])) == 0)
        #expect(try Float(m([0, 0], [Tensor(Float.infinity), 2], sampleWeight: [0, 1])).isNaN)
        m.resetState()
        #expect(try Float(m([Tensor(Float.nan), 0], [1, 1], sampleWeight: [0, 1])).isNaN)
        #expect(try Float(m([0], [1])).isNaN, "NaN stays until the reset")
        m.resetState()
        #expect(try Float(m([0], [1])) == 1)
    }

    @Test("an empty batch changes nothing, whatever its weights")
    func emptyBatches() throws {
        let m = RootMeanSquaredError()
        try m.updateState([0, 0], [3, 3])
        let before = m.state
        try m.updateState(.zeros([0]), .zeros([0]))
        try m.updateState(.zeros([0, 3]), .zeros([0, 3]), sampleWeight: .zeros([0]))
        try m.updateState(.zeros([0, 3]), .zeros([0, 3]), sampleWeight: .ones([]))
        try m.updateState(.zeros([0, 3]), .zeros([0, 3]), sampleWeight: .ones([1, 3]))
        try m.updateState(.zeros([2, 0]), .zeros([2, 0]), sampleWeight: .ones([2]))
        #expect(m.state == before)
    }

    @Test("what is refused changes nothing, and the error says where")
    func refused() throws {
        let m = RootMeanSquaredError()
        try m.updateState([1, 2], [1, 4])
        let before = m.state
        let bad = Tensor.ones([2]) + Tensor.ones([3])
        for (t, p, w) in [
            (Tensor.ones([2]), Tensor.ones([3]), nil), (.ones([2, 3]), .ones([3, 2]), nil),
            (bad, .ones([2]), nil), (.ones([2]), bad, nil), (.ones([2]), .ones([2]), bad),
            (Tensor.ones([2]), Tensor.ones([2]), Tensor.ones([3])),
            // An index that is only found out when the expression is computed.
            (Tensor.ones([2]), Tensor.ones([2]).gather([0, 7]), nil),
        ] as [(Tensor, Tensor, Tensor?)] {
            let error = #expect(throws: DescentError.self) { try m.updateState(t, p, sampleWeight: w) }
            #expect(error?.location != nil)
            #expect(m.state == before)
        }
    }

    @Test("an integer dtype is refused where the metric is first used")
    func integerDType() throws {
        let m = RootMeanSquaredError(dtype: .int32)
        let error = #expect(throws: DescentError.self) { try m.updateState([1], [2]) }
        #expect(error?.message.contains("int32") == true)
        #expect(m.result().error != nil)
        #expect(throws: DescentError.self) { try RootMeanSquaredError().mergeState([m]) }
        #expect(throws: DescentError.self) { try m.mergeState([]) }
        #expect(throws: DescentError.self) { try m.setState(m.state) }
        #expect(throws: DescentError.self) { try RootMeanSquaredError.fromConfig(["dtype": "int32"]) }
        #expect(throws: DescentError.self) { try RootMeanSquaredError.fromConfig(["dtype": "bool"]) }
    }

    @Test("numbers meet in the metric's dtype, and add up in double precision")
    func precision() throws {
        let one = RootMeanSquaredError()
        // 1e-8 is lost beside 1 in float32.
        #expect(try Float(one([1], [Tensor(1 + 1e-8, dtype: .float64)])) == 0)
        let two = RootMeanSquaredError(dtype: .float64)
        #expect(try mismatch(two([1], [Tensor(1 + 1e-8, dtype: .float64)]), 1e-8, .within(relative: 1e-7)) == nil)
        // 2²⁴ + 1 ones: a count in float32 would stand still.
        let mean = Mean()
        try mean.updateState(.ones([1 << 24]))
        try mean.updateState(.ones([1]))
        #expect(mean.state.sums[0].numbers == [16_777_217] && mean.state.sums[1].numbers == [16_777_217])
    }

    @Test("a variable may stand for either side; two metrics on two threads do not meet")
    func variablesAndThreads() async throws {
        let w = Variable([1, 2])
        let m = RootMeanSquaredError()
        try m.updateState(w, Tensor([3, 4]))
        try m.updateState(Tensor([3, 4]), w.tensor)
        #expect(Float(m.result()) == 2)
        let results = try await withThrowingTaskGroup(of: Float.self) { group in
            for task in 1...8 {
                group.addTask {
                    let own = RootMeanSquaredError()
                    for _ in 0..<50 { try own.updateState(.zeros([100]), .full([100], Tensor(Double(task)))) }
                    return Float(own.result())
                }
            }
            return try await group.reduce(into: Set<Float>()) { $0.insert($1) }
        }
        #expect(results == [1, 2, 3, 4, 5, 6, 7, 8])
    }
}
