import DescentCore
import DescentTestSupport
import Foundation
import Testing

@Suite("Elementary functions")
struct ElementaryTests {
    struct Function: CustomTestStringConvertible, Sendable {
        let name: String
        let recorded: @Sendable (Tensor) -> Tensor
        let reference: @Sendable (Double) -> Double
        var testDescription: String { name }
    }

    static let functions: [Function] = [
        .init(name: "exp", recorded: { exp($0) }, reference: { Foundation.exp($0) }),
        .init(name: "expm1", recorded: { expm1($0) }, reference: { Foundation.expm1($0) }),
        .init(name: "log", recorded: { log($0) }, reference: { Foundation.log($0) }),
        .init(name: "log1p", recorded: { log1p($0) }, reference: { Foundation.log1p($0) }),
        .init(name: "sqrt", recorded: { sqrt($0) }, reference: { $0.squareRoot() }),
        .init(name: "rsqrt", recorded: { rsqrt($0) }, reference: { 1 / $0.squareRoot() }),
        .init(name: "square", recorded: { square($0) }, reference: { $0 * $0 }),
        .init(name: "reciprocal", recorded: { reciprocal($0) }, reference: { 1 / $0 }),
        .init(name: "sin", recorded: { sin($0) }, reference: { Foundation.sin($0) }),
        .init(name: "cos", recorded: { cos($0) }, reference: { Foundation.cos($0) }),
        .init(name: "tan", recorded: { tan($0) }, reference: { Foundation.tan($0) }),
        .init(name: "atan", recorded: { atan($0) }, reference: { Foundation.atan($0) }),
        .init(name: "tanh", recorded: { tanh($0) }, reference: { Foundation.tanh($0) }),
        .init(name: "sigmoid", recorded: { sigmoid($0) }, reference: { 1 / (1 + Foundation.exp(-$0)) }),
        .init(
            name: "softplus", recorded: { softplus($0) },
            reference: {
                $0 > 0 ? $0 + Foundation.log1p(Foundation.exp(-$0)) : Foundation.log1p(Foundation.exp($0))
            }),
        .init(name: "relu", recorded: { relu($0) }, reference: { $0 < 0 ? 0 : $0 }),
        .init(name: "erf", recorded: { erf($0) }, reference: { Foundation.erf($0) }),
        .init(name: "abs", recorded: { abs($0) }, reference: { Swift.abs($0) }),
        .init(
            name: "sign", recorded: { sign($0) }, reference: { $0.isNaN || $0 == 0 ? $0 : $0 < 0 ? -1 : 1 }),
        .init(name: "floor", recorded: { floor($0) }, reference: { $0.rounded(.down) }),
        .init(name: "ceil", recorded: { ceil($0) }, reference: { $0.rounded(.up) }),
        .init(name: "round", recorded: { round($0) }, reference: { $0.rounded(.toNearestOrEven) }),
    ]

    static let inputs: [Double] = [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-9, 3, -3, 20, -20, 300, -300, 700, .infinity,
        -.infinity, .nan,
    ]

    @Test("values, in both precisions", arguments: functions)
    func values(function: Function) {
        let want = Self.inputs.map(function.reference)
        let doubles = function.recorded(Tensor(Self.inputs))
        #expect(
            DescentTestSupport.mismatch(doubles, Tensor(want), .within(relative: 1e-15, absolute: 1e-300))
                == nil)
        let floats = function.recorded(Tensor(Self.inputs, dtype: .float32))
        let rounded = Self.inputs.map { function.reference(Double(Float($0))) }
        #expect(
            DescentTestSupport.mismatch(
                floats, Tensor(rounded, dtype: .float32), .within(relative: 3e-7, absolute: 1e-37)) == nil)
    }

    @Test("a single number and an array of it agree to the bit", arguments: functions)
    func scalars(function: Function) {
        for input in Self.inputs {
            let single = function.recorded(Tensor([input] as [Double]).sum())
            let many = function.recorded(Tensor([Double](repeating: input, count: 37)))
            #expect(DescentTestSupport.mismatch(many, Tensor.full([37], single), .bits) == nil)
        }
    }

    @Test("empty tensors and integers go through", arguments: functions)
    func others(function: Function) throws {
        #expect(try function.recorded(Tensor.zeros([0, 3])).evaluated().shape == [0, 3])
        let whole = function.recorded(Tensor([1, 2] as [Int]))
        #expect(try whole.evaluated().dtype.isFloatingPoint || whole.dtype == .int64)
        let truth = function.recorded(Tensor([true] as [Bool]))
        #expect(try truth.evaluated().dtype != .bool)
    }

    @Test("atan2 knows the quadrants")
    func quadrants() {
        let y = Tensor([1, 1, -1, -1, 0, 0] as [Double])
        let x = Tensor([1, -1, 1, -1, -1, 1] as [Double])
        let want = Tensor(
            zip([1.0, 1, -1, -1, 0, 0], [1.0, -1, 1, -1, -1, 1]).map { Foundation.atan2($0, $1) })
        #expect(DescentTestSupport.mismatch(atan2(y, x), want, .within(relative: 1e-15)) == nil)
    }
}
