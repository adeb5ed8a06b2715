import DescentCore

/// The arguments of one call of a loss, and where it stands in somebody's source.
struct LossCall {
    let yTrue: Tensor
    let yPred: Tensor
    let file: StaticString
    let line: UInt

    init(_ yTrue: Tensor, _ yPred: Tensor, _ file: StaticString, _ line: UInt) {
        self.yTrue = yTrue
        self.yPred = yPred
        self.file = file
        self.line = line
    }

    /// The losses of the samples; an error takes their place.
    func perSample(_ formula: (LossCall) throws(DescentError) -> LossValues) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in try formula(self).perSample }
    }

    /// Both sides in the floating-point type of the predictions and with equally many axes, as far as an axis of
    /// length 1 at the end makes them so.
    func aligned() throws(DescentError) -> (yTrue: Tensor, yPred: Tensor) {
        // The common case.
        if yTrue.node.traits.union(yPred.node.traits).isDisjoint(with: .special), yPred.dtype.isFloatingPoint,
            yTrue.dtype == yPred.dtype, yTrue.shape == yPred.shape
        {
            return (yTrue, yPred)
        }
        if let error = yTrue.error ?? yPred.error { throw error }
        let yPred = predictions()
        let yTrue = yTrue.adapted(to: yPred.dtype).cast(to: yPred.dtype)
        if let error = yTrue.error ?? yPred.error { throw error }
        let (a, b) = LossCall.withEqualRanks(yTrue, yPred)
        return (a, b)
    }

    /// Both sides in one type and of one shape. Nothing is broadcast: where [n] meets [n, 1], that would compare
    /// everybody with everybody.
    func matched(_ operation: StaticString) throws(DescentError) -> (yTrue: Tensor, yPred: Tensor) {
        let pair = try aligned()
        guard pair.yTrue.shape == pair.yPred.shape else {
            throw DescentError(
                operation, "yTrue and yPred must have the same shape, but for an axis of length 1 at the end of one",
                received: "yTrue \(yTrue.shape), yPred \(yPred.shape)")
        }
        return pair
    }

    /// The class of every sample as whole numbers, and the predictions with the axis along which classes lie.
    ///
    /// Labels have the shape of the predictions without that axis, or with it in length 1.
    func classes(
        _ operation: StaticString, axis: Int
    ) throws(DescentError) -> (labels: Tensor, yPred: Tensor, axis: Int) {
        if let error = yTrue.error ?? yPred.error { throw error }
        let yPred = predictions()
        var labels = yTrue.adapted(to: .int64)
        if !labels.dtype.isInteger { labels = labels.cast(to: .int64) }
        if let error = labels.error ?? yPred.error { throw error }
        let axis = try Shape.resolve(axis: axis, rank: yPred.rank, operation: operation)
        var needed = yPred.shape.dimensions
        needed[axis] = 1
        if labels.shape == Shape(needed), yPred.rank > 0 { labels = labels.squeeze(axes: [axis]) }
        needed.remove(at: axis)
        guard labels.shape == Shape(needed) else {
            throw DescentError(
                operation, "yTrue must have the shape of yPred without the axis of the classes",
                received: "yTrue \(yTrue.shape), yPred \(self.yPred.shape), axis \(axis)")
        }
        return (labels, yPred, axis)
    }

    /// Squeezes the axis of length 1 at the end that one side has and the other has not. Beside a side of rank 1 it
    /// stays and the other gets one: a list of numbers is a column of samples.
    static func withEqualRanks(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
        if a.rank == b.rank + 1, a.shape.dimensions.last == 1 {
            return b.rank == 1 ? (a, b.expandDims(-1)) : (a.squeeze(axes: [-1]), b)
        }
        if b.rank == a.rank + 1, b.shape.dimensions.last == 1 {
            return a.rank == 1 ? (a.expandDims(-1), b) : (a, b.squeeze(axes: [-1]))
        }
        return (a, b)
    }

    private func predictions() -> Tensor {
        let dtype = yTrue.dtype.isFloatingPoint ? yTrue.dtype : .float32
        let adapted = yPred.adapted(to: dtype)
        return adapted.dtype.isFloatingPoint ? adapted : adapted.cast(to: dtype)
    }
}

// MARK: - Pieces of formulas

/// What keeps logarithms and quotients of probabilities finite.
let lossEpsilon = 1e-7

extension Tensor {
    /// These weights of samples, or of steps, with the rank of the mask of the steps.
    func alongSteps(of mask: Tensor) -> Tensor {
        if error != nil { return self }
        if rank == mask.rank + 1, shape[mask.rank] == 1 { return squeeze(axes: [-1]) }
        guard rank > 0, rank < mask.rank else { return self }
        return reshape(Shape(rank: mask.rank) { $0 < rank ? shape[$0] : 1 })
    }

    /// The numbers, with those below `low` or above `high` replaced by these, which have no slope; NaN stays.
    func clipped(_ low: Double, _ high: Double) -> Tensor {
        // Not maximum and minimum: at the bounds themselves these would pass on half of a slope.
        let (low, high) = (low.operand(beside: self), high.operand(beside: self))
        return .where(self .< low, low, .where(self .> high, high, self))
    }

    /// `xⁿ` for x ≥ 0, with slope 0 at 0 where the true one is infinite (0 < n < 1): what multiplies it in a loss is
    /// 0 there, and 0 · ∞ would be NaN.
    func power(_ exponent: Double) -> Tensor {
        switch exponent {
        case 0: return .onesLike(self)
        case 1: return self
        case 2: return square()
        case 0..<1:
            let isZero = self .== 0
            return .where(isZero, 0, Tensor.where(isZero, 1, self) ** exponent)
        default: return self ** exponent
        }
    }

    /// One-hot rows for `labels`, as truths, with the classes along `axis` of the result.
    static func isClass(_ labels: Tensor, count: Int, axis: Int) -> Tensor {
        var extents = [Int](repeating: 1, count: labels.rank + 1)
        extents[axis] = count
        return labels.expandDims(axis) .== Tensor.arange(count, dtype: labels.dtype).reshape(Shape(extents))
    }
}
