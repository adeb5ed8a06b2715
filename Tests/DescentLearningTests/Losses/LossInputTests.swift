import Descent
import DescentTestSupport
import Testing

/// Shapes and types of what losses are given.
@Suite struct LossInputTests {
    private typealias Function = @Sendable (_ yTrue: Tensor, _ yPred: Tensor, _ line: UInt) -> Tensor

    /// Losses that want truths of the predictions' shape.
    private static let functions: [(name: String, call: Function)] = [
        ("meanSquaredError", { meanSquaredError($0, $1, line: $2) }),
        ("meanAbsoluteError", { meanAbsoluteError($0, $1, line: $2) }),
        ("meanAbsolutePercentageError", { meanAbsolutePercentageError($0, $1, line: $2) }),
        ("meanSquaredLogarithmicError", { meanSquaredLogarithmicError($0, $1, line: $2) }),
        ("huber", { huber($0, $1, line: $2) }), ("logCosh", { logCosh($0, $1, line: $2) }),
        ("quantileLoss", { quantileLoss($0, $1, 0.5, line: $2) }),
        ("cosineSimilarity", { cosineSimilarity($0, $1, line: $2) }), ("poisson", { poisson($0, $1, line: $2) }),
        ("klDivergence", { klDivergence($0, $1, line: $2) }), ("hinge", { hinge($0, $1, line: $2) }),
        ("squaredHinge", { squaredHinge($0, $1, line: $2) }),
        ("categoricalHinge", { categoricalHinge($0, $1, line: $2) }),
        ("binaryCrossentropy", { binaryCrossentropy($0, $1, line: $2) }),
        ("binaryFocalCrossentropy", { binaryFocalCrossentropy($0, $1, line: $2) }),
        ("categoricalCrossentropy", { categoricalCrossentropy($0, $1, line: $2) }),
        ("categoricalFocalCrossentropy", { categoricalFocalCrossentropy($0, $1, line: $2) }),
        ("dice", { dice($0, $1, line: $2) }), ("tversky", { tversky($0, $1, line: $2) }),
    ]

    @Test func shapesThatDifferAreRefusedWithBothInTheMessage() {
        for (name, call) in Self.functions {
            for (a, b) in [
                ([4, 3], [4, 2]), ([4, 3], [3]), ([4], [4, 2]), ([4, 3], [4, 1]), ([2, 4, 1], [4]), ([], [2]),
            ] {
                let error = call(Tensor.ones(Shape(a)), Tensor.ones(Shape(b)), 77).error
                #expect(error?.operation == name)
                #expect(error?.received == "yTrue \(Shape(a)), yPred \(Shape(b))")
                #expect(error?.location?.line == 77 && error?.location?.file.hasSuffix("LossInputTests.swift") == true)
            }
        }
        for (a, b) in [([4, 3], [4, 3]), ([3], [4, 3]), ([4, 3], [3]), ([4, 2], [4, 3])] {
            for name in ["SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy", "Circle"] {
                let loss = Loss(stringLiteral: name)
                let error = loss(Tensor.zeros(Shape(a), dtype: .int32), Tensor.ones(Shape(b))).error
                #expect(error != nil, "\(name) \(a) \(b)")
            }
        }
        let error = sparseCategoricalCrossentropy(Tensor([0, 1]), Tensor.ones([3, 2])).error
        #expect(error?.received == "yTrue [2], yPred [3, 2], axis 1")
    }

