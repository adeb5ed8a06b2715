import Descent
import DescentTestSupport
import Testing

/// What sample weights, masks and empty batches do to a loss.
@Suite struct LossReductionTests {
    /// Losses of samples: 1, 4, 9.
    private let yTrue = Tensor([[0, 0], [0, 0], [0, 0]], dtype: .float64)
    private let yPred = Tensor([[1, 1], [2, 2], [3, 3]], dtype: .float64)

    private func mse(_ reduction: Reduction, _ weight: Tensor?) -> Tensor {
        Loss.meanSquaredError(reduction: reduction)(yTrue, yPred, sampleWeight: weight)
    }

    @Test func reductionsWithoutWeights() {
        #expect(mismatch(mse(.sumOverBatchSize, nil), 14.0 / 3, .ulps(1)) == nil)
        #expect(mismatch(mse(.mean, nil), 14.0 / 3, .ulps(1)) == nil)
        #expect(mismatch(mse(.sum, nil), 14) == nil)
        #expect(mismatch(mse(.none, nil), [1, 4, 9]) == nil)
        #expect(mismatch(mse(.meanWithSampleWeight, nil), 14.0 / 3, .ulps(1)) == nil)
    }

    @Test func reductionsWithWeights() {
        let weights: Tensor = [1, 0.5, 0]
        #expect(mismatch(mse(.sumOverBatchSize, weights), 1) == nil)
        #expect(mismatch(mse(.mean, weights), 1) == nil)
        #expect(mismatch(mse(.sum, weights), 3) == nil)
        #expect(mismatch(mse(.none, weights), [1, 2, 0]) == nil)
        #expect(mismatch(mse(.meanWithSampleWeight, weights), 2) == nil)
    }

    @Test func aColumnOfWeightsMakesAColumnOfLosses() {
        #expect(mismatch(mse(.none, [[1], [0.5], [0]]), [[1], [2], [0]]) == nil)
        #expect(mismatch(mse(.sum, [[1], [0.5], [0]]), 3) == nil)
        #expect(mismatch(mse(.meanWithSampleWeight, [[1], [0.5], [0]]), 2) == nil)
    }

    @Test func aSingleWeightScales() {
        #expect(mismatch(mse(.sum, 2), 28) == nil)
        #expect(mismatch(mse(.sumOverBatchSize, 3), 14) == nil)
        #expect(mismatch(mse(.none, [2]), [2, 8, 18]) == nil)
        // A mean with equal weights is the mean, however they are written.
        #expect(mismatch(mse(.meanWithSampleWeight, 2), 14.0 / 3, .ulps(1)) == nil)
        #expect(mismatch(mse(.meanWithSampleWeight, [2]), 14.0 / 3, .ulps(1)) == nil)
        #expect(mismatch(mse(.meanWithSampleWeight, [2, 2, 2]), 14.0 / 3, .ulps(1)) == nil)
    }

    @Test func negativeAndZeroWeights() throws {
        #expect(mismatch(mse(.sum, [-1, 1, 0]), 3) == nil)
        #expect(mismatch(mse(.meanWithSampleWeight, [-1, 0, -1]), 5) == nil)
        // The weights sum to 0: so does the mean, and its slope is no NaN.
        let w = Variable(yPred)
        for weights: Tensor in [[0, 0, 0], [-1, 1, 0]] {
            let loss = Loss.meanSquaredError(reduction: .meanWithSampleWeight)
            let (value, gradients) = try valueAndGradient([w]) { loss(yTrue, w.value, sampleWeight: weights) }
            #expect(mismatch(value, 0) == nil)
            #expect(mismatch(gradients[0]!, Tensor.zeros([3, 2], dtype: .float64)) == nil)
        }
        #expect(mismatch(mse(.sumOverBatchSize, [0, 0, 0]), 0) == nil)
    }

    @Test func integersAndTruthsAreWeightsToo() {
        #expect(mismatch(mse(.sum, Tensor([1, 0, 2], dtype: .int32)), 19) == nil)
        #expect(mismatch(mse(.sum, Tensor([true, false, true])), 10) == nil)
        #expect(mse(.sum, Tensor([1, 0, 2], dtype: .float32)).dtype == .float64)
    }

    @Test func weightsOfLossesWithSeveralAxesWeighRowsNotColumns() {
        let loss = Loss.meanAbsoluteError(reduction: .none)
        let x = Tensor([[[1], [2]], [[3], [4]]], dtype: .float64)  // losses [[1, 2], [3, 4]]
        let zero = Tensor.zerosLike(x)
        #expect(mismatch(loss(zero, x, sampleWeight: [1, 0]), [[1, 2], [0, 0]]) == nil)
        #expect(mismatch(loss(zero, x, sampleWeight: [[1, 0]]), [[1, 0], [3, 0]]) == nil)
        #expect(mismatch(loss(zero, x, sampleWeight: [[1], [0]]), [[1, 2], [0, 0]]) == nil)
        #expect(mismatch(loss(zero, x, sampleWeight: [[[1], [0]], [[0], [1]]]), [[1, 0], [0, 4]]) == nil)
        let sums = Loss.meanAbsoluteError(reduction: .sum)
        #expect(mismatch(sums(zero, x, sampleWeight: [1, 0]), 3) == nil)
        #expect(mismatch(sums(zero, x, sampleWeight: [[1, 0]]), 4) == nil)
    }

    @Test func weightsMayStretchASingleLoss() {
        // One list is one sample, whose loss is (0 + 16) / 2.
        let loss = Loss.meanSquaredError
        #expect(mismatch(loss([1, 2], [1, 6], sampleWeight: [1, 0, 2]), 8) == nil)
        let values = Loss.meanSquaredError(reduction: .none)
        #expect(mismatch(values([1, 2], [1, 6], sampleWeight: [1, 0, 2]), [8, 0, 16]) == nil)
    }

