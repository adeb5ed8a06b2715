extension Primitive {
    /// Every input gets its part of the gradient.
    package static let concat = Primitive(
        "concat", .concat,
        .general { g, node, index in
            // The axis, where each input starts, and where the last one ends.
            let integers = node.attributes!.integers
            let (start, end) = (integers[index + 1], integers[index + 2])
            return g.sliced(integers[0], start: start, step: 1, count: end - start)
        })

    /// The input gets the gradient of the inner part, the border's value the sum of the rest.
    package static let pad = Primitive(
        "pad", .pad,
        .general { g, node, index in
            let inner = node.first!.shape
            var part = g
            for (axis, before) in node.attributes!.integers.enumerated() {
                part = part.sliced(axis, start: before, step: 1, count: inner[axis])
            }
            return index == 0 ? part : g.sum() - part.sum()
        })
}

/// Tensors one after the other along an axis; their other extents must agree.
///
/// The derivative gives each tensor its part of the gradient.
///
/// ```swift
/// print(concat([Tensor([1, 2]), Tensor([3])]))   // [1.0, 2.0, 3.0]
/// ```
///
/// - Parameters:
///   - tensors: at least one.
///   - axis: the axis to join along; a negative one counts from the last.
public func concat(
    _ tensors: [Tensor], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        let inputs = try Tensor.together(tensors, "concat")
        let first = inputs[0].shape
        let position = try Shape.resolve(axis: axis, rank: first.rank, operation: "concat")
        var extents = first.dimensions
        extents[position] = 0
        for input in inputs {
            var others = input.shape.dimensions
            guard others.count == extents.count else { throw Tensor.unlike(first, input.shape, "concat") }
            extents[position] += others[position]
            others[position] = extents[position]
            guard others == extents else { throw Tensor.unlike(first, input.shape, "concat") }
        }
        _ = try Shape(extents).checked("concat")
        return Tensor.joined(inputs, position)
    }
}

/// Tensors of one shape stacked along a new axis.
///
/// The derivative gives each tensor its part of the gradient.
///
/// ```swift
/// print(stack([Tensor([1, 2]), Tensor([3, 4])]).shape)   // [2, 2]
/// ```
///
/// - Parameters:
///   - tensors: at least one.
///   - axis: where the new axis stands in the result; a negative one counts from the last.
public func stack(
    _ tensors: [Tensor], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    Tensor.checked(file, line) { () throws(DescentError) in
        let inputs = try Tensor.together(tensors, "stack")
        for input in inputs where input.shape != inputs[0].shape {
            throw Tensor.unlike(inputs[0].shape, input.shape, "stack")
        }
        let position = try Shape.resolve(axis: axis, rank: inputs[0].rank + 1, operation: "stack")
        return concat(inputs.map { $0.expandDims(position) }, axis: position, file: file, line: line)
    }
}

extension Tensor {
    /// One node joins so many tensors; more are joined in groups, or the time to plan and to differentiate would grow
    /// faster than their number.
    private static let largestJoin = 1 << 9

    /// Tensors that fit, in one node.
    private static func join(_ inputs: ArraySlice<Tensor>, _ axis: Int) -> Tensor {
        let first = inputs[inputs.startIndex]
        if inputs.count == 1 { return first }
        var integers = [axis, 0]
        for input in inputs { integers.append(integers[integers.count - 1] + input.shape[axis]) }
        var extents = first.shape.dimensions
        extents[axis] = integers[integers.count - 1]
        let attributes = Attributes(integers, inputs: inputs.map(\.node))
        return Tensor(Node(.concat, first.dtype, Shape(extents), nil, attributes: attributes)).bounded()
    }

    /// Tensors that fit, any number of them.
    fileprivate static func joined(_ inputs: [Tensor], _ axis: Int) -> Tensor {
        var parts = inputs
        while parts.count > largestJoin {
            parts = stride(from: 0, to: parts.count, by: largestJoin).map {
                join(parts[$0..<Swift.min($0 + largestJoin, parts.count)], axis)
            }
        }
        return join(parts[...], axis)
    }

