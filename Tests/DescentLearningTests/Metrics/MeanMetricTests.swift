import Descent
import DescentTestSupport
import Testing

@Suite("means of functions")
struct MeanMetricTests {
    @Test("a column beside a vector is a sample for each element, not a row of one sample")
    func columns() throws {
        for (t, p) in [
            (Tensor([[1], [2], [3], [4]]), Tensor([1, 2, 3, 6])),
            (Tensor([1, 2, 3, 4]), Tensor([[1], [2], [3], [6]])),
        ] {
            let m = MeanSquaredError()
            try m.updateState(t, p, sampleWeight: [1, 1, 1, 3])
            #expect(Float(m.result()) == 2)
            #expect(m.state.sums.map(\.numbers) == [[12], [6]])
        }
        // Of higher ranks the axis is squeezed: three values for each of two samples.
        let m = MeanAbsoluteError()
        try m.updateState(.zeros([2, 3, 1]), .full([2, 3], 2))
        #expect(m.state.sums.map(\.numbers) == [[4], [2]])
    }

    @Test("a weight that lacks two axes folds a mean's values to their mean, a sum's to their sum")
    func foldedValues() throws {
        let values = Tensor.arange(12).reshape([2, 3, 2])
        let (mean, sum) = (Mean(), Sum())
        try mean.updateState(values, sampleWeight: [1, 2])
        try sum.updateState(values, sampleWeight: [1, 2])
        #expect(mean.state.sums.map(\.numbers) == [[2.5 + 2 * 8.5], [3]])
        #expect(Float(sum.result()) == 15 + 2 * 51)
    }

    @Test("weights are rounded to the metric's type, products are not")
    func weightType() throws {
        let m = Mean()
        let tenth = Double(Float(0.1))
        try m.updateState([0.1], sampleWeight: Tensor([0.1], dtype: .float64))
        #expect(m.state.sums.map(\.numbers) == [[tenth * tenth], [tenth]])
    }

    @Test("a mean takes one tensor, and says so")
    func oneTensor() throws {
        let metric: any Metric = Mean()
        let error = #expect(throws: DescentError.self) { try metric.updateState([1], [2]) }
        #expect(error?.message.contains("Mean takes one tensor") == true)
        let variable = Variable([2, 4])
        let mean = Mean()
        try mean.updateState(variable)
        #expect(Float(mean.result()) == 3)
        #expect(try Float(mean([6])) == 4)
    }

    @Test("a function of one's own")
    func wrapper() throws {
        let m = MeanMetricWrapper(name: "absolute", dtype: .float64) { ($0 - $1).abs() }
        #expect(try Double(m([1, 2], [1, 4], sampleWeight: [1, 3])) == 1.5)
        #expect(m.getConfig() == ["name": "absolute", "dtype": "float64"])
        let bad = MeanMetricWrapper { yTrue, _ in
            throw DescentError("absolute", "is never content", received: "\(yTrue.shape)")
        }
        #expect(throws: DescentError.self) { try bad.updateState([1], [2]) }
        #expect(Float(bad.result()) == 0)
    }

    @Test("directions of short vectors count, those of no length do not")
    func shortVectors() throws {
        #expect(try mismatch(CosineSimilarity()([[1e-4, 0]], [[2e-4, 0]]), 1.0, .within(relative: 1e-6)) == nil)
        #expect(try Float(CosineSimilarity()([[0, 0]], [[1, 0]])) == 0)
    }
}
