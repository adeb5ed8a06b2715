import DescentCore
import DescentTestSupport
import Testing

/// What other frameworks computed, reproduced: 239 of the 275 cases of `vjp-float64`, all of `extreme-float64` and
/// `extreme-float32`, and 28 of the 30 of `conventions-float64`. The others are about operations listed in `RecordedOperations.elsewhere`.
struct RecordedValueTests {
    /// Vector-Jacobian products.
    struct Product: Decodable {
        let id: String
        let op: String
        let attrs: RecordedAttributes
        let inputs: [RecordedTensor]
        let outputs: [RecordedTensor]
        let cotangents: [RecordedTensor]
        let vjps: [RecordedTensor?]
        let tolerance: RecordedTolerance?
    }

    struct Extreme: Decodable {
        let id: String
        let op: String
        let input: RecordedTensor
        let cotangent: RecordedTensor
        let output: RecordedTensor
        let vjp: RecordedTensor
    }

    struct Convention: Decodable {
        struct Answer: Decodable {
            let output: RecordedTensor
            let vjps: [RecordedTensor?]
        }
        let id: String
        let op: String
        let attrs: RecordedAttributes
        let inputs: [RecordedTensor]
        let cotangent: RecordedTensor
        let answers: [String: Answer]
    }

    /// The values of an operation, and the gradients of their sum weighed by `cotangents`.
    static func run(
        _ name: String, _ attributes: RecordedAttributes, _ inputs: [Tensor], _ cotangents: [Tensor]
    ) throws -> (outputs: [Tensor], gradients: [Tensor?]) {
        let operation = try #require(RecordedOperations.all[name])
        let tape = GradientTape(watchAccessedVariables: false)
        tape.watch(inputs)
        var outputs: [Tensor] = []
        let total = tape.record {
            outputs = operation(inputs, attributes)
            return zip(outputs, cotangents).reduce(Tensor([0.0], shape: [])) { $0 + ($1.0 * $1.1).sum() }
        }
        return (outputs, try tape.gradient(total, inputs))
    }

    @Test func products() throws {
        let cases = try Recorded.file("vjp-float64", as: RecordedCases<Product>.self).cases
        var checked = 0
        for item in cases where RecordedOperations.all[item.op] != nil {
            let inputs = item.inputs.map(\.tensor)
            let (outputs, gradients) = try Self.run(item.op, item.attrs, inputs, item.cotangents.map(\.tensor))
            let tolerance = Tolerance.within(
                relative: item.tolerance?.rtol ?? 1e-9, absolute: item.tolerance?.atol ?? 1e-11)
            #expect(outputs.count == item.outputs.count, "\(item.id)")
            for (got, want) in zip(outputs, item.outputs) {
                #expect(mismatch(got, want.tensor, tolerance) == nil, "\(item.id), output")
            }
            for (index, want) in item.vjps.enumerated() {
                let got = gradients[index]
                if let want {
                    #expect(
                        mismatch(got ?? Tensor.zerosLike(inputs[index]), want.tensor, tolerance) == nil,
                        "\(item.id), input \(index)")
                } else {
                    #expect(got == nil, "\(item.id), input \(index)")
                }
            }
            checked += 1
        }
        #expect(cases.count == 275)
        #expect(checked == 239)
    }

    @Test(arguments: [DType.float64, .float32]) func extremes(dtype: DType) throws {
        let cases = try Recorded.file("extreme-\(dtype)", as: RecordedCases<Extreme>.self).cases
        // The vector is one axis; sums keep it.
        let attributes = try Recorded.attributes(#"{"axis": 0, "keepdims": true}"#)
        let tolerance =
            dtype == .float64
            ? Tolerance.within(relative: 1e-11, absolute: 1e-14) : .within(relative: 2e-5, absolute: 1e-7)
        var checked = 0
        for item in cases where RecordedOperations.all[item.op] != nil {
            let (outputs, gradients) = try Self.run(
                item.op, attributes, [item.input.tensor.cast(to: dtype)], [item.cotangent.tensor.cast(to: dtype)])
            #expect(mismatch(outputs[0], item.output.tensor.cast(to: dtype), tolerance) == nil, "\(item.id), output")
            let gradient = try #require(gradients[0])
            #expect(mismatch(gradient, item.vjp.tensor.cast(to: dtype), tolerance) == nil, "\(item.id), gradient")
            checked += 1
        }
        #expect(cases.count == 16)
        #expect(checked == 16)
    }

    /// The gradient of RMSE at a perfect fit is 0 in this library, where the peers say NaN; the function is
    /// defined, and tested, with the losses.
    @Test func conventions() throws {
        let cases = try Recorded.file("conventions-float64", as: RecordedCases<Convention>.self).cases
        let tolerance = Tolerance.within(relative: 1e-9, absolute: 1e-11)
        var checked = 0
        for item in cases where RecordedOperations.all[item.op] != nil && item.op != "rmse" {
            let inputs = item.inputs.map(\.tensor)
            let (outputs, gradients) = try Self.run(item.op, item.attrs, inputs, [item.cotangent.tensor])
            // Each input may follow another peer: they are conventions of their own.
            #expect(
                item.answers.values.contains { mismatch(outputs[0], $0.output.tensor, tolerance) == nil },
                "\(item.id): \(outputs[0])")
            for index in inputs.indices {
                let got = gradients[index] ?? Tensor.zerosLike(inputs[index])
                let agrees = item.answers.values.contains { answer in
                    answer.vjps[index].map { mismatch(got, $0.tensor, tolerance) == nil } ?? false
                }
                #expect(agrees, "\(item.id), input \(index): \(got)")
            }
            checked += 1
        }
        #expect(cases.count == 30)
        #expect(checked == 28)
    }

    @Test func everyRecordedOperationIsKnownOrListedForLater() throws {
        struct Named: Decodable { let op: String }
        var names: Set<String> = []
        for file in ["vjp-float64", "extreme-float64", "conventions-float64"] {
            names.formUnion(try Recorded.file(file, as: RecordedCases<Named>.self).cases.map(\.op))
        }
        let known = Set(RecordedOperations.all.keys)
        let open = RecordedOperations.elsewhere.union(RecordedOperations.withoutFormula)
        #expect(names.subtracting(known).subtracting(open).isEmpty)
        #expect(open.isDisjoint(with: known))
        #expect(known.union(open).subtracting(names).isEmpty)
    }
}
