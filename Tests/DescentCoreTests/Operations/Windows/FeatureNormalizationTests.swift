import DescentCore
import DescentTestSupport
import Testing

@Suite("Normalizations of features")
struct FeatureNormalizationTests {
    @Test("mean 0 and variance 1, over the right axes")
    func standard() throws {
        var random = SplitMix64(seed: 1)
        let x = 3 * random.normal([4, 6, 5], dtype: .float64) + 2
        let layer = layerNorm(x, axes: [1, 2], epsilon: 0)
        #expect(mismatch(layer.mean(axes: 1, 2), Tensor.zeros([4], dtype: .float64), .within(absolute: 1e-14)) == nil)
        #expect(
            mismatch(square(layer).mean(axes: 1, 2), Tensor.ones([4], dtype: .float64), .within(absolute: 1e-14)) == nil
        )
        let (batch, mean, variance) = batchNorm(x, epsilon: 0)
        #expect(mean.shape == [6] && variance.shape == [6])
        #expect(mismatch(batch.mean(axes: 0, 2), Tensor.zeros([6], dtype: .float64), .within(absolute: 1e-14)) == nil)
        let known = batchNorm(x, mean: mean, variance: variance, epsilon: 0)
        #expect(mismatch(known, batch, .within(absolute: 1e-14)) == nil)
        let groups = groupNorm(x, groups: 3, epsilon: 0).reshape(4, 3, 10)
        #expect(mismatch(groups.mean(axes: 2), Tensor.zeros([4, 3], dtype: .float64), .within(absolute: 1e-14)) == nil)
        // One group is a layer norm over everything but the batch; as many groups as features, one for each.
        #expect(mismatch(groupNorm(x, groups: 1), layerNorm(x, axes: [1, 2]), .within(absolute: 1e-13)) == nil)
        #expect(mismatch(groupNorm(x, groups: 6), layerNorm(x, axes: [2]), .within(absolute: 1e-13)) == nil)
        let last = groupNorm(x.permute(0, 2, 1), groups: 3, axis: -1).permute(0, 2, 1)
        #expect(mismatch(last, groupNorm(x, groups: 3), .within(absolute: 1e-13)) == nil)
    }

    @Test("first and second derivatives")
    func derivatives() throws {
        var random = SplitMix64(seed: 2)
        let inputs = [[3, 4, 2], [4], [4]].map { random.normal(Shape($0), dtype: .float64) }
        for order in 1...2 {
            for f in [
                { batchNorm($0[0], scale: $0[1], offset: $0[2]).y },
                { groupNorm($0[0], groups: 2, scale: $0[1], offset: $0[2]) },
                { layerNorm($0[0].permute(0, 2, 1), scale: $0[1], offset: $0[2]) },
                { batchNorm($0[0], mean: $0[1], variance: square($0[2]) + 1) },
            ] as [@Sendable ([Tensor]) -> Tensor] {
                #expect(try checkGradient(of: f, at: inputs, order: order).failure == nil)
            }
        }
    }

    @Test("refused at once")
    func refused() {
        let x = Tensor.ones([2, 4])
        for poison in [
            layerNorm(x, scale: Tensor.ones([2])), batchNorm(x, scale: Tensor.ones([2])).y, groupNorm(x, groups: 3),
            batchNorm(x, mean: Tensor.ones([4, 1]), variance: Tensor.ones([4])), layerNorm(x, axes: [2]),
        ] {
            #expect(poison.error?.location?.file.contains("FeatureNormalizationTests") == true)
        }
    }
}
