import CDescent

extension Primitive {
    package static let sum = Primitive(
        "sum", .reduce(CD_REDUCE_SUM), .general { g, node, _ in Reduction(node).spread(g) })

    package static let prod = Primitive(
        "prod", .reduce(CD_REDUCE_PROD),
        .general { g, node, _ in
            let reduction = Reduction(node)
            return reduction.spread(g) * reduction.productsOfOthers()
        })

    package static let max = Primitive("max", .reduce(CD_REDUCE_MAX), .general(sharedByExtremes))
    package static let min = Primitive("min", .reduce(CD_REDUCE_MIN), .general(sharedByExtremes))

    /// Elements that equal the extreme share its gradient equally.
    private static let sharedByExtremes: @Sendable (Tensor, Node, Int) -> Tensor? = { g, node, _ in
        let reduction = Reduction(node)
        let isExtreme = (reduction.input .== reduction.spread(Tensor(node))).cast(to: g.dtype)
        let count = isExtreme.sum(axes: reduction.axes, keepDims: true)
        return reduction.spread(g) * (isExtreme / count)
    }
}

/// What the rules need to know of a reduction that was recorded.
private struct Reduction {
    let input: Tensor
    let axes: [Int]

    init(_ node: Node) {
        input = Tensor(node.first!)
        axes = node.attributes!.integers
    }

    /// A tensor of the result's shape, stretched to the input's.
    func spread(_ tensor: Tensor) -> Tensor {
        // What has no axes stretches to any shape.
        let kept = tensor.rank == 0 ? tensor : tensor.reshape(input.shape.reduced(over: axes, keepDims: true))
        return kept.broadcast(to: input.shape)
    }

    /// For every element the product of the others in its group, without dividing: exact with zeros, and as
    /// often differentiable as one likes. Products of those before and of those after, each in log₂ n passes.
    func productsOfOthers() -> Tensor {
        let kept = (0..<input.rank).filter { !axes.contains($0) }
        let order = kept + axes
        let permuted = input.permute(order)
        let extent = axes.reduce(1) { $0 * input.shape[$1] }
        let rows = permuted.reshape([kept.reduce(1) { $0 * input.shape[$1] }, extent])
        let before = Reduction.productsBefore(rows, extent)
        let after = Reduction.productsBefore(rows.flip(axes: [1]), extent).flip(axes: [1])
        var inverse = [Int](repeating: 0, count: order.count)
        for (position, axis) in order.enumerated() { inverse[axis] = position }
        return (before * after).reshape(permuted.shape).permute(inverse)
    }

    private static func productsBefore(_ rows: Tensor, _ extent: Int) -> Tensor {
        func shifted(_ rows: Tensor, by distance: Int) -> Tensor {
            rows[.all, .range(from: 0, to: extent - distance)].pad([(0, 0), (distance, 0)], value: 1)
        }
        guard extent > 0 else { return rows }
        var products = shifted(rows, by: 1)
        var distance = 1
        while distance < extent {
            products = products * shifted(products, by: distance)
            distance *= 2
        }
        return products
    }
}

extension Tensor {
    /// Records a reduction; `axes` nil stands for all. Errors name `operation`, by default the primitive.
    package func reduced(
        _ primitive: Primitive, _ axes: [Int]?, _ keepDims: Bool, _ file: StaticString, _ line: UInt,
        operation: String? = nil
    ) -> Tensor {
        if axes == nil, !keepDims, let whole = folded(by: primitive) { return whole }
        return Tensor.checked(file, line) { () throws(DescentError) in
            let x = try operand()
            let isWhole = axes == nil && !keepDims
            let axes = try x.shape.resolve(axes: axes, operation: operation ?? primitive.name)
            if axes.isEmpty { return x }
            let shape = isWhole ? .scalar : x.shape.reduced(over: axes, keepDims: keepDims)
            if primitive === Primitive.max || primitive === Primitive.min {
                guard axes.allSatisfy({ x.shape[$0] > 0 }) else {
                    throw DescentError(
                        operation: primitive.name, "of no elements there is no extreme",
                        received: "shape \(x.shape), axes \(axes)")
                }
            }
            return Tensor(Node(primitive, x.dtype, shape, x.node, attributes: Attributes(axes))).bounded()
        }
    }

    /// All elements of an array in one, the common case; nil for all others.
    private func folded(by primitive: Primitive) -> Tensor? {
        guard node.traits.isDisjoint(with: .special), rank > 0, shape.count > 0, cd_checks_numerics() == 0 else {
            return nil
        }
        return Tensor(Node(primitive, dtype, .scalar, node, attributes: .firstAxes[rank])).bounded()
    }

    /// The sum of what broadcasting has copied: a tensor of shape `shape` again.
    package func unbroadcast(to shape: Shape) -> Tensor {
        if self.shape == shape || error != nil { return self }
        let extra = rank - shape.rank
        guard extra >= 0 else { return broadcast(to: shape) }
        // Axes in front only: folding them leaves the shape that is wanted.
        if self.shape.dropping(first: extra) == shape {
            guard dtype.isFloatingPoint, !node.traits.contains(.weak), cd_checks_numerics() == 0 else {
                return sum(axes: Array(0..<extra))
            }
            return Tensor(Node(.sum, dtype, shape, node, attributes: .firstAxes[extra])).bounded()
        }
        let stretched = (0..<rank).filter { $0 < extra || (shape[$0 - extra] == 1 && self.shape[$0] != 1) }
        return sum(axes: stretched, keepDims: true).reshape(shape)
    }

    /// bool as the type in which its elements are counted.
    var countable: Tensor { dtype == .bool ? cast(to: .int64) : self }

    /// The sum divided by how many elements fold into one.
    func mean(
        _ axes: [Int]?, _ keepDims: Bool, _ file: StaticString, _ line: UInt
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try operand()
            let fractions = x.dtype.isFloatingPoint ? x : x.cast(to: .float32)
            let sum = fractions.reduced(.sum, axes, keepDims, file, line, operation: "mean")
            // If there is no result, it does not matter how many elements would fold into it.
            return sum / .number(x.count / Swift.max(sum.count, 1), with: sum.dtype)
        }
    }
}
