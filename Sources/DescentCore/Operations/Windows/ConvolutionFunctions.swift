/// The convolution of sequences; see `TensorConvertible.conv1d(_:stride:padding:dilation:groups:dataFormat:)`.
public func conv1d(
    _ x: some TensorConvertible, _ kernel: some TensorConvertible, stride: Int = 1, padding: WindowPadding = .valid,
    dilation: Int = 1, groups: Int = 1, dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    x.conv1d(
        kernel.tensor, stride: stride, padding: padding, dilation: dilation, groups: groups, dataFormat: dataFormat,
        file: file, line: line)
}

/// The convolution of images; see `TensorConvertible.conv2d(_:stride:padding:dilation:groups:dataFormat:)`.
public func conv2d(
    _ x: some TensorConvertible, _ kernel: some TensorConvertible, stride: SpatialExtents = 1,
    padding: WindowPadding = .valid, dilation: SpatialExtents = 1, groups: Int = 1,
    dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    x.conv2d(
        kernel.tensor, stride: stride, padding: padding, dilation: dilation, groups: groups, dataFormat: dataFormat,
        file: file, line: line)
}

/// The transposed convolution of sequences; see
/// `TensorConvertible.convTranspose1d(_:stride:padding:outputPadding:dilation:groups:dataFormat:)`.
public func convTranspose1d(
    _ x: some TensorConvertible, _ kernel: some TensorConvertible, stride: Int = 1, padding: WindowPadding = .valid,
    outputPadding: Int = 0, dilation: Int = 1, groups: Int = 1, dataFormat: DataFormat = .channelsFirst,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    x.convTranspose1d(
        kernel.tensor, stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
        groups: groups, dataFormat: dataFormat, file: file, line: line)
}

/// The transposed convolution of images; see
/// `TensorConvertible.convTranspose2d(_:stride:padding:outputPadding:dilation:groups:dataFormat:)`.
public func convTranspose2d(
    _ x: some TensorConvertible, _ kernel: some TensorConvertible, stride: SpatialExtents = 1,
    padding: WindowPadding = .valid, outputPadding: SpatialExtents = 0, dilation: SpatialExtents = 1, groups: Int = 1,
    dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    x.convTranspose2d(
        kernel.tensor, stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
        groups: groups, dataFormat: dataFormat, file: file, line: line)
}
