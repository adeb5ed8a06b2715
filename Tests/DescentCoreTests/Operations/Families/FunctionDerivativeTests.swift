import DescentCore
import DescentTestSupport
import Testing

/// First and second derivatives of functions of elements, over shapes and broadcasts.
struct FunctionDerivativeTests {
    static let elementary: [DerivativeCase] = [
        DerivativeCase.unary("asin", .small, step: 0.01) { asin($0) },
        DerivativeCase.unary("acos", .small, step: 0.01) { acos($0) },
        DerivativeCase.unary("sinh") { sinh($0) },
        DerivativeCase.unary("cosh") { cosh($0) },
        DerivativeCase.unary("asinh") { asinh($0) },
        DerivativeCase.unary("acosh", .positive) { acosh($0 + 1) },
        DerivativeCase.unary("atanh", .small, step: 0.01) { atanh($0) },
        DerivativeCase.unary("log2", .positive) { log2($0) },
        DerivativeCase.unary("log10", .positive) { log10($0) },
        DerivativeCase.unary("exp2") { exp2($0) },
        DerivativeCase.unary("cbrt", .nonzero) { cbrt($0) },
        DerivativeCase.unary("lgamma", .positive) { lgamma($0) },
        DerivativeCase.unary("lgamma of negative numbers", .fraction, step: 0.005) { lgamma($0 - 4) },
        DerivativeCase.unary("digamma", .positive) { digamma($0) },
        DerivativeCase.unary("digamma of negative numbers", .fraction, step: 0.002) { digamma($0 - 4) },
        DerivativeCase.unary("polygamma 2", .positive, step: 0.01) { polygamma(2, $0) },
        DerivativeCase.unary("polygamma 3 of negative numbers", .fraction, step: 0.002) { polygamma(3, $0 - 4) },
        DerivativeCase.unary("zeta", .positive, step: 0.01) { zeta(3.5, $0) },
        DerivativeCase.unary("erfc") { erfc($0) },
        DerivativeCase.unary("erfinv", .small, step: 0.01) { erfinv($0) },
        DerivativeCase.unary("besselI0") { besselI0($0) },
        DerivativeCase.unary("besselI1", .nonzero) { besselI1($0) },
        DerivativeCase.unary("besselI0e", .nonzero) { besselI0e($0) },
        DerivativeCase.unary("besselI1e", .nonzero) { besselI1e($0) },
        DerivativeCase.unary("nanToNum") { nanToNum($0 * $0) },
    ].flatMap { $0 }

    @Test(arguments: elementary) func ofElementaryFunctions(_ item: DerivativeCase) throws { try item.check() }

    static let activations: [DerivativeCase] = [
        DerivativeCase.unary("leakyRelu", .nonzero) { leakyRelu($0) * $0 },
        DerivativeCase.unary("relu6", .nonzero) { relu6($0 * 4.5) * $0 },
        DerivativeCase.unary("hardTanh", .fraction) { hardTanh($0) * $0 },
        DerivativeCase.unary("hardSigmoid", .fraction) { hardSigmoid($0 * 2) * $0 },
        DerivativeCase.unary("hardSwish", .fraction) { hardSwish($0 * 2) },
        DerivativeCase.unary("softsign", .nonzero) { softsign($0) },
        DerivativeCase.unary("softShrink", .nonzero) { softShrink($0) * $0 },
        DerivativeCase.unary("hardShrink", .nonzero) { hardShrink($0) * $0 },
        DerivativeCase.unary("sparsePlus", .fraction) { sparsePlus($0) },
        DerivativeCase.unary("sparseSigmoid", .fraction) { sparseSigmoid($0) * $0 },
        DerivativeCase.unary("elu", .nonzero) { elu($0, alpha: 0.7) },
        DerivativeCase.unary("selu", .nonzero) { selu($0) },
        DerivativeCase.unary("celu", .nonzero) { celu($0, alpha: 1.5) },
        DerivativeCase.unary("silu") { silu($0) },
        DerivativeCase.unary("mish") { mish($0) },
        DerivativeCase.unary("gelu") { gelu($0) },
        DerivativeCase.unary("gelu, approximate") { gelu($0, approximate: true) },
        DerivativeCase.unary("logSigmoid") { logSigmoid($0) },
        DerivativeCase.unary("tanhShrink") { tanhShrink($0) },
        DerivativeCase.unary("squareplus") { squareplus($0, b: 3) },
        DerivativeCase.unary("glu", shapes: [[4], [3, 2], [0], [2, 0]]) { glu($0) },
        DerivativeCase.unary("glu, axis 0", shapes: [[4], [2, 3], [0, 2]]) { glu($0, axis: 0) },
        DerivativeCase.unary("softmax", shapes: [[4], [3, 2], [0], [2, 0]]) { softmax($0) },
        DerivativeCase.unary("softmax, axis 0", shapes: [[4], [2, 3, 2], [0, 2]]) { softmax($0, axis: 0) },
        DerivativeCase.unary("sparsemax", shapes: [[4], [3, 2], [2, 0]]) { sparsemax($0 * $0) },
    ].flatMap { $0 }

