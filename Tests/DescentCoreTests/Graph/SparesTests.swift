import CDescent
import DescentTestSupport
import Testing

@testable import DescentCore

/// Nodes are used again; nothing of what one was may show in what it becomes.
struct SparesTests {
    /// Nodes of every kind, let go of at once, in an order that differs from round to round.
    @Test func nodesKeepNothingOfTheirFormerLives() throws {
        let x = Variable([[1, 2], [3, 4]], name: "x")
        var random = SplitMix64(seed: 1)
        for round in 0..<300 {
            var kinds: [() throws -> (found: [Double], wanted: [Double])] = [
                { (Tensor([1, 2, 3]).sum().scalars(as: Double.self), [6]) },
                { ((Tensor([[1, 2], [3, 4]]).permute(1, 0)).scalars(as: Double.self), [1, 3, 2, 4]) },
                { (Tensor.zeros([1, 1, 1, 1, 2]).reshape([2]).scalars(as: Double.self), [0, 0]) },
                { (concat([Tensor([1]), Tensor([2.5])]).scalars(as: Double.self), [1, 2.5]) },
                { (Tensor([1, 2], dtype: .int64).cast(to: .float64).scalars(as: Double.self), [1, 2]) },
                { ((Tensor([1, 2]) .> 1).cast(to: .int32).scalars(as: Double.self), [0, 1]) },
                { (try valueAndGradient([x]) { (x * x).sum() }.gradients[0]!.scalars(as: Double.self), [2, 4, 6, 8]) },
                {
                    (
                        try valueAndGradient([x]) { x.mean() ** 3 }.gradients[0]!.scalars(as: Double.self),
                        [4.6875, 4.6875, 4.6875, 4.6875]
                    )
                },
                { ([Tensor([1, 2]).matmul([1, 2, 3]).error == nil ? 0 : 1], [1]) },
            ]
            while !kinds.isEmpty {
                let kind = kinds.remove(at: Int(random.next() % UInt64(kinds.count)))
                let (found, wanted) = try kind()
                #expect(found == wanted, "round \(round)")
            }
        }
    }

    /// A reused node is as good as a new one to a tape: it was recorded now, or it was not.
    @Test func tapesDoNotTakeANewNodeForAnOldOne() throws {
        for _ in 0..<50 {
            let x = Variable(3.0)
            var inside: Tensor?
            let tape = GradientTape()
            let y = tape.record {
                let noise = (0..<20).map { x * Double($0) }
                inside = noise[19]
                return x * x
            }
            let outside = x * x + 1
            #expect(Double(try tape.gradient(y, [x])[0]!) == 6)
            #expect(Double(outside) == 10)
            #expect(inside.map { Double($0) } == 57)
        }
    }

    @Test func noMoreAreKeptThanAllowed() {
        var tensors = (0..<5000).map { Tensor.weak($0) + Tensor.zeros([2]) }
        tensors.removeAll()
        let recorder = cd_recorder_current()
        #expect(recorder.pointee.spare_count <= recorder.pointee.spare_limit)
    }

    /// What a thread keeps goes with it.
    @Test func threadsComeAndGo() {
        for _ in 0..<20 {
            concurrently(4) { number in
                for _ in 0..<50 {
                    let x = Tensor([Double(number), 1])
                    #expect(((x + 1) * x).sum().scalars(as: Double.self) == [Double(number * number + number + 2)])
                }
            }
        }
    }
}
