import DescentCore
import DescentLearning
import DescentTestSupport
import Testing

@Suite("a metric's update is one pass over memory")
struct MetricPlanTests {
    static let count = 100_000
    static let p = Tensor.randomNormal([count], seed: 1)
    static let t = Tensor.randomNormal([count], seed: 2)
    static let w = Tensor.randomUniform([count], seed: 3)

    @Test("with weights and without, nothing is stored in between")
    func fused() throws {
        try evaluate([Self.p, Self.t, Self.w])
        let m = RootMeanSquaredError()
        let weighted = try tracePlans { try m.updateState(Self.t, Self.p, sampleWeight: Self.w) }
        #expect(weighted.count == 1)
        #expect(weighted[0].stepCount == 1 && weighted[0].programCount == 1 && weighted[0].temporaryBytes == 0)
        // Three inputs of float32, two results of float64.
        #expect(weighted[0].bytesMoved == 3 * 4 * Self.count + 16)
        let plain = try tracePlans { try m.updateState(Self.t, Self.p) }
        #expect(plain.count == 1)
        #expect(plain[0].stepCount == 1 && plain[0].bytesMoved == 2 * 4 * Self.count + 8)
    }
}