    @Test(arguments: [[2], [4], [2, 1], [3, 2], [3, 1, 2]])
    func weightsThatDoNotFitAreRefusedWithBothShapes(extents: [Int]) {
        for reduction in Reduction.allCases {
            let error = mse(reduction, Tensor.ones(Shape(extents))).error
            #expect(error?.operation == "mean_squared_error")
            #expect(error?.received == "losses [3], sampleWeight \(Shape(extents))")
        }
    }

    @Test func weightsThatAreAnErrorSaySo() {
        let wrong = Tensor.ones([2]) + Tensor.ones([3])
        #expect(mse(.sum, wrong).error?.operation == "add")
    }

    @Test func reductionsOfEveryLossAreThoseOfItsSamples() throws {
        for item in LossCases.all where !["RootMeanSquaredError", "Circle"].contains(item.loss.className) {
            let configuration = item.loss.getConfig()
            guard configuration["ignore_class"] ?? .null == .null else { continue }
            func reduced(_ reduction: Reduction, _ weights: Tensor?) throws -> Tensor {
                let config = configuration.merging(["reduction": .string(reduction.rawValue)])
                let loss = try Loss.fromConfig(config, className: item.loss.className)
                return loss(item.yTrue, item.yPred, sampleWeight: weights)
            }
            let values = try reduced(.none, nil)
            let count = Double(values.count)
            let weights = values.rank == 0 ? 0.5 : Tensor.arange(values.count, dtype: .float64) + 0.5
            let sum = (values * weights).sum()
            let within = Tolerance.within(relative: 1e-13)
            #expect(mismatch(try reduced(.none, weights), values * weights, within) == nil, "\(item)")
            #expect(mismatch(try reduced(.sum, nil), values.sum(), within) == nil, "\(item)")
            #expect(mismatch(try reduced(.mean, nil), values.sum() / count, within) == nil, "\(item)")
            #expect(mismatch(try reduced(.sum, weights), sum, within) == nil, "\(item)")
            #expect(mismatch(try reduced(.mean, weights), sum / count, within) == nil, "\(item)")
            #expect(mismatch(try reduced(.sumOverBatchSize, weights), sum / count, within) == nil, "\(item)")
            let mean = try reduced(.meanWithSampleWeight, weights)
            #expect(mismatch(mean, sum / weights.sum(), within) == nil, "\(item)")
        }
    }

    @Test func ofNoSamplesTheLossIsZero() throws {
        for className in Set(LossCases.all.map(\.loss.className)) {
            let item = LossCases.all.first { $0.loss.className == className }!
            guard item.yPred.rank > 0 else { continue }
            let yPred = Variable(item.yPred[0..<0])
            let yTrue = item.yTrue[0..<0]
            let loss = try Loss.fromConfig(["reduction": "sum_over_batch_size"], className: className)
            let (value, gradients) = try valueAndGradient([yPred]) { loss(yTrue, yPred.value) }
            // Dice and Tversky make one loss of everything, also of nothing.
            let wanted = ["Dice", "Tversky"].contains(className) ? 1.0 : 0
            #expect(mismatch(value, wanted) == nil, "\(className)")
            #expect(gradients[0]?.shape == yPred.shape, "\(className)")
            let weighted = loss(yTrue, yPred.value, sampleWeight: wanted == 1 ? nil : Tensor.ones([0]))
            #expect(mismatch(weighted, wanted) == nil, "\(className)")
        }
    }

    @Test func ofSamplesWithoutElementsTheMeanIsNaN() {
        let empty = Tensor.zeros([3, 0], dtype: .float64)
        #expect(mismatch(Loss.mse(empty, empty), .nan) == nil)
        #expect(mismatch(Loss.klDivergence(empty, empty), 0) == nil)
    }

    @Test func ignoredSamplesAreNotCounted() throws {
        let logits = Tensor([[0, 0], [0, 0], [.nan, 0], [0, 0]], dtype: .float64)
        let labels = Tensor([0, 1, -1, -1], dtype: .int32)
        let log2 = 0.6931471805599453
        func loss(_ reduction: Reduction) -> Loss {
            .sparseCategoricalCrossentropy(fromLogits: true, ignoreClass: -1, reduction: reduction)
        }
        #expect(mismatch(loss(.mean)(labels, logits), log2, .ulps(2)) == nil)
        #expect(mismatch(loss(.sum)(labels, logits), 2 * log2, .ulps(2)) == nil)
        #expect(mismatch(loss(.none)(labels, logits), Tensor([log2, log2, 0, 0]), .ulps(2)) == nil)
        let weights: Tensor = [3, 1, 5, 5]
        #expect(mismatch(loss(.mean)(labels, logits, sampleWeight: weights), 2 * log2, .ulps(2)) == nil)
        #expect(mismatch(loss(.meanWithSampleWeight)(labels, logits, sampleWeight: weights), log2, .ulps(2)) == nil)
        #expect(mismatch(loss(.meanWithSampleWeight)(labels, logits), log2, .ulps(2)) == nil)
        // All are ignored: nothing to say, and no NaN, in the slope neither.
        let x = Variable(logits)
        let (value, gradients) = try valueAndGradient([x]) { loss(.mean)(Tensor([-1, -1, -1, -1]), x.value) }
        #expect(mismatch(value, 0) == nil)
        #expect(mismatch(gradients[0]!, Tensor.zeros([4, 2], dtype: .float64)) == nil)
    }
}
