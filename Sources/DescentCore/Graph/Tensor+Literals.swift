import CDescent

// Numbers written in the source adapt to the tensor they meet: `x * 0.1` is float64 arithmetic with the double
// 0.1 if x is float64. The same holds for arrays of numbers, so these are kept in double precision until
// they meet something.

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// A number that adapts to the tensor it meets, float32 by itself.
    public init(floatLiteral value: Double) { self = .weak(value) }

    /// A whole number that adapts to the tensor it meets, float32 by itself.
    public init(integerLiteral value: Int) { self = .weak(value) }

    /// A truth, of type bool.
    public init(booleanLiteral value: Bool) { self = value.operand }
}

extension Tensor: ExpressibleByArrayLiteral {
    /// Rows stacked along a new first axis: numbers, nested literals, or any expressions of one shape.
    public init(arrayLiteral elements: Tensor...) {
        self = Tensor.literal(of: elements)
    }

    private static func literal(of elements: [Tensor]) -> Tensor {
        guard let first = elements.first else { return Tensor([Float]()) }
        if let error = elements.lazy.compactMap(\.error).first { return Tensor(error: error) }
        if let other = elements.first(where: { $0.shape != first.shape }) {
            let received = "rows of shapes \(first.shape) and \(other.shape)"
            return Tensor(error: DescentError("Tensor", "rows must have equal lengths", received: received))
        }
        let shape = Shape([elements.count] + first.shape.dimensions)
        if shape.rank > Shape.maximumRank || Recording.tracks(anyOf: elements) { return stack(elements) }
        if elements.allSatisfy({ $0.node.traits.contains(.weak) }) { return weak(elements, shape) }
        // A tape must see what is not written in the source.
        if cd_recorder_current().pointee.recording != 0 { return stack(elements) }
        let dtype = elements.lazy.map(\.node).filter { !$0.traits.contains(.weak) }.map(\.dtype)
            .reduce(DType.bool) { $0.promoted(with: $1) }
        // Known numbers of one type need no recording, unless a tape may ask where they came from.
        guard cd_recorder_current().pointee.recording == 0,
            elements.allSatisfy({ $0.node.state != .pending && ($0.dtype == dtype || $0.rank == 0) })
        else { return stack(elements) }
        let typed = elements.map { $0.adapted(to: dtype) }
        guard typed.allSatisfy({ $0.error == nil && $0.dtype == dtype }) else { return stack(elements) }
        return Tensor(Node(storage: storage(of: typed.map(\.node), shape, dtype.byteCount), dtype, shape))
    }

    /// Adaptable rows make an adaptable tensor.
    private static func weak(_ elements: [Tensor], _ shape: Shape) -> Tensor {
        let integers = elements.allSatisfy { $0.node.traits.contains(.weakInteger) }
        var traits: Node.Traits = .weak
        if integers { traits.insert(.weakInteger) }
        // Rows of integers beside rows of fractions are read as doubles.
        let nodes = elements.map { integers ? $0.node : $0.asWeakFraction().node }
        return Tensor(Node(storage: storage(of: nodes, shape, 8), .float32, shape, traits: traits))
    }

    private static func storage(of nodes: [Node], _ shape: Shape, _ byteCount: Int) -> Storage {
        let storage = Storage(byteCount: shape.count * byteCount)
        let stride = nodes.isEmpty ? 0 : storage.byteCount / nodes.count
        for (index, node) in nodes.enumerated() {
            let pointer = storage.pointer + index * stride
            if node.state == .scalar {
                var bits = node.scalarBits
                pointer.copyMemory(from: &bits, byteCount: byteCount)
            } else {
                pointer.copyMemory(from: node.storage.pointer, byteCount: stride)
            }
        }
        return storage
    }
}

extension Tensor {
    /// An adaptable array of numbers as a tensor of type `dtype`; fractions make integers float32.
    func adaptedArray(to dtype: DType) -> Tensor {
        let integers = node.traits.contains(.weakInteger)
        let dtype = integers ? (dtype == .bool ? .int32 : dtype) : (dtype.isFloatingPoint ? dtype : .float32)
        if integers, dtype == .int32, let misfit = misfit() {
            return Tensor(
                error: DescentError(
                    "literal", "a number must fit the tensor's type", received: "\(misfit) with int32"))
        }
        let storage = Storage(byteCount: count * dtype.byteCount)
        let source: DType = integers ? .int64 : .float64
        cd_unary(
            Int32(Number.castOpcode(to: dtype)), Int32(source.rawValue), node.storage.pointer,
            storage.pointer,
            Int64(count))
        return Tensor(Node(storage: storage, dtype, shape))
    }

    /// A number in an adaptable array of integers that int32 cannot hold.
    private func misfit() -> Int? {
        UnsafeBufferPointer(start: node.storage.pointer.assumingMemoryBound(to: Int.self), count: count)
            .first { Int32(exactly: $0) == nil }
    }

    /// An adaptable tensor whose numbers are kept as doubles.
    private func asWeakFraction() -> Tensor {
        guard node.traits.contains(.weakInteger) else { return self }
        if node.state == .scalar { return .weak(Double(Int64(bitPattern: node.scalarBits))) }
        let storage = Storage(byteCount: count * 8)
        cd_unary(Int32(CD_CAST_F64), Int32(CD_I64), node.storage.pointer, storage.pointer, Int64(count))
        return Tensor(Node(storage: storage, .float32, shape, traits: .weak))
    }
}

// MARK: - Numbers in variables of Swift

/// A Swift number that may stand beside tensors in an expression: `Double`, `Float` or `Int`.
///
/// It takes the type of the tensor beside it, as a literal does; a fraction beside integers makes them float32.
public protocol TensorNumber: Sendable {
    /// The number as an operand beside `tensor`.
    func operand(beside tensor: Tensor) -> Tensor
}

extension Double: TensorNumber {
    /// The number as an operand beside `tensor`, in its type.
    public func operand(beside tensor: Tensor) -> Tensor {
        tensor.node.traits.contains(.weak) ? .weak(self) : .operand(self, with: tensor.dtype)
    }
}

extension Float: TensorNumber {
    /// The number as an operand beside `tensor`, in its type.
    public func operand(beside tensor: Tensor) -> Tensor { Double(self).operand(beside: tensor) }
}

extension Int: TensorNumber {
    /// The number as an operand beside `tensor`, in its type.
    public func operand(beside tensor: Tensor) -> Tensor {
        tensor.node.traits.contains(.weak) ? .weak(self) : .operand(self, with: tensor.dtype)
    }
}
