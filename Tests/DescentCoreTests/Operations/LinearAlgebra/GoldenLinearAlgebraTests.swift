import DescentCore
import DescentTestSupport
import Testing

/// What other frameworks computed of linear algebra, convolutions, pools and normalizations, reproduced.
@Suite("Recorded linear algebra and windows")
struct GoldenLinearAlgebraTests {
    struct Attributes: Decodable {
        /// A list, or a number for a list of one.
        struct Numbers: Decodable {
            let list: [Int]

            init(from decoder: Decoder) throws {
                let container = try decoder.singleValueContainer()
                list = try (try? container.decode([Int].self)) ?? [container.decode(Int.self)]
            }
        }

        let equation: String?
        let axes: Int?
        let eps: Double?
        let lower: Bool?
        let stride: Numbers?
        let padding: Numbers?
        let dilation: Numbers?
        let window: Numbers?
        let groups: Int?

        func extents(_ numbers: Numbers?) -> SpatialExtents { SpatialExtents(numbers!.list) }
    }

    struct Product: Decodable {
        let id: String
        let op: String
        let inputs: [RecordedTensor]
        let outputs: [RecordedTensor]
        let cotangents: [RecordedTensor]
        let vjps: [RecordedTensor]
        let tolerance: RecordedTolerance?
    }

    /// The cases of a file whose operations are meant here; others may have attributes of another kind.
    struct Known<Case: Decodable>: Decodable {
        let item: Case?
        let attributes: Attributes?

        enum Key: CodingKey { case op, attrs }

        init(from decoder: Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            let isKnown = GoldenLinearAlgebraTests.operations[try container.decode(String.self, forKey: .op)] != nil
            item = isKnown ? try Case(from: decoder) : nil
            attributes = isKnown ? try container.decode(Attributes.self, forKey: .attrs) : nil
        }
    }

    typealias Operation = @Sendable (_ x: [Tensor], _ attributes: Attributes) -> Tensor

    static let operations: [String: Operation] = algebra.merging(windows) { first, _ in first }

    private static let algebra: [String: Operation] = [
        "outer": { x, _ in outer(x[0], x[1]) },
        "kron": { x, _ in kron(x[0], x[1]) },
        "trace": { x, _ in trace(x[0]) },
        "tensordot": { x, attributes in tensordot(x[0], x[1], axes: attributes.axes!) },
        "einsum": { x, attributes in einsum(attributes.equation!, x) },
        "cholesky": { x, _ in cholesky(x[0]) },
        "inverse": { x, _ in inverse(x[0]) },
        "det": { x, _ in det(x[0]) },
        "logdet": { x, _ in logdet(x[0]) },
        "log_abs_det": { x, _ in slogdet(x[0]).logAbsDet },
        "solve": { x, _ in solve(x[0], x[1]) },
        "triangular_solve": { x, attributes in triangularSolve(x[0], x[1], lower: attributes.lower!) },
        "eigvalsh": { x, _ in eigvalsh(x[0]) },
        "singular_values": { x, _ in singularValues(x[0]) },
        "matrix_exp": { x, _ in expm(x[0]) },
        "qr_r_abs": { x, _ in abs(qr(x[0]).r) },
    ]

    private static let windows: [String: Operation] = [
        "layer_norm": { x, attributes in layerNorm(x[0], scale: x[1], offset: x[2], epsilon: attributes.eps!) },
        "batch_norm_training": { x, attributes in
            batchNorm(x[0], scale: x[1], offset: x[2], epsilon: attributes.eps!).y
        },
        "conv1d": { x, attributes in
            conv1d(
                x[0], x[1], stride: attributes.stride!.list[0],
                padding: .explicit(attributes.extents(attributes.padding)),
                dilation: attributes.dilation!.list[0], groups: attributes.groups!)
        },
        "conv2d": { x, attributes in
            conv2d(
                x[0], x[1], stride: attributes.extents(attributes.stride),
                padding: .explicit(attributes.extents(attributes.padding)),
                dilation: attributes.extents(attributes.dilation), groups: attributes.groups!)
        },
        "conv_transpose2d": { x, attributes in
            convTranspose2d(
                x[0], x[1], stride: attributes.extents(attributes.stride),
                padding: .explicit(attributes.extents(attributes.padding)))
        },
        "max_pool1d": { x, attributes in
            maxPool1d(x[0], window: attributes.window!.list[0], stride: attributes.stride!.list[0])
        },
        "avg_pool1d": { x, attributes in
            avgPool1d(x[0], window: attributes.window!.list[0], stride: attributes.stride!.list[0])
        },
        "max_pool2d": { x, attributes in
            maxPool2d(
                x[0], window: attributes.extents(attributes.window), stride: attributes.extents(attributes.stride))
        },
        "avg_pool2d": { x, attributes in
            avgPool2d(
                x[0], window: attributes.extents(attributes.window), stride: attributes.extents(attributes.stride))
        },
    ]

    private func run(
        _ name: String, _ attributes: Attributes, _ inputs: [Tensor], _ cotangent: Tensor
    ) throws -> (output: Tensor, gradients: [Tensor?]) {
        let operation = try #require(Self.operations[name])
        let tape = GradientTape(watchAccessedVariables: false)
        tape.watch(inputs)
        let output = tape.record { operation(inputs, attributes) }
        return (output, try tape.gradient(output, inputs, outputGradients: cotangent))
    }

    @Test("vector-Jacobian products: 34 cases")
    func products() throws {
        let cases = try Recorded.file("vjp-float64", as: RecordedCases<Known<Product>>.self).cases
        var met: Set<String> = []
        var checked = 0
        for known in cases {
            guard let item = known.item, let attributes = known.attributes else { continue }
            let inputs = item.inputs.map(\.tensor)
            let (output, gradients) = try run(item.op, attributes, inputs, item.cotangents[0].tensor)
            let tolerance = Tolerance.within(
                relative: item.tolerance?.rtol ?? 1e-9, absolute: item.tolerance?.atol ?? 1e-11)
            #expect(mismatch(output, item.outputs[0].tensor, tolerance) == nil, "\(item.id), output")
            for (index, want) in item.vjps.enumerated() {
                let got = try #require(gradients[index])
                #expect(mismatch(got, want.tensor, tolerance) == nil, "\(item.id), input \(index)")
            }
            met.insert(item.op)
            checked += 1
        }
        #expect(met == Set(Self.operations.keys))
        #expect(checked == 34)
    }

    @Test("where elements of a pool are equal, the first gets the gradient, as with all peers")
    func convention() throws {
        let cases = try Recorded.file(
            "conventions-float64", as: RecordedCases<Known<RecordedValueTests.Convention>>.self
        ).cases
        let known = try #require(cases.first { $0.item?.op == "max_pool1d" })
        let (item, attributes) = try (#require(known.item), #require(known.attributes))
        let (output, gradients) = try run(item.op, attributes, item.inputs.map(\.tensor), item.cotangent.tensor)
        for answer in item.answers.values {
            #expect(mismatch(output, answer.output.tensor) == nil)
            #expect(mismatch(try #require(gradients[0]), try #require(answer.vjps[0]).tensor) == nil)
        }
    }
}
