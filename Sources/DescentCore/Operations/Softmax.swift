extension TensorConvertible {
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
        let x = tensor
        let shifted = x - stopGradient(x.max(axes: axis, keepDims: true, file: file, line: line))
        return shifted - shifted.exp().sum(axes: axis, keepDims: true, file: file, line: line).log()
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