    @Test(arguments: activations) func ofActivations(_ item: DerivativeCase) throws { try item.check() }

    static let binary: [DerivativeCase] = [
        DerivativeCase.binary("hypot", .nonzero, .nonzero) { hypot($0, $1) },
        DerivativeCase.binary("logAddExp") { logAddExp($0, $1) },
        DerivativeCase.binary("xlogy", .real, .positive) { xlogy($0, $1) },
        DerivativeCase.binary("lerp") { lerp($0, $1, 0.3) },
        DerivativeCase.binary("lerp, the way", .fraction, .fraction, step: 0.005) { lerp($0, 2 * $0, $1) },
        DerivativeCase.binary("clip", .fraction, .positive) { clip($0, -1 * $1 - 10, 0.5) * clip($0, 0.5, $1 + 10) },
    ].flatMap { $0 }

    @Test(arguments: binary) func ofTwoTensors(_ item: DerivativeCase) throws { try item.check() }

    @Test func sparsemaxSumsToOne() {
        let x = Tensor([[0.25, 0.75, -2], [5, 1, 1], [0, 0, 0], [-300, 300, 299.5]] as [[Double]])
        let want = Tensor(
            [[0.25, 0.75, 0], [1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0, 0.75, 0.25]] as [[Double]])
        #expect(mismatch(sparsemax(x), want, .within(relative: 1e-15)) == nil)
        #expect(mismatch(sparsemax(x.transposed(), axis: 0), want.transposed(), .within(relative: 1e-15)) == nil)
        #expect(x.sparsemax(axis: 2).error?.operation == "sparsemax" && x.glu().error?.operation == "glu")
        #expect(x.softmax(axis: 2).error?.operation == "softmax")
    }

    // MARK: - Awkward points

    static let everywhere: [(name: String, f: @Sendable (Tensor) -> Tensor)] = [
        ("asinh", { asinh($0) }), ("cbrt", { cbrt($0 + 2) }), ("erfc", { erfc($0) }), ("besselI0e", { besselI0e($0) }),
        ("besselI1e", { besselI1e($0) }), ("leakyRelu", { leakyRelu($0) }), ("relu6", { relu6($0) }),
        ("hardTanh", { hardTanh($0) }), ("hardSigmoid", { hardSigmoid($0) }), ("hardSwish", { hardSwish($0) }),
        ("softsign", { softsign($0) }), ("softShrink", { softShrink($0) }), ("hardShrink", { hardShrink($0) }),
        ("elu", { elu($0) }), ("selu", { selu($0) }), ("celu", { celu($0) }), ("silu", { silu($0) }),
        ("mish", { mish($0) }), ("gelu", { gelu($0) }), ("gelu approximate", { gelu($0, approximate: true) }),
        ("logSigmoid", { logSigmoid($0) }), ("tanhShrink", { tanhShrink($0) }), ("squareplus", { squareplus($0) }),
        ("logAddExp", { logAddExp($0, 0) }), ("logAddExp of equals", { logAddExp($0, $0) }),
        ("hypot", { hypot($0, 0) }), ("hypot of equals", { hypot($0, $0) }), ("clip", { clip($0, -300, 300) }),
        ("softmax", { softmax($0) }), ("logSoftmax", { logSoftmax($0) }), ("logSumExp", { logSumExp($0) }),
        ("norm", { norm($0) }), ("norm 1", { norm($0, order: 1) }), ("norm 3", { norm($0, order: 3) }),
        ("variance", { variance($0) }), ("standardDeviation", { standardDeviation($0) }),
        ("logCumsumExp", { logCumsumExp($0) }), ("cumprod", { cumprod($0 / 300) }), ("median", { median($0) }),
    ]

