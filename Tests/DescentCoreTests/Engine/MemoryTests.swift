#if os(Linux)
    import DescentCore
    import DescentTestSupport
    import Testing

    /// Memory stays bounded. Each test has a process of its own: the resident size is that of everything in it.
    struct MemoryTests {
        @Test func aLoopThatIsNeverRead() async {
            await #expect(processExitsWith: .success) {
                #if DEBUG
                    let steps = 300_000
                #else
                    let steps = 10_000_000
                #endif
                let v = Variable(Tensor.ones([10]))
                var sum = Tensor.zeros([10])
                let before = try residentBytes()
                for _ in 0..<steps { sum = sum + v }
                let after = try residentBytes()
                #expect(after - before < 100 << 20, "\(after - before) bytes")
                #expect(sum.scalars(as: Int.self) == [Int](repeating: steps, count: 10))
            }
        }

        @Test func trainingForLong() async {
            await #expect(processExitsWith: .success) {
                #if DEBUG
                    let steps = 10_000
                #else
                    let steps = 100_000
                #endif
                let (w, b) = (Variable(Tensor.ones([8, 3])), Variable(Tensor.zeros([3])))
                let x = SplitMix64.sample([16, 8])
                func train(_ steps: Int) throws {
                    for _ in 0..<steps {
                        let (_, gradients) = try valueAndGradient([w, b]) {
                            (tanh(x.matmul(w) + b) - 0.5).square().mean()
                        }
                        try Engine.update([
                            (w, w.current - 0.01 * gradients[0]!), (b, b.current - 0.01 * gradients[1]!),
                        ])
                    }
                }
                try train(steps / 10)
                let before = try residentBytes()
                try train(steps)
                let after = try residentBytes()
                #expect(after - before < 2 << 20, "\(after - before) bytes")
            }
        }

        /// A program that never repeats itself: plans come and go.
        @Test func everNewExpressions() async {
            await #expect(processExitsWith: .success) {
                func evaluate(_ seeds: Range<Int>) throws {
                    for seed in seeds {
                        let x = Tensor.ones([1 + seed % 97, 1 + seed % 89])
                        _ = try (tanh(x) * 2 + Double(seed)).sum(axes: seed % 2).evaluated()
                    }
                }
                try evaluate(0..<600)
                let before = try residentBytes()
                try evaluate(600..<3600)
                let after = try residentBytes()
                #expect(after - before < 4 << 20, "\(after - before) bytes")
            }
        }

        @Test func freedMemoryIsUsedAgain() async {
            await #expect(processExitsWith: .success) {
                let x = Tensor.ones([1 << 20])
                var y = try (x * 1).evaluated()
                let before = try residentBytes()
                for _ in 0..<100 { y = try (y + x).evaluated() }
                let after = try residentBytes()
                #expect(after - before < 32 << 20, "\(after - before) bytes")
            }
        }
    }

    extension SplitMix64 {
        fileprivate static func sample(_ shape: Shape) -> Tensor {
            var random = SplitMix64(seed: 1)
            return random.normal(shape)
        }
    }
#endif
