import DescentCore
import DescentTestSupport
import Testing

/// Expressions of millions of nodes are recorded, differentiated, evaluated and freed without overflowing the stack. The
/// sums are whole numbers below 2²⁴, so every order of adding gives the same.
@Suite(.serialized) struct HugeExpressionTests {
    #if DEBUG
        static let count = 30_000
        static let longest = 1_000_000
    #else
        static let count = 2_500_000
        static let longest = 10_000_000
    #endif

    private func gradient(_ v: Variable, _ f: () -> Tensor) throws -> (value: Tensor, gradient: Tensor) {
        let (value, gradients) = try valueAndGradient([v], f)
        return (value, try #require(gradients[0]))
    }

    @Test func aChainOfVectors() throws {
        let v = Variable([1, 2])
        let n = Self.count
        let (value, slope) = try gradient(v) {
            var x = Tensor([0, 0] as [Float])
            for step in 0..<n { x = step % 2 == 0 ? x + v : x * 1 }
            return x.sum()
        }
        #expect(mismatch(slope, Tensor([n / 2, n / 2], dtype: .float32)) == nil)
        #expect(mismatch(value, Tensor(3 * n / 2, dtype: .float32)) == nil)
    }

    @Test func aChainOfNumbers() throws {
        let v = Variable(1.0)
        let n = Self.longest
        let (value, slope) = try gradient(v) {
            var x: Tensor = v * 0
            for step in 0..<n { x = step % 2 == 0 ? x + v : x * 1 }
            return x
        }
        #expect(Int(slope) == n / 2)
        #expect(Int(value) == n / 2)
    }

    @Test func aWideSum() throws {
        let v = Variable([1, 2])
        let n = Self.count / 2
        let (value, slope) = try gradient(v) {
            // Every term is a node that only the sum refers to; they are all pending when the sum is read.
            let terms = (0..<n).map { v * Double($0 % 2) }
            return terms.reduce(Tensor([0, 0] as [Float])) { $0 + $1 }
        }
        #expect(mismatch(slope, Tensor([n / 2, n / 2], dtype: .float32)) == nil)
        #expect(mismatch(value, Tensor([n / 2, n], dtype: .float32)) == nil)
    }

    @Test func aBalancedTree() throws {
        let v = Variable([1, 2])
        var levels = 0
        while 2 << levels < Self.count { levels += 1 }
        let (value, slope) = try gradient(v) {
            var layer = (0..<1 << levels).map { _ in v * 1 }
            while layer.count > 1 {
                layer = stride(from: 0, to: layer.count, by: 2).map { layer[$0] + layer[$0 + 1] }
            }
            return layer[0]
        }
        let n = 1 << levels
        #expect(mismatch(slope, Tensor([n, n], dtype: .float32)) == nil)
        #expect(mismatch(value, Tensor([n, 2 * n], dtype: .float32)) == nil)
    }

    /// Every node is used twice, so an expression without sharing would be 2ⁿ nodes.
    @Test func aLadderOfSharedNodes() throws {
        let v = Variable([1, 2])
        let (value, slope) = try gradient(v) {
            var x = v.tensor
            for _ in 0..<Self.count { x = (x + x) * 0.5 }
            return x
        }
        #expect(mismatch(slope, [1, 1]) == nil)
        #expect(mismatch(value, [1, 2]) == nil)
    }

    @Test func anOperationOfManyInputs() throws {
        let v = Variable([1, 2])
        let n = Self.count / 10
        let (value, slope) = try gradient(v) { stack((0..<n).map { _ in v * 1 }).sum(axes: 0) }
        #expect(mismatch(slope, Tensor([n, n], dtype: .float32)) == nil)
        #expect(mismatch(value, Tensor([n, 2 * n], dtype: .float32)) == nil)
    }

    @Test func whatWasNeverReadIsFreed() {
        var layer = (0..<Self.count).map { _ in Tensor([1, 2] as [Float]) * 2 }
        var x = layer[0]
        for other in layer { x = x + other }
        layer = []
        #expect(x.shape == [2])
    }
}
