extension TensorConvertible {
    /// Exponentials along an axis, divided by their sum: `eˣ / Σ eˣ`, without overflow.
    ///
    /// The derivative is `y (g − Σ g y)`.
    ///
    /// ```swift
    /// print(Tensor([0, 0]).softmax())   // [0.5, 0.5]
    /// ```
    ///
    /// - Parameter axis: the axis along which the results sum to 1; the default is the last.
    public func softmax(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand().fractional
            let axes = try x.shape.resolve(axes: [axis], operation: "softmax")
            if x.count == 0 { return x }
            let powers = (x - stopGradient(x.max(axes: axes, keepDims: true))).exp()
            return powers / powers.sum(axes: axes, keepDims: true)
        }
    }

    /// The logarithm of softmax along an axis, `x − log Σ eˣ`, without overflow.
    ///
    /// The derivative is `g − eʸ Σ g`.
    ///
    /// ```swift
    /// print(Tensor([0, 0]).logSoftmax())   // [-0.6931472, -0.6931472]
    /// ```
    ///
    /// - Parameter axis: the axis along which the exponentials sum to 1; the default is the last.
    public func logSoftmax(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let axes = try x.shape.resolve(axes: [axis], operation: "logSoftmax")
            // Of no elements there is no largest.
            if x.count == 0 { return x.dtype.isFloatingPoint ? x : x.cast(to: .float32) }
            let shifted = x - stopGradient(x.max(axes: axes, keepDims: true))
            return shifted - shifted.exp().sum(axes: axes, keepDims: true).log()
        }
    }
}

/// The logarithm of softmax along an axis, `x − log Σ eˣ`, without overflow.
///
/// ```swift
/// print(logSoftmax(Tensor([0, 0])))   // [-0.6931472, -0.6931472]
/// ```
public func logSoftmax(
    _ x: some TensorConvertible, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    x.logSoftmax(axis: axis, file: file, line: line)
}

/// Exponentials along an axis, divided by their sum: `eˣ / Σ eˣ`, without overflow.
///
/// ```swift
/// print(softmax(Tensor([0, 0])))   // [0.5, 0.5]
/// ```
public func softmax(
    _ x: some TensorConvertible, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    x.softmax(axis: axis, file: file, line: line)
}
