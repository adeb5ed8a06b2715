// The same elements seen anew. These are views: the engine folds them into whoever reads them.

extension Primitive {
    package static let reshape = Primitive(
        "reshape", .view(.reshape), .general { g, node, _ in g.reshape(node.first!.shape) })

    package static let permute = Primitive(
        "permute", .view(.permute),
        .general { g, node, _ in
            let axes = node.attributes!.integers
            var inverse = [Int](repeating: 0, count: axes.count)
            for (position, axis) in axes.enumerated() { inverse[axis] = position }
            return g.permute(inverse)
        })

    /// The backward pass sums what was stretched, as for every operation that broadcasts.
    package static let broadcast = Primitive("broadcast", .view(.broadcast), .linear { g in g })

    /// The same value under another identity.
    package static let alias = Primitive("alias", .view(.alias), .linear { g in g })

    package static let stopGradient = Primitive("stopGradient", .view(.alias), .none)
}

extension Attributes {
    /// The two axes of a matrix exchanged.
    fileprivate static let exchange = Attributes([1, 0])
}

extension Tensor {
    /// Records another way to see the elements of this operand.
    func viewed(as shape: Shape, _ primitive: Primitive, _ integers: [Int] = []) -> Tensor {
        let attributes = integers.isEmpty ? nil : Attributes(integers)
        return Tensor(Node(primitive, dtype, shape, node, attributes: attributes)).bounded()
    }
}

extension TensorConvertible {
    /// The same elements in the same order under another shape.
    ///
    /// One extent may be −1: it becomes whatever is left. The derivative is the gradient reshaped back.
    ///
    /// ```swift
    /// print(Tensor.arange(6).reshape([2, -1]).shape)   // [2, 3]
    /// ```
    public func reshape(_ shape: Shape, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            if x.shape == shape { return x }
            let resolved = try x.shape.reshaped(to: shape)
            return x.shape == resolved ? x : x.viewed(as: resolved, .reshape)
        }
    }

    /// The same elements in the same order under another shape; see `reshape(_:)`.
    public func reshape(_ extents: Int..., file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        reshape(Shape(extents), file: file, line: line)
    }

    /// Axes in another order: axis i of the result is axis `axes[i]` of this tensor.
    ///
    /// The derivative is the gradient with its axes put back.
    ///
    /// ```swift
    /// print(Tensor.zeros([2, 3, 4]).permute([2, 0, 1]).shape)   // [4, 2, 3]
    /// ```
    public func permute(_ axes: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let rank = x.rank
            let sorted = try x.shape.resolve(axes: axes, operation: "permute")
            guard sorted.count == rank else {
                throw DescentError(
                    "permute", "every axis must be named", received: "axes \(axes), shape \(x.shape)")
            }
            let order = axes.map { $0 < 0 ? $0 + rank : $0 }
            if order == sorted { return x }
            return x.viewed(as: Shape(rank: rank) { x.shape[order[$0]] }, .permute, order)
        }
    }

    /// Axes in another order; see `permute(_:)`.
    public func permute(_ axes: Int..., file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        permute(axes, file: file, line: line)
    }

    /// Axes in reverse order: of a matrix, rows become columns.
    ///
    /// The derivative is the gradient transposed.
    ///
    /// ```swift
    /// print(Tensor([[1, 2, 3]]).transposed().shape)   // [3, 1]
    /// ```
    public func transposed() -> Tensor { permute(Array((0..<tensor.rank).reversed())) }

    /// The last two axes exchanged: every matrix of a stack transposed.
    package func matrixTransposed() -> Tensor {
        let x = tensor
        let rank = x.rank
        guard rank == 2, x.node.traits.isDisjoint(with: .special) else {
            return permute(Array(0..<rank - 2) + [rank - 1, rank - 2])
        }
        // Every product of matrices has two of these behind it: they share what they know.
        let shape = Shape(rank: 2) { x.shape[1 - $0] }
        return Tensor(Node(.permute, x.dtype, shape, x.node, attributes: .exchange)).bounded()
    }

    /// The elements stretched to a larger shape by NumPy's rule: extents are compared from the last, and 1
    /// stretches. No memory is used.
    ///
    /// The derivative is the gradient summed over what was stretched.
    ///
    /// ```swift
    /// print(Tensor([1, 2]).broadcast(to: [2, 2]).sum(axes: 0))   // [2.0, 4.0]
    /// ```
    public func broadcast(to shape: Shape, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            if x.shape == shape { return x }
            guard try x.shape.broadcasts(to: shape.checked("broadcast")) else {
                throw DescentError(
                    "broadcast", "a shape stretches where its extent is 1 or missing",
                    received: "shape \(x.shape) to \(shape)")
            }
            return x.viewed(as: shape, .broadcast)
        }
    }

    /// A new axis of extent 1, at position `axis` of the result.
    ///
    /// ```swift
    /// print(Tensor([1, 2]).expandDims(-1).shape)   // [2, 1]
    /// ```
    public func expandDims(_ axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let position = try Shape.resolve(axis: axis, rank: x.rank + 1, operation: "expandDims")
            let shape = Shape(rank: x.rank + 1) { $0 == position ? 1 : x.shape[$0 < position ? $0 : $0 - 1] }
            return x.viewed(as: try shape.checked("expandDims"), .reshape)
        }
    }

    /// Without the axes named, which must have extent 1; without names, without all such axes.
    ///
    /// ```swift
    /// print(Tensor([[[1, 2]]]).squeeze().shape)        // [2]
    /// print(Tensor([[[1, 2]]]).squeeze(axes: [0]).shape) // [1, 2]
    /// ```
    public func squeeze(axes: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let axes =
                try axes.map { axes throws(DescentError) in
                    try x.shape.resolve(axes: axes, operation: "squeeze")
                } ?? (0..<x.rank).filter { x.shape[$0] == 1 }
            guard axes.allSatisfy({ x.shape[$0] == 1 }) else {
                throw DescentError(
                    "squeeze", "the axes must have extent 1", received: "axes \(axes), shape \(x.shape)")
            }
            return axes.isEmpty ? x : x.viewed(as: x.shape.reduced(over: axes, keepDims: false), .reshape)
        }
    }
}

