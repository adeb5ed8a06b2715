import Descent
import DescentTestSupport
import Testing

@Suite struct RMSpropTests {
    @Test func documentedExample() throws {
        let opt = RMSprop(learningRate: 0.1)
        let var1 = Variable(10.0)
        let loss = { (var1 ** 2) / 2.0 }
        try opt.minimize(loss, [var1])
        #expect("\(var1)" == "9.683772")
    }

    /// The formula in plain doubles, for every combination of its options.
    @Test(arguments: [0, 0.8], [false, true])
    func followsItsFormula(momentum: Double, centered: Bool) throws {
        let opt = RMSprop(
            learningRate: 0.05, rho: 0.85, momentum: momentum, epsilon: 1e-3, centered: centered)
        let w = Variable([1.5, -0.25, 3], dtype: .float64)
        var (x, v, a, m) = ([1.5, -0.25, 3.0], [0.0, 0, 0], [0.0, 0, 0], [0.0, 0, 0])
        for step in 0..<6 {
            let gradient = [0.3 * Double(step) - 0.4, 1e-2, -2 + Double(step)]
            try opt.applyGradients([(Tensor(gradient), w)])
            for i in x.indices {
                let g = gradient[i]
                v[i] = 0.85 * v[i] + 0.15 * g * g
                a[i] = 0.85 * a[i] + 0.15 * g
                let d = centered ? max(v[i] - a[i] * a[i], 0) : v[i]
                m[i] = momentum * m[i] + 0.05 * g / (d + 1e-3).squareRoot()
                x[i] -= m[i]
            }
            #expect(mismatch(w.value, Tensor(x), .within(relative: 1e-12)) == nil)
        }
    }

    @Test func rmseOfTheDocument() throws {
        let error = rmse([2.5, 0.0, 2.1, 7.8], [3.0, -0.1, 2.0, 7.5])
        #expect(abs(Float(error) - 0.3) < 1e-7)
    }

    @Test func aPerfectFitHasNoSlope() throws {
        let w = Variable([1, 2])
        let (value, gradients) = try valueAndGradient([w]) { rmse(w.value, [1, 2]) }
        #expect(Float(value) == 0)
        #expect(gradients[0]!.scalars(as: Float.self) == [0, 0])
    }

    @Test func unequalShapesAreRefusedButForATrailingOne() throws {
        let predictions = Tensor.ones([4, 1])
        #expect(Float(rmse(predictions, Tensor.zeros([4]))) == 1)
        let error = rmse(Tensor.ones([4, 2]), Tensor.zeros([4])).error
        #expect(
            error?.message
                == "[rmse] predictions and targets must have the same shape. Received: [4, 2], [4]")
    }
}
