import CDescent

extension Primitive {
    /// Sums over windows, and the way back.
    package static let poolSum: Primitive = Primitive(
        "poolSum", .routine(CD_POOL_SUM),
        .general { g, node, _ in Tensor.window(.poolSpread, like: Tensor(node), g, shape: node.first!.shape) })

    package static let poolSpread: Primitive = Primitive(
        "poolSpread", .routine(CD_POOL_SPREAD),
        .general { g, node, _ in Tensor.window(.poolSum, like: Tensor(node), g, shape: node.first!.shape) })

    /// Where among all elements of the input the first largest one of each window is.
    package static let poolArgmax: Primitive = Primitive("poolArgmax", .routine(CD_POOL_ARGMAX), .none)
}

extension Tensor {
    fileprivate func pooled(
        _ operation: StaticString, _ spatial: Int, _ window: SpatialExtents, _ stride: SpatialExtents?,
        _ padding: WindowPadding, _ format: DataFormat,
        _ file: StaticString, _ line: UInt, _ pool: (Tensor, WindowGeometry) throws(DescentError) -> Tensor
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try floats()
            var geometry = try WindowGeometry(
                operation, x.shape, spatial: spatial, window: window, stride: stride ?? window, dilation: 1, format)
            try geometry.pad(padding)
            guard geometry.axes.allSatisfy({ $0.before < $0.window && $0.after < $0.window }) else {
                throw DescentError(
                    operation, "padding must be smaller than the window",
                    received: "\(geometry.axes.map { [$0.before, $0.after] }) for \(geometry.axes.map(\.window))")
            }
            guard geometry.axes.allSatisfy({ $0.input > 0 }) else {
                throw DescentError(operation, "of no elements there is no pool", received: "shape \(x.shape)")
            }
            return try pool(x, geometry)
        }
    }

    fileprivate static func largest(_ x: Tensor, _ geometry: WindowGeometry) -> Tensor {
        let places = routine(.poolArgmax, geometry.integers, x, shape: geometry.outputShape, dtype: .int64)
        return x.reshape([x.count]).gather(places)
    }

    fileprivate static func average(_ x: Tensor, _ geometry: WindowGeometry, countsPadding: Bool) -> Tensor {
        let sum = routine(.poolSum, geometry.integers, x, shape: geometry.outputShape)
        let isPadded = geometry.axes.contains { $0.before > 0 || $0.after > 0 }
        if countsPadding || !isPadded {
            return sum / .number(geometry.axes.reduce(1) { $0 * $1.window }, with: x.dtype)
        }
        // How many elements of each window are there: a product of what is along each axis.
        var counts = Tensor.ones([], dtype: x.dtype)
        for (index, axis) in geometry.axes.enumerated() {
            let along = (0..<axis.output).map { position in
                let start = position * axis.stride - axis.before
                return Double(Swift.min(start + axis.window, axis.input) - Swift.max(start, 0))
            }
            let trailing = geometry.axes.count - 1 - index + (geometry.format == .channelsLast ? 1 : 0)
            let shape = Shape([axis.output] + [Int](repeating: 1, count: trailing))
            counts = counts * Tensor(along, shape: shape).cast(to: x.dtype)
        }
        return sum / counts
    }
}

extension TensorConvertible {
    /// The largest element of each window of sequences; padding does not count.
    ///
    /// The derivative passes to that element; of several, to the first.
    ///
    /// ```swift
    /// print(maxPool1d(Tensor([[[1, 3, 2, 0]]]), window: 2))   // [[[3.0, 2.0]]]
    /// ```
    ///
    /// - Parameters:
    ///   - window: how many elements.
    ///   - stride: how far the window moves; the default is `window`.
    ///   - padding: less than the window.
    ///   - dataFormat: where the axis of channels is.
    public func maxPool1d(
        window: Int, stride: Int? = nil, padding: WindowPadding = .valid, dataFormat: DataFormat = .channelsFirst,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.pooled(
            "maxPool1d", 1, .init(window), stride.map { .init($0) }, padding, dataFormat, file, line, Tensor.largest)
    }

