extension Primitive {
    /// The first input itself, not before the second is computed: what is recomputed on the way back waits for the
    /// gradient, or everything would be recomputed, and kept, at once.
    package static let after = Primitive(
        "after", .view(.alias), .general { g, _, index in index == 0 ? g : nil })
}

extension Tensor {
    /// This value, for use when `other` has been computed.
    package func after(_ other: Tensor) -> Tensor {
        Tensor(Node(.after, dtype, shape, node, other.node)).bounded()
    }
}
