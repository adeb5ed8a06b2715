import DescentCore

/// What a loss says of a batch before anything is folded: so that a mean of means becomes one pass over memory.
struct LossValues {
    /// One number for each element, or for each sample if nothing is to be folded.
    var elements: Tensor
    /// The axes of `elements` that fold into the loss of one sample.
    var axes: [Int] = []
    /// Whether they fold into their mean; otherwise into their sum.
    var isMean = false
    /// Which samples count, as truths of the samples' shape; nil is all.
    var mask: Tensor?

    /// Losses that fold along one axis. A single number is a sample of one element.
    static func folding(
        _ elements: Tensor, axis: Int, isMean: Bool, _ operation: StaticString
    ) throws(DescentError) -> LossValues {
        if let error = elements.error { throw error }
        if elements.rank == 0, axis == -1 || axis == 0 { return LossValues(elements: elements) }
        let axis = try Shape.resolve(axis: axis, rank: elements.rank, operation: operation)
        return LossValues(elements: elements, axes: [axis], isMean: isMean)
    }

    /// The loss of each sample.
    var perSample: Tensor {
        if axes.isEmpty { return elements }
        return isMean ? elements.mean(axes: axes) : elements.sum(axes: axes)
    }

    /// The shape of `perSample`.
    private var shape: Shape { elements.shape.reduced(over: axes, keepDims: false) }
}

// MARK: - Reductions

extension LossValues {
    /// The losses of all samples as one number; for the reduction `none` one for each, weighted.
    ///
    /// Of no samples the result is 0. A mean within samples that have no elements is NaN, as 0/0 says.
    func reduced(
        _ reduction: Reduction, weights: Tensor? = nil, _ operation: String
    ) throws(DescentError) -> Tensor {
        if let error = elements.error ?? mask?.error { throw error }
        var factor = mask?.cast(to: elements.dtype)
        if let weights {
            let aligned = try self.aligned(weights, operation)
            factor = factor.map { $0 * aligned } ?? aligned
        }
        guard reduction != .none else {
            let values = factor.map { perSample * $0 } ?? perSample
            // A column of weights makes a column of losses.
            return shape.rank == 1 && weights?.rank == 2 ? values.expandDims(-1) : values
        }
        let total = total(factor)
        // A factor may have more values than there are losses: then each loss counts as often as it is weighed.
        let stretched = factor.flatMap { shape.broadcast(with: $0.shape) } ?? shape
        let count = Double(stretched.count)
        if count == 0 { return total }
        let scale = isMean ? Double(axes.reduce(1) { $0 * elements.shape[$1] }) : 1
        switch reduction {
        case .none, .sum: return scale == 1 ? total : total / scale
        case .meanWithSampleWeight:
            guard let factor else { return total / (scale * count) }
            return quotient(total, factor.sum() * (scale * count / Double(factor.count)))
        case .sumOverBatchSize, .mean:
            guard let mask else { return scale * count == 1 ? total : total / (scale * count) }
            let valid = mask.cast(to: elements.dtype).sum()
            return quotient(total, valid * (scale * count / Double(mask.count)))
        }
    }

    /// The sum of all elements, each times the factor of its sample.
    private func total(_ factor: Tensor?) -> Tensor {
        guard let factor else { return elements.sum() }
        guard factor.shape.broadcasts(to: shape) else {
            return ((axes.isEmpty ? elements : elements.sum(axes: axes)) * factor).sum()
        }
        if factor.rank == 0 { return elements.sum() * factor }
        // Weighing the elements is the same, and leaves one pass over them.
        var extents = [Int](repeating: 1, count: shape.rank - factor.rank) + factor.shape.dimensions
        for axis in axes.sorted() { extents.insert(1, at: axis) }
        return (elements * factor.reshape(Shape(extents))).sum()
    }

    /// Weights in the losses' type and with their number of axes: an axis of length 1 at the end goes, one that is
    /// missing comes at the end. All else is broadcasting.
    private func aligned(_ weights: Tensor, _ operation: String) throws(DescentError) -> Tensor {
        var result = weights.adapted(to: elements.dtype).cast(to: elements.dtype)
        if let error = result.error { throw error }
        if result.rank == shape.rank + 1, result.shape.dimensions.last == 1 {
            result = result.squeeze(axes: [-1])
        } else if result.rank + 1 == shape.rank, result.rank > 0 {
            result = result.expandDims(-1)
        }
        guard result.shape.broadcast(with: shape) != nil else {
            throw DescentError(
                operation: operation, "sampleWeight must fit the losses: their shape, or that without its last axis",
                received: "losses \(shape), sampleWeight \(weights.shape)")
        }
        return result
    }

    /// The quotient, 0 where the divisor is 0.
    private func quotient(_ dividend: Tensor, _ divisor: Tensor) -> Tensor {
        let isZero = divisor .== 0
        return .where(isZero, 0, dividend / .where(isZero, 1, divisor))
    }
}
