/// Windows that move over spatial axes: everything that the kernels need to know, checked.
struct WindowGeometry {
    struct Axis {
        var input: Int
        var output = 0
        let window: Int
        let stride: Int
        let dilation: Int
        var before = 0
        var after = 0

        /// From the first element of a window to its last.
        var reach: Int { (window - 1) * dilation + 1 }
    }

    let operation: StaticString
    var batch: Int
    var channels: Int
    var outputs: Int
    var groups = 1
    let format: DataFormat
    var axes: [Axis]

    /// Windows over an input of shape [batch, channels, axes…], or with channels last.
    init(
        _ operation: StaticString, _ shape: Shape, spatial: Int, window: SpatialExtents, stride: SpatialExtents,
        dilation: SpatialExtents, _ format: DataFormat
    ) throws(DescentError) {
        self.operation = operation
        self.format = format
        guard shape.rank == spatial + 2 else {
            throw DescentError(
                operation, "the input has an axis for the batch, one for channels, and the spatial ones",
                received: "shape \(shape), \(spatial) spatial")
        }
        batch = shape[0]
        channels = shape[format == .channelsFirst ? 1 : spatial + 1]
        outputs = channels
        let sizes = try WindowGeometry.numbers(window, spatial, operation, least: 1)
        let strides = try WindowGeometry.numbers(stride, spatial, operation, least: 1)
        let dilations = try WindowGeometry.numbers(dilation, spatial, operation, least: 1)
        axes = (0..<spatial).map {
            Axis(
                input: shape[$0 + (format == .channelsFirst ? 2 : 1)], window: sizes[$0], stride: strides[$0],
                dilation: dilations[$0])
        }
    }

    static func numbers(
        _ extents: SpatialExtents, _ spatial: Int, _ operation: StaticString, least: Int
    ) throws(DescentError) -> [Int] {
        let numbers = extents.numbers
        guard numbers.count == spatial || numbers.count == 1, numbers.allSatisfy({ $0 >= least && $0 < 1 << 31 }) else {
            throw DescentError(
                operation, "a window has one number for all spatial axes or one for each, none too small",
                received: "\(numbers) for \(spatial) axes, at least \(least)")
        }
        return numbers.count == spatial ? numbers : [Int](repeating: numbers[0], count: spatial)
    }

    /// Borders that do not depend on extents; nil for `.same`.
    private func borders(_ padding: WindowPadding) throws(DescentError) -> [(before: Int, after: Int)]? {
        switch padding {
        case .valid: return axes.map { _ in (0, 0) }
        case .same: return nil
        case .explicit(let extents):
            return try WindowGeometry.numbers(extents, axes.count, operation, least: 0).map { ($0, $0) }
        case .borders(let borders):
            guard borders.count == axes.count, borders.allSatisfy({ $0.before >= 0 && $0.after >= 0 }) else {
                throw DescentError(
                    operation, "padding has two numbers of at least 0 for each spatial axis",
                    received: "\(borders.map { [$0.before, $0.after] }) for \(axes.count) axes")
            }
            return borders
        }
    }

    /// Settles padding and the extents of the output.
    mutating func pad(_ padding: WindowPadding) throws(DescentError) {
        let borders = try borders(padding)
        for index in axes.indices {
            axes[index].pad(borders?[index])
            let axis = axes[index]
            guard axis.input + axis.before + axis.after >= axis.reach || borders == nil else {
                throw DescentError(
                    operation, "a window must fit into the padded input",
                    received: "a reach of \(axis.reach) for \(axis.input) + \(axis.before + axis.after)")
            }
        }
    }

    /// The same for what a transposed convolution has as input: `axes` then hold what its output is to be. They come with
    /// the extents of its input.
    mutating func padTransposed(_ padding: WindowPadding, _ outputPadding: [Int]) throws(DescentError) {
        let borders = try borders(padding)
        for index in axes.indices {
            let given = axes[index].input
            if let border = borders?[index] {
                axes[index].input =
                    (given - 1) * axes[index].stride + axes[index].reach - border.before - border.after
                    + outputPadding[index]
            } else {
                axes[index].input = given * axes[index].stride
            }
            guard axes[index].input >= 0, outputPadding[index] < axes[index].stride else {
                throw DescentError(
                    operation, "padding leaves an output, and output padding is less than the stride",
                    received: "an output of \(axes[index].input), output padding \(outputPadding[index])")
            }
            axes[index].pad(borders?[index])
            axes[index].output = given
        }
    }

    /// What the kernels read: see cd_window in CDescent.
    var integers: [Int] {
        var integers = [batch, channels, outputs, groups, format == .channelsLast ? 1 : 0]
        for _ in axes.count..<3 { integers += [1, 1, 1, 1, 1, 0] }
        for axis in axes {
            integers += [axis.input, axis.output, axis.window, axis.stride, axis.dilation, axis.before]
        }
        return integers
    }

    func shape(_ channels: Int, _ extents: [Int]) -> Shape {
        Shape([batch] + (format == .channelsFirst ? [channels] + extents : extents + [channels]))
    }

    var inputShape: Shape { shape(channels, axes.map(\.input)) }
    var outputShape: Shape { shape(outputs, axes.map(\.output)) }
}

extension WindowGeometry.Axis {
    /// Without borders, those of `.same`.
    fileprivate mutating func pad(_ border: (before: Int, after: Int)?) {
        if let border {
            (before, after) = border
            output = Swift.max(0, (input + before + after - reach) / stride + 1)
            if input + before + after < reach { output = 0 }
        } else {
            output = (input + stride - 1) / stride
            let total = Swift.max((output - 1) * stride + reach - input, 0)
            (before, after) = (total / 2, total - total / 2)
        }
    }
}
