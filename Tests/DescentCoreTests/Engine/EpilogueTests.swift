import CDescent
import DescentCore
import DescentTestSupport
import Testing

/// Programs in the step of a matrix product: on each part of the result as soon as it is there.
struct EpilogueTests {
    private static func random(_ shape: Shape, _ seed: UInt64, _ dtype: DType = .float32) -> Tensor {
        var random = SplitMix64(seed: seed)
        return random.normal(shape, dtype: dtype)
    }

    /// The plan of `record`, and its values against those that are computed one operation after the other.
    @discardableResult
    private static func check(
        _ what: String = "", _ record: ((Tensor) throws -> Tensor) throws -> [Tensor]
    ) throws -> PlanDescription {
        let want = try record { try $0.evaluated() }
        let got = try record { $0 }
        let plans = try tracePlans { try evaluate(got) }
        for (index, (got, want)) in zip(got, want).enumerated() {
            #expect(mismatch(got, want, .bits) == nil, "\(what), result \(index)")
        }
        return try #require(plans.first)
    }

    @Test func biasAndActivationAreInTheStepOfTheProduct() throws {
        let (x, w, b) = (Self.random([256, 64], 1), Self.random([64, 128], 2), Self.random([128], 3))
        let plan = try Self.check { [relu(try $0(matmul(x, w)) + b)] }
        #expect(plan.stepCount == 1 && plan.programCount == 1 && plan.temporaryBytes == 0, "\(plan)")
        #expect(plan.description.contains("then by parts"))
        #expect(plan.description.contains("output0 = relu"))
        // The operands in, the result and the bias; nothing else.
        #expect(plan.bytesMoved == 4 * (256 * 64 + 64 * 128 + 256 * 128 + 128), "\(plan)")
    }

    @Test func anyChainOfOperationsIs() throws {
        let (x, w) = (Self.random([128, 96], 1), Self.random([96, 160], 2))
        let (residual, scale) = (Self.random([128, 160], 3), Self.random([128, 1], 4))
        let plan = try Self.check {
            let y = try $0(matmul(x, w))
            let z = tanh(y * scale) + residual
            return [z * y, exp(-z), z .> 0]
        }
        #expect(plan.stepCount == 1 && plan.programCount == 1 && plan.temporaryBytes == 0, "\(plan)")
    }

    @Test func aProductThatIsWantedItselfStays() throws {
        let (x, w) = (Self.random([128, 96], 1), Self.random([96, 160], 2))
        let plan = try Self.check {
            let y = try $0(matmul(x, w))
            return [y, y * y + 1]
        }
        #expect(plan.stepCount == 1, "\(plan)")
    }

    @Test func theLastProductTakesTheProgram() throws {
        let (x, h) = (Self.random([128, 64], 1), Self.random([128, 96], 2))
        let (w, u) = (Self.random([64, 160], 3), Self.random([96, 160], 4))
        let plan = try Self.check { [sigmoid(try $0(matmul(x, w)) + $0(matmul(h, u)))] }
        #expect(plan.stepCount == 2 && plan.programCount == 1, "\(plan)")
    }

