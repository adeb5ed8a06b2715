// Elements at equal distances among zeros: diagonals of matrices, for one.

extension Primitive {
    /// Zeros, but for the elements of each input, which have places of their own. The inputs' last axis is spread over those
    /// axes of the result that they do not have; `integers` holds for each input the first place and the distance to the
    /// next, in row-major order.
    package static let place = Primitive(
        "place", .place,
        .general { g, node, index in
            let (integers, shape) = (node.attributes!.integers, node.attributes!.inputs[index].shape)
            let axis = shape.rank - 1
            return g.reshape(Shape(shape.dimensions.dropLast() + [-1]))
                .sliced(axis, start: integers[2 * index], step: integers[2 * index + 1], count: shape[axis])
        })
}

extension Tensor {
    /// Zeros of a shape but for the elements of vectors, `step` apart from `start` on; no place is taken twice, and no vector
    /// is empty.
    package static func placed(_ parts: [(values: Tensor, start: Int, step: Int)], in shape: Shape) -> Tensor {
        if let error = parts.lazy.compactMap(\.values.error).first { return Tensor(error: error) }
        let attributes = Attributes(parts.flatMap { [$0.start, $0.step] }, inputs: parts.map(\.values.node))
        return Tensor(Node(.place, parts[0].values.dtype, shape, nil, attributes: attributes)).bounded()
    }
}
