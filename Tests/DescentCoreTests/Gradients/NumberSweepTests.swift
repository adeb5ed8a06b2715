import DescentCore
import DescentTestSupport
import Testing

/// Gradients of known numbers are computed as numbers: they must be those that the rules give as tensors, bit for bit.
struct NumberSweepTests {
    typealias Function = @Sendable (Tensor, Tensor) throws -> Tensor

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var isNumeric = true
        let function: Function

        init(_ name: String, isNumeric: Bool = true, _ function: @escaping Function) {
            self.name = name
            self.isNumeric = isNumeric
            self.function = function
        }

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case("+") { x, y in x + y }, Case("-") { x, y in x - y }, Case("*") { x, y in x * y },
        Case("/") { x, y in x / y }, Case("%") { x, y in x % y }, Case("**") { x, y in x ** y },
        Case("min") { x, y in minimum(x, y) }, Case("max") { x, y in maximum(x, y) },
        Case("atan2") { x, y in atan2(x, y) },
        Case("same twice") { x, _ in x * x + x },
        Case("divided by a number") { x, y in x / 3 + y / 0 },
        Case("a number divided") { x, y in 3 / x - 0 / y },
        Case("powers") { x, y in x ** 2 + y ** 3 + x ** -1 + y ** 0.5 + x ** 2.5 },
        Case("negate, abs, square") { x, y in -x + abs(y) * square(x) },
        Case("roots") { x, y in sqrt(x) + rsqrt(y) + reciprocal(x) },
        Case("exp, log") { x, y in exp(x) + expm1(y) + log(x) + log1p(y) },
        Case("sin, cos, tan, atan") { x, y in sin(x) + cos(y) + tan(x) * atan(y) },
        Case("tanh, sigmoid, softplus") { x, y in tanh(x) * sigmoid(y) + softplus(x) },
        Case("relu, erf") { x, y in relu(x) + erf(y) + relu(-y) },
        Case("floor, sign") { x, y in floor(x) * y + sign(y) * x },
        Case("a chain") { x, y in
            var z = x
            for step in 0..<20 { z = z * y + x / Tensor(Double(step + 1), dtype: x.dtype) }
            return z
        },
        Case("where", isNumeric: false) { x, y in Tensor.where(x .> 0, x * y, y) },
        Case("casts", isNumeric: false) { x, y in x.cast(to: x.dtype == .float32 ? .float64 : .float32) * y },
        Case("a sum", isNumeric: false) { x, y in stack([x, y * x]).sum() },
        Case("a rule of one's own", isNumeric: false) { x, y in
            customGradient(x) { x in (x * 2, { g in g * 5 }) } * y
        },
    ]

    static let values: [Double] = [
        0, -0.0, 0.3, 1, -1, 2.5, -3, 1e-40, 1e-300, 1e300, .infinity, -.infinity, .nan, 88, -745,
    ]

    /// The gradients, and whether they were computed as numbers: then no node was made but the results.
    private func gradients(_ item: Case, _ x: Tensor, _ y: Tensor, whileRecording: Bool) throws -> (
        [Tensor?], isNumeric: Bool
    ) {
        let (tape, outer) = (GradientTape(), GradientTape())
        tape.watch(x, y)
        let z = try tape.record { try item.function(x, y) }
        func ask() throws -> ([Tensor?], Bool) {
            let start = Recording.position
            let answers = try tape.gradient(z, [x, y])
            return (answers, Recording.position - start <= 4)
        }
        return whileRecording ? try outer.record(ask) : try ask()
    }

    @Test(arguments: cases, [DType.float32, .float64]) func sameAsTensors(_ item: Case, _ dtype: DType) throws {
        var numeric = 0
        for a in Self.values {
            for b in Self.values {
                let (x, y) = (Tensor(a, dtype: dtype), Tensor(b, dtype: dtype))
                // What is looked for is traced at the first time.
                _ = try gradients(item, x, y, whileRecording: false)
                let (found, isNumeric) = try gradients(item, x, y, whileRecording: false)
                let (expected, _) = try gradients(item, x, y, whileRecording: true)
                if isNumeric { numeric += 1 }
                for (found, expected) in zip(found, expected) {
                    #expect((found == nil) == (expected == nil))
                    guard let found, let expected else { continue }
                    #expect(found.dtype == expected.dtype && found.shape == expected.shape)
                    let (left, right) = (Double(found), Double(expected))
                    #expect(
                        left.bitPattern == right.bitPattern || left.isNaN && right.isNaN,
                        "\(item.name) at \(a), \(b): \(left), as tensors \(right)")
                }
            }
        }
        #expect(numeric == (item.isNumeric ? Self.values.count * Self.values.count : 0))
    }

    @Test func variablesReadSeveralTimesAndSourcesAskedTwice() throws {
        let (v, w, unrelated) = (Variable(3.0), Variable(2.0), Variable(1.0))
        let tape = GradientTape()
        let y = tape.record { v * w + v * 3 }
        let gradients = try tape.gradient(y, [v, w, unrelated, v])
        #expect(gradients.map { $0.map { Double($0) } } == [5, 3, nil, 5])
    }

    @Test func weightsAndTargetsThatAreSources() throws {
        let x = Tensor(3.0, dtype: .float64)
        let tape = GradientTape(persistent: true)
        tape.watch(x)
        let y = tape.record { x * x }
        #expect(Double(try tape.gradient(y, [x], outputGradients: 10)[0]!) == 60)
        #expect(Double(try tape.gradient(x, [x])[0]!) == 1)
    }

    @Test func severalThreads() async throws {
        let item = Self.cases.first { $0.name == "a chain" }!
        let results = try await withThrowingTaskGroup(of: [Double].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try (1...200).map {
                        let x = Tensor(1 / Double($0), dtype: .float64)
                        return Double(try self.gradients(item, x, x * 0.5, whileRecording: false).0[0]!)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 8 && results.allSatisfy { $0 == results[0] })
    }
}
