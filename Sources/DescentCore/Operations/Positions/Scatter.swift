import CDescent

// Writing into slices along an axis. The attributes are the axis, and 1 if no index stands there twice.

extension Primitive {
    /// What was written over gets no gradient; of several values for one place only the last has any.
    package static let scatterSet: Primitive = Primitive(
        "scatterSet", .scatter(CD_SCATTER_SET),
        .general { g, node, index in
            let scatter = Scattering(node)
            if index == 0 {
                return g.scattered(.scatterSet, scatter, Tensor.zeros(scatter.values.shape, dtype: g.dtype))
            }
            guard index == 2 else { return nil }
            let arriving = g.gather(scatter.indices, axis: scatter.axis)
            return scatter.isUnique ? arriving : Tensor.where(scatter.isLast(node.shape[scatter.axis]), arriving, 0)
        })

    package static let scatterMultiply: Primitive = Primitive(
        "scatterMultiply", .scatter(CD_SCATTER_MUL),
        .general { g, node, index in
            let scatter = Scattering(node)
            if index == 0 {
                return g * Tensor.ones(g.shape, dtype: g.dtype).scattered(.scatterMultiply, scatter, scatter.values)
            }
            guard index == 2 else { return nil }
            let arriving = (g * Tensor(node.first!)).gather(scatter.indices, axis: scatter.axis)
            return scatter.isUnique ? arriving : arriving * scatter.productsOfOthers(node.shape)
        })

    package static let scatterMinimum = Primitive(
        "scatterMinimum", .scatter(CD_SCATTER_MIN), .general(Scattering.shared))
    package static let scatterMaximum = Primitive(
        "scatterMaximum", .scatter(CD_SCATTER_MAX), .general(Scattering.shared))
}

/// What the rules need to know of a scatter that was recorded.
struct Scattering {
    let indices: Tensor
    let values: Tensor
    let axis: Int
    let isUnique: Bool

    init(_ node: Node) {
        indices = Tensor(node.second!)
        values = Tensor(node.third!)
        axis = node.attributes!.integers[0]
        isUnique = node.attributes!.integers[1] == 1
    }

    init(indices: Tensor, values: Tensor, axis: Int, isUnique: Bool) {
        self.indices = indices
        self.values = values
        self.axis = axis
        self.isUnique = isUnique
    }

    /// For each slice of the values whether none that comes later is for its place, of which there are `extent`; shaped to
    /// broadcast with them.
    func isLast(_ extent: Int) -> Tensor {
        let count = indices.count
        let numbers = Tensor.arange(count, dtype: .int64)
        let flat = indices.reshape([count])
        let places = Scattering(indices: flat, values: numbers, axis: 0, isUnique: false)
        let last = Tensor.zeros([extent], dtype: .int64).scattered(.scatterSet, places, numbers)
        return slicewise(last.gather(flat) .== numbers)
    }

    /// One number for each index, shaped to broadcast with the values.
    private func slicewise(_ numbers: Tensor) -> Tensor {
        var extents = [Int](repeating: 1, count: values.rank)
        for axis in 0..<indices.rank { extents[self.axis + axis] = indices.shape[axis] }
        return numbers.reshape(Shape(extents))
    }

    /// For each value the product of the others for its place, exact where there are zeros among them.
    func productsOfOthers(_ shape: Shape) -> Tensor {
        let isZero = values .== 0
        let rest = Tensor.where(isZero, 1, values)
        let product = Tensor.ones(shape, dtype: values.dtype).scattered(.scatterMultiply, self, rest)
            .gather(indices, axis: axis)
        let zeros = Tensor.zeros(shape, dtype: values.dtype).scatterAdd(
            indices, isZero.cast(to: values.dtype), axis: axis
        )
        .gather(indices, axis: axis)
        let others = zeros - isZero.cast(to: values.dtype)
        return Tensor.where(others .== 0, product / rest, 0)
    }

    /// Whoever equals the extreme shares its gradient equally.
    static let shared: @Sendable (Tensor, Node, Int) -> Tensor? = { g, node, index in
        guard index != 1 else { return nil }
        let scatter = Scattering(node)
        let y = Tensor(node)
        let isKept = (Tensor(node.first!) .== y).cast(to: g.dtype)
        let isChosen = (scatter.values .== y.gather(scatter.indices, axis: scatter.axis)).cast(to: g.dtype)
        let share = g / isKept.scatterAdd(scatter.indices, isChosen, axis: scatter.axis)
        return index == 0 ? isKept * share : isChosen * share.gather(scatter.indices, axis: scatter.axis)
    }
}

extension Tensor {
    /// `values` written into this operand where `scatter` says; shapes have been checked.
    func scattered(_ primitive: Primitive, _ scatter: Scattering, _ values: Tensor) -> Tensor {
        let attributes = Attributes([scatter.axis, scatter.isUnique ? 1 : 0])
        return Tensor(
            Node(primitive, dtype, shape, node, scatter.indices.node, values.node, attributes: attributes)
        ).bounded()
    }
}
