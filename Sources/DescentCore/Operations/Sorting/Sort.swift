import CDescent

extension Primitive {
    package static let argsort = Primitive("argsort", .along(CD_ALONG_ORDER), .none)
    package static let argsortDescending = Primitive("argsort", .along(CD_ALONG_ORDER_DOWN), .none)
}

extension Tensor {
    /// The order of this operand's elements along an axis that has been checked.
    func order(_ axis: Int, descending: Bool) -> Tensor {
        let primitive = descending ? Primitive.argsortDescending : Primitive.argsort
        return Tensor(Node(primitive, .int64, shape, node, attributes: Attributes([axis, 0]))).bounded()
    }
}

extension TensorConvertible {
    /// The positions that put the elements along an axis in order, as int64. Equals keep their order; NaN counts as the
    /// largest number. No gradient passes.
    ///
    /// ```swift
    /// print(argsort(Tensor([3, 1, 2])))   // [1, 2, 0]
    /// ```
    ///
    /// - Parameters:
    ///   - axis: the axis to sort along; the default is the last.
    ///   - descending: whether the largest comes first.
    public func argsort(
        axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let axis = try Shape.resolve(axis: axis, rank: x.rank, operation: "argsort")
            return x.order(axis, descending: descending)
        }
    }

    /// The elements in order along an axis. Equals keep their order; NaN counts as the largest number, so it comes last.
    ///
    /// The derivative puts each gradient where its element was.
    ///
    /// ```swift
    /// print(sort(Tensor([3, 1, 2])))                     // [1.0, 2.0, 3.0]
    /// print(sort(Tensor([3, 1, 2]), descending: true))   // [3.0, 2.0, 1.0]
    /// ```
    ///
    /// - Parameters:
    ///   - axis: the axis to sort along; the default is the last.
    ///   - descending: whether the largest comes first.
    public func sort(
        axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.checked(file, line) { () throws(DescentError) in
            let x = try tensor.operand()
            let axis = try Shape.resolve(axis: axis, rank: x.rank, operation: "sort")
            return x.taken(x.order(axis, descending: descending), axis)
        }
    }

    /// The `k` largest elements along an axis, the largest first, and where they are (int64). NaN counts as the largest
    /// number, the first of equals comes first.
    ///
    /// The derivative puts each gradient where its element was.
    ///
    /// ```swift
    /// let best = topK(Tensor([3, 1, 2]), 2)
    /// print(best.values, best.indices)   // [3.0, 2.0] [0, 2]
    /// ```
    ///
    /// - Parameters:
    ///   - k: how many, at most as many as there are.
    ///   - axis: the axis to search along; the default is the last.
    ///   - largest: false for the smallest ones, the smallest first.
    public func topK(
        _ k: Int, axis: Int = -1, largest: Bool = true, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        do throws(DescentError) {
            let x = try tensor.operand()
            let position = try Shape.resolve(axis: axis, rank: x.rank, operation: "topK")
            guard k >= 0, k <= x.shape[position] else {
                throw DescentError(
                    "topK", "there must be at least k elements", received: "k \(k), axis \(axis), shape \(x.shape)")
            }
            let order = x.order(position, descending: largest)
            let indices = order.sliced(position, start: 0, step: 1, count: k)
            return (x.taken(indices, position), indices)
        } catch {
            let poison = Tensor(error: error.located(at: SourceLocation(file, line)))
            return (poison, poison)
        }
    }
}

/// The positions that put the elements along an axis in order; see `TensorConvertible.argsort(axis:descending:)`.
public func argsort(
    _ x: some TensorConvertible, axis: Int = -1, descending: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.argsort(axis: axis, descending: descending, file: file, line: line) }

/// The elements in order along an axis; see `TensorConvertible.sort(axis:descending:)`.
public func sort(
    _ x: some TensorConvertible, axis: Int = -1, descending: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor { x.sort(axis: axis, descending: descending, file: file, line: line) }

/// The `k` largest elements along an axis; see `TensorConvertible.topK(_:axis:largest:)`.
public func topK(
    _ x: some TensorConvertible, _ k: Int, axis: Int = -1, largest: Bool = true, file: StaticString = #fileID,
    line: UInt = #line
) -> (values: Tensor, indices: Tensor) { x.topK(k, axis: axis, largest: largest, file: file, line: line) }