    /// The largest element of each window of images; see `maxPool1d(window:stride:padding:dataFormat:)`.
    ///
    /// ```swift
    /// print(maxPool2d(Tensor([[[[1, 3], [2, 0]]]]), window: 2))   // [[[[3.0]]]]
    /// ```
    public func maxPool2d(
        window: SpatialExtents, stride: SpatialExtents? = nil, padding: WindowPadding = .valid,
        dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.pooled("maxPool2d", 2, window, stride, padding, dataFormat, file, line, Tensor.largest)
    }

    /// The mean of each window of sequences.
    ///
    /// The derivative with respect to each element is 1 / the number of elements that count.
    ///
    /// ```swift
    /// print(avgPool1d(Tensor([[[1, 3, 2, 0]]]), window: 2))   // [[[2.0, 1.0]]]
    /// ```
    ///
    /// - Parameters:
    ///   - window: how many elements.
    ///   - stride: how far the window moves; the default is `window`.
    ///   - padding: less than the window.
    ///   - countsPadding: whether zeros of the padding count as elements, as in PyTorch; in Keras they do not.
    ///   - dataFormat: where the axis of channels is.
    public func avgPool1d(
        window: Int, stride: Int? = nil, padding: WindowPadding = .valid, countsPadding: Bool = false,
        dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        tensor.pooled("avgPool1d", 1, .init(window), stride.map { .init($0) }, padding, dataFormat, file, line) {
            Tensor.average($0, $1, countsPadding: countsPadding)
        }
    }

    /// The mean of each window of images; see `avgPool1d(window:stride:padding:countsPadding:dataFormat:)`.
    ///
    /// ```swift
    /// print(avgPool2d(Tensor([[[[1, 3], [2, 0]]]]), window: 2))   // [[[[1.5]]]]
    /// ```
    public func avgPool2d(
        window: SpatialExtents, stride: SpatialExtents? = nil, padding: WindowPadding = .valid,
        countsPadding: Bool = false, dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        tensor.pooled("avgPool2d", 2, window, stride, padding, dataFormat, file, line) {
            Tensor.average($0, $1, countsPadding: countsPadding)
        }
    }
}

/// The largest element of each window of sequences; see `TensorConvertible.maxPool1d(window:stride:padding:dataFormat:)`.
public func maxPool1d(
    _ x: some TensorConvertible, window: Int, stride: Int? = nil, padding: WindowPadding = .valid,
    dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    x.maxPool1d(window: window, stride: stride, padding: padding, dataFormat: dataFormat, file: file, line: line)
}

/// The largest element of each window of images; see `TensorConvertible.maxPool2d(window:stride:padding:dataFormat:)`.
public func maxPool2d(
    _ x: some TensorConvertible, window: SpatialExtents, stride: SpatialExtents? = nil,
    padding: WindowPadding = .valid, dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    x.maxPool2d(window: window, stride: stride, padding: padding, dataFormat: dataFormat, file: file, line: line)
}

/// The mean of each window of sequences; see
/// `TensorConvertible.avgPool1d(window:stride:padding:countsPadding:dataFormat:)`.
public func avgPool1d(
    _ x: some TensorConvertible, window: Int, stride: Int? = nil, padding: WindowPadding = .valid,
    countsPadding: Bool = false, dataFormat: DataFormat = .channelsFirst, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    x.avgPool1d(
        window: window, stride: stride, padding: padding, countsPadding: countsPadding, dataFormat: dataFormat,
        file: file, line: line)
}

/// The mean of each window of images; see
/// `TensorConvertible.avgPool2d(window:stride:padding:countsPadding:dataFormat:)`.
public func avgPool2d(
    _ x: some TensorConvertible, window: SpatialExtents, stride: SpatialExtents? = nil,
    padding: WindowPadding = .valid, countsPadding: Bool = false, dataFormat: DataFormat = .channelsFirst,
    file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    x.avgPool2d(
        window: window, stride: stride, padding: padding, countsPadding: countsPadding, dataFormat: dataFormat,
        file: file, line: line)
}
