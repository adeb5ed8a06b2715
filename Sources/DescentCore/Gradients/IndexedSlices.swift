/// The gradient of a table of which some rows were read: those rows, and zeros elsewhere.
///
/// The derivative of `gather` along the first axis is one; as a tensor it is dense only when something computes it.
/// Rows of one index add up.
///
/// ```swift
/// let table = Variable(Tensor.zeros([4, 2]))
/// let (_, gradients) = try valueAndGradient([table]) { table.gather([1, 3, 1]).sum() }
/// let slices = IndexedSlices(gradients[0]!)!
/// print(slices.indices, slices.shape)   // [1, 3, 1] [4, 2]
/// print(slices.tensor)
/// // [[0.0, 0.0],
/// //  [2.0, 2.0],
/// //  [0.0, 0.0],
/// //  [1.0, 1.0]]
/// ```
public struct IndexedSlices: TensorConvertible, Sendable {
    /// The rows, one for each index.
    public let values: Tensor
    /// Which row of the whole each of the values adds to; of rank 1.
    public let indices: Tensor
    /// The shape of the whole.
    public let shape: Shape

    /// Rows that add up to a tensor of that shape.
    public init(values: Tensor, indices: Tensor, shape: Shape) {
        self.values = values
        self.indices = indices
        self.shape = shape
    }

    /// The rows of which `gradient` consists; nil if it is more than rows of a table that was read along its first
    /// axis.
    ///
    /// Of a gradient that is computed they are what was added up: where a row was read several times the sum stands at
    /// its first place, and zeros at the others. The rows of several reads are no longer known then.
    public init?(_ gradient: Tensor) {
        // Most gradients are something else: seen at a glance.
        let primitive = gradient.node.primitive
        guard primitive === Primitive.scatterAdd || primitive === Primitive.add else { return nil }
        if gradient.node.state != .pending {
            guard let rows = IndexedSlices.computed(gradient) else { return nil }
            self = rows
            return
        }
        var parts: [(values: Tensor, indices: Tensor)] = []
        guard gradient.rank > 0, Self.collect(gradient.node, &parts) else { return nil }
        let inner = Array(gradient.shape.dimensions.dropFirst())
        let rows = parts.map { part in
            let count = part.indices.shape.count
            return (part.values.reshape(Shape([count] + inner)), part.indices.reshape([count]))
        }
        shape = gradient.shape
        if rows.count == 1 {
            (values, indices) = rows[0]
        } else {
            values = concat(rows.map(\.0), axis: 0)
            indices = concat(rows.map { $0.1.cast(to: .int64) }, axis: 0)
        }
    }

    /// The whole, zeros where no row is.
    public var tensor: Tensor {
        let whole = Tensor.zeros(shape, dtype: values.dtype).scatterAdd(indices, values)
        if whole.node.state == .pending, whole.error == nil { whole.node.markRows() }
        return whole
    }

    /// The same rows with other values.
    public func mapValues(_ transform: (Tensor) -> Tensor) -> IndexedSlices {
        IndexedSlices(values: transform(values), indices: indices, shape: shape)
    }

    /// The rows of a gradient that somebody has looked at.
    private static func computed(_ gradient: Tensor) -> IndexedSlices? {
        guard let node = gradient.node.rows, let numbers = try? RowNumbers(Tensor(node).reshape([node.shape.count]))
        else { return nil }
        var values = gradient.gather(numbers.tensor)
        if let places = numbers.firstPlaces {
            let isFirst = places .== Tensor.arange(numbers.count, dtype: .int64)
            let column = [numbers.count] + [Int](repeating: 1, count: values.rank - 1)
            values = Tensor.where(isFirst.reshape(Shape(column)), values, 0)
        }
        return IndexedSlices(values: values, indices: numbers.tensor, shape: gradient.shape)
    }

    /// Sums of additions to zeros; false if there is anything else among them.
    private static func collect(_ root: Node, _ parts: inout [(values: Tensor, indices: Tensor)]) -> Bool {
        var waiting = [root]
        while let node = waiting.popLast() {
            guard node.state == .pending else { return false }
            if node.primitive === Primitive.add {
                // The order of the sum stays: the first operand is looked at first.
                waiting.append(node.second!)
                waiting.append(node.first!)
            } else if node.primitive === Primitive.scatterAdd, node.attributes!.integers[0] == 0, isZero(node.first!) {
                parts.append((Tensor(node.third!), Tensor(node.second!)))
            } else {
                return false
            }
        }
        return true
    }

    private static func isZero(_ node: Node) -> Bool {
        if node.state == .scalar { return node.scalarBits == 0 }
        guard node.state == .pending, node.primitive === Primitive.broadcast else { return false }
        return isZero(node.first!)
    }
}
