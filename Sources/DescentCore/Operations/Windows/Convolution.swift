import CDescent

// y = x ∗ w is linear in each of its two inputs, so there are three products of two of them that give what the third is
// like. The derivatives of each are the other two.
extension Primitive {
    /// From x and w: y.
    package static let convolution: Primitive = Primitive(
        "convolution", .routine(CD_CONVOLUTION),
        .binary(
            left: { g, node in Tensor.window(.convolutionInput, like: node.y, g, node.b, shape: node.a.shape) },
            right: { g, node in Tensor.window(.convolutionKernel, like: node.y, node.a, g, shape: node.b.shape) }))

    /// From y and w: x.
    package static let convolutionInput: Primitive = Primitive(
        "convolutionInput", .routine(CD_CONVOLUTION_INPUT),
        .binary(
            left: { g, node in Tensor.window(.convolution, like: node.y, g, node.b, shape: node.a.shape) },
            right: { g, node in Tensor.window(.convolutionKernel, like: node.y, g, node.a, shape: node.b.shape) }))

    /// From x and y: w.
    package static let convolutionKernel: Primitive = Primitive(
        "convolutionKernel", .routine(CD_CONVOLUTION_KERNEL),
        .binary(
            left: { g, node in Tensor.window(.convolutionInput, like: node.y, node.b, g, shape: node.a.shape) },
            right: { g, node in Tensor.window(.convolution, like: node.y, node.a, g, shape: node.b.shape) }))
}

extension Tensor {
    /// Another product with the windows of `other`.
    static func window(
        _ primitive: Primitive, like other: Tensor, _ first: Tensor, _ second: Tensor? = nil, shape: Shape
    ) -> Tensor {
        routine(primitive, other.node.attributes!.integers, first, second, shape: shape)
    }

    /// The two operands of a convolution in one type.
    fileprivate static func convolved(
        _ operation: StaticString, _ x: Tensor, _ kernel: Tensor, spatial: Int
    ) throws(DescentError) -> (x: Tensor, kernel: Tensor) {
        let (x, kernel) = promoted(try x.operand(), kernel, .floats)
        if let error = x.error ?? kernel.error { throw error }
        guard kernel.rank == spatial + 2 else {
            throw DescentError(
                operation, "the kernel has two axes for channels, and the spatial ones",
                received: "shape \(kernel.shape), \(spatial) spatial")
        }
        return (x, kernel)
    }

    /// The extents of a kernel: its channels of the deeper and the shallower side, and the windows.
    fileprivate func kernelExtents(_ format: DataFormat) -> (outputs: Int, channels: Int, window: SpatialExtents) {
        let extents = shape.dimensions
        return format == .channelsFirst
            ? (extents[0], extents[1], SpatialExtents(Array(extents[2...])))
            : (extents[rank - 1], extents[rank - 2], SpatialExtents(Array(extents[..<(rank - 2)])))
    }

    fileprivate func convolution(
        _ operation: StaticString, _ kernel: Tensor, _ spatial: Int, _ stride: SpatialExtents,
        _ padding: WindowPadding, _ dilation: SpatialExtents, _ groups: Int, _ format: DataFormat,
        _ file: StaticString, _ line: UInt
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (x, kernel) = try Tensor.convolved(operation, self, kernel, spatial: spatial)
            let (outputs, channels, window) = kernel.kernelExtents(format)
            var geometry = try WindowGeometry(
                operation, x.shape, spatial: spatial, window: window, stride: stride, dilation: dilation, format)
            guard groups > 0, channels * groups == geometry.channels, outputs % groups == 0 else {
                throw DescentError(
                    operation, "a kernel has the channels of one group of the input, and outputs for every group",
                    received: "input \(x.shape), kernel \(kernel.shape), \(groups) groups")
            }
            geometry.outputs = outputs
            geometry.groups = groups
            try geometry.pad(padding)
            return Tensor.routine(
                .convolution, geometry.integers, x, kernel, shape: geometry.outputShape, at: SourceLocation(file, line))
        }
    }

    fileprivate func transposedConvolution(
        _ operation: StaticString, _ kernel: Tensor, _ spatial: Int, _ stride: SpatialExtents,
        _ padding: WindowPadding, _ outputPadding: SpatialExtents, _ dilation: SpatialExtents, _ groups: Int,
        _ format: DataFormat, _ file: StaticString, _ line: UInt
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let (x, kernel) = try Tensor.convolved(operation, self, kernel, spatial: spatial)
            let (inputs, channels, window) = kernel.kernelExtents(format)
            var geometry = try WindowGeometry(
                operation, x.shape, spatial: spatial, window: window, stride: stride, dilation: dilation, format)
            guard groups > 0, inputs == geometry.channels, inputs % groups == 0 else {
                throw DescentError(
                    operation, "a kernel has the channels of the input, and outputs of one group",
                    received: "input \(x.shape), kernel \(kernel.shape), \(groups) groups")
            }
            // It is the way back of a convolution from `channels` to `outputs`.
            geometry.outputs = inputs
            geometry.channels = channels * groups
            geometry.groups = groups
            let outputPadding = try WindowGeometry.numbers(outputPadding, spatial, operation, least: 0)
            try geometry.padTransposed(padding, outputPadding)
            return Tensor.routine(
                .convolutionInput, geometry.integers, x, kernel, shape: geometry.inputShape,
                at: SourceLocation(file, line))
        }
    }
}

