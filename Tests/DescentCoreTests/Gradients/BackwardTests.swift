import DescentCore
import DescentTestSupport
import Testing

/// What the backward pass makes of targets, weights, types and the control flow of Swift.
struct BackwardTests {
    private func gradient(
        of f: () throws -> Tensor, _ sources: [any TensorConvertible], weights: Tensor? = nil
    ) throws -> [Tensor?] {
        let tape = GradientTape()
        return try tape.gradient(tape.record(f), sources, outputGradients: weights)
    }

    // MARK: - Sources and targets

    @Test func unrelatedSourcesHaveNoGradient() throws {
        let (x, y) = (Variable(3.0), Variable([1.0, 2.0]))
        let gradients = try gradient(of: { x * x }, [y, x, Tensor([1.0])])
        #expect(gradients[0] == nil)
        #expect(gradients[1] != nil)
        #expect(gradients[2] == nil)
    }

    @Test func integerTargetsAreRefused() throws {
        let x = Variable([1, 2, 3])
        for dtype in [DType.int32, .int64, .bool] {
            let error = try #require(throws: DescentError.self) {
                try gradient(of: { x.cast(to: dtype) }, [x])
            }
            #expect(error.operation == "gradient")
            #expect(error.received.contains("\(dtype)"))
        }
    }

    @Test func integerSourcesHaveNoGradient() throws {
        let n = Variable([1, 2, 3], dtype: .int64)
        let x = Variable([1, 2, 3])
        let gradients = try gradient(of: { (n * x).sum() }, [n, x])
        #expect(gradients[0] == nil)
        #expect(try mismatch(#require(gradients[1]), [1, 2, 3]) == nil)
    }

    @Test func nothingPassesThroughIntegers() throws {
        let x = Variable([1.5, 2.5])
        #expect(try gradient(of: { x.cast(to: .int32).cast(to: .float32) }, [x])[0] == nil)
        #expect(try gradient(of: { (x .> 2).cast(to: .float32) }, [x])[0] == nil)
    }

    @Test func aTargetWithManyElementsIsSummed() throws {
        let x = Variable([1, 2, 3])
        #expect(try mismatch(#require(gradient(of: { x * x }, [x])[0]), [2, 4, 6]) == nil)
    }

    @Test func outputGradientsWeigh() throws {
        let x = Variable([1, 2, 3])
        let got = try gradient(of: { x * x }, [x], weights: [1, 10, 0])[0]
        #expect(try mismatch(#require(got), [2, 40, 0]) == nil)
        let broadcast = try gradient(of: { x * x }, [x], weights: 3)[0]
        #expect(try mismatch(#require(broadcast), [6, 12, 18]) == nil)
    }

    @Test func outputGradientsOfAnotherShapeAreRefused() throws {
        let x = Variable([1, 2, 3])
        for weights: Tensor in [[1, 2], [[1, 1, 1]]] {
            let error = try #require(throws: DescentError.self) {
                try gradient(of: { x * x }, [x], weights: weights)
            }
            #expect(error.received.contains("[3]"))
        }
    }

    @Test func anErrorInTheTargetOrTheWeightsComesOut() throws {
        let x = Variable([1, 2, 3])
        let broken = Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])
        #expect(throws: DescentError.self) { try gradient(of: { x * broken }, [x]) }
        #expect(throws: DescentError.self) { try gradient(of: { x * x }, [x], weights: broken) }
    }

    @Test func theTargetMayBeRecordedBeforeAndInside() throws {
        let x = Variable(2.0)
        let tape = GradientTape(persistent: true)
        let (y, z) = tape.record { () -> (Tensor, Tensor) in
            let y = x * x
            return (y, y * y)
        }
        let gradients = try tape.gradient(z, [x])
        #expect(try mismatch(#require(gradients[0]), 32) == nil)
        tape.reset()
        tape.watch(y)
        let w = tape.record { y * y }
        #expect(try mismatch(#require(tape.gradient(w, [y])[0]), 8) == nil)
    }

    // MARK: - Types

    @Test func float64StaysFloat64() throws {
        let x = Variable([0.1, 0.2], dtype: .float64)
        let got = try #require(try gradient(of: { (x * x * 0.1).sum() }, [x])[0])
        #expect(got.dtype == .float64)
        #expect(mismatch(got, Tensor([0.1 * 0.1 + 0.1 * 0.1, 0.2 * 0.1 + 0.2 * 0.1] as [Double]), .ulps(1)) == nil)
    }

    @Test func aGradientHasTheTypeOfItsSource() throws {
        let x = Variable([1, 2], dtype: .float32)
        let y = Variable([3, 4], dtype: .float64)
        let gradients = try gradient(of: { x * y }, [x, y])
        #expect(try mismatch(#require(gradients[0]), Tensor([3, 4] as [Float])) == nil)
        #expect(try mismatch(#require(gradients[1]), Tensor([1, 2] as [Double])) == nil)
    }

    @Test func aGradientHasTheShapeOfItsSource() throws {
        let x = Variable([[1], [2]])
        let number = Variable(2.0)
        let gradients = try gradient(of: { x * number * Tensor.ones([3, 2, 4]) }, [x, number])
        #expect(try mismatch(#require(gradients[0]), [[24], [24]]) == nil)
        #expect(try mismatch(#require(gradients[1]), 36) == nil)
    }

    // MARK: - Control flow

    @Test func throughConditionsLoopsAndRecursion() throws {
        func power(_ x: Tensor, _ n: Int) -> Tensor {
            if n == 0 { return 1 }
            let half = power(x, n / 2)
            return n % 2 == 0 ? half * half : half * half * x
        }
        let x = Variable(2.0)
        #expect(try mismatch(#require(gradient(of: { power(x.value, 10) }, [x])[0]), 10 * 512) == nil)

        let collatz = {
            var y = x * 3
            var steps = 0
            while Float(y) > 1, steps < 100 {
                y = Int(y) % 2 == 0 ? y / 2 : y * 3 + 1
                steps += 1
            }
            return y
        }
        // 6, 3, 10, 5, 16, 8, 4, 2, 1: divided six times, tripled twice.
        #expect(try mismatch(#require(gradient(of: collatz, [x])[0]), 3 * 9 / 64) == nil)
    }

    /// Numbers that are known already are still something that a tape has to see.
    @Test func throughArrayLiterals() throws {
        let (x, y) = (Variable(2.0), Variable(3.0))
        let gradients = try gradient(of: { ([x * y, 1, y.value] as Tensor * [1, 10, 100]).sum() }, [x, y])
        #expect(try mismatch(#require(gradients[0]), 3) == nil)
        #expect(try mismatch(#require(gradients[1]), 102) == nil)
        let v = Variable([1, 2])
        let rows = { () -> Tensor in
            let square = v * v
            _ = square.scalars(as: Float.self)
            return [square, [1, 2], v.value] as Tensor
        }
        #expect(try mismatch(#require(gradient(of: rows, [v])[0]), [3, 5]) == nil)
    }

    @Test func aVariableReadOften() throws {
        let x = Variable([1, 2])
        let y = { (0..<50).reduce(Tensor(0)) { sum, _ in sum + x } }
        #expect(try mismatch(#require(gradient(of: y, [x])[0]), [50, 50]) == nil)
    }

    @Test func aGradientAfterReadingTheValue() throws {
        let x = Variable([1, 2])
        let tape = GradientTape()
        let y = tape.record { () -> Tensor in
            let square = x * x
            _ = square.scalars(as: Float.self)
            return (square * x).sum()
        }
        _ = try y.evaluated()
        #expect(try mismatch(#require(tape.gradient(y, [x])[0]), [3, 12]) == nil)
    }
}