extension Shape {
    /// The shape that `request` stands for: an extent of −1 is whatever is left.
    fileprivate func reshaped(to request: Shape) throws(DescentError) -> Shape {
        let shape = try (request.contains(-1) ? completed(request) : request).checked("reshape")
        guard shape.count == count else { throw mismatch(request) }
        return shape
    }

    private func completed(_ request: Shape) throws(DescentError) -> Shape {
        var extents = request.dimensions
        let open = extents.firstIndex(of: -1)!
        extents[open] = 1
        guard !extents.contains(-1) else {
            throw DescentError(
                "reshape", "only one extent may be left open", received: "shape \(self) to \(request)")
        }
        let known = try Shape(extents).checked("reshape").count
        guard known > 0, count % known == 0 else { throw mismatch(request) }
        extents[open] = count / known
        return Shape(extents)
    }

    private func mismatch(_ request: Shape) -> DescentError {
        DescentError(
            "reshape", "the number of elements must stay the same", received: "shape \(self) to \(request)")
    }
}

/// Axes in reverse order: of a matrix, rows become columns; see `TensorConvertible.transposed()`.
public func transpose(_ x: some TensorConvertible) -> Tensor { x.transposed() }

/// The value of x as a constant: no gradient passes.
///
/// ```swift
/// let w = Variable(3)
/// let loss = { w * stopGradient(w) }   // the gradient is 3, not 6
/// ```
public func stopGradient(_ x: some TensorConvertible) -> Tensor {
    let x = x.tensor
    guard x.error == nil else { return x }
    if x.node.traits.contains(.weak) { return Recording.tracksLiterals ? stopGradient(x.strong()) : x }
    return Tensor(Node(.stopGradient, x.dtype, x.shape, x.node))
}