extension TensorConvertible {
    /// The convolution of sequences with a kernel, as in all of deep learning without flipping it: cross-correlation.
    ///
    /// The derivatives with respect to the input and to the kernel are convolutions again.
    ///
    /// ```swift
    /// let x = Tensor([[[1, 2, 3, 4]]])
    /// print(conv1d(x, Tensor([[[1, -1]]])))   // [[[-1.0, -1.0, -1.0]]]
    /// ```
    ///
    /// - Parameters:
    ///   - kernel: [outputs, channels / groups, length], or with channels last [length, channels / groups, outputs].
    ///   - stride: how far the window moves from one result to the next.
    ///   - padding: zeros around the input; the default is none.
    ///   - dilation: how far elements of a window are apart.
    ///   - groups: channels and outputs are divided in so many groups that do not see each other.
    ///   - dataFormat: where the axis of channels is.
    public func conv1d(
        _ kernel: Tensor, stride: Int = 1, padding: WindowPadding = .valid, dilation: Int = 1, groups: Int = 1,
        dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.convolution(
            "conv1d", kernel, 1, .init(stride), padding, .init(dilation), groups, dataFormat, file, line)
    }

    /// The convolution of images with a kernel; see `conv1d(_:stride:padding:dilation:groups:dataFormat:)`.
    ///
    /// ```swift
    /// let x = Tensor.ones([1, 3, 8, 8])
    /// print(conv2d(x, Tensor.ones([4, 3, 3, 3]), stride: 2, padding: .same).shape)   // [1, 4, 4, 4]
    /// ```
    ///
    /// - Parameters:
    ///   - kernel: [outputs, channels / groups, height, width], or with channels last [height, width, channels / groups,
    ///     outputs].
    ///   - stride: how far the window moves from one result to the next.
    ///   - padding: zeros around the input; the default is none.
    ///   - dilation: how far elements of a window are apart.
    ///   - groups: channels and outputs are divided in so many groups that do not see each other.
    ///   - dataFormat: where the axis of channels is.
    public func conv2d(
        _ kernel: Tensor, stride: SpatialExtents = 1, padding: WindowPadding = .valid, dilation: SpatialExtents = 1,
        groups: Int = 1, dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.convolution("conv2d", kernel, 2, stride, padding, dilation, groups, dataFormat, file, line)
    }

    /// The transposed convolution of sequences: what `conv1d` with this kernel does to gradients on their way back.
    ///
    /// ```swift
    /// print(convTranspose1d(Tensor([[[1, 10]]]), Tensor([[[1, 2]]]), stride: 2))   // [[[ 1.0,  2.0, 10.0, 20.0]]]
    /// ```
    ///
    /// - Parameters:
    ///   - kernel: [channels, outputs / groups, length], or with channels last [length, outputs / groups, channels].
    ///   - stride: how far apart the results of neighbors are.
    ///   - padding: what is cut off from the result.
    ///   - outputPadding: how many elements longer the result is; less than the stride.
    ///   - dilation: how far elements of a window are apart.
    ///   - groups: channels and outputs are divided in so many groups that do not see each other.
    ///   - dataFormat: where the axis of channels is.
    public func convTranspose1d(
        _ kernel: Tensor, stride: Int = 1, padding: WindowPadding = .valid, outputPadding: Int = 0, dilation: Int = 1,
        groups: Int = 1, dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.transposedConvolution(
            "convTranspose1d", kernel, 1, .init(stride), padding, .init(outputPadding), .init(dilation), groups,
            dataFormat, file, line)
    }

    /// The transposed convolution of images; see
    /// `convTranspose1d(_:stride:padding:outputPadding:dilation:groups:dataFormat:)`.
    ///
    /// ```swift
    /// let x = Tensor.ones([1, 4, 4, 4])
    /// print(convTranspose2d(x, Tensor.ones([4, 3, 2, 2]), stride: 2).shape)   // [1, 3, 8, 8]
    /// ```
    ///
    /// - Parameters:
    ///   - kernel: [channels, outputs / groups, height, width], or with channels last [height, width, outputs / groups,
    ///     channels].
    ///   - stride: how far apart the results of neighbors are.
    ///   - padding: what is cut off from the result.
    ///   - outputPadding: how many elements longer the result is; less than the stride.
    ///   - dilation: how far elements of a window are apart.
    ///   - groups: channels and outputs are divided in so many groups that do not see each other.
    ///   - dataFormat: where the axis of channels is.
    public func convTranspose2d(
        _ kernel: Tensor, stride: SpatialExtents = 1, padding: WindowPadding = .valid,
        outputPadding: SpatialExtents = 0, dilation: SpatialExtents = 1, groups: Int = 1,
        dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.transposedConvolution(
            "convTranspose2d", kernel, 2, stride, padding, outputPadding, dilation, groups, dataFormat, file, line)
    }
}
