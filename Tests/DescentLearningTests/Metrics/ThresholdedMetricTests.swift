import Descent
import DescentTestSupport
import Testing

@Suite("metrics of thresholds and classes")
struct ThresholdedMetricTests {
    /// Counts in plain loops.
    private static func counts(
        _ t: [Float], _ p: [Float], _ w: [Float], _ threshold: Float
    ) -> (tp: Double, fp: Double, tn: Double, fn: Double) {
        var result = (tp: 0.0, fp: 0.0, tn: 0.0, fn: 0.0)
        for (index, weight) in w.enumerated() {
            switch (t[index] != 0, p[index] > threshold) {
            case (true, true): result.tp += Double(weight)
            case (false, true): result.fp += Double(weight)
            case (false, false): result.tn += Double(weight)
            case (true, false): result.fn += Double(weight)
            }
        }
        return result
    }

    @Test(
        "even thresholds, which are computed, and others, which are compared, count alike", arguments: [3, 5, 21, 64])
    func counting(thresholds: Int) throws {
        var random = SplitMix64(seed: 1)
        let n = 500
        let t = (0..<n).map { _ in Float(random.next() % 2) }
        // Also exactly on thresholds, and outside of them.
        var p = (0..<n).map { _ in Float.random(in: 0...1, using: &random) }
        for i in 0..<thresholds { p[i] = Float(i) / Float(thresholds - 1) }
        p[thresholds] = .nan
        let w = (0..<n).map { _ in Float.random(in: 0...2, using: &random) }
        let even = (0..<thresholds).map { Double($0) / Double(thresholds - 1) }
        for limits in [even, even.map { $0 * 0.9 }, [even[1]]] {
            let metrics: [any Metric] = [
                TruePositives(thresholds: limits), FalsePositives(thresholds: limits),
                TrueNegatives(thresholds: limits), FalseNegatives(thresholds: limits),
            ]
            for metric in metrics { try metric.updateState(Tensor(t), Tensor(p), sampleWeight: Tensor(w)) }
            let want = limits.map { Self.counts(t, p, w, Float($0)) }
            let got = metrics.map { $0.state.sums[0].numbers }
            for (index, counts) in want.enumerated() {
                let expected = [counts.tp, counts.fp, counts.tn, counts.fn]
                for (kind, value) in expected.enumerated() {
                    #expect(abs(got[kind][index] - value) < 1e-9, "\(limits[index]), kind \(kind)")
                }
            }
        }
    }

