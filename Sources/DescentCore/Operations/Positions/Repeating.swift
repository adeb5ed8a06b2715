// The same elements again, or in turned order.

extension TensorConvertible {
    /// The elements moved on along an axis; those that leave at its end come back at its start.
    ///
    /// The derivative is the gradient moved back.
    ///
    /// ```swift
    /// print(roll(Tensor([1, 2, 3, 4]), 1))   // [4.0, 1.0, 2.0, 3.0]
    /// ```
    ///
    /// - Parameters:
    ///   - shift: how far; a negative number moves towards the start.
    ///   - axis: the axis; nil rolls all elements as one row.
    public func roll(
        _ shift: Int, axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            guard let axis else { return x.reshape([x.count]).roll(shift, axis: 0).reshape(x.shape) }
            let position = try Shape.resolve(axis: axis, rank: x.rank, operation: "roll")
            let extent = x.shape[position]
            if extent == 0 { return x }
            let distance = (shift % extent + extent) % extent
            if distance == 0 { return x }
            let end = x.sliced(position, start: extent - distance, step: 1, count: distance)
            return concat([end, x.sliced(position, start: 0, step: 1, count: extent - distance)], axis: position)
        }
    }

    /// Copies of the whole tensor side by side.
    ///
    /// The derivative sums the gradients of all copies.
    ///
    /// ```swift
    /// print(tile(Tensor([1, 2]), [2]))            // [1.0, 2.0, 1.0, 2.0]
    /// print(tile(Tensor([1, 2]), [3, 1]).shape)   // [3, 2]
    /// ```
    ///
    /// - Parameter counts: how many copies along each axis; if there are more counts than axes, or fewer, what is missing
    ///   in front counts as 1.
    public func tile(_ counts: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let rank = Swift.max(counts.count, x.rank)
            guard counts.allSatisfy({ $0 >= 0 }) else {
                throw DescentError("tile", "counts must not be negative", received: "\(counts)")
            }
            let counts = [Int](repeating: 1, count: rank - counts.count) + counts
            let extents = [Int](repeating: 1, count: rank - x.rank) + x.shape.dimensions
            var result = x.reshape(try Shape(extents).checked("tile"))
            for axis in 0..<rank {
                result = try result.copied(counts[axis], axis, isWhole: true, "tile")
            }
            return result
        }
    }

    /// Every element `count` times in a row along an axis.
    ///
    /// The derivative sums the gradients of all copies.
    ///
    /// ```swift
    /// print(repeated(Tensor([1, 2]), 2))   // [1.0, 1.0, 2.0, 2.0]
    /// ```
    ///
    /// - Parameters:
    ///   - count: how often.
    ///   - axis: the axis; nil makes one row of all elements first.
    public func repeated(
        _ count: Int, axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            guard count >= 0 else {
                throw DescentError("repeated", "the count must not be negative", received: "\(count)")
            }
            let row = axis == nil ? x.reshape([x.count]) : x
            let position = try Shape.resolve(axis: axis ?? 0, rank: row.rank, operation: "repeated")
            return try row.copied(count, position, isWhole: false, "repeated")
        }
    }
}

extension Tensor {
    /// Copies along an axis: of the whole axis one after the other, or of each of its slices.
    fileprivate func copied(
        _ count: Int, _ axis: Int, isWhole: Bool, _ operation: StaticString
    ) throws(DescentError) -> Tensor {
        if count == 1 { return self }
        var extents = shape.dimensions
        let (extent, overflow) = extents[axis].multipliedReportingOverflow(by: count)
        extents[axis] = overflow ? Int.max : extent
        let result = try Shape(extents).checked(operation)
        let border = isWhole ? axis : axis + 1
        let outer = shape.dimensions[..<border].reduce(1, *)
        let inner = shape.dimensions[border...].reduce(1, *)
        return reshape([outer, 1, inner]).broadcast(to: [outer, count, inner]).reshape(result)
    }
}

/// The elements moved on along an axis; see `TensorConvertible.roll(_:axis:)`.
public func roll(
    _ x: some TensorConvertible, _ shift: Int, axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.roll(shift, axis: axis, file: file, line: line) }

/// Copies of the whole tensor side by side; see `TensorConvertible.tile(_:)`.
public func tile(
    _ x: some TensorConvertible, _ counts: [Int], file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.tile(counts, file: file, line: line) }

/// Every element so many times in a row; see `TensorConvertible.repeated(_:axis:)`.
public func repeated(
    _ x: some TensorConvertible, _ count: Int, axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
) -> Tensor { x.repeated(count, axis: axis, file: file, line: line) }

/// In which order the axes of a grid stand.
public enum GridIndexing: Sendable {
    /// Matrix order: the first axis belongs to the first vector.
    case ij
    /// Picture order: the first two axes exchanged.
    case xy
}

/// The coordinates of a grid: for each vector a tensor over the whole grid that varies along the vector's axis.
///
/// ```swift
/// let grid = meshgrid([Tensor([1, 2]), Tensor([3, 4, 5])])
/// print(grid[0].shape, grid[1][0])   // [2, 3] [3.0, 4.0, 5.0]
/// ```
///
/// - Parameters:
///   - vectors: the coordinates along each axis.
///   - indexing: `.ij` (as in PyTorch and for matrices) or `.xy` (NumPy's default).
public func meshgrid(
    _ vectors: [Tensor], indexing: GridIndexing = .ij, file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
    do throws(DescentError) {
        var extents: [Int] = []
        for vector in vectors {
            let vector = try vector.operand()
            guard vector.rank == 1 else {
                throw DescentError("meshgrid", "it takes vectors", received: "shape \(vector.shape)")
            }
            extents.append(vector.count)
        }
        var order = Array(vectors.indices)
        if indexing == .xy, order.count > 1 { order.swapAt(0, 1) }
        let shape = try Shape(order.map { extents[$0] }).checked("meshgrid")
        return try vectors.indices.map { index throws(DescentError) in
            var own = [Int](repeating: 1, count: order.count)
            own[order.firstIndex(of: index)!] = extents[index]
            return try vectors[index].operand().reshape(Shape(own)).broadcast(to: shape)
        }
    } catch {
        let poison = Tensor(error: error.located(at: SourceLocation(file, line)))
        return [Tensor](repeating: poison, count: vectors.count)
    }
}