    @Test func anAxisOfLengthOneAtTheEndDoesNotMatter() {
        for (_, call) in Self.functions {
            // A list beside a column is a column.
            let column = call([[1], [0], [1]], [[0.5], [0.25], [1]], 0)
            #expect(mismatch(call([1, 0, 1], [[0.5], [0.25], [1]], 0), column) == nil)
            #expect(mismatch(call([[1], [0], [1]], [0.5, 0.25, 1], 0), column) == nil)
            let grid = call([[1, 0], [0, 1]], [[0.5, 0.25], [1, 0.5]], 0)
            #expect(mismatch(call([[[1], [0]], [[0], [1]]], [[0.5, 0.25], [1, 0.5]], 0), grid) == nil)
            #expect(mismatch(call([[1, 0], [0, 1]], [[[0.5], [0.25]], [[1], [0.5]]], 0), grid) == nil)
        }
        let scores: Tensor = [[0.5, 0.5], [0.25, 0.75]]
        let flat = sparseCategoricalCrossentropy(Tensor([0, 1]), scores)
        #expect(mismatch(sparseCategoricalCrossentropy(Tensor([[0], [1]]), scores), flat) == nil)
        let powers = categoricalGeneralizedCrossEntropy(Tensor([0, 1]), scores)
        #expect(mismatch(categoricalGeneralizedCrossEntropy(Tensor([[0], [1]]), scores), powers) == nil)
        let near = circle(Tensor([0, 1]), scores, removeDiagonal: false)
        #expect(mismatch(circle(Tensor([[0], [1]]), scores, removeDiagonal: false), near) == nil)
    }

    @Test func aSingleNumberIsASampleOfOneElement() {
        #expect(mismatch(meanSquaredError(1, 3), 4) == nil)
        #expect(mismatch(Loss.mse(1, 3), 4) == nil)
        #expect(mismatch(Loss.rmse(1, 3), 2) == nil)
        #expect(mismatch(binaryCrossentropy(1, 0, fromLogits: true), 0.6931472, .ulps(1)) == nil)
    }

    @Test func integersBecomeTheTypeOfTheOtherSide() {
        for (name, call) in Self.functions {
            let (t, p) = ([[1, 0], [0, 1]] as Tensor, [[1, 0], [1, 1]] as Tensor)
            let types: [(DType, DType, DType)] = [
                (.float32, .float32, .float32), (.float64, .float64, .float64), (.int32, .float64, .float64),
                (.bool, .float32, .float32), (.float64, .int64, .float64), (.int64, .int32, .float32),
                (.bool, .bool, .float32), (.float64, .float32, .float32), (.float32, .float64, .float64),
            ]
            for (a, b, wanted) in types {
                let value = call(Tensor(t, dtype: a), Tensor(p, dtype: b), 0)
                #expect(value.dtype == wanted, "\(name) \(a) \(b)")
                let reference = call(Tensor(t, dtype: wanted), Tensor(p, dtype: wanted), 0)
                #expect(mismatch(value, reference) == nil, "\(name) \(a) \(b)")
            }
            // Numbers in the source take the other side's type, and are float32 by themselves.
            #expect(call(t, Tensor(p, dtype: .float64), 0).dtype == .float64, "\(name)")
            #expect(call(Tensor(t, dtype: .float64), p, 0).dtype == .float64, "\(name)")
            #expect(call(t, p, 0).dtype == .float32, "\(name)")
        }
    }

    @Test func labelsMayBeOfAnyNumberType() {
        let scores = Tensor([[0.5, 0.5], [0.25, 0.75]], dtype: .float64)
        let wanted = sparseCategoricalCrossentropy(Tensor([0, 1], dtype: .int32), scores)
        for dtype in DType.allCases {
            let labels = Tensor([0, 1], dtype: dtype)
            #expect(mismatch(sparseCategoricalCrossentropy(labels, scores), wanted) == nil, "\(dtype)")
        }
        #expect(mismatch(sparseCategoricalCrossentropy([0, 1], scores), wanted) == nil)
    }

