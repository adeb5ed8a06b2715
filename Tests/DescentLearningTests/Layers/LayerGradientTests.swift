import DescentCore
import DescentTestSupport
import Testing

@testable import DescentLearning

/// Gradients of layers against differences, beside those that Keras has recorded.
@Suite struct LayerGradientTests {
    private func check(_ layer: any Layer, _ shape: Shape, training: Bool = false, mask: Tensor? = nil) throws {
        var random = SplitMix64(seed: 11)
        let x = random.normal(shape, dtype: .float64)
        _ = try layer(x).evaluated()
        let report = try checkGradient(
            of: { (inputs: [Tensor]) in
                let run = { () -> Tensor in
                    (mask == nil ? nil : (layer as? any MaskedLayer)?(inputs[0], mask: mask)) ?? layer(inputs[0])
                }
                return training ? Pass(seed: 3)(run) : run()
            }, at: [x])
        #expect(report.failure == nil, "\(type(of: layer)): \(report)")
    }

    @Test func gradientsOfInputsAreThoseOfDifferences() throws {
        try check(Dense(3, activation: .gelu), [2, 4])
        try check(BatchNormalization(), [4, 3], training: true)
        try check(BatchNormalization(axis: 1), [3, 2, 4], training: true)
        try check(LayerNormalization(axis: [1, 2]), [2, 3, 2])
        try check(GroupNormalization(groups: 2), [2, 3, 4])
        try check(RMSNormalization(), [2, 4])
        try check(UnitNormalization(), [2, 4])
        try check(Conv1D(2, kernelSize: 3, padding: .causal, dilationRate: 2), [2, 5, 2])
        try check(Conv2DTranspose(2, kernelSize: 3, strides: 2, padding: .same), [1, 3, 2, 2])
        try check(AveragePooling1D(3, strides: 2, padding: .same), [2, 5, 2])
        try check(Bidirectional(LSTM(2, returnSequences: true)), [2, 5, 2])
        try check(GRU(3), [2, 7, 2])
        try check(GRU(2, resetAfter: false), [2, 4, 2], mask: Tensor([[1, 1, 0, 0], [1, 0, 1, 1]]) .> 0)
        try check(Sequential(Dropout(0.5), Dense(2)), [2, 4], training: true)
        try check(AlphaDropout(0.4), [3, 4], training: true)
        try check(SimpleRNN(2, dropout: 0.4, recurrentDropout: 0.4), [2, 3, 2], training: true)
    }

    @Test func embeddingsKeepTheirGradientsSparse() throws {
        let layer = Embedding(1000, 2, embeddingsInitializer: .ones)
        let words = Tensor([[3, 5], [3, 7]], dtype: .int32)
        _ = layer(words)
        let table = try #require(layer.embeddings.variable)
        let (_, gradients) = try valueAndGradient([table]) { layer(words).sum() }
        let gradient = try #require(gradients[0])
        let rows = try #require(IndexedSlices(gradient))
        #expect(rows.indices.count == 4)
        try SGD(learningRate: 1).minimize({ layer(words).sum() }, [table])
        #expect(mismatch(table.value.gather([2, 3, 5]), [[1, 1], [-1, -1], [0, 0]]) == nil)
    }

    @Test func longSequencesHaveTheGradientsOfShortOnes() throws {
        // The steps are halves of halves: odd numbers too.
        let layer = SimpleRNN(1, activation: .linear, kernelInitializer: .ones, recurrentInitializer: .ones)
        for count in [1, 2, 3, 5, 8, 33] {
            let x = Variable(Tensor.ones([1, count, 1]))
            let (value, gradients) = try valueAndGradient([x]) { layer(x).sum() }
            #expect(mismatch(value, Double(count)) == nil)
            #expect(mismatch(try #require(gradients[0]), Tensor.ones([1, count, 1])) == nil)
        }
    }

    @Test func statesGoOn() throws {
        for layer in [SimpleRNN(3), LSTM(3), GRU(3)] as [RecurrentLayer] {
            let x = Tensor.randomNormal([2, 6, 2], seed: 1, dtype: .float64)
            let parts = x.split(sizes: [2, 4], axis: 1)
            let first = layer.run(parts[0])
            let second = layer.run(parts[1], initialState: first.state)
            #expect(mismatch(second.output, layer(x), .within(absolute: 1e-12)) == nil)
            #expect(throws: DescentError.self) {
                try layer.run(x, initialState: [Tensor.zeros([1, 3])]).output.evaluated()
            }
        }
    }
}
