import DescentCore

/// More of the operations that the recorded values are about.
extension RecordedOperations {
    static let functions: [String: Operation] = [
        "hypot": binary { hypot($0, $1) }, "logaddexp": binary { logAddExp($0, $1) }, "xlogy": binary { xlogy($0, $1) },
        "cbrt": unary { cbrt($0) }, "exp2": unary { exp2($0) }, "log2": unary { log2($0) },
        "log10": unary { log10($0) }, "asin": unary { asin($0) }, "acos": unary { acos($0) },
        "sinh": unary { sinh($0) }, "cosh": unary { cosh($0) }, "asinh": unary { asinh($0) },
        "acosh": unary { acosh($0) }, "atanh": unary { atanh($0) }, "erfc": unary { erfc($0) },
        "erfinv": unary { erfinv($0) }, "lgamma": unary { lgamma($0) }, "digamma": unary { digamma($0) },
        "log_sigmoid": unary { logSigmoid($0) }, "softsign": unary { softsign($0) }, "relu6": unary { relu6($0) },
        "elu": unary { elu($0) }, "selu": unary { selu($0) }, "silu": unary { silu($0) }, "mish": unary { mish($0) },
        "gelu_exact": unary { gelu($0) }, "gelu_tanh": unary { gelu($0, approximate: true) },
        "leaky_relu": { x, attributes in [leakyRelu(x[0], negativeSlope: attributes.slope ?? .nan)] },
        "clip": { x, attributes in
            [clip(x[0], Tensor(attributes.lo ?? .nan), Tensor(attributes.hi ?? .nan))]
        },
        "softmax": { x, attributes in [softmax(x[0], axis: attributes.axis?.axes[0] ?? -1)] },
        "softmax_cross_entropy": { x, _ in [-(x[1] * logSoftmax(x[0])).sum(axes: -1)] },
        "sigmoid_cross_entropy": { x, _ in [relu(x[0]) - x[0] * x[1] + softplus(-abs(x[0]))] },
    ]

    private static func along(
        _ f: @escaping @Sendable (_ x: Tensor, _ axis: Int, _ attributes: RecordedAttributes) -> Tensor
    ) -> Operation {
        { x, attributes in [f(x[0], attributes.axis?.axes[0] ?? 0, attributes)] }
    }

    static let orders: [String: Operation] = [
        "logsumexp": reduction { logSumExp($0, axes: $1, keepDims: $2) },
        "logsumexp_extreme": reduction { logSumExp($0, axes: $1, keepDims: $2) },
        "variance": reduction { variance($0, axes: $1, keepDims: $2) },
        "std": reduction { standardDeviation($0, axes: $1, keepDims: $2) },
        "norm": { x, attributes in
            [
                norm(
                    x[0], order: attributes.ord?.value ?? 2, axes: attributes.axis?.axes,
                    keepDims: attributes.keepdims ?? false)
            ]
        },
        "cumsum": along { x, axis, _ in cumsum(x, axis: axis) },
        "cumprod": along { x, axis, _ in cumprod(x, axis: axis) },
        "logcumsumexp": along { x, axis, _ in logCumsumExp(x, axis: axis) },
        "sort": along { x, axis, attributes in sort(x, axis: axis, descending: attributes.descending ?? false) },
        "topk": { x, attributes in [topK(x[0], attributes.k ?? 0).values] },
        "median": unary { median($0) },
        "roll": along { x, axis, attributes in roll(x, attributes.shift ?? 0, axis: axis) },
        "tile": { x, attributes in [tile(x[0], attributes.reps ?? [])] },
        "repeat_interleave": along { x, axis, attributes in repeated(x, attributes.n ?? 0, axis: axis) },
        "take_along_axis": { x, attributes in [takeAlongAxis(x[0], x[1], axis: attributes.axis?.axes[0] ?? 0)] },
        "scatter_set": { x, attributes in [x[0].at[x[1], axis: attributes.axis?.axes[0] ?? 0].set(x[2])] },
        "segment_sum": { x, attributes in [segmentSum(x[0], x[1], count: attributes.n ?? 0)] },
        "pad_reflect": { x, attributes in
            [x[0].pad((attributes.pads ?? []).map { ($0[0], $0[1]) }, mode: .reflect)]
        },
        "pad_edge": { x, attributes in [x[0].pad((attributes.pads ?? []).map { ($0[0], $0[1]) }, mode: .edge)] },
        "tril": { x, attributes in [tril(x[0], offset: attributes.k ?? 0)] },
        "triu": { x, attributes in [triu(x[0], offset: attributes.k ?? 0)] },
        "diagonal": unary { diagonal($0) },
        "diag": unary { diag($0) },
    ]
}
