import DescentCore
import DescentTestSupport
import Testing

/// What is computed, when, and how often.
struct EngineTests {
    private let x = Tensor([1, 2, 3] as [Float])

    @Test func nothingIsComputedBeforeItIsRead() throws {
        var y: Tensor = 0
        #expect(tracePlans { y = tanh(x * 2 + 1).sum() }.isEmpty)
        #expect(try tracePlans { try y.evaluated() }.count == 1)
    }

    @Test func nothingIsComputedTwice() throws {
        let y = tanh(x * 2 + 1)
        let z = y.sum()
        #expect(try tracePlans { try evaluate([y, z, y]) }.count == 1)
        let again = try tracePlans {
            _ = try y.evaluated()
            _ = z.scalars(as: Float.self)
            _ = "\(y)"
        }
        #expect(again.isEmpty)
    }

    @Test func severalTensorsShareOnePass() throws {
        let shared = tanh(Tensor.ones([5000]) * 0.5)
        let plans = try tracePlans { try evaluate([shared + 1, shared * 2, shared.sum()]) }
        #expect(plans.count == 1)
        #expect(plans.first?.programCount == 1)
    }

    /// What somebody holds is kept even where only its users were asked for.
    @Test func whatIsHeldIsKept() throws {
        let held = tanh(x)
        let y = held * held
        _ = try y.evaluated()
        #expect(tracePlans { _ = held.scalars(as: Float.self) }.isEmpty)
    }

    @Test func numbersThatAreKnownNeedNoPlan() throws {
        let plans = try tracePlans {
            let a = Variable(3.0)
            let y = (a * 2 + 1) ** 2 - tanh(Tensor(0.5))
            _ = try y.evaluated()
            #expect(try valueAndGradient([a]) { a * a / 2 }.gradients[0].map { Float($0) } == 3)
        }
        #expect(plans.isEmpty)
    }

    @Test func chainsAreOneProgram() throws {
        let v = Tensor.ones([1000])
        let row = Tensor.ones([10])
        let plans = try tracePlans {
            _ = try ((v * 2 + 1) / 3 - v).sum().evaluated()
            _ = try (v.reshape([100, 10]) * row + 1).max(axes: 1).evaluated()
            _ = try tanh(v.reshape([100, 10]).transposed()[2..<7] - 1).evaluated()
        }
        #expect(plans.map(\.stepCount) == [1, 1, 1])
        #expect(plans.map(\.temporaryBytes) == [0, 0, 0])
    }

    @Test func anErrorInOneIsAnErrorForAll() throws {
        let good = x * 2
        let bad = x.gather([0, 9])
        let error = try #require(throws: DescentError.self) { try evaluate([good, bad]) }
        #expect(error.operation == "gather")
        #expect(mismatch(good, [2, 4, 6]) == nil)
        #expect(throws: DescentError.self) { try evaluate([good, x + Tensor([1.0, 2.0])]) }
    }

    @Test func aLoopIsEvaluatedAlongTheWay() throws {
        var sum = x
        let plans = tracePlans { for _ in 0..<Int(Engine.longestChain) + 10 { sum = sum + 1 } }
        #expect(!plans.isEmpty)
        #expect(mismatch(sum, x + Double(Engine.longestChain + 10)) == nil)
    }

    @Test func aLoopThatCannotBeEvaluatedThrowsInTheEnd() {
        var sum = x.gather([0, 1, 9])
        for _ in 0..<2 * Int(Engine.longestChain) { sum = sum + 1 }
        #expect(throws: DescentError.self) { try sum.evaluated() }
    }

    @Test func emptyTensors() throws {
        let none = Tensor.zeros([0, 3])
        try evaluate([none, none + 1, none.sum(), none.matmul(Tensor.ones([3, 2])), none.sum(axes: 0)])
        #expect(none.sum(axes: 0).scalars(as: Int.self) == [0, 0, 0])
        #expect(none.prod(axes: 0).scalars(as: Int.self) == [1, 1, 1])
        #expect(Tensor.ones([2, 0]).matmul(Tensor.ones([0, 2])).scalars(as: Int.self) == [0, 0, 0, 0])
        let empty = try valueAndGradient([Variable(none)]) { (none * 2).sum() }
        #expect(Float(empty.value) == 0)
    }

    /// The ends of the integers, where hardware traps or wraps.
    @Test func theEndsOfTheIntegers() throws {
        let (low, high) = (Tensor([Int.min, 7] as [Int]), Tensor([Int.max, 7] as [Int]))
        let minusOne = Tensor([-1, -1] as [Int])
        #expect((low % minusOne).scalars(as: Int.self) == [0, 0])
        #expect((low * minusOne).scalars(as: Int.self) == [.min, -7])
        #expect((-low).scalars(as: Int.self) == [.min, -7])
        #expect(abs(low).scalars(as: Int.self) == [.min, 7])
        #expect((high + 1).scalars(as: Int.self) == [.min, 8])
        #expect((low - 1).scalars(as: Int.self) == [.max, 6])
        let narrow = Tensor([Int32.min, 7] as [Int32])
        #expect((narrow % Tensor([-1, -1] as [Int32])).scalars(as: Int.self) == [0, 0])
        #expect((narrow * -1).scalars(as: Int.self) == [Int(Int32.min), -7])
        let one = Tensor(Int.min, dtype: .int64) % Tensor(-1, dtype: .int64)
        #expect(Int(one) == 0)
        #expect((Tensor(5, dtype: .int64) % Tensor(0, dtype: .int64)).error?.operation == "mod")
        #expect(throws: DescentError.self) { try (high % Tensor([0, 1] as [Int])).evaluated() }
    }
}
