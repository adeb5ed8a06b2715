import DescentCore
import DescentTestSupport
import Testing

/// A step that fails while it runs changes nothing at all.
struct UpdateFailureTests {
    private static let bad: Tensor = [0, 1, 99]

    private func numbers(_ variables: [Variable]) -> [[Double]] { variables.map { $0.scalars(as: Double.self) } }

    /// Runs `update`, which must fail, several times, so that a second failure meets what the first has left.
    private func expectNothingChanges(
        _ variables: [Variable], _ message: String, _ update: () throws -> [(Variable, Tensor)],
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let before = numbers(variables)
        let held = variables.map(\.value)
        for _ in 0..<2 {
            let error = #expect(throws: DescentError.self, sourceLocation: sourceLocation) {
                try Engine.update(try update())
            }
            #expect(
                error?.message.hasPrefix(message) == true, "\(String(describing: error))",
                sourceLocation: sourceLocation)
            #expect(numbers(variables) == before, sourceLocation: sourceLocation)
        }
        for (variable, value) in zip(variables, held) {
            #expect(mismatch(value, variable.value) == nil, sourceLocation: sourceLocation)
            // The variable is as good as ever.
            try Engine.update([(variable, variable.current + 1)])
        }
        #expect(numbers(variables) == before.map { $0.map { $0 + 1 } }, sourceLocation: sourceLocation)
    }

    @Test(arguments: [3, 5000]) func anIndexOutOfRange(_ n: Int) throws {
        let (a, b) = (Variable(Tensor.ones([n])), Variable(Tensor.ones([n])))
        let index = Tensor([0, n] as [Int])
        try expectNothingChanges([a, b], "[gather] ") {
            [(a, a.current * 2), (b, b.current + b.current.gather(index).sum())]
        }
        try expectNothingChanges([a, b], "[gather] ") {
            [(b, b.current + a.current.gather(index).sum()), (a, a.current * 2)]
        }
    }

    @Test func theMessageTellsWhereAndWhat() throws {
        let a = Variable(Tensor.ones([3]))
        let line = #line + 1
        let picked = a.gather(Tensor(Self.bad, dtype: .int64))
        let error = try #require(throws: DescentError.self) { try Engine.update([(a, picked)]) }
        #expect(error.operation == "gather")
        #expect(error.received.contains("index 99 at position 2"))
        #expect(error.location?.line == line)
        #expect(error.location?.file.hasSuffix("UpdateFailureTests.swift") == true)
    }

    @Test func scatteringOutOfRange() throws {
        let (a, b) = (Variable([1.0, 2.0, 3.0]), Variable([1.0, 2.0, 3.0]))
        try expectNothingChanges([a, b], "[scatterAdd] ") {
            [
                (a, a.current * b.current),
                (b, b.current.scatterAdd(Tensor([0, -4], dtype: .int64), a.current[..<2])),
            ]
        }
    }

    @Test func aRemainderByZero() throws {
        let (a, b) = (Variable([4, 5], dtype: .int64), Variable([1, 0], dtype: .int64))
        try expectNothingChanges([a, b], "[mod] ") { [(a, a.current % b.current), (b, b.current + 7)] }
    }

    @Test func aNegativePowerOfAnInteger() throws {
        let (a, b) = (Variable([4, 5], dtype: .int32), Variable([1, -1], dtype: .int32))
        try expectNothingChanges([a, b], "[pow] ") { [(b, b.current + 7), (a, a.current ** b.current)] }
    }

    @Test func aShapeThatDoesNotFit() throws {
        let (a, b) = (Variable([1.0, 2.0]), Variable([1.0, 2.0, 3.0]))
        try expectNothingChanges([a, b], "[assign] the shape of a variable stays") {
            [(a, a.current * 2), (b, a.current)]
        }
    }

    @Test func aTypeThatDoesNotFit() throws {
        let (a, b) = (Variable([1.0, 2.0]), Variable([1, 2], dtype: .int32))
        try expectNothingChanges([a, b], "[assign] a value must not lose precision") {
            [(a, a.current * 2), (b, a.current)]
        }
        #expect(throws: DescentError.self) { try Engine.update([(a, Tensor([1.0, 2.0] as [Double]))]) }
    }

    @Test func knownValuesWaitForThoseThatMustBeComputed() throws {
        let (a, b) = (Variable([1.0, 2.0, 3.0]), Variable([1.0, 2.0, 3.0]))
        try expectNothingChanges([a, b], "[gather] ") {
            [(a, Tensor([7.0, 8.0, 9.0] as [Float])), (b, b.current.gather(Tensor(Self.bad, dtype: .int64)))]
        }
    }

    @Test func whatIsEvaluatedBesidesMayFailToo() throws {
        let a = Variable(Tensor.ones([3]))
        let index = Tensor(Self.bad, dtype: .int64)
        #expect(throws: DescentError.self) {
            try Engine.update([(a, a.current * 2)], also: [a.current.gather(index).sum()])
        }
        #expect(a.scalars(as: Int.self) == [1, 1, 1])
    }

    @Test func aFailureCanBeReadAgain() throws {
        let x = Tensor([1.0, 2.0] as [Float])
        let y = x.gather([5] as Tensor).sum() + 1
        for _ in 0..<2 { #expect(throws: DescentError.self) { try y.evaluated() } }
    }
}
