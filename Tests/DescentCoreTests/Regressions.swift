import DescentCore
import DescentTestSupport
import Testing

/// What once went wrong.
struct Regressions {
    /// More than a plan holds: some of the roots are computed in an early piece, and roots need other roots.
    @Test func updatesMayBeLargerThanAPlan() throws {
        let variables = (0..<3000).map { Variable(Tensor([Float($0), 1])) }
        var assignments: [(Variable, Tensor)] = []
        for variable in variables {
            var value = variable * 1
            for _ in 0..<8 { value = value + 1 }
            assignments.append((variable, value))
        }
        var sum = Tensor([0.0, 0.0])
        for (_, value) in assignments { sum = sum + value }
        let answers = try Engine.update(assignments, also: [sum])
        #expect(variables[0].value.scalars(as: Float.self) == [8, 9])
        #expect(variables[1234].value.scalars(as: Float.self) == [1242, 9])
        #expect(answers[0].scalars(as: Float.self) == [4_522_500, 27_000])
    }

    /// One operation with more inputs than a plan has nodes.
    @Test func manyRows() throws {
        let rows = (0..<20_000).map { Tensor([Float($0)]) * 2 }
        #expect(try Float(concat(rows, axis: 0).sum().evaluated()) == 399_980_000)
    }

    /// A loop whose state is a view must not compute its history anew at each turn.
    @Test func stateThatIsAView() throws {
        var state = Tensor.ones([3, 4]) * 1
        for _ in 0..<50 {
            state = (state + 1).transposed()
            _ = try state.sum().evaluated()
        }
        #expect("\(state.graph)".split(separator: "\n").count < 8)
        var turned = Tensor.ones([4]) + 1
        for _ in 0..<100 {
            turned = turned.flip()
            _ = try turned.sum().evaluated()
        }
        #expect("\(turned.graph)".split(separator: "\n").count < 40)
    }

    /// Two variables get one value; what one of them was is read after that value is known.
    @Test func oneValueForTwoVariables() throws {
        let w = Variable(Tensor([1, 2, 3, 4]), name: "w")
        let (a, b) = (Variable(Tensor([1, 1, 1, 1])), Variable(Tensor([2, 2, 2, 2])))
        func assignments() -> [(Variable, Tensor)] {
            let x = a.current + w.current
            return [(a, x), (b, x), (w, x * b.current)]
        }
        try Engine.update(assignments())
        #expect(w.value.scalars(as: Float.self) == [4, 6, 8, 10])
        #expect(b.value.scalars(as: Float.self) == [2, 3, 4, 5])
    }
}
