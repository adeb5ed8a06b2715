import DescentCore
import DescentTestSupport
import Testing

struct GradientTapeTests {
    @Test func theDocumentedExample() throws {
        let x = Variable(3.0)
        let tape = GradientTape()
        let y = tape.record { x * x }
        #expect(try mismatch(#require(tape.gradient(y, [x])[0]), 6) == nil)
    }

    // MARK: - How often

    @Test func aTapeAnswersOnce() throws {
        let x = Variable(3.0)
        let tape = GradientTape()
        let y = tape.record { x * x }
        _ = try tape.gradient(y, [x])
        let error = try #require(throws: DescentError.self) { try tape.gradient(y, [x]) }
        #expect(error.operation == "gradient")
        #expect(error.message.contains("persistent"))
        #expect(error.location?.file.hasSuffix("GradientTapeTests.swift") == true)
    }

    @Test func aPersistentTapeAnswersOften() throws {
        let x = Variable(3.0)
        let tape = GradientTape(persistent: true)
        let (y, z) = tape.record { () -> (Tensor, Tensor) in
            let y = x * x
            return (y, y * y)
        }
        #expect(try mismatch(#require(tape.gradient(z, [x])[0]), 108) == nil)
        #expect(try mismatch(#require(tape.gradient(y, [x])[0]), 6) == nil)
        #expect(try mismatch(#require(tape.gradient(z, [x])[0]), 108) == nil)
    }

    @Test func recordingAgainAdds() throws {
        let x = Variable(3.0)
        let tape = GradientTape()
        let y = tape.record { x * x }
        let unrecorded = y * 1
        let z = tape.record { y * x }
        #expect(try mismatch(#require(tape.gradient(z, [x])[0]), 27) == nil)
        #expect(mismatch(unrecorded, 9) == nil)
    }

    @Test func resetForgets() throws {
        let x = Variable(3.0)
        let c = Variable(2.0, trainable: false)
        let tape = GradientTape()
        tape.watch(c)
        let old = tape.record { x * c }
        _ = try tape.gradient(old, [x])
        tape.reset()
        #expect(try tape.gradient(old, [x])[0] == nil)
        tape.reset()
        let new = tape.record { x * c * old }
        let gradients = try tape.gradient(new, [x, c])
        #expect(try mismatch(#require(gradients[0]), 12) == nil)
        #expect(gradients[1] == nil)
    }

    // MARK: - What is watched

    @Test func variablesThatAreNotTrainableAreWatchedOnRequest() throws {
        let x = Variable(3.0, trainable: false)
        #expect(try gradient { x * x } == nil)
        #expect(try mismatch(#require(gradient(watching: x) { x * x }), 6) == nil)

        func gradient(watching: Variable? = nil, _ f: () -> Tensor) throws -> Tensor? {
            let tape = GradientTape()
            if let watching { tape.watch(watching) }
            return try tape.gradient(tape.record(f), [x])[0]
        }
    }

    @Test func nothingIsWatchedByItselfIfNotWanted() throws {
        let (x, y) = (Variable(3.0), Variable(4.0))
        let tape = GradientTape(watchAccessedVariables: false)
        tape.watch(y)
        let gradients = try tape.gradient(tape.record { x * y }, [x, y])
        #expect(gradients[0] == nil)
        #expect(try mismatch(#require(gradients[1]), 3) == nil)
    }

    @Test func tensorsAreWatchedOnRequest() throws {
        let x = Tensor([Float](arrayLiteral: 1, 2, 3))
        let y = x + 1
        let tape = GradientTape()
        tape.watch(y)
        let gradients = try tape.gradient(tape.record { (y * y * x).sum() }, [y, x])
        #expect(try mismatch(#require(gradients[0]), [4, 12, 24]) == nil)
        #expect(gradients[1] == nil)
    }

    @Test func aNumberWrittenInTheSourceCanBeWatched() throws {
        let x: Tensor = 3
        let half: Tensor = 0.5
        for (watched, value) in [(x, 6), (half, 1.0)] {
            let tape = GradientTape()
            tape.watch(watched)
            let y = tape.record { watched * watched }
            let gradient = try #require(tape.gradient(y, [watched])[0])
            #expect(mismatch(gradient, Tensor(value, dtype: .float32)) == nil)
        }
    }

    @Test func aWatchedNumberMeetsOtherTypes() throws {
        let x: Tensor = 3
        let vector = Tensor([2.0, 4.0] as [Double])
        let tape = GradientTape()
        tape.watch(x)
        let y = tape.record { (x * vector * 2.0 * (x + 1)).sum() }
        #expect(y.dtype == .float64)
        let gradient = try #require(tape.gradient(y, [x])[0])
        #expect(gradient.shape == [])
        #expect(Double(gradient) == 84)
    }

