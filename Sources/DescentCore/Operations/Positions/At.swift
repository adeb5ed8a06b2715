// Changing some of the elements: pure functions that give a new tensor.

extension TensorConvertible {
    /// Places in this tensor at which to write: `x.at[…].set(…)` and the like give a new tensor, this one stays.
    ///
    /// ```swift
    /// let x: Tensor = [1, 2, 3, 4]
    /// print(x.at[0].set(9))                       // [9.0, 2.0, 3.0, 4.0]
    /// print(x.at[1...].add(10))                   // [1.0, 12.0, 13.0, 14.0]
    /// print(x.at[[0, 0, 3], axis: 0].multiply(2)) // [4.0, 2.0, 3.0, 8.0]
    /// ```
    public var at: TensorPlaces { TensorPlaces(tensor: tensor) }
}

/// A tensor of which some places are to be chosen; see `TensorConvertible.at`.
public struct TensorPlaces: Sendable {
    fileprivate let tensor: Tensor

    /// The places that the same subscript of the tensor would read.
    ///
    /// ```swift
    /// print(Tensor.zeros([3]).at[1...].set(5))   // [0.0, 5.0, 5.0]
    /// ```
    public subscript<each Index: TensorIndex>(
        _ indices: repeat each Index, file file: StaticString = #fileID, line line: UInt = #line
    ) -> TensorPlaces.Chosen {
        var slices: [Slice] = []
        for index in repeat each indices { slices.append(index.slice) }
        let places = Tensor.checked(file, line) { () throws(DescentError) in
            try Tensor.numbers(of: slices, in: try tensor.operand().shape)
        }
        return Chosen(tensor: tensor, indices: places, axis: nil)
    }

    /// The slices at positions along an axis, as `gather` reads them; a position may stand there more than once.
    ///
    /// ```swift
    /// print(Tensor.zeros([3]).at[[2, 0], axis: 0].set([5, 6]))   // [6.0, 0.0, 5.0]
    /// ```
    public subscript(_ indices: Tensor, axis axis: Int) -> TensorPlaces.Chosen {
        Chosen(tensor: tensor, indices: indices, axis: axis)
    }

    /// Places of a tensor, to be written to.
    public struct Chosen: Sendable {
        let tensor: Tensor
        let indices: Tensor
        /// nil if the indices number the elements themselves.
        let axis: Int?

        /// The tensor with `values` at these places; of several for one place the last one.
        ///
        /// The derivative with respect to the tensor is 0 at these places, that with respect to the values is the gradient
        /// there.
        ///
        /// ```swift
        /// print(Tensor.zeros([2, 2]).at[.all, 1].set([5, 6]))
        /// // [[0.0, 5.0],
        /// //  [0.0, 6.0]]
        /// ```
        public func set(_ values: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
            written("at.set", .scatterSet, values, file, line)
        }

        /// The tensor with `values` added at these places.
        ///
        /// ```swift
        /// print(Tensor([1, 2]).at[[0, 0], axis: 0].add(10))   // [21.0, 2.0]
        /// ```
        public func add(_ values: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
            written("at.add", nil, values, file, line)
        }

        /// The tensor with the elements at these places multiplied by `values`.
        ///
        /// ```swift
        /// print(Tensor([1, 2]).at[1].multiply(10))   // [1.0, 20.0]
        /// ```
        public func multiply(_ values: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
            written("at.multiply", .scatterMultiply, values, file, line)
        }

        /// The tensor with the smaller of the element and the value at these places. NaN wins; equals share the gradient.
        ///
        /// ```swift
        /// print(Tensor([1, 5]).at[.all].min(3))   // [1.0, 3.0]
        /// ```
        public func min(_ values: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
            written("at.min", .scatterMinimum, values, file, line)
        }

        /// The tensor with the larger of the element and the value at these places. NaN wins; equals share the gradient.
        ///
        /// ```swift
        /// print(Tensor([1, 5]).at[.all].max(3))   // [3.0, 5.0]
        /// ```
        public func max(_ values: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
            written("at.max", .scatterMaximum, values, file, line)
        }
    }
}

extension Tensor {
    /// The numbers, in row-major order, of the elements that `slices` choose from a tensor of `shape`.
    fileprivate static func numbers(of slices: [Slice], in shape: Shape) throws(DescentError) -> Tensor {
        let (integers, taken, result) = try Slice.resolve(slices, shape)
        let strides = shape.strides
        var numbers = Tensor(Node(scalar: 0, .int64))
        for axis in 0..<shape.rank {
            let (start, step) = (integers[2 * axis] * strides[axis], integers[2 * axis + 1] * strides[axis])
            var extents = [Int](repeating: 1, count: shape.rank)
            extents[axis] = taken[axis]
            let places =
                .number(start, with: .int64) + Tensor.arange(taken[axis], dtype: .int64) * .number(step, with: .int64)
            numbers = numbers + places.reshape(Shape(extents))
        }
        return numbers.reshape(result)
    }
}

extension TensorPlaces.Chosen {
    /// Records the writing; `primitive` nil adds.
    private func written(
        _ operation: StaticString, _ primitive: Primitive?, _ values: Tensor, _ file: StaticString, _ line: UInt
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let isSet = primitive === Primitive.scatterSet
            let (x, values) = Tensor.promoted(try tensor.operand(), values, isSet ? .any : .numbers)
            if let error = x.error ?? values.error { throw error }
            let indices = try indices.positions(operation)
            let along = try axis.map { axis throws(DescentError) in
                try Shape.resolve(axis: axis, rank: x.rank, operation: operation)
            }
            let wanted = along.map { axis in
                Shape(x.shape.dimensions[..<axis] + indices.shape.dimensions + x.shape.dimensions[(axis + 1)...])
            }
            let shape = try (wanted ?? indices.shape).checked(operation)
            guard values.shape.broadcasts(to: shape) else {
                throw DescentError(
                    operation, "values must have the shape of what is at the places",
                    received: "values \(values.shape), needed \(shape)")
            }
            let spread = values.broadcast(to: shape)
            // Without an axis all elements stand in one row, and no place is named twice.
            let target = along == nil ? x.reshape([x.count]) : x
            guard let primitive else {
                return target.scatterAdd(indices, spread, axis: along ?? 0, file: file, line: line).reshape(x.shape)
            }
            let attributes = Attributes([along ?? 0, along == nil ? 1 : 0], location: SourceLocation(file, line))
            let node = Node(
                primitive, target.dtype, target.shape, target.node, indices.node, spread.node,
                attributes: attributes)
            return Tensor(node).bounded().reshape(x.shape)
        }
    }
}
