/// The greater of each element and a number that adapts to the tensor's type.
///
/// ```swift
/// let limit = 1.5
/// print(maximum(Tensor([1, 2]), limit))   // [1.5, 2.0]
/// ```
public func maximum(
    _ a: some TensorConvertible, _ b: some TensorNumber, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    let tensor = a.tensor
    return maximum(tensor, b.operand(beside: tensor), file: file, line: line)
}

/// The greater of a number that adapts to the tensor's type and each element.
public func maximum(
    _ a: some TensorNumber, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    let tensor = b.tensor
    return maximum(a.operand(beside: tensor), tensor, file: file, line: line)
}

/// The smaller of each element and a number that adapts to the tensor's type.
///
/// ```swift
/// let limit = 1.5
/// print(minimum(Tensor([1, 2]), limit))   // [1.0, 1.5]
/// ```
public func minimum(
    _ a: some TensorConvertible, _ b: some TensorNumber, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    let tensor = a.tensor
    return minimum(tensor, b.operand(beside: tensor), file: file, line: line)
}

/// The smaller of a number that adapts to the tensor's type and each element.
public func minimum(
    _ a: some TensorNumber, _ b: some TensorConvertible, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    let tensor = b.tensor
    return minimum(a.operand(beside: tensor), tensor, file: file, line: line)
}
