import Descent
import DescentTestSupport
import Testing

/// The functions beside the losses of the same names.
@Suite struct LossFunctionTests {
    @Test func functionsOfVariablesAndLossesWithoutReductionAgree() throws {
        var random = SplitMix64(seed: 5)
        let (t, p) = (random.uniform([4, 3], in: 0.1..<0.9), random.uniform([4, 3], in: 0.1..<0.9))
        let (vt, vp) = (Variable(t), Variable(p))
        let labels = Tensor([0, 2, 1, 0], dtype: .int32)
        let variableLabels = Variable(labels)
        let pairs: [(Loss, Tensor, Tensor)] = [
            (.meanSquaredError, meanSquaredError(t, p), meanSquaredError(vt, vp)),
            (.meanAbsoluteError, meanAbsoluteError(t, p), meanAbsoluteError(vt, vp)),
            (
                .meanAbsolutePercentageError, meanAbsolutePercentageError(t, p), meanAbsolutePercentageError(vt, vp)
            ),
            (
                .meanSquaredLogarithmicError, meanSquaredLogarithmicError(t, p), meanSquaredLogarithmicError(vt, vp)
            ),
            (.huber(delta: 0.2), huber(t, p, delta: 0.2), huber(vt, vp, delta: 0.2)),
            (.logCosh, logCosh(t, p), logCosh(vt, vp)),
            (.quantile(0.7), quantileLoss(t, p, 0.7), quantileLoss(vt, vp, 0.7)),
            (.cosineSimilarity(axis: 0), cosineSimilarity(t, p, axis: 0), cosineSimilarity(vt, vp, axis: 0)),
            (.poisson, poisson(t, p), poisson(vt, vp)),
            (.klDivergence, klDivergence(t, p), klDivergence(vt, vp)),
            (.hinge, hinge(t, p), hinge(vt, vp)),
            (.squaredHinge, squaredHinge(t, p), squaredHinge(vt, vp)),
            (.categoricalHinge, categoricalHinge(t, p), categoricalHinge(vt, vp)),
            (
                .binaryCrossentropy(fromLogits: true, labelSmoothing: 0.1, axis: 0),
                binaryCrossentropy(t, p, fromLogits: true, labelSmoothing: 0.1, axis: 0),
                binaryCrossentropy(vt, vp, fromLogits: true, labelSmoothing: 0.1, axis: 0)
            ),
            (
                .binaryFocalCrossentropy(
                    applyClassBalancing: true, alpha: 0.3, gamma: 3, fromLogits: true, labelSmoothing: 0.1, axis: 0),
                binaryFocalCrossentropy(
                    t, p, applyClassBalancing: true, alpha: 0.3, gamma: 3, fromLogits: true, labelSmoothing: 0.1,
                    axis: 0),
                binaryFocalCrossentropy(
                    vt, vp, applyClassBalancing: true, alpha: 0.3, gamma: 3, fromLogits: true, labelSmoothing: 0.1,
                    axis: 0)
            ),
            (
                .categoricalCrossentropy(fromLogits: true, labelSmoothing: 0.1, axis: 0),
                categoricalCrossentropy(t, p, fromLogits: true, labelSmoothing: 0.1, axis: 0),
                categoricalCrossentropy(vt, vp, fromLogits: true, labelSmoothing: 0.1, axis: 0)
            ),
            (
                .categoricalFocalCrossentropy(
                    alpha: [0.5], gamma: 3, fromLogits: true, labelSmoothing: 0.1, axis: 0),
                categoricalFocalCrossentropy(
                    t, p, alpha: [0.5], gamma: 3, fromLogits: true, labelSmoothing: 0.1, axis: 0),
                categoricalFocalCrossentropy(
                    vt, vp, alpha: 0.5, gamma: 3, fromLogits: true, labelSmoothing: 0.1, axis: 0)
            ),
            (
                .sparseCategoricalCrossentropy(fromLogits: true, ignoreClass: 2),
                sparseCategoricalCrossentropy(labels, p, fromLogits: true, ignoreClass: 2),
                sparseCategoricalCrossentropy(variableLabels, vp, fromLogits: true, ignoreClass: 2)
            ),
            (
                .categoricalGeneralizedCrossEntropy(q: 0.3), categoricalGeneralizedCrossEntropy(labels, p, q: 0.3),
                categoricalGeneralizedCrossEntropy(variableLabels, vp, q: 0.3)
            ),
            (.dice(axis: [1]), dice(t, p, axis: [1]), dice(vt, vp, axis: [1])),
            (
                .tversky(alpha: 0.2, beta: 0.7, axis: [1]), tversky(t, p, alpha: 0.2, beta: 0.7, axis: [1]),
                tversky(vt, vp, alpha: 0.2, beta: 0.7, axis: [1])
            ),
            (
                .circle(gamma: 2, margin: 0.3, removeDiagonal: false),
                circle(labels, p, gamma: 2, margin: 0.3, removeDiagonal: false),
                circle(variableLabels, vp, gamma: 2, margin: 0.3, removeDiagonal: false)
            ),
        ]
        #expect(Set(pairs.map(\.0.className)).count == 22)
        for (loss, tensors, variables) in pairs {
            let config = loss.getConfig().merging(["reduction": "none"])
            let values = try Loss.fromConfig(config, className: loss.className)
            let takesLabels = [
                "SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy", "Circle",
            ].contains(loss.className)
            #expect(mismatch(values(takesLabels ? labels : t, p), tensors, .bits) == nil, "\(loss)")
            #expect(mismatch(tensors, variables, .bits) == nil, "\(loss)")
            #expect(try tensors.evaluated().rank == 1, "\(loss)")
        }
    }

