import DescentCore
import DescentData
import DescentFiles
import DescentTestSupport
import Testing

@Suite("labels of classes")
struct LabelsTests {
    @Test("categories as Keras makes them")
    func categories() throws {
        for value in try Recorded.cases("categories", 6) {
            let item = try #require(value.object)
            for dtype in [DType.int32, .int64, .float32] {
                let labels = try Recorded.tensor(item["labels"], dtype: dtype)
                let got = try toCategorical(labels, numClasses: item["classes"]?.integer)
                #expect(mismatch(got, try Recorded.tensor(item["result"], dtype: .float32), .bits) == nil, "\(item)")
            }
        }
        #expect(try toCategorical([1], dtype: .bool).dtype == .bool)
        #expect(try toCategorical(Tensor([Int]()), numClasses: 3).shape == [0, 3])
        #expect(try numbers(toCategorical(Tensor(2))) == [0, 0, 1])
    }

    @Test("class weights as Keras applies them")
    func weights() throws {
        for value in try Recorded.cases("weights", 5) {
            let item = try #require(value.object)
            let table = try #require(item["weights"]?.object)
            var weights: [Int: Double] = [:]
            for key in table.keys { weights[try #require(Int(key))] = table[key]?.number }
            let got = try sampleWeights(for: Recorded.tensor(item["labels"], dtype: .float64), classWeight: weights)
            #expect(mismatch(got, try Recorded.tensor(item["result"], dtype: .float32), .bits) == nil, "\(item)")
        }
        #expect(try numbers(sampleWeights(for: [[0, 5, 5], [1, 1, 1]], classWeight: [1: 3, 0: 7])) == [3, 7])
        #expect(try numbers(sampleWeights(for: [1e30, -0.4], classWeight: [0: 7])) == [1, 7])
        #expect(try sampleWeights(for: Tensor([1, 2]), classWeight: [:], dtype: .float64).dtype == .float64)
    }

    @Test("labels that are none")
    func refusals() {
        expectRefusal("0..<3", "3 at position 1") { try toCategorical([0, 3], numClasses: 3) }
        expectRefusal("negative", "-1 at position 1") { try toCategorical([0, -1]) }
        expectRefusal("whole", "0.5 at position 0") { try toCategorical([0.5, 1]) }
        expectRefusal("whole", "nan at position 0") { try toCategorical(Tensor([Float.nan])) }
        expectRefusal("whole", "inf") { try toCategorical(Tensor([Float.infinity])) }
        expectRefusal("there must be a label") { try toCategorical(Tensor([Int]())) }
        expectRefusal("numClasses", "0") { try toCategorical(Tensor([Int]()), numClasses: 0) }
        expectRefusal("numClasses", "2000000001") { try toCategorical(Tensor([2_000_000_000])) }
        expectRefusal("finite", "row 1") {
            try sampleWeights(for: Tensor([[1, 0], [.nan, 1]] as [[Float]]), classWeight: [:])
        }
        expectRefusal("-2.0 for class 3") { try sampleWeights(for: [1], classWeight: [1: 1, 3: -2]) }
        expectRefusal("nan for class 3") { try sampleWeights(for: [1], classWeight: [3: .nan]) }
        expectRefusal("[1, 1, 1]") { try sampleWeights(for: Tensor.zeros([1, 1, 1]), classWeight: [:]) }
        expectRefusal("class", "[2, 0]") { try sampleWeights(for: Tensor.zeros([2, 0]), classWeight: [:]) }
        expectRefusal("int32") { try sampleWeights(for: [1], classWeight: [:], dtype: .int32) }
    }
}
