// Normalizations of features: compositions, from which derivatives follow.

extension Tensor {
    /// `(x − mean) / √(variance + epsilon)`, with mean and variance over the axes.
    fileprivate func standardized(
        _ axes: [Int], _ epsilon: Double
    ) -> (y: Tensor, mean: Tensor, variance: Tensor) {
        let mean = mean(axes: axes, keepDims: true)
        let centered = self - mean
        let variance = (centered * centered).mean(axes: axes, keepDims: true)
        return (centered * (variance + epsilon).rsqrt(), mean, variance)
    }

    /// A vector of features along an axis, ready to broadcast; errors if it is none.
    fileprivate func features(
        _ operation: StaticString, _ x: Tensor, _ axis: Int
    ) throws(DescentError) -> Tensor {
        let features = try floats()
        guard features.shape == [x.shape[axis]] else {
            throw DescentError(
                operation, "scale, offset, mean and variance have a number for each feature",
                received: "shape \(shape) for \(x.shape[axis]) features")
        }
        var extents = [Int](repeating: 1, count: x.rank)
        extents[axis] = x.shape[axis]
        return features.reshape(Shape(extents))
    }
}

/// Layer normalization: each sample's features get mean 0 and variance 1, then are scaled and shifted.
///
/// `(x − mean) / √(variance + epsilon) · scale + offset`, the variance being the mean of squares.
///
/// ```swift
/// print(layerNorm(Tensor([[1, 3], [0, 8]]), epsilon: 0))
/// // [[-1.0,  1.0],
/// //  [-1.0,  1.0]]
/// ```
///
/// - Parameters:
///   - x: the features.
///   - scale: of the extents of `axes`, or nil.
///   - offset: of the extents of `axes`, or nil.
///   - axes: the axes of features; the default is the last.
///   - epsilon: keeps the divisor from 0.
public func layerNorm(
    _ x: some TensorConvertible, scale: Tensor? = nil, offset: Tensor? = nil, axes: [Int] = [-1],
    epsilon: Double = 1e-5, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        let x = try x.tensor.floats()
        let axes = try x.shape.resolve(axes: axes, operation: "layerNorm")
        var y = x.standardized(axes, epsilon).y
        let extents = Shape((0..<x.rank).map { axes.contains($0) ? x.shape[$0] : 1 })
        for (factor, isScale) in [(scale, true), (offset, false)] {
            guard let factor = try factor?.floats() else { continue }
            guard factor.shape.dimensions == axes.map({ x.shape[$0] }) else {
                throw DescentError(
                    "layerNorm", "scale and offset have the extents of the axes",
                    received: "shape \(factor.shape), axes \(axes) of \(x.shape)")
            }
            y = isScale ? y * factor.reshape(extents) : y + factor.reshape(extents)
        }
        return y
    }
}

/// Batch normalization while training: each feature gets mean 0 and variance 1 over the batch and all spatial axes, then
/// is scaled and shifted.
///
/// ```swift
/// let (y, mean, _) = batchNorm(Tensor([[1, 0], [3, 8]]), epsilon: 0)
/// print(y[0], mean)   // [-1.0, -1.0] [2.0, 4.0]
/// ```
///
/// - Parameters:
///   - x: at least the batch and the features.
///   - scale: a number for each feature, or nil.
///   - offset: a number for each feature, or nil.
///   - axis: that of features.
///   - epsilon: keeps the divisor from 0.
/// - Returns: the result, and the mean and variance of each feature, for averages to use after training.
public func batchNorm(
    _ x: some TensorConvertible, scale: Tensor? = nil, offset: Tensor? = nil, axis: Int = 1, epsilon: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
) -> (y: Tensor, mean: Tensor, variance: Tensor) {
    do throws(DescentError) {
        let x = try x.tensor.floats()
        let axis = try Shape.resolve(axis: axis, rank: x.rank, operation: "batchNorm")
        var (y, mean, variance) = x.standardized((0..<x.rank).filter { $0 != axis }, epsilon)
        if let scale { y = y * (try scale.features("batchNorm", x, axis)) }
        if let offset { y = y + (try offset.features("batchNorm", x, axis)) }
        return (y, mean.reshape([x.shape[axis]]), variance.reshape([x.shape[axis]]))
    } catch {
        let poison = Tensor(error: error.located(at: SourceLocation(file, line)))
        return (poison, poison, poison)
    }
}

/// Batch normalization after training, with a known mean and variance of each feature.
///
/// - Parameters:
///   - x: at least the batch and the features.
///   - mean: a number for each feature.
///   - variance: a number for each feature.
///   - scale: a number for each feature, or nil.
///   - offset: a number for each feature, or nil.
///   - axis: that of features.
///   - epsilon: keeps the divisor from 0.
public func batchNorm(
    _ x: some TensorConvertible, mean: Tensor, variance: Tensor, scale: Tensor? = nil, offset: Tensor? = nil,
    axis: Int = 1, epsilon: Double = 1e-5, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        let x = try x.tensor.floats()
        let axis = try Shape.resolve(axis: axis, rank: x.rank, operation: "batchNorm")
        let deviation = (try variance.features("batchNorm", x, axis) + epsilon).rsqrt()
        var y = (x - (try mean.features("batchNorm", x, axis))) * deviation
        if let scale { y = y * (try scale.features("batchNorm", x, axis)) }
        if let offset { y = y + (try offset.features("batchNorm", x, axis)) }
        return y
    }
}

/// Group normalization: the features of each sample are divided in groups, which get mean 0 and variance 1 together with
/// their spatial axes; then every feature is scaled and shifted.
///
/// ```swift
/// print(groupNorm(Tensor([[1, 3, 10, 30]]), groups: 2, epsilon: 0))   // [[-1.0,  1.0, -1.0,  1.0]]
/// ```
///
/// - Parameters:
///   - x: the batch first.
///   - groups: how many; they divide the features.
///   - scale: a number for each feature, or nil.
///   - offset: a number for each feature, or nil.
///   - axis: that of features.
///   - epsilon: keeps the divisor from 0.
public func groupNorm(
    _ x: some TensorConvertible, groups: Int, scale: Tensor? = nil, offset: Tensor? = nil, axis: Int = 1,
    epsilon: Double = 1e-5, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        let x = try x.tensor.floats()
        let axis = try Shape.resolve(axis: axis, rank: x.rank, operation: "groupNorm")
        guard axis > 0, groups > 0, x.shape[axis] % groups == 0 else {
            throw DescentError(
                "groupNorm", "groups must divide the features, which are not on axis 0",
                received: "\(groups) groups on axis \(axis) of \(x.shape)")
        }
        var extents = x.shape.dimensions
        extents.replaceSubrange(axis...axis, with: [groups, x.shape[axis] / groups])
        let axes = (1...x.rank).filter { $0 != axis }
        var y = x.reshape(Shape(extents)).standardized(axes, epsilon).y.reshape(x.shape)
        if let scale { y = y * (try scale.features("groupNorm", x, axis)) }
        if let offset { y = y + (try offset.features("groupNorm", x, axis)) }
        return y
    }
}
