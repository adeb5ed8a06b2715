import DescentCore
import DescentTestSupport
import Synchronization
import Testing

/// Tensors and variables between threads. `.ci/sanitize thread` runs this suite under the thread sanitizer.
@Suite(.timeLimit(.minutes(5))) struct ConcurrencyTests {
    /// Collects what threads find; each has a place of its own.
    private final class Findings<Value: Sendable>: Sendable {
        private let values = Mutex<[Int: Value]>([:])

        func note(_ value: Value, _ number: Int) { values.withLock { $0[number] = value } }
        var all: [Value] { values.withLock { values in values.keys.sorted().map { values[$0]! } } }
    }

    /// Trains a small network with numbers of its own, and answers with its weights.
    private static func train(_ seed: UInt64, steps: Int) throws -> [Float] {
        var random = SplitMix64(seed: seed)
        let (w, b) = (Variable(random.normal([6, 3])), Variable(random.normal([3])))
        let momentum = Variable(Tensor.zeros([6, 3]))
        let (x, y) = (random.normal([10, 6]), random.normal([10, 3]))
        for _ in 0..<steps {
            let (_, gradients) = try valueAndGradient([w, b]) { (tanh(x.matmul(w) + b) - y).square().mean() }
            let m = 0.9 * momentum.current + gradients[0]!
            try Engine.update([
                (w, w.current - 0.05 * m), (momentum, m), (b, b.current - 0.05 * gradients[1]!),
            ])
        }
        return w.scalars(as: Float.self) + b.scalars(as: Float.self)
    }

    @Test func independentTrainingsHaveTheBitsOfOneThread() throws {
        let want = try (0..<8).map { try Self.train(UInt64($0), steps: 60) }
        let found = Findings<[Float]>()
        concurrently(8) { number in found.note((try? Self.train(UInt64(number), steps: 60)) ?? [], number) }
        #expect(found.all == want)
    }

    /// Large enough to be shared between the threads of the pool.
    @Test func largeExpressionsAtTheSameTime() throws {
        @Sendable func compute(_ number: Int) throws -> [Float] {
            let x = Tensor.randomNormal([300, 400], seed: number)
            return try (tanh(x) * x + 1).sum(axes: 0).evaluated().scalars(as: Float.self)
                + x.matmul(x.transposed()).sum(axes: 1).scalars(as: Float.self)
        }
        let want = try (0..<4).map(compute)
        let found = Findings<[Float]>()
        concurrently(4) { number in found.note((try? compute(number)) ?? [], number) }
        #expect(found.all == want)
    }

    @Test func oneTensorReadByAll() throws {
        for round in 0..<20 {
            let x = Tensor.randomNormal([100], seed: round)
            let shared = tanh(x) * 2 + x.sum()
            let part = shared[.range(step: -2)]
            let want = (tanh(x) * 2 + x.sum()).scalars(as: Float.self)
            let found = Findings<[Float]>()
            concurrently(6) { number in
                // Read itself, through a view, and as part of something else.
                _ = (number % 2 == 0 ? part * 2 : shared + 1).sum().scalars(as: Float.self)
                found.note(shared.scalars(as: Float.self), number)
            }
            for got in found.all { #expect(got == want) }
        }
    }

    @Test(arguments: [1, 64, 5000]) func readersSeeWhatWasAssigned(_ n: Int) throws {
        let v = Variable(Tensor.zeros([n]))
        let isDone = Atomic(false)
        let torn = Atomic(0)
        let backward = Atomic(0)
        concurrently(4) { number in
            if number == 0 {
                for step in 1...200 {
                    // By a value, by a formula, in place.
                    switch step % 3 {
                    case 0: v.assign(Tensor.full([n], Tensor(Double(step))))
                    case 1: v.assignAdd(1)
                    default: _ = try? Engine.update([(v, v.current + 1)])
                    }
                }
                isDone.store(true, ordering: .releasing)
                return
            }
            var last: Float = 0
            while true {
                let isLast = isDone.load(ordering: .acquiring)
                let numbers = number == 1 ? v.scalars(as: Float.self) : (v * 1).scalars(as: Float.self)
                if numbers.contains(where: { $0 != numbers[0] }) { torn.add(1, ordering: .relaxed) }
                if numbers[0] < last { backward.add(1, ordering: .relaxed) }
                last = numbers[0]
                if isLast { break }
            }
            if last != 200 { backward.add(1, ordering: .relaxed) }
        }
        #expect(torn.load(ordering: .relaxed) == 0)
        #expect(backward.load(ordering: .relaxed) == 0)
    }

    @Test func writersInEveryOrder() throws {
        let variables = (0..<4).map { _ in Variable(Tensor.zeros([100])) }
        concurrently(4) { number in
            for step in 0..<50 {
                let order = (0..<4).map { (number + step + (step % 2 == 0 ? $0 : 3 - $0)) % 4 }
                // Each value is made of its own variable, so all of them are written in place where that is possible.
                _ = try? Engine.update(order.map { (variables[$0], variables[$0].current + 1) })
            }
        }
        for variable in variables {
            let numbers = variable.scalars(as: Float.self)
            #expect(numbers.allSatisfy { $0 == numbers[0] })
            // Reading and writing are two things: an update that was made of an old value undoes those in between.
            #expect(numbers[0] >= 1 && numbers[0] <= 200)
        }
    }

    @Test func everyThreadHasItsOwnTapes() throws {
        let v = Variable([1, 2, 3])
        let number = Variable(4.0)
        let wrong = Atomic(0)
        concurrently(6) { thread in
            for step in 0..<40 {
                let outer = GradientTape(persistent: true)
                let y = outer.record { (v * v * Double(thread) + number * v).sum() * number }
                let gradients = try? outer.gradient(y, [v, number])
                let c = Double(thread)
                let want = [1.0, 2, 3].map { (2 * $0 * c + 4) * 4 }
                let slope = 14 * c + 2 * 4 * 6
                if gradients?[0].map({ $0.scalars(as: Double.self) }) != want { wrong.add(1, ordering: .relaxed) }
                if gradients?[1].map({ Double($0) }) != slope { wrong.add(1, ordering: .relaxed) }
                if step % 10 == 0 { v.assign([1, 2, 3]) }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    @Test func graphsAreFreedByWhoeverIsLast() {
        let kept = Findings<Tensor>()
        let base = Tensor([1, 2] as [Float])
        concurrently(4) { number in
            for _ in 0..<20 {
                var x = base
                for _ in 0..<200 { x = x * 1.01 + base }
                kept.note(x, number)
            }
        }
        concurrently(4) { number in kept.note(base, number) }
        #expect(kept.all.count == 4)
        #expect(kept.all.allSatisfy { mismatch($0, [1, 2]) == nil })
    }

    /// More structures than plans are kept, by several threads.
    @Test func plansComeAndGo() {
        let wrong = Atomic(0)
        concurrently(4) { number in
            for n in 1...120 {
                let sum = (Tensor.ones([n + number * 30, 2]) * 2).sum()
                if Int(sum) != 4 * (n + number * 30) { wrong.add(1, ordering: .relaxed) }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    @Test func settingsOfVariables() {
        let v = Variable([1, 2])
        concurrently(4) { number in
            for step in 0..<100 {
                if number == 0 { v.trainable = step % 2 == 0 } else { _ = (v.trainable, v.name, v.shape, "\(v)") }
            }
        }
        #expect(!v.trainable)
    }
}