    /// Tensors as inputs of one node, in one type.
    fileprivate static func together(
        _ tensors: [Tensor], _ operation: StaticString
    ) throws(DescentError) -> [Tensor] {
        guard !tensors.isEmpty else {
            throw DescentError(operation, "there must be at least one tensor", received: "none")
        }
        let strong = tensors.filter { !$0.node.traits.contains(.weak) }
        let dtype = strong.isEmpty ? .float32 : strong.reduce(DType.bool) { $0.promoted(with: $1.dtype) }
        var inputs: [Tensor] = []
        for tensor in tensors {
            if let error = tensor.error { throw error }
            let input = tensor.adapted(to: dtype)
            if let error = input.error { throw error }
            inputs.append(input)
        }
        let common = inputs.reduce(dtype) { $0.promoted(with: $1.dtype) }
        return inputs.map { $0.cast(to: common) }
    }

    fileprivate static func unlike(_ first: Shape, _ other: Shape, _ operation: StaticString) -> DescentError {
        DescentError(operation, "shapes must agree but for the axis", received: "\(first) and \(other)")
    }
}

extension TensorConvertible {
    /// The tensor inside a border of one value.
    ///
    /// The derivative is the inner part of the gradient.
    ///
    /// ```swift
    /// print(Tensor([1, 2]).pad([(1, 2)]))   // [0.0, 1.0, 2.0, 0.0, 0.0]
    /// ```
    ///
    /// - Parameters:
    ///   - borders: for each axis how many to add before and after.
    ///   - value: what to fill in.
    public func pad(
        _ borders: [(before: Int, after: Int)], value: Tensor = 0, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            guard borders.count == x.rank, borders.allSatisfy({ $0.before >= 0 && $0.after >= 0 }) else {
                throw DescentError(
                    "pad", "every axis needs a border of at least 0 before and after",
                    received: "\(borders.map { [$0.before, $0.after] }), shape \(x.shape)")
            }
            let value = value.adapted(to: x.dtype)
            if let error = value.error { throw error }
            guard value.rank == 0, value.dtype.converts(to: x.dtype) || !value.dtype.isFloatingPoint else {
                throw DescentError(
                    "pad", "the value must be a single number of the tensor's type",
                    received: "\(value.dtype) \(value.shape) for \(x.dtype)")
            }
            if borders.allSatisfy({ $0.before == 0 && $0.after == 0 }) { return x }
            var extents = x.shape.dimensions
            for axis in 0..<x.rank { extents[axis] += borders[axis].before + borders[axis].after }
            return Tensor(
                Node(
                    .pad, x.dtype, try Shape(extents).checked("pad"), x.node, value.cast(to: x.dtype).node,
                    attributes: Attributes(borders.map(\.before)))
            ).bounded()
        }
    }

    /// Equal parts along an axis.
    ///
    /// ```swift
    /// print(Tensor([1, 2, 3, 4]).split(into: 2)[1])   // [3.0, 4.0]
    /// ```
    public func split(
        into parts: Int, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        let x = tensor
        let rank = x.rank
        let extent = axis >= -rank && axis < rank ? x.shape[axis < 0 ? axis + rank : axis] : 0
        guard parts > 0, extent % parts == 0 || x.error != nil else {
            let error = DescentError(
                "split", "an axis must divide into equal parts",
                received: "\(parts) parts of axis \(axis), shape \(x.shape)", at: SourceLocation(file, line))
            return [Tensor](repeating: Tensor(error: error), count: Swift.max(parts, 1))
        }
        let sizes = [Int](repeating: extent / parts, count: parts)
        return split(sizes: sizes, axis: axis, file: file, line: line)
    }

    /// Parts of given sizes along an axis, which must sum to its extent.
    ///
    /// ```swift
    /// print(Tensor([1, 2, 3, 4]).split(sizes: [1, 3])[1])   // [2.0, 3.0, 4.0]
    /// ```
    public func split(
        sizes: [Int], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        do throws(DescentError) {
            let x = try tensor.operand()
            let position = try Shape.resolve(axis: axis, rank: x.rank, operation: "split")
            guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, +) == x.shape[position] else {
                throw DescentError(
                    "split", "sizes must sum to the extent of the axis",
                    received: "sizes \(sizes), axis \(axis), shape \(x.shape)")
            }
            var start = 0
            return sizes.map { size in
                defer { start += size }
                return x.sliced(position, start: start, step: 1, count: size)
            }
        } catch {
            let poison = Tensor(error: error.located(at: SourceLocation(file, line)))
            return [Tensor](repeating: poison, count: sizes.count)
        }
    }
}
