import Descent
import DescentTestSupport
import Testing

/// Losses and slopes at the edges of their formulas, in both floating-point types.
@Suite struct LossStabilityTests {
    private static let dtypes: [DType] = [.float32, .float64]

    /// Value and slopes of `loss` for one sample.
    private func at(
        _ loss: Loss, _ yTrue: [Double], _ yPred: [Double], _ dtype: DType
    ) throws -> (value: Double, slopes: [Double]) {
        let p = Variable(Tensor(yPred, shape: [1, yPred.count], dtype: dtype))
        let t = Tensor(yTrue, shape: [1, yTrue.count], dtype: dtype)
        let (value, gradients) = try valueAndGradient([p]) { loss(t, p.value) }
        return (Double(value), try #require(gradients[0]).scalars(as: Double.self))
    }

    private func isClose(_ a: Double, _ b: Double, _ dtype: DType, ulps: Double = 8) -> Bool {
        abs(a - b) <= abs(b) * ulps * (dtype == .float32 ? 0x1p-23 : 0x1p-52)
    }

    @Test(arguments: dtypes) func logCoshIsExactFromTinyToHuge(dtype: DType) throws {
        // Between these the peer's formula is checked by recorded values.
        for (x, value) in [
            (0, 0), (1e-4, 4.9999999916666667e-9), (0.01, 4.999916668888822e-5), (300, 299.3068528194401),
            (-300, 299.3068528194401), (95, 94.30685281944005), (1e30, 1e30), (19.999, 19.30585281944005),
            (20.001, 19.307852819440054),
        ] {
            let (got, slopes) = try at(.logCosh, [0], [x], dtype)
            #expect(isClose(got, value, dtype, ulps: 16), "\(x): \(got)")
            let slope = abs(x) < 0.001 ? x - x * x * x / 3 : abs(x) > 19 ? (x < 0 ? -1 : 1) : 0.009999666679999461
            #expect(isClose(slopes[0], slope, dtype, ulps: 16), "\(x): \(slopes[0])")
        }
    }

    @Test(arguments: dtypes) func crossentropiesFromLargeLogits(dtype: DType) throws {
        let bce = Loss.binaryCrossentropy(fromLogits: true)
        let tail = dtype == .float32 ? 0 : 5.148200222412013e-131  // e⁻³⁰⁰
        for (y, x, value, slope) in [
            (1.0, 300.0, tail, -tail), (0, -300, tail, tail), (1, -300, 300, -1), (0, 300, 300, 1),
            (0.5, 300, 150, 0.5), (0.5, -300, 150, -0.5), (1, 0, 0.6931471805599453, -0.5),
            (0, 0, 0.6931471805599453, 0.5), (1, 20, 2.0611536203143964e-9, -2.061153618190204e-9),
            (0, -20, 2.0611536203143964e-9, 2.061153618190204e-9), (1, -1e30, 1e30, -1),
        ] {
            let (got, slopes) = try at(bce, [y], [x], dtype)
            #expect(isClose(got, value, dtype, ulps: 64), "\(y), \(x): \(got)")
            #expect(isClose(slopes[0], slope, dtype, ulps: 64), "\(y), \(x): \(slopes[0])")
        }
        for loss in [
            Loss.categoricalCrossentropy(fromLogits: true), .categoricalFocalCrossentropy(alpha: [1], fromLogits: true),
        ] {
            let right = try at(loss, [1, 0], [300, -300], dtype)
            #expect(right.value == 0 && right.slopes.allSatisfy { abs($0) < 1e-37 }, "\(loss): \(right)")
            let wrong = try at(loss, [0, 1], [300, -300], dtype)
            #expect(wrong.value == 600 && wrong.slopes == [1, -1], "\(loss): \(wrong)")
        }
        let focal = Loss.binaryFocalCrossentropy(fromLogits: true)
        for (y, x, value, slope) in [(1.0, 300.0, 0.0, 0.0), (0, -300, 0, 0), (1, -300, 300, -1), (0, 300, 300, 1)] {
            let (got, slopes) = try at(focal, [y], [x], dtype)
            #expect(abs(got - value) < 1e-37 && abs(slopes[0] - slope) < 1e-37, "\(y), \(x): \(got), \(slopes)")
        }
    }

    @Test(arguments: dtypes) func labelsOfLargeLogits(dtype: DType) throws {
        let x = Variable(Tensor([[300, -300], [-300, 300]], dtype: dtype))
        let loss = Loss.sparseCategoricalCrossentropy(fromLogits: true, reduction: .sum)
        let (value, gradients) = try valueAndGradient([x]) { loss(Tensor([1, 1]), x.value) }
        #expect(mismatch(value, 600) == nil)
        #expect(mismatch(gradients[0]!, [[1, -1], [0, 0]], .within(absolute: 1e-37)) == nil)
    }

    @Test(arguments: dtypes) func probabilitiesThatAreCertain(dtype: DType) throws {
        let cut = dtype == .float32 ? 16.118095 : 16.11809565095832  // −log 10⁻⁷
        let wrong = try at(.bce, [1], [0], dtype)
        #expect(isClose(wrong.value, cut, dtype) && wrong.slopes == [0])
        #expect(try at(.bce, [1], [1], dtype).value < 2e-7)
        #expect(try at(.categoricalCrossentropy, [1, 0], [1, 0], dtype).value < 2e-7)
        #expect(try isClose(at(.categoricalCrossentropy, [0, 1], [1, 0], dtype).value, cut, dtype))
        for loss in [Loss.binaryFocalCrossentropy, .binaryFocalCrossentropy(gamma: 0.5), .categoricalFocalCrossentropy]
        {
            for truth in [[0.0, 1], [1, 0]] {
                let (value, slopes) = try at(loss, truth, [0, 1], dtype)
                #expect(value.isFinite && slopes.allSatisfy { $0.isFinite }, "\(loss): \(value), \(slopes)")
            }
        }
    }

    @Test(arguments: dtypes) func zeros(dtype: DType) throws {
        let poisson = try at(.poisson, [0, 3], [0, 0], dtype)
        #expect(isClose(poisson.value, 1.5 * 16.11809565095832, dtype))
        #expect(isClose(poisson.slopes[0], 0.5, dtype) && isClose(poisson.slopes[1], 0.5 - 1.5e7, dtype))
        let divergence = try at(.klDivergence, [0, 1], [1, 0], dtype)
        #expect(isClose(divergence.value, 16.11809565095832 * (1 - 1e-7), dtype))
        #expect(divergence.slopes.allSatisfy { $0.isFinite })
        for loss in [Loss.dice, .tversky] {
            let nothing = try at(loss, [0, 0], [0, 0], dtype)
            #expect(nothing.value == 1 && nothing.slopes.allSatisfy { $0.isFinite }, "\(loss)")
        }
        let cosine = try at(.cosineSimilarity, [1, 0], [0, 0], dtype)
        #expect(cosine.value == 0 && isClose(cosine.slopes[0], -1e7, dtype) && cosine.slopes[1] == 0)
        let percentage = try at(.mape, [0], [0], dtype)
        #expect(percentage.value == 0 && percentage.slopes == [0])
        let logarithmic = try at(.msle, [-1, 0], [-5, 0], dtype)
        #expect(logarithmic.value == 0 && logarithmic.slopes == [0, 0])
        let generalized = Loss.categoricalGeneralizedCrossEntropy
        let p = Variable(Tensor([[0, 1]], dtype: dtype))
        for (label, wanted) in [(0, 2.0), (1, 0)] {
            let (value, gradients) = try valueAndGradient([p]) { generalized(Tensor([label]), p.value) }
            #expect(Double(value) == wanted)
            #expect(gradients[0]?.scalars(as: Double.self) == [0, label == 0 ? 0 : -1])
        }
    }

    @Test(arguments: dtypes) func perfectPredictionsHaveNoSlope(dtype: DType) throws {
        for loss in [Loss.mse, .rmse, .mae, .mape, .msle, .huber, .logCosh, .quantile(0.5)] {
            let (value, slopes) = try at(loss, [1, 2, 3], [1, 2, 3], dtype)
            #expect(value == 0 && slopes == [0, 0, 0], "\(loss)")
        }
        // The mean of −q and 1 − q.
        #expect(try isClose(at(.quantile(0.9), [1], [1], dtype).slopes[0], -0.4, dtype))
        #expect(try isClose(at(.quantile(0.9), [1], [0], dtype).slopes[0], -0.9, dtype))
        #expect(try isClose(at(.quantile(0.9), [1], [2], dtype).slopes[0], 0.1, dtype))
    }

    @Test func largeNumbersWhoseSquaresOverflow() throws {
        let cosine = try at(.cosineSimilarity, [3e25, 4e25], [4e25, 3e25], .float32)
        #expect(isClose(cosine.value, -0.96, .float32) && cosine.slopes.allSatisfy { $0.isFinite })
        let double = try at(.cosineSimilarity, [3e200, 4e200], [4e200, 3e200], .float64)
        #expect(isClose(double.value, -0.96, .float64))
        let huber = try at(.huber, [0], [1e30], .float32)
        #expect(isClose(huber.value, 1e30, .float32) && huber.slopes == [1])
        #expect(try at(.mse, [0], [1e30], .float32).value == .infinity)
    }

    @Test(arguments: dtypes) func circleOfEqualAndOppositeEmbeddings(dtype: DType) throws {
        let x = Variable(Tensor([[1, 0], [1, 0], [-1, 0], [-1, 0]], dtype: dtype))
        for labels in [[0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 0], [0, 1, 2, 3]] {
            for removeDiagonal in [true, false] {
                let loss = Loss.circle(removeDiagonal: removeDiagonal)
                let (value, gradients) = try valueAndGradient([x]) { loss(Tensor(labels), x.value) }
                #expect(Double(value).isFinite, "\(labels)")
                #expect(gradients[0]?.scalars(as: Double.self).allSatisfy { $0.isFinite } == true, "\(labels)")
            }
        }
    }

    @Test func whatIsNoNumberComesThrough() throws {
        for item in LossCases.all {
            var data = item.yPred.scalars(as: Double.self)
            for index in 0..<3 { data[index] = .nan }
            let yPred = Tensor(data, shape: item.yPred.shape)
            // The first row has class 1: it is not the one that is ignored.
            #expect(Double(item.loss(item.yTrue, yPred)).isNaN, "\(item)")
        }
        for loss in [Loss.mse, .rmse, .mae, .mape, .huber, .logCosh, .quantile(0.9)] {
            #expect(Double(loss([[1.0, 2]], Tensor([[1.0, .infinity] as [Double]]))) == .infinity, "\(loss)")
        }
    }
}