    @Test("weights per row, per element and as a number; labels other than 0 and 1")
    func weights() throws {
        let (t, p): (Tensor, Tensor) = ([[1, 0], [0, 7]], [[0.9, 0.8], [0.1, 0.7]])
        for (weight, total) in [
            (Tensor([2, 3]), 5), ([[2], [3]], 5), ([[1, 1], [1, 4]], 5), (Tensor(2.5), 5), ([2.5], 5), ([[5, 0]], 5),
        ] as [(Tensor, Float)] {
            #expect(try Float(TruePositives()(t, p, sampleWeight: weight)) == total)
        }
        let metric = TruePositives()
        for weight in [Tensor.ones([3]), .ones([2, 3]), .ones([2, 2, 2])] {
            #expect(throws: DescentError.self) { try metric.updateState(t, p, sampleWeight: weight) }
        }
        // Thresholds do not fold values: a weight may not lack two axes.
        #expect(throws: DescentError.self) {
            try metric.updateState(.ones([2, 3, 2]), .ones([2, 3, 2]), sampleWeight: .ones([2]))
        }
        #expect(Float(metric.result()) == 0)
    }

    @Test("arguments out of range are refused before anything happens")
    func refused() throws {
        let metrics: [any Metric] = [
            Precision(thresholds: [0.2, 1.5]), Precision(thresholds: []), Recall(topK: 0),
            TruePositives(thresholds: [.nan]),
            AUC(numThresholds: 1), AUC(thresholds: [-0.5]), AUC(numLabels: 2), AUC(multiLabel: true, numLabels: 0),
            AUC(multiLabel: true, numLabels: 2, labelWeights: [1]), FBetaScore(beta: 0), FBetaScore(threshold: 0),
            F1Score(threshold: 1.5), R2Score(numRegressors: -1), IoU(numClasses: 2, targetClassIds: [2]),
            IoU(numClasses: 2, targetClassIds: [-1]), MeanIoU(numClasses: 0), ConfusionMatrix(numClasses: 0),
            ConfusionMatrix(numClasses: 2, dtype: .int64),
            SensitivityAtSpecificity(specificity: 1.5), PrecisionAtRecall(recall: 0.5, numThresholds: 0),
            TopKCategoricalAccuracy(k: 0), BinaryCrossentropy(labelSmoothing: 1.5),
        ]
        for metric in metrics {
            #expect(throws: DescentError.self, "\(metric.getConfig())") { try metric.updateState([[0, 1]], [[0, 1]]) }
            #expect(metric.result().error != nil)
            #expect(throws: DescentError.self) { try type(of: metric).fromConfig(metric.getConfig()) }
        }
    }

    @Test("shapes that do not fit are refused and change nothing")
    func shapes() throws {
        let four = Tensor.ones([4])
        let cases: [(any Metric, Tensor, Tensor)] = [
            (AUC(), four, .ones([5])), (Precision(topK: 3), .ones([2, 2]), .ones([2, 2])),
            (Precision(classId: 0), four, four), (Precision(classId: 2), .ones([2, 2]), .ones([2, 2])),
            (AUC(multiLabel: true), four, four), (AUC(multiLabel: true, numLabels: 3), .ones([2, 2]), .ones([2, 2])),
            (AUC(labelWeights: [1, 2, 3]), .ones([2, 2]), .ones([2, 2])), (F1Score(), four, four),
            (F1Score(), .ones([2, 2]), .ones([2, 3])), (R2Score(), four, four),
            (R2Score(), .ones([2, 2]), .ones([2, 3])), (MeanIoU(numClasses: 2), four, .ones([5])),
            (MeanSquaredError(), .ones([3]), .ones([3, 3])), (Accuracy(), .ones([2]), .ones([2, 2])),
            (CategoricalAccuracy(), .ones([2]), .ones([2, 2])),
            (SparseCategoricalAccuracy(), .ones([3]), .ones([2, 2])),
            (SparseCategoricalAccuracy(), .ones([2, 2]), .ones([2, 2])), (SparseTopKCategoricalAccuracy(), four, four),
            (SparseCategoricalCrossentropy(axis: 5), four, .ones([4, 2])), (CosineSimilarity(axis: 3), four, four),
            (CategoricalCrossentropy(axis: 2), .ones([2, 2]), .ones([2, 2])),
            (TopKCategoricalAccuracy(), 1, 1), (CategoricalAccuracy(), 1, 1),
            (Mean(), four, four), (ConfusionMatrix(numClasses: 2), four, [0, 1, 2, 1]),
            (ConfusionMatrix(numClasses: 2), [0, 1, -1, 1], four),
            (SparseCategoricalCrossentropy(), [0, 5], .ones([2, 2])),
        ]
        for (metric, t, p) in cases {
            let before = metric.state
            let error = #expect(throws: DescentError.self, "\(metric.name) \(t.shape) \(p.shape)") {
                try metric.updateState(t, p)
            }
            #expect(error?.location?.file.hasSuffix("ThresholdedMetricTests.swift") == true)
            #expect(metric.state == before)
        }
    }

    @Test("the area under the curve of a perfect, a reversed and a useless prediction")
    func areas() throws {
        let t: Tensor = [0, 0, 1, 1]
        #expect(try Float(AUC()(t, [0.1, 0.2, 0.8, 0.9])) == 1)
        #expect(try Float(AUC()(t, [0.9, 0.8, 0.2, 0.1])) == 0)
        #expect(try Float(AUC()(t, [0.5, 0.5, 0.5, 0.5])) == 0.5)
        // Predictions beyond 0...1 count as its ends.
        #expect(try Float(AUC(multiLabel: true)([[0, 1], [1, 0]], [[-0.5, 1.5], [1.5, -0.5]])) == 1)
        #expect(try Float(AUC(curve: .pr)(t, [0.1, 0.2, 0.8, 0.9])) == 1)
    }

    @Test("a bound that is just met counts as met")
    func bounds() throws {
        let (t, p): (Tensor, Tensor) = ([0, 0, 1, 1], [0.2, 0.8, 0.5, 0.9])
        #expect(try Float(SensitivityAtSpecificity(specificity: 0.5)(t, p)) == 1)
        #expect(try Float(SensitivityAtSpecificity(specificity: 0.75)(t, p)) == 0.5)
        #expect(try Float(SpecificityAtSensitivity(sensitivity: 0.5)(t, p)) == 1)
        #expect(try Float(PrecisionAtRecall(recall: 0.5)(t, p)) == 1)
        #expect(try Float(RecallAtPrecision(precision: 1)(t, p)) == 0.5)
    }

    @Test("samples of the ignored class do not count, with weights or without")
    func ignoredClass() throws {
        let (t, p): (Tensor, Tensor) = ([0, -1, 1], [[0.5, 0.5], [0.9, 0.1], [0.75, 0.25]])
        let want = Float((0.6931471805599453 + 1.3862943611198906) / 2)
        let m = SparseCategoricalCrossentropy(ignoreClass: -1)
        #expect(try mismatch(m(t, p), Double(want), .within(relative: 1e-6)) == nil)
        #expect(m.state.sums[1].numbers == [2])
        m.resetState()
        #expect(
            try mismatch(
                m(t, p, sampleWeight: [1, 5, 3]), (0.6931471805599453 + 3 * 1.3862943611198906) / 4,
                .within(relative: 1e-6)) == nil)
        #expect(m.state.sums[1].numbers == [4])
        m.resetState()
        #expect(try Float(m([-1], [[0.5, 0.5]])) == 0)
    }

    @Test("top k: equals count in, what is no class or not finite counts out")
    func topK() throws {
        let m = SparseTopKCategoricalAccuracy(k: 1)
        #expect(try Float(m([1], [[2, 2, 1]])) == 1)
        for (label, scores) in [
            (Tensor([3]), Tensor([[2, 2, 1]])), ([-1], [[2, 2, 1]]), ([0], [[Tensor(Float.nan), 2, 1]]),
            ([0], [[Tensor(Float.infinity), 2, 1]]), ([2], [[2, 2, 1]]), ([3], [[-1, -2, -3]]),
        ] {
            m.resetState()
            #expect(try Float(m(label, scores)) == 0)
        }
        // Of equals the first are the k greatest.
        #expect(try Float(Precision(topK: 1)([[1, 0, 1]], [[5, 5, 5]])) == 1)
        #expect(try Float(Precision(topK: 1)([[0, 1, 1]], [[5, 5, 5]])) == 0)
    }

    @Test("class numbers that are none, and an ignored class, are left out of intersections over unions")
    func leftOut() throws {
        let m = MeanIoU(numClasses: 2)
        try m.updateState([0, 1, 1, 0, 0, 2, -1], [0, 1, 2, 2, -1, 0, 1])
        #expect(m.state.sums[0].numbers == [1, 0, 0, 1])
        let ignoring = MeanIoU(numClasses: 3, ignoreClass: 1)
        try ignoring.updateState([0, 1, 1, 2], [1, 0, 1, 2])
        #expect(ignoring.state.sums[0].numbers == [0, 1, 0, 0, 0, 0, 0, 0, 1])
        // What meets the threshold is above it.
        #expect(try Float(BinaryIoU(targetClassIds: [1], threshold: 0.5)([1, 0], [0.5, 0.25])) == 1)
    }

    @Test("the score of a constant, and the adjusted score of too few elements")
    func scores() throws {
        #expect(try Float(R2Score()([[2], [2]], [[1], [3]])) == 0)
        #expect(try Float(R2Score()([[2], [2]], [[2], [2]])).isNaN)
        let (t, p): (Tensor, Tensor) = ([[1], [4], [3]], [[2], [4], [4]])
        let plain = try Float(R2Score()(t, p))
        for regressors in 2...5 { #expect(try Float(R2Score(numRegressors: regressors)(t, p)) == plain) }
        #expect(try abs(Float(R2Score(numRegressors: 1)(t, p)) - (1 - (1 - plain) * 2)) < 1e-6)
    }

    @Test("the confusion matrix: rows are true, columns predicted, weights add up")
    func confusionMatrix() throws {
        let m = ConfusionMatrix(numClasses: 3)
        try m.updateState([0, 1, 1, 2], [0, 1, 2, 0])
        try m.updateState([[1], [1]], [[2], [0]], sampleWeight: [0.5, 2])
        #expect(mismatch(m.result(), [[1, 0, 0], [2, 1, 1.5], [1, 0, 0]]) == nil)
        #expect(m.result().dtype == .float32)
        // Weights of a metric of integers lose their fractions.
        let iou = MeanIoU(numClasses: 2)
        try iou.updateState([0, 1], [0, 1], sampleWeight: [0.5, 1.5])
        #expect(iou.state.sums[0].numbers == [0, 0, 0, 1])
        #expect(iou.dtype == .int64 && iou.result().dtype == .float32)
    }
}
