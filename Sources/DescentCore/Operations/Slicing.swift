extension Primitive {
    /// The gradient goes back to where its elements were taken from, among zeros.
    package static let slice = Primitive(
        "slice", .view(.slice),
        .general { g, node, _ in
            let source = node.first!.shape
            let integers = node.attributes!.integers
            var g = g
            var borders: [(Int, Int)] = []
            for axis in 0..<source.rank {
                var (start, step, count) = (integers[2 * axis], integers[2 * axis + 1], g.shape[axis])
                if step < 0, count > 0 {
                    g = g.flip(axes: [axis])
                    start += (count - 1) * step
                    step = -step
                }
                if step > 1, count > 1 {
                    g = g.spacedOut(axis, step)
                    count = (count - 1) * step + 1
                }
                borders.append((start, source[axis] - start - count))
            }
            return g.pad(borders)
        })
}

extension Tensor {
    /// Zeros between neighbors along an axis, so that they are `step` apart.
    fileprivate func spacedOut(_ axis: Int, _ step: Int) -> Tensor {
        var borders = [(Int, Int)](repeating: (0, 0), count: rank + 1)
        borders[axis + 1] = (0, step - 1)
        var extents = shape.dimensions
        let count = extents[axis]
        extents[axis] = count * step
        let spaced = expandDims(axis + 1).pad(borders).reshape(Shape(extents))
        return spaced.sliced(axis, start: 0, step: 1, count: (count - 1) * step + 1)
    }

    /// `count` positions along one axis; the caller has checked them.
    package func sliced(_ axis: Int, start: Int, step: Int, count: Int) -> Tensor {
        var integers: [Int] = []
        for other in 0..<rank { integers += other == axis ? [start, step] : [0, 1] }
        var extents = shape.dimensions
        extents[axis] = count
        return recordedSlice(integers, Shape(extents))
    }

    fileprivate func recordedSlice(_ integers: [Int], _ result: Shape) -> Tensor {
        let isWhole =
            result == shape
            && (0..<rank).allSatisfy {
                integers[2 * $0 + 1] == 1 || (integers[2 * $0 + 1] > 0 && shape[$0] <= 1)
            }
        if isWhole { return self }
        return Tensor(Node(.slice, dtype, result, node, attributes: Attributes(integers))).bounded()
    }

    fileprivate func sliced(_ slices: [Slice]) throws(DescentError) -> Tensor {
        let x = try operand()
        let (integers, taken, result) = try Slice.resolve(slices, x.shape)
        return x.recordedSlice(integers, taken).reshape(result)
    }
}

extension Slice {
    /// What `slices` choose from a tensor of `shape`: start and step on each axis; the extents chosen; and the shape of the
    /// result, without the axes that a position takes away and with new ones.
    static func resolve(
        _ slices: [Slice], _ shape: Shape
    ) throws(DescentError) -> (integers: [Int], taken: Shape, result: Shape) {
        let isEllipsis = { (slice: Slice) in slice.kind == .ellipsis }
        let spoken = slices.filter { $0.kind != .newAxis && $0.kind != .ellipsis }.count
        guard spoken <= shape.rank, slices.filter(isEllipsis).count <= 1 else {
            throw DescentError(
                "subscript", "a tensor takes one index for each axis, and one ellipsis",
                received: "\(slices), shape \(shape)")
        }
        var slices = slices
        let whole = [Slice](repeating: .all, count: shape.rank - spoken)
        if let ellipsis = slices.firstIndex(where: isEllipsis) {
            slices.replaceSubrange(ellipsis...ellipsis, with: whole)
        } else {
            slices += whole
        }
        var integers: [Int] = []
        var taken: [Int] = []
        var result: [Int] = []
        for slice in slices {
            if slice.kind == .newAxis {
                result.append(1)
                continue
            }
            let extent = shape[taken.count]
            guard let (start, step, count) = slice.resolved(extent) else {
                throw DescentError(
                    "subscript", "positions must lie on the axis, in the direction of the step",
                    received: "\(slice) on axis \(taken.count) of shape \(shape)")
            }
            integers += [start, step]
            taken.append(count)
            if case .position = slice.kind { continue }
            result.append(count)
        }
        return (integers, Shape(taken), Shape(result))
    }
}

extension TensorConvertible {
    /// Some of the elements: one index for each axis, from the first; axes without one are taken whole.
    ///
    /// A position takes its axis away, a range keeps it. Indices outside of an axis are errors. The derivative puts the
    /// gradient where the elements were, and zeros elsewhere.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2, 3], [4, 5, 6]]
    /// print(x[1])             // [4.0, 5.0, 6.0]
    /// print(x[.all, 1...])
    /// // [[2.0, 3.0],
    /// //  [5.0, 6.0]]
    /// print(x[-1, (0..<3).step(2)])   // [4.0, 6.0]
    /// ```
    public subscript<each Index: TensorIndex>(
        _ indices: repeat each Index, file file: StaticString = #fileID, line line: UInt = #line
    ) -> Tensor {
        var slices: [Slice] = []
        for index in repeat each indices { slices.append(index.slice) }
        return Tensor.checked(file, line) { () throws(DescentError) in try tensor.sliced(slices) }
    }

    /// The elements in reverse order along the axes; without axes, along all of them.
    ///
    /// The derivative is the gradient, flipped.
    ///
    /// ```swift
    /// print(flip(Tensor([1, 2, 3])))   // [3.0, 2.0, 1.0]
    /// ```
    public func flip(axes: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let axes = try x.shape.resolve(axes: axes, operation: "flip")
            var integers: [Int] = []
            for axis in 0..<x.rank {
                let extent = x.shape[axis]
                integers += axes.contains(axis) && extent > 1 ? [extent - 1, -1] : [0, 1]
            }
            return x.recordedSlice(integers, x.shape)
        }
    }
}

/// The elements in reverse order along the axes; see `TensorConvertible.flip(axes:)`.
public func flip(
    _ x: some TensorConvertible, axes: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.flip(axes: axes, file: file, line: line) }
