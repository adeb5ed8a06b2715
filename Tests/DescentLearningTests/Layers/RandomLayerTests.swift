import DescentCore
import DescentTestSupport
import Testing

@testable import DescentLearning

@Suite struct RandomLayerTests {
    @Test func dropoutDropsItsShareAndScalesTheRest() throws {
        for rate in [0.1, 0.5, 0.9] {
            let y = try withTraining(seed: 1) { Dropout(rate)(Tensor.ones([100, 100])) }.evaluated()
            let zeros = Double((y .== 0).cast(to: .float32).mean())
            // Four standard deviations of 10,000 tosses.
            #expect((zeros - rate).magnitude < 4 * (rate * (1 - rate) / 10_000).squareRoot())
            let kept = Float(1 / (1 - rate))
            #expect(y.scalars(as: Float.self).allSatisfy { $0 == 0 || ($0 / kept - 1).magnitude < 1e-6 })
        }
        #expect(mismatch(withTraining { Dropout(1)([1, 2]) }, [0, 0]) == nil)
        #expect(mismatch(withTraining { Dropout(0)([1, 2]) }, [1, 2]) == nil)
        #expect(mismatch(Dropout(0.5)([1, 2]), [1, 2]) == nil)
    }

    @Test func patternsRepeatAlongAxes() throws {
        let x = Tensor.ones([3, 50, 4])
        let y = try withTraining(seed: 1) { Dropout(0.5, noiseShape: [nil, 1, nil])(x) }.evaluated()
        #expect(Bool((y.max(axes: [1]) .== y.min(axes: [1])).all()))
        #expect(!Bool((y.max(axes: [0]) .== y.min(axes: [0])).all()))
        let spatial = try withTraining(seed: 1) { SpatialDropout1D(0.5)(x) }.evaluated()
        #expect(Bool((spatial.max(axes: [1]) .== spatial.min(axes: [1])).all()))
        let image = try withTraining(seed: 1) {
            SpatialDropout2D(0.5, dataFormat: .channelsFirst)(Tensor.ones([2, 40, 3, 3]))
        }.evaluated()
        #expect(Bool((image.max(axes: [2, 3]) .== image.min(axes: [2, 3])).all()))
    }

    @Test func passesDecideWhatIsDropped() throws {
        let layers = Sequential(Dropout(0.5), Dropout(0.5))
        func run(_ seed: Int) throws -> Tensor {
            try withTraining(seed: seed) { layers(Tensor.ones([200])) }.evaluated()
        }
        #expect(mismatch(try run(1), try run(1), .bits) == nil)
        #expect(mismatch(try run(1), try run(2), .bits) != nil)
        // Two layers in one pass are independent: a quarter is left.
        let left = Double((try run(3) .> 0).cast(to: .float32).mean())
        #expect(left > 0.12 && left < 0.4)
        let (a, b) = (Dropout(0.5, seed: 1), Dropout(0.5, seed: 2))
        let x = Tensor.ones([200])
        #expect(mismatch(withTraining(seed: 1) { a(x) }, withTraining(seed: 1) { b(x) }, .bits) != nil)
    }

    @Test func gradientsGoWhereElementsWent() throws {
        let x = Variable([1, 2, 3, 4, 5, 6])
        let dropout = Dropout(0.5)
        let (_, gradients) = try valueAndGradient([x]) {
            let y = withTraining(seed: 4) { dropout(x) }
            return y.sum()
        }
        let y = withTraining(seed: 4) { dropout(x) }
        #expect(mismatch(try #require(gradients[0]) * x, y) == nil)
    }

    @Test func noiseHasItsMoments() throws {
        let x = Tensor.randomNormal([40_000], seed: 9)
        let noisy = try withTraining(seed: 1) { GaussianNoise(0.5)(x) - x }.evaluated()
        #expect(Double(noisy.mean()).magnitude < 0.01)
        #expect((Double(variance(noisy)) / 0.25 - 1).magnitude < 0.03)
        let scaled = try withTraining(seed: 1) { GaussianDropout(0.2)(Tensor.ones([40_000])) }.evaluated()
        #expect((Double(scaled.mean()) - 1).magnitude < 0.01)
        #expect((Double(variance(scaled)) / 0.25 - 1).magnitude < 0.03)
        let alpha = try withTraining(seed: 1) { AlphaDropout(0.3)(x) }.evaluated()
        #expect(Double(alpha.mean()).magnitude < 0.03)
        #expect((Double(variance(alpha)) - 1).magnitude < 0.05)
    }

    @Test func recurrentDropoutIsTheSameAtAllSteps() throws {
        // The identity: what arrives is what was not dropped, the same features at each step.
        let layer = SimpleRNN(
            50, activation: .linear, useBias: false, kernelInitializer: .identity, recurrentInitializer: .zeros,
            dropout: 0.5, returnSequences: true)
        let y = try withTraining(seed: 2) { layer(Tensor.ones([2, 4, 50])) }.evaluated()
        #expect(Bool((y.max(axes: [1]) .== y.min(axes: [1])).all()))
        let dropped = Double((y .== 0).cast(to: .float32).mean())
        #expect(dropped > 0.3 && dropped < 0.7)
        let state = LSTM(8, recurrentDropout: 0.5)
        let x = Tensor.ones([2, 4, 3])
        _ = state(x)
        #expect(mismatch(withTraining(seed: 1) { state(x) }, state(x), .bits) != nil)
        #expect(mismatch(withTraining(seed: 1) { state(x) }, withTraining(seed: 1) { state(x) }, .bits) == nil)
    }

    @Test func recurrentDropoutLeavesTheStateItself() throws {
        // Gates that keep everything: what is dropped is what meets the matrix, not what is carried on.
        let ones = Tensor.ones([2, 6])
        let gru = GRU(6, kernelInitializer: .zeros, recurrentInitializer: .zeros, recurrentDropout: 0.5)
        _ = gru([[[1]]])
        gru.bias!.variable!.assign(concat([Tensor.full([2, 6], 20), Tensor.zeros([2, 12])], axis: 1))
        let kept = withTraining(seed: 1) { gru.run(Tensor.ones([2, 3, 1]), initialState: [ones]).output }
        #expect(mismatch(kept, ones, .within(absolute: 1e-6)) == nil)
        let lstm = LSTM(6, kernelInitializer: .zeros, recurrentInitializer: .zeros, recurrentDropout: 0.5)
        _ = lstm([[[1]]])
        lstm.bias!.variable!.assign(concat([Tensor.full([6], -40), Tensor.full([6], 40), Tensor.zeros([12])]))
        let carried = withTraining(seed: 1) { lstm.run(Tensor.ones([2, 3, 1]), initialState: [ones, ones]).state[1] }
        #expect(mismatch(carried, ones, .within(absolute: 1e-6)) == nil)
    }

    @Test func activitiesAddToTheLossOfAPass() throws {
        let layer = Dense(2, kernelInitializer: .ones, activityRegularizer: .l1(0.5))
        let pass = Pass(seed: 0)
        pass {
            _ = layer([[1, 1], [2, 2]])
            _ = ActivityRegularization(l2: 0.1)([[1, 2], [3, 4]])
        }
        #expect(pass.losses.count == 2)
        // Divided by two samples.
        #expect(mismatch(pass.losses[0], 0.5 * 12 / 2) == nil)
        #expect(mismatch(pass.losses[1], 0.1 * 30 / 2, .ulps(2)) == nil)
    }
}
