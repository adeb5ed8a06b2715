/// Einstein's sum: products of the operands, summed over every index that the output does not name.
///
/// Each operand has a term that names its axes by letters. A letter that comes twice in a term takes the diagonal; an
/// ellipsis stands for the axes that have no letter, which broadcast. Without an arrow the output has the ellipsis, then
/// the letters that come once, in alphabetical order. Spaces are ignored.
///
/// Several operands are multiplied pair by pair, in the order with the fewest multiplications (with more than seven, in a
/// good order), by matrix products where there is something to gain. The derivative follows from that.
///
/// ```swift
/// let a: Tensor = [[1, 2], [3, 4]]
/// print(einsum("ij,j->i", a, Tensor([1, 1])))   // [3.0, 7.0]
/// print(einsum("ii", a))                        // 5.0
/// print(einsum("ij->ji", a)[0])                 // [1.0, 3.0]
/// ```
///
/// - Parameters:
///   - equation: for example `"...ij,...jk->...ik"`.
///   - operands: tensors or variables, one for each term.
public func einsum(
    _ equation: String, _ operands: any TensorConvertible..., file: StaticString = #fileID, line: UInt = #line
) -> Tensor { einsum(equation, operands.map { $0.tensor }, file: file, line: line) }

/// Einstein's sum of a list of operands; see `einsum(_:_:)`.
public func einsum(
    _ equation: String, _ operands: [Tensor], file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        var inputs: [Tensor] = []
        for operand in operands {
            if let error = operand.error { throw error }
            inputs.append(operand)
        }
        inputs = Tensor.meeting(inputs)
        let parsed = try EinsumEquation(equation, shapes: inputs.map(\.shape))
        var extents: [EinsumEquation.Label: Int] = [:]
        for (input, labels) in zip(inputs, parsed.operands) {
            for (axis, label) in labels.enumerated() {
                let (extent, known) = (input.shape[axis], extents[label] ?? 1)
                guard known == extent || known == 1 || extent == 1 else {
                    throw DescentError(
                        "einsum", "an index has one extent, or 1",
                        received: "\"\(equation)\" with \(inputs.map(\.shape))")
                }
                extents[label] = known == 1 ? extent : known
                let twin = labels[..<axis].firstIndex(of: label)
                guard twin == nil || input.shape[twin!] == extent else {
                    throw DescentError(
                        "einsum", "a diagonal is of axes with one extent",
                        received: "\"\(equation)\" with \(inputs.map(\.shape))")
                }
            }
        }
        var terms = zip(inputs, parsed.operands).map { EinsumTerm($0, $1, extents: extents) }
        /// What the output and all terms but two need.
        func needed(besides i: Int, _ j: Int) -> Set<EinsumEquation.Label> {
            var labels = Set(parsed.output)
            for index in terms.indices where index != i && index != j { labels.formUnion(terms[index].labels) }
            return labels
        }
        for index in terms.indices { terms[index].sum(keeping: needed(besides: index, index)) }
        let path = EinsumPath(terms: terms.map { Set($0.labels) }, output: Set(parsed.output), extents: extents)
        for (i, j) in path.pairs() {
            let product = EinsumTerm.product(terms[i], terms[j], keeping: needed(besides: i, j))
            terms.remove(at: j)
            terms.remove(at: i)
            terms.append(product)
        }
        return terms[0].arranged(parsed.output)
    }
}

extension Tensor {
    /// All in one type that is for numbers.
    fileprivate static func meeting(_ tensors: [Tensor]) -> [Tensor] {
        let strong = tensors.filter { !$0.node.traits.contains(.weak) }
        let common = strong.isEmpty ? .float32 : strong.reduce(DType.bool) { $0.promoted(with: $1.dtype) }
        let adapted = tensors.map { $0.adapted(to: common) }
        let dtype = Domain.numbers.operandType(adapted.reduce(common) { $0.promoted(with: $1.dtype) })
        return adapted.map { $0.cast(to: dtype) }
    }
}
