import CDescent
import DescentCore
import DescentTestSupport
import Testing

struct PlanDescriptionTests {
    @Test func aPlanInWords() throws {
        let (v, x) = (Variable(Tensor.ones([1000])), Tensor.full([1000], 3) * 1)
        try evaluate([x])
        let plans = try tracePlans { try Engine.update([(v, v.current * 0.9 + x)]) }
        let plan = try #require(plans.first)
        #expect(plan.stepCount == 1 && plan.programCount == 1 && plan.inPlaceCount == 1)
        #expect(plan.temporaryBytes == 0)
        // Two vectors read, one written.
        #expect(plan.bytesMoved == 12_000)
        let text = plan.description
        for part in ["plan: 1 steps", "in place", "program over [1000]", "mul", "add", "12000 bytes"] {
            #expect(text.contains(part), "\(part) is missing: \(text)")
        }
    }

    /// An operation code that is added without a name would end the program that describes a plan.
    @Test func everyOperationCodeHasAName() {
        #expect(Opcode.unary.count == CD_UNARY_COUNT)
        #expect(Opcode.binary.count == CD_BINARY_COUNT)
        #expect(Opcode.unary[Int(CD_ERFINV)] == "erfinv" && Opcode.unary[Int(CD_CAST_BOOL)] == "bool")
        #expect(Opcode.binary[Int(CD_ZETA)] == "zeta" && Opcode.binary[Int(CD_OR)] == "or")
    }

    @Test func everyKindOfStepHasATitle() throws {
        let x = Tensor.randomNormal([4, 6], seed: 1)
        let plans = try tracePlans {
            try evaluate([
                x.matmul(x.transposed()), x.argmax(axis: 1), x.gather([1, 0]), x.pad([(1, 1), (0, 0)]),
                x.scatterAdd([0] as Tensor, x[..<1]), concat([x, x]), x.transposed(),
                Tensor.zeros([0, 4]).sum(axes: 0),
            ])
        }
        let text = plans.map(\.description).joined()
        for part in ["matmul", "argmax", "gather", "copy", "scatterAdd", "fill", "random normal"] {
            #expect(text.contains(part), "\(part) is missing: \(text)")
        }
    }

    @Test func tracesNest() throws {
        let x = Tensor.ones([10])
        var inner: [PlanDescription] = []
        let outer = try tracePlans {
            _ = try (x + 1).evaluated()
            inner = try tracePlans { _ = try (x + 2).evaluated() }
            _ = try (x + 3).evaluated()
        }
        #expect(inner.count == 1)
        #expect(outer.count == 2)
    }

    @Test func rowsThatArePickedTwiceArePickedOnce() throws {
        let table = Tensor.arange(16).reshape([4, 4])
        let (some, others) = (Tensor([1, 3, 1], dtype: .int64), Tensor([1, 3, 0], dtype: .int64))
        func gathers(_ record: () -> Tensor) throws -> Int {
            let plans = try tracePlans { _ = try record().evaluated() }
            return plans.reduce(0) { $0 + $1.description.ranges(of: "gather").count }
        }
        #expect(try gathers { (table.gather(some) * 2).sum() + table.gather(some).max() } == 1)
        #expect(try gathers { (table.gather(some) * 2).sum() + table.gather(others).max() } == 2)
        #expect(try gathers { (table.gather(some) * 2).sum() + table.gather(some, axis: 1).max() } == 2)
    }
}
