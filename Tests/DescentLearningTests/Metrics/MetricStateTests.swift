import DescentCore
import DescentLearning
import DescentTestSupport
import Foundation
import Testing

@Suite("the state of metrics")
struct MetricStateTests {
    @Test("a state can be written, read and continued", arguments: MetricMergingTests.makers.indices)
    func roundTrip(maker: Int) throws {
        let make = MetricMergingTests.makers[maker]
        let (t, p) = (Tensor([[0, 1, 1], [1, 0, 0]]), Tensor([[0.1, 0.7, 0.4], [0.3, 0.6, 0.2]]))
        let (m, again) = (make(), make())
        try m.updateState(t, p, sampleWeight: [[0.3], [0.7]])
        let json = try JSONEncoder().encode(m.state)
        try again.setState(try JSONDecoder().decode(MetricState.self, from: json))
        #expect(again.state == m.state)
        for metric in [m, again] { try metric.updateState(p, t) }
        #expect(mismatch(again.result(), m.result(), .bits) == nil)
        let third = make()
        try third.setWeights(again.getWeights())
        #expect(third.state.sums.map(\.numbers) == again.state.sums.map(\.numbers))
        m.resetState()
        #expect(m.state == make().state)
        #expect(mismatch(m.result(), make().result(), .bits) == nil)
    }

    @Test("names and shapes can be read")
    func reads() throws {
        #expect(RootMeanSquaredError().state.sums.map(\.name) == ["total", "count"])
        #expect(AUC(numThresholds: 5).state.sums.map(\.shape) == [[5], [5], [5], [5]])
        #expect(AUC(numThresholds: 5, multiLabel: true, numLabels: 2).state.sums[0].shape == [5, 2])
        #expect(AUC(numThresholds: 5, multiLabel: true).state.sums[0].shape == [5, 0])
        #expect(Mean().getWeights().map(\.dtype) == [.float64, .float64])
        #expect(Mean().getWeights().map(\.shape) == [[], []])
    }

    @Test("residues, NaN and infinities survive JSON")
    func unusualNumbers() throws {
        let m = Sum(dtype: .float64)
        try m.updateState([1e30, 1])
        try m.updateState([1e30])
        try m.updateState([3])
        let state = try JSONDecoder().decode(MetricState.self, from: JSONEncoder().encode(m.state))
        #expect(state == m.state && state.sums[0].residues != [0])
        try m.setState(state)
        try m.updateState([-1e30])
        try m.updateState([-1e30])
        // The first batch had rounded its own sum.
        #expect(Double(m.result()) == 3)
        for number in [Double.infinity, -.infinity, .nan] {
            let other = Sum()
            try other.updateState([Tensor(number)])
            let text = try JSONEncoder().encode(other.state)
            try other.setState(try JSONDecoder().decode(MetricState.self, from: text))
            #expect(mismatch(other.result(), number) == nil)
        }
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(
                MetricState.self, from: Data(#"{"sums":[{"name":"total","shape":[],"numbers":["many"]}]}"#.utf8))
        }
    }

    @Test("infinity and NaN go through sums as they should")
    func infinities() throws {
        let m = Sum()
        try m.updateState([Tensor(Double.infinity)])
        try m.updateState([1])
        #expect(Float(m.result()) == .infinity)
        try m.updateState([Tensor(-Double.infinity)])
        #expect(Float(m.result()).isNaN)
    }

    @Test("wrong names, counts and shapes throw, and nothing is changed")
    func refused() throws {
        let m = RootMeanSquaredError()
        try m.updateState([1], [3])
        let before = m.state
        typealias Entry = MetricState.Sum
        let good = Entry(name: "count", numbers: [7])
        for sums in [
            [], [Entry(name: "total", numbers: [1])], [Entry(name: "sum", numbers: [1]), good],
            [good, Entry(name: "total", numbers: [1])], [Entry(name: "total", shape: [1], numbers: [1]), good],
            [Entry(name: "total", numbers: [1, 2]), good], [Entry(name: "total", numbers: []), good],
            [Entry(name: "total", numbers: [1], residues: [0, 0]), good],
            [Entry(name: "total", shape: [-1], numbers: [1]), good],
        ] {
            let error = #expect(throws: DescentError.self) { try m.setState(MetricState(sums: sums)) }
            #expect(error?.location != nil)
            #expect(m.state == before)
        }
        let count = #expect(throws: DescentError.self) { try m.setWeights([1]) }
        #expect(count?.message.contains("2 sums: total, count. Received: 1 tensors") == true)
        let shape = #expect(throws: DescentError.self) { try m.setWeights([1, [1, 2]]) }
        #expect(
            shape?.message
                == "[setState] count of root_mean_squared_error has the shape []. Received: shape [2]")
        #expect(throws: DescentError.self) { try m.setWeights([1, Tensor.ones([2]) + Tensor.ones([3])]) }
        #expect(m.state == before)
        let r2 = R2Score()
        #expect(throws: DescentError.self) { try r2.setWeights([1, [1, 2], [1, 2], [1, 2], [1, 2, 3]]) }
        #expect(r2.state == R2Score().state)
        try r2.setWeights([4, [6, 5], [2, 1], [0, 0], [2, 2]])
        #expect(Float(r2.result()) == 1)
        #expect(throws: DescentError.self) { try r2.updateState([[1]], [[2]]) }
    }

    @Test("metrics that have seen nothing give 0, or NaN where nothing is defined")
    func empty() throws {
        for type in Metrics.classes where type.className != "MeanMetricWrapper" {
            guard let metric = try? Metrics.named(type.className) else { continue }
            let result = try metric.result().evaluated().scalars(as: Float.self)
            if metric is R2Score {
                #expect(result.allSatisfy { $0.isNaN })
            } else {
                #expect(result.allSatisfy { $0 == 0 }, "\(type.className)")
            }
        }
    }
}