    @Test func aLabelThatIsNoClassIsAnError() {
        let scores: Tensor = [[0.5, 0.5], [0.25, 0.75]]
        for label in [-1, 2, 1 << 40] {
            for loss in [
                Loss.sparseCategoricalCrossentropy, .sparseCategoricalCrossentropy(fromLogits: true, ignoreClass: 7),
                .categoricalGeneralizedCrossEntropy,
            ] {
                let line = #line + 1
                let error = #expect(throws: DescentError.self) {
                    try loss(Tensor([0, label]), scores).evaluated()
                }
                #expect(error?.location?.line == line, "\(error as Any)")
            }
        }
    }

    @Test func sparseIsCategoricalOfOneHotTruths() {
        var random = SplitMix64(seed: 3)
        let x = random.uniform([2, 3, 4], in: 0.1..<2, dtype: .float64)
        for axis in [-1, 1, 0] {
            let classes = x.shape[axis < 0 ? 2 : axis]
            let others = x.shape.dimensions.enumerated().filter { $0.offset != (axis < 0 ? 2 : axis) }.map(\.element)
            let labels = random.integers(Shape(others), in: 0..<classes)
            let rows = labels.oneHot(depth: classes, dtype: .float64)
            let order = axis == 0 ? [2, 0, 1] : axis == 1 ? [0, 2, 1] : [0, 1, 2]
            let oneHot = rows.permute(order)
            for fromLogits in [true, false] {
                let sparse = sparseCategoricalCrossentropy(labels, x, fromLogits: fromLogits, axis: axis)
                let wanted = categoricalCrossentropy(oneHot, x, fromLogits: fromLogits, axis: axis)
                #expect(mismatch(sparse, wanted, .within(relative: 1e-14)) == nil, "\(axis)")
            }
        }
    }

    @Test func axesThatAreNotThereAreRefused() {
        let x = Tensor.ones([2, 2])
        let line = #line + 2
        for value in [
            cosineSimilarity(x, x, axis: 2), binaryCrossentropy(x, x, axis: 2), categoricalCrossentropy(x, x, axis: -3),
            binaryFocalCrossentropy(x, x, axis: 5), categoricalFocalCrossentropy(x, x, axis: 2), dice(x, x, axis: [2]),
            tversky(x, x, axis: [0, 0]), sparseCategoricalCrossentropy(Tensor([0, 1]), x, axis: 2),
            categoricalFocalCrossentropy(x, x, alpha: [1, 2, 3]), circle(Tensor([0, 1]), Tensor.ones([2])),
        ] {
            #expect(value.error != nil)
            #expect((line...line + 3).contains(value.error?.location?.line ?? 0), "\(value.error as Any)")
        }
    }

    @Test func errorsComeThrough() {
        let wrong = Tensor.ones([2]) + Tensor.ones([3])
        for item in LossCases.all {
            #expect(item.loss(wrong, item.yPred).error?.operation == "add")
            #expect(item.loss(item.yTrue, wrong).error?.operation == "add")
        }
        #expect(rmse(wrong, Tensor.ones([2])).error?.operation == "add")
    }

    @Test func lossesOfOnesOwn() {
        let mine = Loss("mine", reduction: .sum) { yTrue, yPred in abs(yTrue - yPred).mean(axes: -1) }
        #expect(mismatch(mine([[1, 2], [3, 4]], [[1, 4], [0, 4]]), 2.5) == nil)
        #expect(mismatch(mine([[1, 2], [3, 4]], [[1, 4], [0, 4]], sampleWeight: [1, 0]), 1) == nil)
        // A list beside a column would otherwise be compared each with each.
        #expect(mismatch(mine([1, 2], [[1], [4]]), 2) == nil)
        #expect(mine.className == "mine" && mine.name == "mine" && mine.reduction == .sum)
        let wrong = Loss("wrong") { yTrue, yPred in yTrue.reshape(7) - yPred }
        #expect(wrong([[1, 2]], [[1, 2]]).error != nil)
        let integers = Loss("count") { yTrue, yPred in (yTrue .!= yPred).sum(axes: -1) }
        #expect(mismatch(integers([[1, 2], [3, 4]], [[1, 4], [0, 0]]), 1.5) == nil)
    }
}
