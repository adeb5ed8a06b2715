import DescentCore
import DescentTestSupport

/// What networks put between their layers.
extension CoverageTable {
    mutating func addActivations() {
        elementwise("relu", domain: .nonzero) { relu($0) }
        elementwise("relu6", domain: .nonzero) { relu6($0 * 4.5) }
        elementwise("sigmoid") { sigmoid($0) }
        elementwise("softplus") { softplus($0) }
        elementwise("softsign", domain: .nonzero) { softsign($0) }
        elementwise("leakyRelu(negativeSlope:)", domain: .nonzero) { leakyRelu($0) }
        elementwise("elu(alpha:)", domain: .nonzero) { elu($0, alpha: 0.75) }
        elementwise("celu(alpha:)", domain: .nonzero) { celu($0, alpha: 1.5) }
        elementwise("selu", domain: .nonzero) { selu($0) }
        // 1 + tanh(x) loses on the left what it keeps on the right.
        elementwise("gelu(approximate:)", tolerance: .within(relative: 1e-6, absolute: 1e-6)) {
            gelu($0) + gelu($0, approximate: true)
        }
        elementwise("silu") { silu($0) }
        elementwise("mish") { mish($0) }
        // x - tanh(x) keeps what is left of the digits of x.
        elementwise("tanhShrink", tolerance: .within(relative: 1e-6, absolute: 1e-7)) { tanhShrink($0) }
        elementwise("hardSigmoid", domain: .fraction) { hardSigmoid($0 * 2) }
        elementwise("hardSwish", domain: .fraction) { hardSwish($0) }
        elementwise("hardTanh", domain: .fraction) { hardTanh($0) }
        elementwise("softShrink(threshold:)", domain: .nonzero) { softShrink($0) }
        elementwise("hardShrink(threshold:)", domain: .nonzero) { hardShrink($0) }
        elementwise("logSigmoid") { logSigmoid($0) }
        elementwise("sparsePlus", domain: .fraction) { sparsePlus($0) }
        elementwise("sparseSigmoid", domain: .fraction) { sparseSigmoid($0) }
        // Left of 0 two numbers nearly cancel.
        elementwise("squareplus(b:)", tolerance: .within(relative: 1e-6, absolute: 5e-6)) { squareplus($0, b: 3) }

        let shapes: [Trial] = [
            .empty([0], gives: [0]), .empty([2, 0], gives: [2, 0]), .empty([0, 3], gives: [0, 3]),
        ]
        let (big, infinity) = (Double.greatestFiniteMagnitude, Double.infinity)
        row(
            "softmax(axis:)", at: [([2, 4], .real)],
            awkward: [
                .gives([big, -big], [1, 0]), .gives([0, -infinity], [1, 0]), .gives([infinity, 0], [.nan, .nan]),
                .gives([1, .nan], [.nan, .nan]), .gives([1e300, 1e300], [0.5, 0.5]),
                .follows([[88, 89, 104], [-3e38, 3e38, 0], [1e-45, 0, -1e-45]]),
            ], empty: shapes
        ) { softmax($0[0]) }
        row(
            "logSoftmax(axis:)", at: [([2, 4], .real)],
            awkward: [
                .gives([0, -infinity], [0, .minusInfinity]), .gives([1, .nan], [.nan, .nan]),
                .gives([1e300, 0], [0, -1e300]),
                .follows(
                    [[88, 89, 104], [-1e38, 1e38, 0], [1e-45, 0, -1e-45]],
                    tolerance: .within(relative: 1e-6, absolute: 1e-6)),
            ], empty: shapes
        ) { logSoftmax($0[0]) }
        row(
            "sparsemax(axis:)", at: [([2, 3], .distinct)],
            awkward: [
                .gives([1e300, -1e300], [1, 0]), .gives([0, -infinity], [1, 0]), .gives([smallest, 0], [0.5, 0.5]),
                .follows([[3, 3, 2.5], [-1e30, 1e30, 0]]),
            ], empty: [.empty([2, 0], gives: [2, 0]), .empty([0, 3], gives: [0, 3])]
        ) { sparsemax($0[0]) }
        row(
            "glu(axis:)", at: [([2, 4], .real)],
            awkward: [
                .gives([3, -infinity], [0]), .gives([big, 800], [.init(big)]),
                .gives([infinity, 0], [.infinity]),
                .gives([0, .nan], [.nan]), .follows([88, 3e38, 1e-38, 1, -104, -88, 0, 200]),
            ], empty: [.empty([0], gives: [0]), .empty([2, 0], gives: [2, 0]), .empty([0, 4], gives: [0, 2])]
        ) { glu($0[0]) }
    }
}
