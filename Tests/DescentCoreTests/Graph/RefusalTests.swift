import DescentCore
import DescentTestSupport
import Testing

/// Bad input is refused where it is given: with the operation, the rule, what was received, and where.
struct RefusalTests {
    /// Something refused, with the operation that must say so and part of what was received. All in one line: that line
    /// is the caller's.
    struct Case: Sendable, CustomTestStringConvertible {
        let operation: String
        let received: String
        let line: Int?
        let make: @Sendable () -> Tensor
        var testDescription: String { "\(operation): \(received)" }

        /// A function, which knows the line it is called in.
        static func named(
            _ operation: String, _ received: String, line: UInt = #line, _ make: @escaping @Sendable () -> Tensor
        ) -> Case { Case(operation: operation, received: received, line: Int(line), make: make) }

        /// An operator, which does not.
        static func sign(_ operation: String, _ received: String, _ make: @escaping @Sendable () -> Tensor) -> Case {
            Case(operation: operation, received: received, line: nil, make: make)
        }
    }

    static let a = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])
    static let b = Tensor([1, 2] as [Float])

    static let shapes: [Case] = [
        .sign("add", "lhs [2, 3], rhs [2]") { a + b }, .sign("subtract", "rhs [2]") { a - b },
        .sign("multiply", "rhs [2]") { a * b }, .sign("divide", "rhs [2]") { a / b }, .sign("mod", "rhs [2]") { a % b },
        .sign("pow", "rhs [2]") { a ** b }, .sign("less", "rhs [2]") { a .< b }, .sign("equal", "rhs [2]") { a .== b },
        .sign("and", "rhs [2]") { (a .> 0) .& (b .> 0) },
        .named("maximum", "rhs [2]") { maximum(a, b) }, .named("minimum", "rhs [2]") { a.minimum(b) },
        .named("pow", "rhs [2]") { pow(a, b) }, .named("mod", "rhs [2]") { mod(a, b) },
        .named("atan2", "rhs [2]") { atan2(a, b) },
        .named("where", "condition [2, 3], [2] and []") { Tensor.where(a .> 0, b, 0) },
        .named("matmul", "lhs [2, 3], rhs [2]") { matmul(a, b) },
        .named("matmul", "lhs [2, 3], rhs [2, 3]") { a.matmul(a) },
        .named("matmul", "lhs [], rhs [2]") { a.sum().matmul(b) },
        .named("matmul", "[2, 1, 3]") { a.reshape([2, 1, 3]).matmul(Tensor.ones([3, 3, 1])) },
        .named("reshape", "shape [2, 3] to [4]") { a.reshape([4]) },
        .named("reshape", "to [-1, 4]") { a.reshape([-1, 4]) },
        .named("reshape", "to [-1, -1]") { a.reshape([-1, -1]) },
        .named("broadcast", "shape [2, 3] to [3, 3]") { a.broadcast(to: [3, 3]) },
        .named("squeeze", "axes [0]") { a.squeeze(axes: [0]) },
        .named("concat", "[2, 3] and [2]") { concat([a, b]) }, .named("concat", "none") { concat([]) },
        .named("stack", "[2, 3] and [2]") { stack([a, b]) }, .named("stack", "none") { stack([]) },
        .named("pad", "shape [2, 3]") { a.pad([(1, 1)]) }, .named("pad", "-1") { b.pad([(-1, 1)]) },
        .named("split", "2 parts of axis 1, shape [2, 3]") { a.split(into: 2, axis: 1)[0] },
        .named("split", "sizes [1, 3]") { a.split(sizes: [1, 3], axis: 1)[1] },
        .named("scatterAdd", "values [2, 3], needed [1, 3]") { a.scatterAdd([0] as Tensor, Tensor.ones([2, 3])) },
        .named("full", "-1") { Tensor.full([-1], 3) }, .named("zeros", "-2") { Tensor.zeros([2, -2]) },
    ]

    static let tall = Tensor.zeros([1 << 30, 1])
    static let wide = Tensor.zeros([1, 1 << 30])

    /// More elements than any memory holds, from operands that are small.
    static let sizes: [Case] = [
        .sign("add", "[1073741824, 1073741824]") { Tensor.zeros([1 << 30, 1]) + Tensor.zeros([1, 1 << 30]) },
        .named("matmul", "[1073741824, 1073741824]") { tall.matmul(wide) },
        .named("where", "1073741824") { Tensor.where(Tensor.zeros([1 << 30, 1]), Tensor.zeros([1, 1 << 30]), 0) },
        .named("zeros", "[4611686018427387904, 4]") { Tensor.zeros([1 << 62, 4]) },
        .named("broadcast", "[1099511627776, 1024]") { b.sum().broadcast(to: [1 << 40, 1 << 10]) },
        .named("zeros", "shape [1, 1, 1, 1, 1, 1, 1, 1, 1]") { Tensor.zeros([1, 1, 1, 1, 1, 1, 1, 1, 1]) },
        .named("pad", "shape [281474976710658]") { b.pad([(0, 1 << 48)]) },
    ]

    static let axes: [Case] = [
        .named("sum", "axis 2, shape [2, 3]") { a.sum(axes: 2) }, .named("mean", "axis -3") { a.mean(axes: -3) },
        .named("max", "axis 5") { max(a, axes: [5]) }, .named("min", "axis 5") { a.min(axes: [5]) },
        .named("prod", "axis 2") { a.prod(axes: 2) }, .named("any", "axis 2") { a.any(axes: 2) },
        .named("sum", "axes [0, -2]") { a.sum(axes: 0, -2) }, .named("max", "axes [1, 1]") { a.max(axes: 1, 1) },
        .named("argmax", "axis 2") { a.argmax(axis: 2) }, .named("argmin", "axis 0, shape []") { a.sum().argmin() },
        .named("permute", "axes [0]") { a.permute(0) }, .named("permute", "axes [0, 0]") { a.permute(0, 0) },
        .named("permute", "axis 2") { a.permute(0, 2) }, .named("expandDims", "axis 4") { a.expandDims(4) },
        .named("squeeze", "axis 2") { a.squeeze(axes: [2]) }, .named("flip", "axis 2") { a.flip(axes: [2]) },
        .named("concat", "axis 2") { concat([a, a], axis: 2) }, .named("stack", "axis 3") { stack([a, a], axis: 3) },
        .named("split", "axis 7") { a.split(into: 1, axis: 7)[0] },
        .named("gather", "axis 2") { a.gather([0], axis: 2) },
        .named("logSoftmax", "axis 2") { logSoftmax(a, axis: 2) },
        .named("subscript", "2 on axis 0 of shape [2, 3]") { a[2] }, .named("subscript", "-3") { a[-3] },
        .named("subscript", "shape [2, 3]") { a[0, 0, 0] }, .named("subscript", "1..<4") { a[0, 1..<4] },
        .named("subscript", "step 0") { a[.range(step: 0)] },
        .named("subscript", "ellipsis") { a[.ellipsis, .ellipsis] },
    ]

    static let arguments: [Case] = [
        .named("max", "shape [0, 3]") { Tensor.zeros([0, 3]).max(axes: 0) },
        .named("min", "[0]") { Tensor.zeros([0]).min() },
        .named("argmax", "shape [0]") { Tensor.zeros([0]).argmax() },
        .named("gather", "float32") { a.gather(b) }, .named("gather", "bool") { a.gather(b .> 0) },
        .named("oneHot", "float32") { oneHot(b, depth: 2) }, .named("oneHot", "-1") { oneHot([0, 1], depth: -1) },
        .named("Tensor", "rows of shapes [2] and [1]") { Tensor([[1, 2], [3]] as [[Float]]) },
        .named("Tensor", "3 numbers, shape [2, 2]") { Tensor([1, 2, 3] as [Float], shape: [2, 2]) },
        .named("arange", "step 0") { Tensor.arange(0, 1, step: 0) },
        .named("linspace", "-1") { Tensor.linspace(0, 1, count: -1) },
        .named("eye", "[-1, -1]") { Tensor.eye(-1) },
        .named("randomUniform", "int32") { Tensor.randomUniform([2], seed: 1, dtype: .int32) },
        .named("randomNormal", "bool") { Tensor.randomNormal([2], seed: 1, dtype: .bool) },
        .named("randomPermutation", "-1") { Tensor.randomPermutation(-1, seed: 1) },
        .named("pad", "float64 [] for float32") { b.pad([(1, 1)], value: Tensor([1.0] as [Double]).sum()) },
        .sign("Tensor", "rows of shapes [2] and [1]") { [[1, 2], [3]] },
    ]

    @Test(arguments: shapes + sizes + axes + arguments) func isRefused(_ item: Case) throws {
        let error = try #require(item.make().error)
        #expect(error.operation == item.operation)
        #expect(error.received.contains(item.received), "\(error)")
        #expect(error.message == "[\(error.operation)] \(error.rule). Received: \(error.received)")
        #expect(!error.rule.hasSuffix(".") && !error.rule.isEmpty)
        if let line = item.line {
            #expect(error.location?.line == line, "\(error)")
            #expect(error.location?.file.hasSuffix("RefusalTests.swift") == true)
        }
    }

    /// A refusal of one's own goes the way of all others, and whoever evaluates it says where.
    @Test func anErrorOfOnesOwn() throws {
        let refused = Tensor(error: DescentError("halves", "the count must be even", received: "3"))
        #expect((1 + refused).sum().error?.message == "[halves] the count must be even. Received: 3")
        let line = Int(#line) + 2
        do {
            try (1 + refused).evaluated()
            Issue.record("no error")
        } catch {
            #expect(error.operation == "halves" && error.location?.line == line)
        }
        let w = Variable(1.0)
        w.assign(refused)
        #expect(w.value.error?.operation == "halves")
    }

    @Test func whatUsesAnErrorHasIt() throws {
        let broken = Self.a + Self.b
        let error = try #require(broken.error)
        let users: [Tensor] = [
            broken * 2, 2 - broken, tanh(broken), broken.sum(), matmul(Self.a, broken), concat([Self.a, broken]),
            Self.a.gather(broken), Tensor.where(broken, 1, 2), Tensor.where(Self.a, broken, 2), broken[0],
            broken.cast(to: .int32),
            broken.reshape([7]), stopGradient(broken), [broken, broken], Self.a.pad([(1, 1), (0, 0)], value: broken),
            broken.split(into: 5)[4], stack([Self.a, broken]), Self.a.scatterAdd([0] as Tensor, broken),
            oneHot(broken, depth: 2),
            Tensor.full([2], broken), .zerosLike(broken), logSoftmax(broken), broken.flip(), broken ** 2, .!broken,
            -broken,
        ]
        for (number, user) in users.enumerated() { #expect(user.error?.message == error.message, "user \(number)") }
        #expect("\(broken)" == error.description)
    }
}
