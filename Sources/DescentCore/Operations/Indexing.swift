extension Primitive {
    /// Rows that were read get back the gradients of all their readers.
    package static let gather = Primitive(
        "gather", .gather,
        .general { g, node, index in
            guard index == 0 else { return nil }
            let source = node.first!
            let axis = node.attributes!.integers[0]
            let indices = Tensor(node.second!)
            if axis == 0 { return IndexedSlices(values: g, indices: indices, shape: source.shape).tensor }
            return Tensor.zeros(source.shape, dtype: g.dtype).scatterAdd(indices, g, axis: axis)
        })

    package static let scatterAdd = Primitive(
        "scatterAdd", .scatterAdd,
        .general { g, node, index in
            switch index {
            case 0: g
            case 1: nil
            default: g.gather(Tensor(node.second!), axis: node.attributes!.integers[0])
            }
        })
}

extension Tensor {
    /// The indices of an operation that reads or writes at them.
    fileprivate func indices(_ operation: StaticString) throws(DescentError) -> Tensor {
        if let error { throw error }
        let indices =
            node.traits.contains(.weak) && node.traits.contains(.weakInteger) ? strong(as: .int64) : self
        guard indices.dtype.isInteger else {
            throw DescentError(
                operation, "indices are int32 or int64", received: "indices of \(indices.dtype)")
        }
        return indices
    }

    fileprivate func gatheredShape(_ indices: Shape, _ axis: Int) -> Shape {
        Shape(shape.dimensions[..<axis] + indices.dimensions + shape.dimensions[(axis + 1)...])
    }
}

extension TensorConvertible {
    /// Slices along an axis, picked by their positions: `y[i] = x[indices[i]]` for axis 0.
    ///
    /// An index outside of the axis is an error when the expression is computed. The derivative adds each gradient to
    /// the slice it was read from.
    ///
    /// ```swift
    /// print(Tensor([10, 20, 30]).gather([2, 0, 2]))   // [30.0, 10.0, 30.0]
    /// ```
    ///
    /// - Parameters:
    ///   - indices: positions, int32 or int64, of any shape, which takes the axis' place in the result's.
    ///   - axis: the axis to pick along; a negative one counts from the last.
    public func gather(
        _ indices: Tensor, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let axis = try Shape.resolve(axis: axis, rank: x.rank, operation: "gather")
            let indices = try indices.indices("gather")
            let shape = try x.gatheredShape(indices.shape, axis).checked("gather")
            let attributes = Attributes([axis], location: SourceLocation(file, line))
            return Tensor(Node(.gather, x.dtype, shape, x.node, indices.node, attributes: attributes))
                .bounded()
        }
    }

    /// This tensor with `values` added to slices along an axis: `y[indices[i]] += values[i]` for axis 0, in order.
    ///
    /// An index outside of the axis is an error when the expression is computed. The derivative with respect to `values`
    /// is the gradient gathered at the indices.
    ///
    /// ```swift
    /// print(Tensor.zeros([3]).scatterAdd([2, 0, 2], [1, 2, 3]))   // [2.0, 0.0, 4.0]
    /// ```
    ///
    /// - Parameters:
    ///   - indices: positions, int32 or int64, of any shape.
    ///   - values: of the shape that `gather` would give, or one that stretches to it.
    ///   - axis: the axis to add along; a negative one counts from the last.
    public func scatterAdd(
        _ indices: Tensor, _ values: Tensor, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        scatter(.scatterAdd, "scatterAdd", indices, values, axis, file, line)
    }

    /// This tensor with slices along an axis replaced: `y[indices[i]] = values[i]` for axis 0. Where indices repeat, the
    /// last one counts.
    ///
    /// An index outside of the axis is an error when the expression is computed.
    ///
    /// ```swift
    /// print(Tensor.zeros([3]).scatterSet([2, 0], [1, 2]))   // [2.0, 0.0, 1.0]
    /// ```
    ///
    /// - Parameters:
    ///   - indices: positions, int32 or int64, of any shape.
    ///   - values: of the shape that `gather` would give, or one that stretches to it.
    ///   - axis: the axis to replace along; a negative one counts from the last.
    public func scatterSet(
        _ indices: Tensor, _ values: Tensor, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        scatter(.scatterSet, "scatterSet", indices, values, axis, file, line)
    }

    private func scatter(
        _ primitive: Primitive, _ name: StaticString, _ indices: Tensor, _ values: Tensor, _ axis: Int,
        _ file: StaticString, _ line: UInt
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let indices = try indices.indices(name)
            let (x, values) = Tensor.promoted(try tensor.operand(), values, .numbers)
            if let error = x.error ?? values.error { throw error }
            let axis = try Shape.resolve(axis: axis, rank: x.rank, operation: name)
            let shape = try x.gatheredShape(indices.shape, axis).checked(name)
            guard values.shape.broadcasts(to: shape) else {
                throw DescentError(
                    name, "values must have the shape of what is gathered at the indices",
                    received: "values \(values.shape), needed \(shape)")
            }
            // The second says that indices may repeat.
            let attributes = Attributes([axis, 0], location: SourceLocation(file, line))
            return Tensor(
                Node(
                    primitive, x.dtype, x.shape, x.node, indices.node, values.broadcast(to: shape).node,
                    attributes: attributes)
            ).bounded()
        }
    }

    /// For every index a row of `depth` zeros with a one at the index; an index outside gives zeros only.
    ///
    /// ```swift
    /// print(Tensor([1, 0], dtype: .int32).oneHot(depth: 3))
    /// // [[0.0, 1.0, 0.0],
    /// //  [1.0, 0.0, 0.0]]
    /// ```
    public func oneHot(
        depth: Int, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let indices = try tensor.indices("oneHot")
            guard depth >= 0 else {
                throw DescentError("oneHot", "the depth must not be negative", received: "\(depth)")
            }
            let positions = Tensor.arange(depth, dtype: indices.dtype)
            return (indices.expandDims(-1) .== positions).cast(to: dtype)
        }
    }
}

/// Slices along an axis, picked by their positions; see `TensorConvertible.gather(_:axis:)`.
public func gather(
    _ x: some TensorConvertible, _ indices: Tensor, axis: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.gather(indices, axis: axis, file: file, line: line) }

/// For every index a row of zeros with a one at the index; see `TensorConvertible.oneHot(depth:dtype:)`.
public func oneHot(
    _ indices: Tensor, depth: Int, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { indices.oneHot(depth: depth, dtype: dtype, file: file, line: line) }