    @Test(arguments: everywhere.indices) func areNumbersAtAwkwardPoints(_ index: Int) throws {
        let (name, f) = Self.everywhere[index]
        for dtype in [DType.float64, .float32] {
            let x = Tensor([0, -0.0, 1, -1, 0.5, 6, -3, 3, 300, -300, 1e-30, -1e-30] as [Double], dtype: dtype)
            for point in [x, x * 0] {
                let first = try gradient(of: { f($0).sum() })(point).evaluated()
                #expect(Bool(first.isFinite().all()), "\(name) \(dtype): \(first)")
                let second = try gradient(of: { gradient(of: { f($0).sum() })($0).sum() })(point).evaluated()
                #expect(Bool(second.isFinite().all()), "\(name), twice, \(dtype): \(second)")
            }
        }
    }

    @Test func atKinksAndPoles() throws {
        func slope(_ x: Double, _ f: @escaping (Tensor) -> Tensor) -> Double {
            Double(gradient(of: { f($0).sum() })(Tensor([x] as [Double])).sum())
        }
        #expect(slope(1) { asin($0) } == .infinity && slope(-1) { acos($0) } == -.infinity)
        #expect(slope(1) { atanh($0) } == .infinity && slope(1) { acosh($0) } == .infinity)
        #expect(slope(1) { erfinv($0) } == .infinity && slope(0) { cbrt($0) } == .infinity)
        // What is not taken has no influence, pole or not.
        #expect(slope(0) { Tensor.where($0 .> 0, cbrt($0) + log2($0) + acosh($0), $0) } == 1)
        #expect(slope(-1) { Tensor.where($0 .> 0, lgamma($0), $0) } == 1)
        #expect(slope(0) { leakyRelu($0, negativeSlope: 0.1) } == 0.1 && slope(0) { elu($0, alpha: 2) } == 2)
        #expect(slope(0) { relu6($0) } == 0 && slope(6) { relu6($0) } == 0)
        #expect(slope(1) { clip($0, 0, 1) } == 1 && slope(2) { clip($0, 0, 1) } == 0)
        #expect(slope(2) { clip(Tensor([0.5] as [Double]), $0, nil) } == 1)
        #expect(slope(0) { hypot($0, 0) } == 0 && slope(0) { norm($0, order: 3) } == 0)
        #expect(slope(0) { besselI1($0) } == 0.5 && slope(0) { besselI1e($0) } == 0.5)
        let same = Tensor([2, 2, 2] as [Double])
        #expect(gradient(of: { standardDeviation($0) })(same).scalars(as: Double.self) == [0, 0, 0])
        // Equals: a quarter is the second derivative of ln(eᵃ + eᵇ) there.
        let twice = gradient(of: { gradient(of: { logAddExp($0, 1.5).sum() })($0).sum() })
        #expect(twice(Tensor([1.5] as [Double])).scalars(as: Double.self) == [0.25])
        let none = Tensor([-Double.infinity])
        #expect(gradient(of: { logAddExp($0, none).sum() })(none).scalars(as: Double.self) == [0.5])
    }
}
