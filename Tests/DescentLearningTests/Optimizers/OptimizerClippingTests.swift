import Descent
import DescentTestSupport
import Testing

/// What a limit of zero means, and the limits themselves.
@Suite struct OptimizerClippingTests {
    @Test func aLimitOfZeroMeansOff() throws {
        for options in [
            OptimizerOptions(learningRate: 1, clipNorm: 0), OptimizerOptions(learningRate: 1, clipValue: 0),
            OptimizerOptions(learningRate: 1, globalClipNorm: 0),
        ] {
            let w = Variable([1, 2])
            try SGD(options).applyGradients([(Tensor([3, -4]), w)])
            #expect(mismatch(w.value, [-2, 6], .exact) == nil)
        }
    }

    /// TensorFlow 1 takes zero for off, TensorFlow 2 makes every gradient zero.
    @Test(arguments: [(0, nil), (nil, 0)] as [(Double?, Double?)])
    func aLimitOfZeroInTensorFlow(norm: Double?, value: Double?) throws {
        func run(_ opt: RMSprop) throws -> Tensor {
            let w = Variable([1, 2])
            try opt.minimize({ (w * Tensor([3, -4])).sum() }, [w])
            return w.value
        }
        let free = try run(RMSprop.tensorFlow1(lr: 0.5))
        #expect(mismatch(free, [1, 2], .exact) != nil)
        #expect(mismatch(try run(RMSprop.tensorFlow1(lr: 0.5, clipNorm: norm, clipValue: value)), free, .bits) == nil)
        let still = try run(RMSprop.tensorFlow2(learningRate: 0.5, clipNorm: norm, clipValue: value))
        #expect(mismatch(still, [1, 2], .exact) == nil)
    }
}
