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
}
