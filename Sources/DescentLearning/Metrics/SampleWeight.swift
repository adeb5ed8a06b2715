import DescentCore

/// The rules by which weights meet values.
enum SampleWeight {
    /// How values that a weight covers together become one.
    enum Folding {
        case mean
        case sum
    }

    /// The weighted sum of values, and the sum of the weights that they met, both as float64.
    ///
    /// Values are float64 from their product with the weight on, so a product of float32 numbers is exact. The
    /// sums are compensated within and between blocks. All of it is one pass over memory if the weights have the
    /// shape of the values.
    static func sums(
        _ values: Tensor, _ weight: Tensor?, mask: Tensor? = nil, dtype: DType, folding: Folding = .mean
    ) throws(DescentError) -> (total: Tensor, count: Tensor) {
        let values = values.cast(to: .float64)
        // An error in the values says more than the shapes it leaves behind.
        if let error = values.error ?? mask?.error { throw error }
        guard weight != nil || mask != nil else { return (values.sum(), number(Double(values.count))) }
        var (folded, weights) = (values, number(1))
        if let weight {
            (folded, weights) = try aligned(weight.cast(to: dtype).cast(to: .float64), values, folding)
        }
        if let mask { weights = weights * mask.cast(to: .float64) }
        guard folded.count > 0 else { return (number(0), number(0)) }
        // Each weight counts as often as it is stretched.
        let share = folded.count / weights.count
        let count = share == 1 ? weights.sum() : weights.sum() * Double(share)
        return ((folded * weights).sum(), count)
    }

    /// The weight, stretched to the shape of the values it belongs to.
    static func broadcast(_ weight: Tensor, to shape: Shape) throws(DescentError) -> Tensor {
        let weight = try ranked(weight, beside: shape)
        guard weight.rank == shape.rank || weight.rank == 0 else { throw misfit(weight.shape, shape) }
        return weight.broadcast(to: shape)
    }

    /// Values and weight as they are multiplied: values that share a weight beyond its last axis are folded first.
    private static func aligned(
        _ weight: Tensor, _ values: Tensor, _ folding: Folding
    ) throws(DescentError) -> (values: Tensor, weight: Tensor) {
        let weight = try ranked(weight, beside: values.shape)
        guard weight.rank > 0, weight.rank < values.rank else { return (values, weight) }
        let axes = Array(weight.rank..<values.rank)
        let folded = folding == .mean ? values.mean(axes: axes) : values.sum(axes: axes)
        guard folded.shape == weight.shape else { throw misfit(weight.shape, values.shape) }
        return (folded, weight)
    }

    /// The weight with the rank of the values if it lacks one axis or has one of extent 1 too many.
    private static func ranked(_ weight: Tensor, beside shape: Shape) throws(DescentError) -> Tensor {
        if let error = weight.error { throw error }
        var extents = weight.shape.dimensions
        if extents.count == shape.rank + 1, extents.last == 1 { extents.removeLast() }
        if !extents.isEmpty, extents.count == shape.rank - 1 { extents.append(1) }
        let fits = zip(extents, shape).allSatisfy { $0 == $1 || $0 == 1 }
        guard extents.count <= shape.rank, fits else { throw misfit(weight.shape, shape) }
        return extents == weight.shape.dimensions ? weight : weight.reshape(Shape(extents))
    }

    private static func misfit(_ weight: Shape, _ values: Shape) -> DescentError {
        DescentError(
            "updateState",
            "sampleWeight must be a number, or have the first axes of the values, or their rank with extents 1",
            received: "sampleWeight \(weight), values \(values)")
    }

    private static func number(_ value: Double) -> Tensor { Tensor(value, dtype: .float64) }
}
