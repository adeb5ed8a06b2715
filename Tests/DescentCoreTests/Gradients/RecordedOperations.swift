import DescentCore

/// The operations that the recorded values are about, by the names that the files use.
enum RecordedOperations {
    typealias Operation = @Sendable (_ x: [Tensor], _ attributes: RecordedAttributes) -> [Tensor]

    static let all: [String: Operation] = elementwise.merging(reductions) { first, _ in first }
        .merging(movements) { first, _ in first }.merging(compositions) { first, _ in first }
        .merging(functions) { first, _ in first }.merging(orders) { first, _ in first }

    /// Operations whose cases `GoldenLinearAlgebraTests` reads. A test sees to it that every name of the files is above or here.
    static let elsewhere: Set<String> = [
        "layer_norm", "batch_norm_training", "outer", "einsum", "tensordot", "trace", "kron", "conv1d", "conv2d",
        "conv_transpose2d", "max_pool1d", "avg_pool1d", "max_pool2d", "avg_pool2d", "cholesky", "inverse", "det",
        "logdet", "log_abs_det", "solve", "triangular_solve", "eigvalsh", "singular_values", "matrix_exp", "qr_r_abs",
    ]

    /// Compositions whose formula the files do not tell.
    static let withoutFormula: Set<String> = ["reuse_diamond", "iterate_logistic"]

    static func unary(_ f: @escaping @Sendable (Tensor) -> Tensor) -> Operation { { x, _ in [f(x[0])] } }

    static func binary(_ f: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Operation {
        { x, _ in [f(x[0], x[1])] }
    }

    private static let elementwise: [String: Operation] = [
        "add": binary { $0 + $1 }, "sub": binary { $0 - $1 }, "mul": binary { $0 * $1 }, "div": binary { $0 / $1 },
        "pow": binary { $0 ** $1 }, "floor_mod": binary { $0 % $1 }, "maximum": binary { maximum($0, $1) },
        "minimum": binary { minimum($0, $1) }, "atan2": binary { atan2($0, $1) },
        "squared_difference": binary { square($0 - $1) },
        "neg": unary { -$0 }, "abs": unary { abs($0) }, "sign": unary { sign($0) }, "square": unary { square($0) },
        "sqrt": unary { sqrt($0) }, "rsqrt": unary { rsqrt($0) }, "reciprocal": unary { reciprocal($0) },
        "exp": unary { exp($0) }, "expm1": unary { expm1($0) }, "log": unary { log($0) },
        "log1p": unary { log1p($0) }, "sin": unary { sin($0) }, "cos": unary { cos($0) }, "tan": unary { tan($0) },
        "atan": unary { atan($0) }, "tanh": unary { tanh($0) }, "erf": unary { erf($0) },
        "sigmoid": unary { sigmoid($0) }, "softplus": unary { softplus($0) }, "relu": unary { relu($0) },
        "floor": unary { floor($0) }, "round": unary { round($0) },
        "pow_scalar": { x, attributes in [x[0] ** (attributes.p ?? .nan)] },
    ]

    static func reduction(
        _ f: @escaping @Sendable (_ x: Tensor, _ axes: [Int]?, _ keepDims: Bool) -> Tensor
    ) -> Operation {
        { x, attributes in [f(x[0], attributes.axis?.axes, attributes.keepdims ?? false)] }
    }

    private static let reductions: [String: Operation] = [
        "sum": reduction { sum($0, axes: $1, keepDims: $2) },
        "mean": reduction { mean($0, axes: $1, keepDims: $2) },
        "max": reduction { max($0, axes: $1, keepDims: $2) },
        "min": reduction { min($0, axes: $1, keepDims: $2) },
        "prod": reduction { prod($0, axes: $1, keepDims: $2) },
        "prod_with_zeros": reduction { prod($0, axes: $1, keepDims: $2) },
        "log_softmax": { x, attributes in [logSoftmax(x[0], axis: attributes.axis?.axes[0] ?? -1)] },
    ]

    private static let movements: [String: Operation] = [
        "matmul": binary { matmul($0, $1) },
        "transpose": { x, attributes in [x[0].permute(attributes.perm ?? [])] },
        "reshape": { x, attributes in [x[0].reshape(Shape(attributes.shape ?? []))] },
        "broadcast_to": { x, attributes in [x[0].broadcast(to: Shape(attributes.shape ?? []))] },
        "flip": { x, attributes in [flip(x[0], axes: attributes.axes?.axes)] },
        "concat": { x, attributes in [concat(x, axis: attributes.axis?.axes[0] ?? 0)] },
        "stack": { x, attributes in [stack(x, axis: attributes.axis?.axes[0] ?? 0)] },
        "split": { x, attributes in x[0].split(sizes: attributes.sizes ?? [], axis: attributes.axis?.axes[0] ?? 0) },
        "slice": { x, attributes in
            let (start, stop, step) = (attributes.start ?? [], attributes.stop ?? [], attributes.step ?? [])
            let slices = zip(zip(start, stop), step).map { Slice.range(from: $0.0, to: $0.1, step: $1) }
            return [slices.count == 1 ? x[0][slices[0]] : x[0][slices[0], slices[1]]]
        },
        "index_row": { x, attributes in [x[0][attributes.i ?? 0]] },
        "gather": { x, attributes in [gather(x[0], x[1], axis: attributes.axis?.axes[0] ?? 0)] },
        "scatter_add": { x, attributes in [x[0].scatterAdd(x[1], x[2], axis: attributes.axis?.axes[0] ?? 0)] },
        "pad_constant": { x, attributes in [x[0].pad((attributes.pads ?? []).map { ($0[0], $0[1]) })] },
        "where": { x, _ in [Tensor.where(x[0] .> 0, x[1], x[2])] },
    ]

    private static let compositions: [String: Operation] = [
        "mlp_mse": { x, _ in
            let hidden = tanh(matmul(x[0], x[1]) + x[2])
            return [square(matmul(hidden, x[3]) + x[4] - x[5]).mean()]
        },
        "rmse": { x, _ in [sqrt(mean(square(x[0] - x[1])))] },
        "attention": { x, _ in
            let scores = matmul(x[0], x[1].permute(0, 2, 1)) / Double(x[0].shape[2]).squareRoot()
            return [matmul(exp(logSoftmax(scores)), x[2])]
        },
        "stop_gradient_product": unary { $0 * stopGradient($0) },
        "where_unsafe_sqrt": unary { Tensor.where($0 .> 0, sqrt($0), 0) },
    ]
}