    /// Elements in another order than they are computed in, or folded, must wait for all of them.
    @Test func programsThatReadInAnotherOrderWait() throws {
        let (x, w) = (Self.random([128, 96], 1), Self.random([96, 128], 2))
        let other = Self.random([128, 128], 3)
        #expect(try Self.check { [try $0(matmul(x, w)).transposed() * other] }.stepCount == 2)
        #expect(
            try Self.check {
                let y = try $0(matmul(x, w))
                return [y + y.transposed()]
            }.stepCount == 2)
        #expect(try Self.check { [(try $0(matmul(x, w)) + other).sum(axes: 0)] }.stepCount == 2)
        // Not these: batches and another shape are the same order.
        #expect(try Self.check { [try $0(matmul(x, w)).reshape([2, 64, 128]) + 1] }.stepCount == 1)
    }

    /// A step that fails says so.
    @Test func programsThatMayFailStandAlone() throws {
        let (x, w) = (Self.random([128, 96], 1), Self.random([96, 128], 2))
        let divisors = Tensor.zeros([128, 128], dtype: .int32)
        #expect(throws: DescentError.self) { try (matmul(x, w).cast(to: .int32) % divisors).evaluated() }
        try Self.check { [try $0(matmul(x, w)).cast(to: .int32) % (divisors + 3)] }
    }

    /// Programs over different shapes are two.
    @Test func aProductTakesOneProgram() throws {
        let (x, w) = (Self.random([128, 96], 1), Self.random([96, 128], 2))
        let plan = try Self.check {
            let y = try $0(matmul(x, w))
            return [relu(y), y.reshape([2, 64, 128]) + 1]
        }
        #expect(plan.stepCount == 2 && plan.programCount == 2, "\(plan)")
    }

    /// One that is as large but is not there yet.
    @Test func programsThatNeedMoreWait() throws {
        let (x, w) = (Self.random([128, 96], 1), Self.random([96, 128], 2))
        let plan = try Self.check {
            let y = try $0(matmul(x, w))
            return [y - y.mean(axes: 1, keepDims: true)]
        }
        #expect(!plan.description.contains("then by parts"), "\(plan)")
    }

    /// What stays in a cache anyway, or takes no time to multiply.
    @Test func programsOfSmallProductsStandAlone() throws {
        for (m, k, n) in [(64, 200, 64), (512, 2, 256)] {
            let (x, w) = (Self.random([m, k], 1), Self.random([k, n], 2))
            let plan = try Self.check { [relu(try $0(matmul(x, w)))] }
            #expect(plan.stepCount == 2, "\(plan)")
        }
    }

    @Test(arguments: [DType.float32, .float64])
    func shapesAndLayouts(dtype: DType) throws {
        let shapes = [
            (128, 64, 128), (129, 65, 131), (1025, 7, 77), (61, 600, 90), (64, 515, 520), (33, 300, 1),
            (1, 30, 17_001),
            (300, 60, 515),
        ]
        for (m, k, n) in shapes {
            for layout in 0..<4 {
                let x = layout & 1 == 0 ? Self.random([m, k], 1, dtype) : Self.random([k, m], 1, dtype).transposed()
                let w = layout & 2 == 0 ? Self.random([k, n], 2, dtype) : Self.random([n, k], 2, dtype).transposed()
                let (b, rows) = (Self.random([n], 3, dtype), Self.random([m, 1], 4, dtype))
                try Self.check("\(m) \(k) \(n) layout \(layout)") { [relu(try $0(matmul(x, w)) + b) * rows] }
            }
        }
        for (a, b) in [
            ([5, 40, 64], [5, 64, 96]), ([5, 40, 64], [64, 96]), ([40, 64], [3, 64, 96]), ([6, 1, 64], [64, 3000]),
        ] {
            let (x, w) = (Self.random(Shape(a), 1, dtype), Self.random(Shape(b), 2, dtype))
            let bias = Self.random([b[b.count - 1]], 3, dtype)
            try Self.check("batches") { [tanh(try $0(matmul(x, w)) + bias)] }
        }
    }

    /// Large enough to be packed, and shared by threads.
    @Test func anyNumberOfThreadsGivesTheSameBits() async {
        await #expect(processExitsWith: .success) {
            let (x, w) = (EpilogueTests.random([300, 530], 1), EpilogueTests.random([530, 1024], 2))
            let b = EpilogueTests.random([1024], 3)
            func result() throws -> Tensor { try relu(matmul(x, w) + b).evaluated() }
            cd_set_threads(1)
            let want = try result()
            #expect(mismatch(want, try relu(matmul(x, w).evaluated() + b).evaluated(), .bits) == nil)
            for threads in [2, 3, 5, 64] {
                cd_set_threads(Int32(threads))
                #expect(mismatch(try result(), want, .bits) == nil, "\(threads) threads")
            }
        }
    }

    // MARK: - Whatever comes

    #if DEBUG
        static let seeds: Range<UInt64> = 0..<16
    #else
        static let seeds: Range<UInt64> = 0..<240
    #endif

    @Test func randomProductsHaveTheBitsOfTheirOperations() throws {
        for seed in Self.seeds {
            let products = try RandomProducts(seed: seed)
            let stepwise = try products.record(products.matrices) { try evaluate([$0]) }
            let fused = products.record(products.matrices) { _ in }
            try evaluate(fused)
            for (index, (got, want)) in zip(fused, stepwise).enumerated() {
                #expect(mismatch(got, want, .bits) == nil, "seed \(seed), result \(index)")
            }
            for (index, (got, want)) in try zip(products.train { _ in }, products.train { try evaluate([$0]) })
                .enumerated()
            {
                #expect(mismatch(got, want, .bits) == nil, "seed \(seed), variable \(index)")
            }
        }
    }

    @Test func theirGradientsDoToo() throws {
        for seed in Self.seeds {
            let products = try RandomProducts(seed: seed)
            func gradients(_ visit: (Tensor) throws -> Void) throws -> [Tensor] {
                let tape = GradientTape(watchAccessedVariables: false)
                for matrix in products.matrices.joined() { tape.watch(matrix) }
                let loss = try tape.record {
                    try products.record(products.matrices, visit).map { tanh($0).sum() }
                        .reduce(Tensor.zeros([], dtype: products.dtype), +)
                }
                try visit(loss)
                let gradients = try tape.gradient(loss, products.matrices.flatMap { $0 }).compactMap { $0 }
                for gradient in gradients { try visit(gradient) }
                return gradients
            }
            let fused = try gradients { _ in }
            try evaluate(fused)
            for (index, (got, want)) in try zip(fused, gradients { try evaluate([$0]) }).enumerated() {
                #expect(mismatch(got, want, .bits) == nil, "seed \(seed), gradient \(index)")
            }
        }
    }

    // MARK: - Updates

    @Test func anUpdateIsInTheStepOfTheGradient() throws {
        let (x, dy) = (Self.random([200, 128], 1), Self.random([200, 160], 2))
        let start = Self.random([128, 160], 3)
        let (v, m) = (Variable(start), Variable(Tensor.zeros([128, 160])))
        func step() throws {
            let gradient = matmul(x.transposed(), dy)
            let square = m.current * 0.9 + gradient * gradient * 0.1
            try Engine.update([(m, square), (v, v.current - gradient / (sqrt(square) + 1) * 0.1)])
        }
        try step()
        try step()
        let plan = try #require(try tracePlans(step).first)
        #expect(plan.stepCount == 1 && plan.programCount == 1 && plan.inPlaceCount == 2, "\(plan)")
        let gradient = try matmul(x.transposed(), dy).evaluated()
        var (w, square) = (start, Tensor.zeros([128, 160]))
        for _ in 0..<3 {
            square = try (square * 0.9 + gradient * gradient * 0.1).evaluated()
            w = try (w - gradient / (sqrt(square) + 1) * 0.1).evaluated()
        }
        #expect(mismatch(v.current, w, .bits) == nil)
        #expect(mismatch(m.current, square, .bits) == nil)
    }

    /// The derivative of the layer below reads the old weights, whichever of both products is recorded first.
    @Test(arguments: [true, false]) func otherReadersOfTheOldValueComeFirst(gradientFirst: Bool) throws {
        let (x, dy) = (Self.random([200, 160], 1), Self.random([200, 160], 2))
        let start = Self.random([160, 160], 3)
        let (v, below) = (Variable(start + 0), Variable(Tensor.zeros([200, 160])))
        func step() throws {
            let old = v.current
            var products: [Tensor] = []
            let record = [
                { products.append(matmul(x.transposed(), dy)) }, { products.append(matmul(dy, old.transposed())) },
            ]
            for index in gradientFirst ? [0, 1] : [1, 0] { record[index]() }
            let (gradient, derivative) = (products[gradientFirst ? 0 : 1], products[gradientFirst ? 1 : 0])
            try Engine.update([(v, old - gradient * 0.01), (below, derivative + 1)])
        }
        try step()
        let w = try (v.current + 0).evaluated()
        let plan = try #require(try tracePlans(step).first)
        #expect(plan.stepCount == 2 && plan.inPlaceCount == 1, "\(plan)")
        #expect(mismatch(below.current, matmul(dy, w.transposed()) + 1, .bits) == nil)
        #expect(mismatch(v.current, w - matmul(x.transposed(), dy) * 0.01, .bits) == nil)
    }

    /// A product of the very value that it changes is there before anything is written over.
    @Test func aProductOfTheOldValueIsNotDisturbed() throws {
        let a = Self.random([256, 256], 1)
        let v = Variable(Self.random([256, 256], 2) + 0)
        func step() throws {
            let old = v.current
            try Engine.update([(v, old - matmul(a, old) * 0.001)])
        }
        try step()
        let w = try (v.current + 0).evaluated()
        let plan = try #require(try tracePlans(step).first)
        #expect(!plan.description.contains("then by parts"), "\(plan)")
        #expect(mismatch(v.current, w - matmul(a, w) * 0.001, .bits) == nil)
    }
}
