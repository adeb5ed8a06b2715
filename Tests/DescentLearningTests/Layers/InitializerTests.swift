import DescentCore
import DescentFiles
import DescentTestSupport
import Testing

@testable import DescentLearning

@Suite struct InitializerTests {
    /// The variance that Keras asks for, and the largest magnitude, for a kernel of 3 × 3 places, 20 inputs and 40 outputs.
    private static let expected: [(Initializer, variance: Double, limit: Double?)] = [
        (.glorotUniform(seed: 1), 2 / (9.0 * 60), (6 / (9.0 * 60)).squareRoot()),
        (.glorotNormal(seed: 1), 2 / (9.0 * 60), nil),
        (.heUniform(seed: 1), 2 / (9.0 * 20), (6 / (9.0 * 20)).squareRoot()),
        (.heNormal(seed: 1), 2 / (9.0 * 20), 2 * (2 / (9.0 * 20)).squareRoot() / 0.87962566103423978),
        (.lecunUniform(seed: 1), 1 / (9.0 * 20), (3 / (9.0 * 20)).squareRoot()),
        (.lecunNormal(seed: 1), 1 / (9.0 * 20), nil),
        (.varianceScaling(scale: 3, mode: .fanOut, distribution: .untruncatedNormal, seed: 1), 3 / (9.0 * 40), nil),
        (.varianceScaling(inputAxes: [0], outputAxes: [1]), 1 / 3.0, nil),
        (.randomNormal(mean: 0, stddev: 0.3, seed: 1), 0.09, nil),
        (.randomUniform(minval: -0.3, maxval: 0.3, seed: 1), 0.03, 0.3),
        // What is left of the variance within two standard deviations.
        (.truncatedNormal(stddev: 0.3, seed: 1), 0.09 * 0.87962566103423978 * 0.87962566103423978, 0.6),
    ]

    @Test func variancesAreThoseThatKerasAsksFor() throws {
        for (initializer, want, limit) in InitializerTests.expected {
            let w = try initializer([3, 3, 20, 40], dtype: .float64).evaluated()
            let variance = Double(w.square().mean())
            // 7200 numbers: four standard deviations are at most 6.7 %.
            #expect((variance / want - 1).magnitude < 0.067, "\(initializer.className): \(variance), \(want)")
            #expect((Double(w.mean())).magnitude < 4 * (want / 7200).squareRoot(), "\(initializer.className)")
            guard let limit else { continue }
            let largest = Double(w.abs().max())
            #expect(largest <= limit && largest > 0.97 * limit, "\(initializer.className): \(largest), \(limit)")
        }
    }

    @Test func fansFollowTheShape() {
        let fans = FanArguments()
        #expect(fans.fans([])! == (1, 1))
        #expect(fans.fans([7])! == (7, 7))
        #expect(fans.fans([7, 5])! == (7, 5))
        #expect(fans.fans([3, 2, 7, 5])! == (42, 30))
        #expect(FanArguments(nil, [0, -1], [1]).fans([3, 2, 7])! == (21, 2))
    }

    @Test func orthogonalMatricesAreOrthogonal() throws {
        for shape in [[4, 4], [6, 3], [3, 6], [2, 3, 4]] as [Shape] {
            let w = Initializer.orthogonal(gain: 2, seed: 5)(shape, dtype: .float64)
            let columns = shape[shape.rank - 1]
            let rows = shape.count / columns
            let matrix = w.reshape([rows, columns])
            let product =
                rows < columns ? matmul(matrix, matrix.transposed()) : matmul(matrix.transposed(), matrix)
            let want = 4 * Tensor.eye(min(rows, columns), dtype: .float64)
            #expect(mismatch(product, want, .within(absolute: 1e-12)) == nil, "\(shape)")
        }
    }

    @Test func seedsDecide() throws {
        let given = Initializer.heNormal(seed: 3)
        #expect(mismatch(given([4, 4]), given([4, 4]), .bits) == nil)
        #expect(mismatch(given([4, 4]), Initializer.heNormal(seed: 4)([4, 4]), .bits) != nil)
        setRandomSeed(5)
        let first = try Initializer.heNormal([4, 4]).evaluated()
        let second = try Initializer.heNormal([4, 4]).evaluated()
        #expect(mismatch(first, second, .bits) != nil)
        setRandomSeed(5)
        #expect(mismatch(Initializer.heNormal([4, 4]), first, .bits) == nil)
    }

    @Test func everyNameMakesOneThatComesBack() throws {
        for name in Initializer.knownNames {
            let initializer = try Initializer.named(name)
            let copy = try #require(try Initializer.read(initializer.written, [:]))
            #expect(copy.className == initializer.className && copy.config == initializer.config)
            #expect(try initializer([3, 3]).evaluated().shape == [3, 3])
        }
    }

    @Test func wrongArgumentsAreToldWhenAWeightIsMade() {
        let wrong: [Initializer] = [
            "no_such_thing", .randomNormal(stddev: -1), .randomUniform(minval: 1, maxval: 0),
            .varianceScaling(scale: 0), .truncatedNormal(stddev: .nan),
            .varianceScaling(inputAxes: [5], outputAxes: [0]),
        ]
        for initializer in wrong {
            let layer = Dense(2, kernelInitializer: initializer)
            #expect(throws: DescentError.self) { try layer([[1, 2]]).evaluated() }
            // Nothing was made.
            #expect(layer.kernel.variable == nil)
        }
        #expect(throws: DescentError.self) { try Initializer.orthogonal([3]).evaluated() }
        #expect(throws: DescentError.self) { try Initializer.identity([3]).evaluated() }
    }

    @Test func activationsAreFoundByName() throws {
        for name in ActivationFunction.knownNames {
            #expect(try ActivationFunction.named(name)([[1, -2]]).evaluated().dtype == .float32, "\(name)")
        }
        let unknown: ActivationFunction = "relo"
        do {
            try Dense(1, activation: unknown)([[1]]).evaluated()
            Issue.record("an unknown activation was used")
        } catch {
            #expect(error.rule.contains("leaky_relu") && error.received == "\"relo\"")
        }
        #expect(mismatch(ActivationFunction.threshold(1, else: -2)([0, 1, 3]), [-2, -2, 3]) == nil)
        #expect(ActivationFunction.leakyRelu(negativeSlope: 0.2).name == "leaky_relu")
        #expect(ActivationFunction.leakyRelu(negativeSlope: 0.1).name == "leaky_relu(0.1)")
        #expect(mismatch(ActivationFunction.sparsemax([[-0.9, -0.5, -0.4]]).sum(), [1], .ulps(2))?.position == nil)
    }

    @Test func constraintsActAfterEachStep() throws {
        let layer = Dense(2, kernelInitializer: .ones, kernelConstraint: .nonNeg, biasConstraint: .maxNorm(0.1))
        try SGD(learningRate: 10).minimize({ layer([[1, 1]]).sum() }, layer.variables(for: [[1, 1]]))
        #expect(mismatch(layer.kernel.variable!.value, [[0, 0], [0, 0]]) == nil)
        #expect(Double(layer.bias!.variable!.value.square().sum()) < 0.0101)
    }
}

extension Layer {
    /// The variables, after the layer has met an input.
    fileprivate func variables(for x: Tensor) -> [Variable] {
        _ = self(x)
        return variables
    }
}
