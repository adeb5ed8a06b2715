import CDescent

// Scans: what runs along an axis. Two primitives carry all of them, and each derivative is a scan the other way.

extension Primitive {
    /// yᵢ = yᵢ₋₁ + xᵢ
    package static let runningSum: Primitive = Primitive(
        "cumsum", .along(CD_ALONG_SUM),
        .general { g, node, _ in
            let integers = node.attributes!.integers
            return Tensor.scanned(.runningSum, g, integers[0], reverse: integers[1] == 0)
        })

    /// yᵢ = aᵢ yᵢ₋₁ + bᵢ; the first a has no influence. What arrives at yᵢ comes from gᵢ and, through aᵢ₊₁, from yᵢ₊₁.
    package static let recurrence: Primitive = Primitive(
        "recurrence", .along(CD_ALONG_RECURRENCE),
        .general { g, node, index in
            let axis = node.attributes!.integers[0]
            let isReverse = node.attributes!.integers[1] == 1
            let factors = Tensor(node.first!).shifted(axis, forward: isReverse, 0)
            let arriving = Tensor.recurrence(factors, g, axis, reverse: !isReverse)
            if index == 1 { return arriving }
            return arriving * Tensor(node).shifted(axis, forward: !isReverse, 0)
        })

    package static let runningHighest = Primitive("cummax", .along(CD_ALONG_HIGHEST), .none)
    package static let runningLowest = Primitive("cummin", .along(CD_ALONG_LOWEST), .none)
}

extension Tensor {
    /// Records a scan of this operand; `axis` has been checked.
    static func scanned(_ primitive: Primitive, _ x: Tensor, _ axis: Int, reverse: Bool) -> Tensor {
        let isPosition = primitive === Primitive.runningHighest || primitive === Primitive.runningLowest
        return Tensor(
            Node(
                primitive, isPosition ? .int64 : x.dtype, x.shape, x.node,
                attributes: Attributes([axis, reverse ? 1 : 0]))
        ).bounded()
    }

    /// yᵢ = aᵢ yᵢ₋₁ + bᵢ along an axis, for operands of one shape and type.
    static func recurrence(_ a: Tensor, _ b: Tensor, _ axis: Int, reverse: Bool) -> Tensor {
        Tensor(
            Node(.recurrence, b.dtype, b.shape, a.node, b.node, attributes: Attributes([axis, reverse ? 1 : 0]))
        ).bounded()
    }

    /// Every element one place on along an axis (or back); `value` takes the place that is free, the last one is lost.
    func shifted(_ axis: Int, forward: Bool, _ value: Double) -> Tensor {
        let extent = shape[axis]
        guard extent > 0 else { return self }
        let kept = sliced(axis, start: forward ? 0 : 1, step: 1, count: extent - 1)
        var borders = [(before: Int, after: Int)](repeating: (0, 0), count: rank)
        borders[axis] = forward ? (1, 0) : (0, 1)
        return kept.pad(borders, value: Tensor(Node(scalar: Number.bits(value, as: dtype), dtype)))
    }
}
