#if os(Linux)
    import CDescent
    import DescentCore
    import DescentTestSupport
    import Testing

    /// The most memory that a step has in use, against the least that it must have: variables and data, what the
    /// backward pass needs of the forward pass, and the gradient on its way.
    ///
    /// Each test has a process of its own, as the pool counts all that is in it. Every buffer is large enough to be counted.
    struct PeakMemoryTests {
        private static let extent = 192
        private static let unit = 4 * extent * extent

        private static func random(_ shape: Shape, seed: Int) throws -> Tensor {
            try Tensor.randomNormal(shape, seed: seed).evaluated()
        }

        private static func step(_ variables: [Variable], _ loss: () -> Tensor) throws {
            var (_, gradients) = try valueAndGradient(variables, loss)
            var changes: [(Variable, Tensor)] = []
            while let gradient = gradients.popLast() {
                let variable = variables[gradients.count]
                changes.append((variable, variable.current - 0.01 * gradient!))
            }
            try Engine.update(consume changes)
        }

        /// Compares what the third step has in use at most, and what is mapped after it.
        private static func expect(
            least: Int, _ place: Testing.SourceLocation = #_sourceLocation, _ step: () throws -> Void
        ) throws {
            #expect(least > 4 * MemoryPool.largeThreshold)
            try step()
            try step()
            MemoryPool.trim()
            MemoryPool.resetPeak()
            try step()
            let usage = MemoryPool.usage
            let (peak, mapped) = (
                Double(usage.peak) / Double(least), Double(usage.inUse + usage.kept) / Double(least)
            )
            #expect(peak <= 1.2 && mapped <= 1.2, "\(peak), \(mapped) times the least", sourceLocation: place)
            // Less than the least would mean that the least is not what this test believes.
            #expect(peak >= 0.99, "\(peak) times the least", sourceLocation: place)
        }

        @Test(arguments: [2, 8])
        func layers(depth: Int) async {
            await #expect(processExitsWith: .success) { [depth] in
                let shape: Shape = [Self.extent, Self.extent]
                let (x, y) = (try Self.random(shape, seed: 1), try Self.random(shape, seed: 2))
                let weights = try (0..<depth).map { Variable(try Self.random(shape, seed: 3 + $0) * 0.05) }
                let biases = (0..<depth).map { _ in Variable(Tensor.zeros([Self.extent])) }
                // Data and weights; the layers' outputs, of which the last becomes the gradient; the gradient of the layer
                // below, and that of the weights.
                try Self.expect(least: (2 + depth + depth + 2) * Self.unit) {
                    try Self.step(weights + biases) {
                        var h = x
                        for (w, b) in zip(weights, biases) { h = tanh(matmul(h, w) + b) }
                        return (h - y).square().mean()
                    }
                }
            }
        }

        /// What lies between the ends of a chain never leaves the caches: it takes a block of 1024 elements for each value
        /// that the gradient needs, two of a link, on each thread.
        @Test func chain() async {
            await #expect(processExitsWith: .success) {
                cd_set_threads(2)
                let (unit, length) = (1 << 22, 100)
                let x = Variable(try Self.random([unit / 4], seed: 1))
                try Self.expect(least: unit + 2 * 2 * length * 4096) {
                    try Self.step([x]) {
                        var y = x.tensor
                        for _ in 0..<length { y = (y * y + 1) * y * 0.1 }
                        return y.mean()
                    }
                }
            }
        }

        @Test func freedMemoryGoesBackWhenNobodyWantsItAgain() async {
            await #expect(processExitsWith: .success) {
                let (peak, small) = (8 << 20, 1 << 18)
                func makePeak() throws {
                    _ = try Tensor.zeros([peak / 4]).evaluated()
                    #expect(MemoryPool.usage.kept >= peak)
                }
                let x = try Tensor.ones([small / 4]).evaluated()
                try makePeak()
                // Not at once: a step may come back for it.
                for _ in 0..<100 { _ = try (x + 1).evaluated() }
                #expect(MemoryPool.usage.kept >= peak)
                for _ in 0..<(80 * peak / small) { _ = try (x + 1).evaluated() }
                #expect(MemoryPool.usage.kept <= 2 * small)
                // Also where what follows needs no large memory at all.
                try makePeak()
                let v = Variable(Tensor.ones([8]))
                for _ in 0..<(80 * peak >> 14) { v.assign(v * 0.5) }
                #expect(MemoryPool.usage.kept == 0)
            }
        }

        @Test func whatIsWantedAgainAndAgainStays() async {
            await #expect(processExitsWith: .success) {
                let x = try Tensor.ones([1 << 16]).evaluated()
                func round() throws {
                    for _ in 0..<600 { _ = try (x + 1).evaluated() }
                    _ = try Tensor.zeros([1 << 21]).evaluated()
                }
                for _ in 0..<6 {
                    try round()
                    #expect(MemoryPool.usage.kept >= 1 << 23)
                }
            }
        }

        /// The last batch of an epoch is smaller than the others.
        @Test func aBlockServesAlsoWhatIsALittleSmaller() async {
            await #expect(processExitsWith: .success) {
                func use(_ elements: Int) throws { _ = try Tensor.zeros([elements]).evaluated() }
                try use(1 << 20)
                let kept = MemoryPool.usage.kept
                try use((1 << 20) - (1 << 17))
                #expect(MemoryPool.usage.kept == kept)
                try use(1 << 19)
                #expect(MemoryPool.usage.kept > kept)
            }
        }

        /// Each plan keeps memory for its next run, and there are many plans.
        @Test func plansKeepLittle() async {
            await #expect(processExitsWith: .success) {
                // Each with three or four buffers of 14 KB.
                for rows in 10..<250 {
                    let x = Tensor.ones([rows, 3600 / rows])
                    _ = try ((x * 2).cumsum(axis: 0) * (x + 1).cumsum(axis: 0)).sum().evaluated()
                }
                #expect(Plan.keptBytes > 6 << 20 && Plan.keptBytes <= 9 << 20)
            }
        }
    }
#endif
