import Descent
import DescentTestSupport
import Testing

/// The scale that follows what the gradients allow.
@Suite struct LossScaleOptimizerTests {
    @Test(arguments: [0, -1, Double.infinity, .nan])
    func aScaleThatIsNoneIsRefused(scale: Double) throws {
        let w = Variable([1, 2])
        let error = #expect(throws: DescentError.self) {
            try LossScaleOptimizer(SGD(), initialScale: scale).minimize({ (w * w).sum() }, [w])
        }
        #expect(error?.message == "[optimizer] initialScale must be positive and finite. Received: \(scale)")
        #expect(mismatch(w.value, [1, 2], .bits) == nil)
    }
}
