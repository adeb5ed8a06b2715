import DescentCore
import DescentTestSupport
import Testing

@Suite(.serialized)
struct CheckNumericsTests {
    private func failure(_ body: () throws -> Tensor) -> DescentError? {
        do {
            _ = try checkNumerics { try body() }
            return nil
        } catch {
            return error as? DescentError
        }
    }

    @Test func theFirstOperationIsNamed() throws {
        let x: Tensor = [[1, -4], [0, 9]]
        let line = #line + 1
        let error = try #require(failure { (sqrt(x).matmul(x) * 2).sum() })
        #expect(error.operation == "sqrt")
        #expect(error.received == "NaN at [0, 1] of shape [2, 2], from [2, 2]")
        #expect(error.location?.line ?? 0 <= line)
        let second = try #require(failure { log(x.square()).sum() })
        #expect(second.operation == "log" && second.received.hasPrefix("infinity at [1, 0]"))
        let called = #line + 1
        let mean = try #require(failure { (x * 1e38).mean(axes: 0) })
        #expect(mean.operation == "sum" || mean.operation == "multiply")
        #expect(mean.location?.line == called || mean.operation == "multiply")
        #expect(mean.location?.file.hasSuffix("CheckNumericsTests.swift") == true)
    }

    @Test func callsThatKnowTheirLineSayIt() throws {
        let x: Tensor = [[3e38, 3e38]]
        let line = #line + 1
        let found = failure { x.sum(axes: 1) * 0 }
        let error = try #require(found)
        #expect(error.operation == "sum" && error.location?.line == line)
        #expect(error.location?.file.hasSuffix("CheckNumericsTests.swift") == true)
    }

    @Test func backwardToo() throws {
        let x = Variable([4, 0])
        let error = try #require(
            failure { try valueAndGradient([x]) { sqrt(x) * Tensor([1, 2]) }.gradients[0]! })
        #expect(error.received.contains("in the derivative of sqrt"))
        #expect(failure { try valueAndGradient([x]) { Tensor.where(x.value .> 0, sqrt(x), 0) }.gradients[0]! } != nil)
        // Single numbers are computed on the spot, and are found all the same.
        let v = Variable(0.0)
        let number = try #require(failure { try valueAndGradient([v]) { sqrt(v) * 3 }.gradients[0]! })
        #expect(number.received.contains("in the derivative of sqrt"))
        #expect(try #require(failure { v / v }).operation == "divide")
    }

    @Test func nothingChangesWhereAllIsFinite() throws {
        var random = SplitMix64(seed: 3)
        let (x, w) = (random.normal([5, 4]), Variable(random.normal([4, 3])))
        let loss = { (tanh(x.matmul(w)) ** 2).mean() }
        let plain = try valueAndGradient([w], loss)
        let checked = try checkNumerics { try valueAndGradient([w], loss).gradients[0]! }
        #expect(try mismatch(checked, #require(plain.gradients[0])) == nil)
        #expect(mismatch(try checkNumerics { try loss().evaluated() }, plain.value) == nil)
    }

    @Test func infinitiesThatAreGivenAreNoErrors() throws {
        let x: Tensor = [1, 2]
        #expect(failure { Tensor.where(x .> 1, x, Tensor(-Double.infinity)).max() } == nil)
        let error = try #require(failure { x * Tensor([Float.nan, 1]) })
        #expect(error.operation == "checkNumerics" && error.received.hasPrefix("NaN at [0]"))
    }

    @Test func updatesThatFailChangeNothing() throws {
        let w = Variable([1, 0])
        #expect(throws: DescentError.self) { try checkNumerics { try Engine.update([(w, 1 / w.value)]) } }
        #expect(mismatch(w.value, [1, 0]) == nil)
    }
}
