/// An operand on its way: a tensor, and the index that each of its axes is.
struct EinsumTerm {
    typealias Label = EinsumEquation.Label

    var tensor: Tensor
    var labels: [Label]

    /// An operand with every index once: of repeated ones the diagonal is left.
    init(_ operand: Tensor, _ names: [Label], extents: [Label: Int]) {
        tensor = operand
        labels = []
        // What stretches has no part in this operand.
        let stretched = names.indices.filter { operand.shape[$0] == 1 && extents[names[$0]] != 1 }
        if !stretched.isEmpty { tensor = tensor.squeeze(axes: stretched) }
        let rest = names.indices.filter { !stretched.contains($0) }.map { names[$0] }
        for label in rest {
            if let first = labels.firstIndex(of: label) {
                diagonal(first, labels.count, rest.count)
            } else {
                labels.append(label)
            }
        }
    }

    /// Axis `second` is the next to be named and has the index of axis `first`.
    private mutating func diagonal(_ first: Int, _ second: Int, _ named: Int) {
        let extent = tensor.shape[first]
        let rank = tensor.rank
        let others = (0..<rank).filter { $0 != first && $0 != second }
        let front = tensor.permute([first, second] + others)
        let rest = others.map { tensor.shape[$0] }
        let diagonal = front.reshape(Shape([extent * extent] + rest))
            .sliced(0, start: 0, step: extent + 1, count: extent)
        // Back to where the first one was.
        var order = Array(1..<rank - 1)
        order.insert(0, at: first)
        tensor = diagonal.permute(order)
    }

    func extent(_ label: Label) -> Int { tensor.shape[labels.firstIndex(of: label)!] }

    /// Sums over every index but those in `kept`.
    mutating func sum(keeping kept: Set<Label>) {
        let axes = labels.indices.filter { !kept.contains(labels[$0]) }
        guard !axes.isEmpty else { return }
        tensor = tensor.sum(axes: axes)
        labels.removeAll { !kept.contains($0) }
    }

    /// The tensor with its axes in the order of `order`, which names all of them.
    func arranged(_ order: [Label]) -> Tensor { tensor.permute(order.map { labels.firstIndex(of: $0)! }) }

    /// The product of two terms, summed over what is not in `kept`. Both have nothing else to be summed alone.
    static func product(_ a: EinsumTerm, _ b: EinsumTerm, keeping kept: Set<Label>) -> EinsumTerm {
        let shared = a.labels.filter(b.labels.contains)
        let (batch, summed) = (shared.filter(kept.contains), shared.filter { !kept.contains($0) })
        let (left, right) = (a.labels.filter { !shared.contains($0) }, b.labels.filter { !shared.contains($0) })
        let batchExtents = batch.map(a.extent)
        let (leftExtents, rightExtents) = (left.map(a.extent), right.map(b.extent))
        let result = batch + left + right
        if summed.isEmpty || left.isEmpty && right.isEmpty {
            // Nothing to be gained from a matrix product: a fused pass over both.
            let ones = { (count: Int) in [Int](repeating: 1, count: count) }
            let summedExtents = summed.map(a.extent)
            let x = a.arranged(batch + left + summed)
                .reshape(Shape(batchExtents + leftExtents + ones(right.count) + summedExtents))
            let y = b.arranged(batch + right + summed)
                .reshape(Shape(batchExtents + ones(left.count) + rightExtents + summedExtents))
            var term = a
            term.tensor = x * y
            if !summed.isEmpty {
                term.tensor = term.tensor.sum(axes: Array(result.count..<result.count + summed.count))
            }
            term.labels = result
            return term
        }
        let inner = summed.reduce(1) { $0 * a.extent($1) }
        let stack = batch.isEmpty ? [] : [batchExtents.reduce(1, *)]
        let x = a.arranged(batch + left + summed).reshape(Shape(stack + [leftExtents.reduce(1, *), inner]))
        let y = b.arranged(batch + summed + right).reshape(Shape(stack + [inner, rightExtents.reduce(1, *)]))
        var term = a
        term.tensor = x.matmul(y).reshape(Shape(batchExtents + leftExtents + rightExtents))
        term.labels = result
        return term
    }
}
