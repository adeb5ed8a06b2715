import DescentCore
import DescentTestSupport
import Testing

@Suite("Derivatives")
struct DerivativeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let inputs: [Tensor]
        let function: @Sendable ([Tensor]) -> Tensor
        var testDescription: String { name }

        init(_ name: String, _ inputs: Tensor..., function: @escaping @Sendable ([Tensor]) -> Tensor) {
            (self.name, self.inputs, self.function) = (name, inputs, function)
        }
    }

    static let square: Tensor = [[0.3, -1.2, 0.8], [1.7, 0.5, -0.6]]
    static let other: Tensor = [[1.1, 0.4, -0.9], [-0.7, 1.3, 2.2]]
    static let positive: Tensor = [[0.3, 1.2, 0.8], [1.7, 0.5, 2.6]]
    static let row: Tensor = [0.9, -1.4, 1.6]
    static let column: Tensor = [[1.5], [-0.7]]

    static let elementwise: [Case] = [
        Case("add", square, row) { $0[0] + $0[1] },
        Case("subtract", column, square) { $0[0] - $0[1] },
        Case("multiply", square, column) { $0[0] * $0[1] },
        Case("multiply outer", row, column) { $0[0] * $0[1] },
        Case("divide", square, row) { $0[0] / $0[1] },
        Case("divide by a number", square) { $0[0] / 3 },
        Case("divide a number", row) { 3 / $0[0] },
        Case("mod", square, Tensor(1.1) + 0 * row) { $0[0] % $0[1] },
        Case("pow", positive, row) { $0[0] ** $0[1] },
        Case("pow 2", square) { $0[0] ** 2 },
        Case("pow 3", square) { $0[0] ** 3 },
        Case("pow 2.5", positive) { $0[0] ** 2.5 },
        Case("pow of a number", square) { 2 ** $0[0] },
        Case("negate", square) { -$0[0] },
        Case("abs", square) { abs($0[0]) },
        Case("square", square) { DescentCore.square($0[0]) },
        Case("reciprocal", square) { reciprocal($0[0]) },
        Case("sqrt", positive) { sqrt($0[0]) },
        Case("rsqrt", positive) { rsqrt($0[0]) },
        Case("exp", square) { exp($0[0]) },
        Case("expm1", square) { expm1($0[0]) },
        Case("log", positive) { log($0[0]) },
        Case("log1p", positive) { log1p($0[0]) },
        Case("sin", square) { sin($0[0]) },
        Case("cos", square) { cos($0[0]) },
        Case("tan", square) { tan($0[0]) },
        Case("atan", square) { atan($0[0]) },
        Case("atan2", square, other) { atan2($0[0], $0[1]) },
        Case("tanh", square) { tanh($0[0]) },
        Case("sigmoid", square) { sigmoid($0[0]) },
        Case("softplus", square) { softplus($0[0]) },
        Case("relu", square) { relu($0[0]) * $0[0] },
        Case("erf", square) { erf($0[0]) },
        Case("minimum", square, other) { minimum($0[0], $0[1]) * $0[0] },
        Case("maximum", square, row) { maximum($0[0], $0[1]) * $0[1] },
        Case("where", square, other) { Tensor.where($0[0] .> 0.4, $0[0] * $0[1], exp($0[1])) },
        Case("cast", square) { $0[0].cast(to: .float64) * $0[0] },
        Case("stopGradient", square) { $0[0] * stopGradient(Tensor([1, 2, 3])) },
    ]

    static let structural: [Case] = [
        Case("sum", square) { ($0[0] * $0[0]).sum() },
        Case("sum of an axis", square) { DescentCore.square($0[0]).sum(axes: 0) },
        Case("mean", square) { exp($0[0]).mean(axes: 1, keepDims: true) },
        Case("prod", square) { $0[0].prod() },
        Case("prod of an axis", square) { $0[0].prod(axes: 0) },
        Case("prod with a zero", [[0.5, 0, 2], [1, 3, -1]]) { $0[0].prod(axes: 1) },
        Case("prod with two zeros", [0, 0, 2, 3]) { $0[0].prod() },
        Case("prod of two axes", Tensor.arange(1, 13).reshape(2, 3, 2) / 7) { $0[0].prod(axes: 0, 2) },
        Case("max", square) { $0[0].max(axes: 1) * $0[0].max() },
        Case("min", square) { $0[0].min(axes: 0, keepDims: true) * $0[0] },
        Case("reshape", square) { $0[0].reshape(3, 2) * Tensor([1, 2]) },
        Case("permute", square) { $0[0].expandDims(1).permute(2, 0, 1) * Tensor([[1], [2]]) },
        Case("broadcast", row) { $0[0].broadcast(to: [2, 3]) * square },
        Case("squeeze", column) { $0[0].squeeze() * $0[0] },
        Case("slice", square) { $0[0][.all, 1...] * $0[0][-1, 0] },
        Case("slice with steps", square) { exp($0[0])[(0...).step(1), .range(step: -2)] },
        Case("flip", square) { $0[0].flip() * $0[0] },
        Case("concat", square, row) { concat([$0[0], $0[1].expandDims(0), $0[0] * $0[0]]) },
        Case("stack", square, other) { stack([$0[0], $0[1] * $0[0]], axis: 1) },
        Case("split", square) { $0[0].split(sizes: [1, 2], axis: 1)[1] * $0[0].split(into: 3, axis: 1)[0] },
        Case("pad", square) { DescentCore.square($0[0]).pad([(1, 0), (0, 2)]) * 2 },
        Case("pad with a computed value", square, row) { $0[0].pad([(1, 0), (0, 2)], value: $0[1].prod()) },
        Case("gather", square) { exp($0[0]).gather([2, 0, 2], axis: 1) },
        Case("scatterAdd", square, other) { exp($0[0]).scatterAdd([2, 0, 2], exp($0[1]), axis: 1) },
        Case("matmul", square, other) { $0[0].matmul($0[1].transposed()) },
        Case("matmul of vectors", row, row) { $0[0].matmul($0[1]) },
        Case("matmul of a stack", Tensor.arange(12).reshape(2, 2, 3) / 10, Tensor.arange(6).reshape(3, 2) / 5) {
            $0[0].matmul($0[1])
        },
        Case("matmul, a vector on a stack", row, Tensor.arange(12).reshape(2, 3, 2) / 10) {
            $0[0].matmul($0[1])
        },
        Case("literal of expressions", row) { [$0[0][0] * $0[0][1], 2, exp($0[0][2])] },
    ]

    @Test("first and second, against differences", arguments: elementwise + structural)
    func checked(sample: Case) throws {
        for order in 1...2 {
            let report = try checkGradient(of: sample.function, at: sample.inputs, order: order)
            #expect(report.failure == nil, "order \(order)")
        }
    }

    // MARK: - Awkward places

    private func gradient(_ x: Tensor, _ f: (Variable) -> Tensor) throws -> [Double] {
        let v = Variable(x, dtype: .float64)
        return try valueAndGradient([v]) { f(v).sum() }.gradients[0]!.scalars(as: Double.self)
    }

    @Test("kinks and poles")
    func kinks() throws {
        #expect(try gradient([0, -2, 2]) { abs($0) } == [0, -1, 1])
        #expect(try gradient([0, -2, 2]) { relu($0) } == [0, 0, 1])
        #expect(try gradient([0, 4]) { sqrt($0) } == [.infinity, 0.25])
        #expect(try gradient([1, 2, 3]) { maximum($0, 2) } == [0, 0.5, 1])
        #expect(try gradient([1, 2, 3]) { minimum($0, 2) } == [1, 0.5, 0])
        #expect(try gradient([1, 3, 3, 2]) { max($0) } == [0, 0.5, 0.5, 0])
        #expect(try gradient([2, 2, 2, 2]) { min($0) } == [0.25, 0.25, 0.25, 0.25])
        #expect(try gradient([0, 0]) { atan2($0, 0 * $0.value) } == [0, 0])
    }

    @Test("powers at 0")
    func powers() throws {
        let exponents = Tensor([0, 1, 2, 0.5, 3] as [Double])
        #expect(try gradient([0, 0, 0, 0, 0]) { $0 ** exponents } == [0, 1, 0, .infinity, 0])
        #expect(try gradient([0, 2, 0.5, 1]) { Tensor([0, 0, 0, -2] as [Double]) ** $0 } == [0, 0, 0, 0])
        #expect(try gradient([0, 3]) { $0 ** 2 } == [0, 6])
    }

    @Test("a branch not taken has no influence, whatever its derivative")
    func masked() throws {
        #expect(try gradient([0, 4, -1]) { Tensor.where($0 .> 0, sqrt($0), 0) } == [0, 0.25, 0])
        #expect(try gradient([0, 4, -1]) { Tensor.where($0 .> 0, log($0), 0) } == [0, 0.25, 0])
        #expect(try gradient([0, 4, -1]) { Tensor.where($0 .> 0, rsqrt($0), 0) } == [0, -0.0625, 0])
        #expect(try gradient([0, 4]) { Tensor.where($0 .> 0, 1 / $0, 0) } == [0, -0.0625])
        #expect(try gradient([0, 4]) { Tensor.where($0 .> 0, 2 * $0 / $0, 0) } == [0, 0])
        #expect(try gradient([-1, 0]) { Tensor.where($0 .> 0, log1p($0), 0) } == [0, 0])
        #expect(try gradient([0, 4, -1]) { Tensor.where($0 .> 0, $0 ** 0.5, 0) } == [0, 0.25, 0])
        #expect(try gradient([0, 4]) { Tensor.where($0 .> 0, reciprocal($0), 0) } == [0, -0.0625])
    }

    @Test("rounding, comparing, drawing and choosing positions pass no gradient on")
    func constant() throws {
        let v = Variable([1.5, 2.5])
        let functions: [(Variable) -> Tensor] = [
            { floor($0) }, { ceil($0) }, { round($0) }, { sign($0) }, { ($0 .> 2).cast(to: .float32) },
            { $0.argmax().cast(to: .float32) }, { stopGradient($0) },
            { $0.cast(to: .int32).cast(to: .float32) },
        ]
        for f in functions { #expect(try valueAndGradient([v]) { f(v).sum() }.gradients[0] == nil) }
    }

    @Test("of empty tensors")
    func empty() throws {
        let v = Variable(Tensor.zeros([0, 3]))
        let functions: [(Variable) -> Tensor] = [
            { ($0 * $0).sum() }, { $0.prod(axes: 0).sum() }, { $0.max(axes: 1).sum() },
            { $0.matmul(Tensor.ones([3, 2])).sum() },
            { concat([$0.value, Tensor.ones([1, 3])]).sum() }, { $0[.all, 1].sum() },
            { $0.gather([0], axis: 1).sum() },
            { $0.transposed().reshape(-1).sum() }, { $0.pad([(1, 1), (0, 0)]).sum() }, { $0.flip().sum() },
        ]
        for f in functions {
            let gradient = try valueAndGradient([v]) { f(v) }.gradients[0]
            #expect(try gradient?.evaluated().shape == [0, 3])
        }
    }
}

@Suite("Literals beside watched numbers")
struct WatchedLiteralTests {
    @Test("array literals stay adaptable after a tape has watched a number of the source")
    func adaptable() throws {
        let x: Tensor = 3
        let tape = GradientTape()
        tape.watch(x)
        let v = Variable([[1, 2]])
        let y = tape.record { (v.gather([0], axis: 1) * [x, x * 2]).sum() }
        #expect(Float(try tape.gradient(y, [x])[0]!) == 3)
    }
}