    @Test func rmseIsTheLossAndTheRootOfTheMeanSquare() throws {
        let item = LossCases.all[0]
        let root = Double(rmse(item.yPred, item.yTrue))
        #expect(Double(Loss.rmse(item.yTrue, item.yPred)) == root)
        #expect(abs(root * root - Double(Loss.mse(item.yTrue, item.yPred))) < 1e-15)
        #expect(Float(rmse(Variable([1, 2]), Variable([1, 4]))) == Float(2).squareRoot())
    }

    @Test func rmseWithWeightsIsThatOfTheMetric() {
        let (t, p) = ([[0, 1], [0, 0]] as Tensor, [[1, 1], [0, 0]] as Tensor)
        #expect(Float(Loss.rmse(t, p)) == 0.5)
        #expect(Float(Loss.rmse(t, p, sampleWeight: [1, 0])) == 0.70710677)
        #expect(Float(Loss.rmse(t, p, sampleWeight: [0, 0])) == 0)
        let sum = Loss.rootMeanSquaredError(reduction: .sum)
        #expect(Float(sum(t, [[2, 1], [0, 2]])) == 2)
        let each = Loss.rootMeanSquaredError(reduction: .none)
        #expect(mismatch(each([[0, 0], [3, 3]], [[2, 2], [3, 3]]), [2, 0]) == nil)
        let batch = Loss.rootMeanSquaredError(reduction: .sumOverBatchSize)
        #expect(Float(batch(t, p, sampleWeight: [1, 0])) == 0.5)
        #expect(Float(rmse(Tensor.zeros([0]), Tensor.zeros([0]))) == 0)
    }

    @Test func aLossTrains() throws {
        let w = Variable(3.0)
        let opt = RMSprop(learningRate: 0.1)
        for _ in 0..<100 { try opt.minimize([w]) { Loss.huber(Tensor([[1.0]]), w.value.reshape(1, 1)) } }
        #expect(abs(Float(w) - 1) < 0.1)
    }

    @Test func focalWeightsMayDifferByClass() {
        let (t, p) = ([[0, 1], [1, 0]] as Tensor, [[0.5, 0.5], [0.75, 0.25]] as Tensor)
        let plain = categoricalFocalCrossentropy(t, p, alpha: 1)
        #expect(mismatch(categoricalFocalCrossentropy(t, p, alpha: [2, 4]), plain * [4, 2]) == nil)
        #expect(mismatch(categoricalFocalCrossentropy(t, p, alpha: 2), plain * 2) == nil)
        let columns = categoricalFocalCrossentropy(t.transposed(), p.transposed(), alpha: [2, 4], axis: 0)
        #expect(mismatch(columns, plain * [4, 2]) == nil)
    }

    @Test func clippedProbabilitiesHaveTheirSlopeAtTheBounds() throws {
        let p = Variable(Tensor([[1, 0.5]], dtype: .float64))
        let (_, gradients) = try valueAndGradient([p]) { klDivergence([[1, 0.5]], p.value) }
        #expect(mismatch(gradients[0]!, [[-1, -1]]) == nil)
    }

    @Test func numbersOfKeras() {
        let close = Tolerance.within(relative: 2e-6, absolute: 2e-8)
        let embeddings: Tensor = [[1, 0], [0.6, 0.8], [0, 1]]
        #expect(mismatch(circle([0, 0, 1], embeddings), [2.7607682e-6, 38.4, 0], close) == nil)
        #expect(mismatch(Loss.circle([0, 0, 1], embeddings), 19.200003, close) == nil)
        // Rows that do not sum to 1.
        let scores: Tensor = [[0.5, 0.25], [0.25, 0.5]]
        #expect(mismatch(sparseCategoricalCrossentropy([0, 1], scores), [0.4054651, 0.4054651], close) == nil)
        #expect(mismatch(Loss.klDivergence([[0, 1]], [[1, 0]]), 16.118093, close) == nil)
        let focal = binaryFocalCrossentropy([[1, 0, 1, 0]], [[1, 0, 0, 1]])
        #expect(mismatch(focal, [8.01512], .within(relative: 2e-5)) == nil)
    }

    @Test func knownNumbers() {
        // Each by hand from its formula.
        let (t, p) = (Tensor([[1, 2]], dtype: .float64), Tensor([[3, 1]], dtype: .float64))
        let within = Tolerance.within(relative: 1e-14)
        #expect(mismatch(meanSquaredError(t, p), [2.5]) == nil)
        #expect(mismatch(meanAbsoluteError(t, p), [1.5]) == nil)
        #expect(mismatch(meanAbsolutePercentageError(t, p), [125]) == nil)
        #expect(mismatch(huber(t, p), [1]) == nil)
        #expect(mismatch(huber(t, p, delta: 3), [1.25]) == nil)
        #expect(mismatch(huber(t, p, delta: 2), [1.25]) == nil)
        #expect(mismatch(huber(t, p, delta: 2.0078125), [1.25]) == nil)
        #expect(mismatch(huber(t, p, delta: 1.9921875), [1.2499847412109375], within) == nil)
        #expect(mismatch(quantileLoss(t, p, 0.75), [0.625]) == nil)
        #expect(mismatch(cosineSimilarity(t, p), [-0.7071067811865476], within) == nil)
        #expect(mismatch(meanSquaredLogarithmicError(t, p), [0.32242748390568343], within) == nil)
        #expect(mismatch(logCosh(t, p), [0.8793917889204458], within) == nil)
        #expect(mismatch(poisson(t, p), [1.4506937389992838], within) == nil)
    }
}