    @Test func aLiteralArrayCanBeWatched() throws {
        let x: Tensor = [1, 2, 3]
        for f: (Tensor) -> Tensor in [{ ($0 * $0).sum() }, { $0.square().sum() }, { ($0 * $0 * 1.0).sum() }] {
            let tape = GradientTape()
            tape.watch(x)
            let gradient = try #require(tape.gradient(tape.record { f(x) }, [x])[0])
            #expect(mismatch(gradient, Tensor([2, 4, 6] as [Float])) == nil)
        }
    }

    @Test func functionsOfAWatchedNumber() throws {
        let x: Tensor = 3
        let functions: [(Tensor) -> Tensor] = [
            { $0.square() }, { -(-$0 * $0) }, { $0 ** 2 }, { $0 + $0 + ($0 - 1) * 4 }, { $0.sum() * 6 },
            { maximum($0 * 6, 1) }, { Tensor.where($0 .> 0, $0 * 6, 0) }, { stack([$0, $0]).sum() * 3 },
        ]
        for (number, f) in functions.enumerated() {
            let tape = GradientTape()
            tape.watch(x)
            let gradient = try #require(tape.gradient(tape.record { f(x) }, [x])[0], "function \(number)")
            #expect(mismatch(gradient, Tensor(6, dtype: .float32)) == nil, "function \(number)")
        }
    }

    @Test func theWatchedTensorItself() throws {
        let x = Variable([1, 2])
        let tape = GradientTape()
        let y = tape.record { x.value }
        #expect(try mismatch(#require(tape.gradient(y, [x])[0]), [1, 1]) == nil)
    }

    @Test func theSameSourceTwice() throws {
        let (x, z) = (Variable(3.0), Variable(4.0))
        let tape = GradientTape()
        let gradients = try tape.gradient(tape.record { x * x }, [x, z, x])
        #expect(try mismatch(#require(gradients[0]), 6) == nil)
        #expect(gradients[1] == nil)
        #expect(try mismatch(#require(gradients[2]), 6) == nil)
    }

    /// Many sources are found by another way than a few.
    @Test func manySources() throws {
        let variables = (0..<40).map { Variable(Double($0)) }
        let tape = GradientTape()
        let y = tape.record { variables.dropFirst().reduce(Tensor(0)) { $0 + $1 * $1 } }
        let gradients = try tape.gradient(y, variables)
        #expect(gradients[0] == nil)
        for index in 1..<40 {
            #expect(try mismatch(#require(gradients[index]), Double(2 * index)) == nil)
        }
    }

    // MARK: - What counts

    @Test func aValueCapturedBeforeIsAConstant() throws {
        let v = Variable(3.0)
        let old = v.value
        let tape = GradientTape()
        let y = tape.record { v * old }
        #expect(try mismatch(#require(tape.gradient(y, [v])[0]), 3) == nil)
    }

    @Test func aValueCapturedBetweenTwoRecordingsIsAConstant() throws {
        let v = Variable([3.0, 4.0])
        let tape = GradientTape()
        let y = tape.record { v * 2 }
        let old = v.value
        let z = tape.record { (v * old + y).sum() }
        #expect(try mismatch(#require(tape.gradient(z, [v])[0]), [5, 6]) == nil)
    }

    @Test func stopRecordingMakesConstants() throws {
        for v in [Variable(3.0), Variable([3.0])] {
            let tape = GradientTape()
            let y = tape.record { () -> Tensor in
                let a = v.value
                let b = tape.stopRecording { v * a }
                let c = tape.stopRecording { v.value }
                return (a * b * c * v).sum()
            }
            #expect(try mismatch(#require(tape.gradient(y, [v])[0]).sum(), 2 * 3 * 9 * 3) == nil)
        }
    }

    @Test func stopRecordingOutsideOfRecordRunsTheBody() throws {
        let x = Variable(3.0)
        let tape = GradientTape()
        #expect(mismatch(tape.stopRecording { x * x }, 9) == nil)
    }

    @Test func recordingGoesOnAfterAnError() throws {
        struct Problem: Error {}
        let x = Variable(3.0)
        let tape = GradientTape()
        #expect(throws: Problem.self) { try tape.record { throw Problem() } }
        let y = tape.record { () -> Tensor in
            try? tape.stopRecording { throw Problem() }
            return x * x
        }
        #expect(try mismatch(#require(tape.gradient(y, [x])[0]), 6) == nil)
    }

    @Test func bothReadsCountWhereAnAssignmentComesBetween() throws {
        for v in [Variable(3.0), Variable([3.0])] {
            let tape = GradientTape()
            let y = tape.record { () -> Tensor in
                let first = v * 10
                v.assign(v * 2)
                return (first + v * v).sum()
            }
            #expect(mismatch(y, 66) == nil)
            #expect(try mismatch(#require(tape.gradient(y, [v])[0]).sum(), 10 + 12) == nil)
        }
    }
}
