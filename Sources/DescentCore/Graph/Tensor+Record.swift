import CDescent

// How elementwise operations are recorded: types and shapes are settled here, at once.
//
// When all operands are single numbers that are known, the result is computed on the spot by the same
// kernels that the engine would run: that is cheaper than to remember what to do. Nothing else is
// computed before it is needed.

/// Which types an elementwise operation works on.
package enum Domain: Sendable {
    /// Any type but bool, which becomes int32.
    case numbers
    /// float32 and float64; everything else becomes float32.
    case floats
    /// bool; numbers become `x != 0`.
    case bools
    /// Any type.
    case any

    package func operandType(_ dtype: DType) -> DType {
        switch self {
        case .numbers: dtype == .bool ? .int32 : dtype
        case .floats: dtype.isFloatingPoint ? dtype : .float32
        case .bools: .bool
        case .any: dtype
        }
    }
}

extension Tensor {
    /// Records `y = f(x)`.
    package static func unary(_ primitive: Primitive, _ x: Tensor, _ domain: Domain, result: DType? = nil) -> Tensor {
        let dtype = domain.operandType(x.dtype)
        guard x.node.traits.isDisjoint(with: .special), dtype == x.dtype else {
            if x.node.traits.contains(.poisoned) { return x }
            let strong = x.strong()
            return unary(primitive, strong.cast(to: domain.operandType(strong.dtype)), domain, result: result)
        }
        let result = result ?? dtype
        if x.node.state == .scalar, x.node.shape.rank == 0, case .unary(let opcode) = primitive.kernel {
            var operand = x.node.scalarBits
            var bits: UInt64 = 0
            cd_unary(Int32(opcode), Int32(dtype.rawValue), &operand, &bits, 1)
            return folded(bits, result, primitive, x.node)
        }
        return Tensor(Node(primitive, result, x.shape, x.node)).bounded()
    }

    /// Records `y = f(a, b)` with broadcasting; both sides meet in one type.
    @inline(__always)
    package static func binary(
        _ primitive: Primitive, _ a: Tensor, _ b: Tensor, _ domain: Domain, result: DType? = nil
    ) -> Tensor {
        // What tight scalar loops need, before everything else.
        if a.node.dtype == b.node.dtype, domain.operandType(a.node.dtype) == a.node.dtype,
            a.node.traits.union(b.node.traits).isDisjoint(with: .special)
        {
            return meet(primitive, a.node, b.node, result: result)
        }
        return general(primitive, a, b, domain, result: result)
    }

    private static func general(
        _ primitive: Primitive, _ a: Tensor, _ b: Tensor, _ domain: Domain, result: DType?
    ) -> Tensor {
        if a.node.traits.contains(.poisoned) { return a }
        if b.node.traits.contains(.poisoned) { return b }
        // A number of the source beside what takes it as it is: most formulas have one.
        if a.isProper(for: domain), b.node.traits.contains(.weak) {
            return met(primitive, a.node, b.beside(a.dtype).node, result)
        }
        if b.isProper(for: domain), a.node.traits.contains(.weak) {
            return met(primitive, a.beside(b.dtype).node, b.node, result)
        }
        if let weak = weakResult(primitive, a, b, domain) { return weak }
        let (a, b) = promoted(a, b, domain)
        if let error = a.error ?? b.error { return Tensor(error: error) }
        return met(primitive, a.node, b.node, result)
    }

    /// Whether a number of the source becomes an operand of this type, and that is all that has to be done.
    private func isProper(for domain: Domain) -> Bool {
        dtype.isFloatingPoint && node.traits.isDisjoint(with: .special) && domain.operandType(dtype) == dtype
    }

    private static func met(_ primitive: Primitive, _ a: Node, _ b: Node, _ result: DType?) -> Tensor {
        meet(primitive, a, b, result: result)
    }

    /// Both sides as strong tensors of one type that the operation works on.
    package static func promoted(_ a: Tensor, _ b: Tensor, _ domain: Domain) -> (Tensor, Tensor) {
        var (a, b) = (a, b)
        if a.node.traits.contains(.weak) { a = a.beside(b.node.traits.contains(.weak) ? .float32 : b.dtype) }
        if b.node.traits.contains(.weak) { b = b.beside(a.dtype) }
        let dtype = domain.operandType(a.dtype.promoted(with: b.dtype))
        if a.dtype != dtype { a = a.cast(to: dtype) }
        if b.dtype != dtype { b = b.cast(to: dtype) }
        return (a, b)
    }

    /// Operands of one proper type.
    @inline(__always)
    private static func meet(_ primitive: Primitive, _ a: Node, _ b: Node, result: DType?) -> Tensor {
        if a.state == .scalar, b.state == .scalar, case .binary(let opcode) = primitive.kernel {
            return computed(primitive, opcode, a, b, result ?? a.dtype)
        }
        let shape: Shape
        if a.shape == b.shape || b.shape.rank == 0 {
            shape = a.shape
        } else if a.shape.rank == 0 {
            shape = b.shape
        } else {
            guard let broadcast = a.shape.broadcast(with: b.shape) else {
                return mismatch(primitive, a, b)
            }
            if let error = broadcast.misfit(primitive.name) { return Tensor(error: error) }
            shape = broadcast
        }
        return Tensor(Node(primitive, result ?? a.dtype, shape, a, b)).bounded()
    }

    private static func mismatch(_ primitive: Primitive, _ a: Node, _ b: Node) -> Tensor {
        Tensor(
            error: DescentError(
                operation: primitive.name, "shapes must broadcast",
                received: "lhs \(a.shape), rhs \(b.shape)"))
    }

    /// The result for two known numbers.
    @inline(__always)
    private static func computed(
        _ primitive: Primitive, _ opcode: Int, _ a: Node, _ b: Node, _ result: DType
    ) -> Tensor {
        if a.dtype == .float32 {
            let x = Float(bitPattern: UInt32(truncatingIfNeeded: a.scalarBits))
            let y = Float(bitPattern: UInt32(truncatingIfNeeded: b.scalarBits))
            switch opcode {
            case CD_ADD: return folded(UInt64((x + y).bitPattern), result, primitive, a, b)
            case CD_SUB: return folded(UInt64((x - y).bitPattern), result, primitive, a, b)
            case CD_MUL: return folded(UInt64((x * y).bitPattern), result, primitive, a, b)
            case CD_DIV: return folded(UInt64((x / y).bitPattern), result, primitive, a, b)
            default: break
            }
        }
        var x = a.scalarBits
        var y = b.scalarBits
        var bits: UInt64 = 0
        let status = cd_binary(Int32(opcode), Int32(a.dtype.rawValue), 0, &x, &y, &bits, 1)
        if status != 0 { return Tensor(error: Engine.failure(status, primitive.name)) }
        return folded(bits, result, primitive, a, b)
    }

    /// A number computed on the spot; it remembers where it came from only while a tape runs.
    @inline(__always)
    private static func folded(
        _ bits: UInt64, _ dtype: DType, _ primitive: Primitive, _ first: Node, _ second: Node? = nil
    ) -> Tensor {
        if cd_recorder_current().pointee.recording == 0 { return Tensor(Node(scalar: bits, dtype)) }
        return Tensor(Node(scalar: bits, dtype, primitive: primitive, first, second))
    }

    /// Adds a known number to this one in place, if nobody else can see it; false if that is not the case.
    package mutating func added(_ other: Tensor) -> Bool {
        guard node.state == .scalar, isUnique() else { return false }
        return node.add(other.node)
    }

    /// Evaluates an expression that has grown long without being read, so that memory stays bounded.
    @inline(__always)
    package func bounded() -> Tensor {
        if node.depth > Engine.longestChain { Engine.shorten(node) }
        return self
    }

    /// The same numbers as `dtype`.
    package func cast(to dtype: DType) -> Tensor {
        if self.dtype == dtype, !node.traits.contains(.weak) { return self }
        if node.traits.contains(.weak) { return adapted(to: dtype).cast(to: dtype) }
        return Tensor.unary(.cast(to: dtype), self, .any, result: dtype)
    }
}

// MARK: - Numbers written in Swift

extension Tensor {
    /// A number that adapts to the tensor it meets.
    package static func weak(_ value: Double) -> Tensor {
        Tensor(Node(scalar: value.bitPattern, .float32, traits: .weak))
    }

    package static func weak(_ value: Int) -> Tensor {
        Tensor(Node(scalar: UInt64(bitPattern: Int64(value)), .float32, traits: .weakWhole))
    }

    /// The number as part of an expression with tensors of type `dtype`: it takes that type, unless it has a
    /// fraction and the type is not for fractions.
    package static func number(_ value: Double, with dtype: DType) -> Tensor {
        let dtype = dtype.isFloatingPoint ? dtype : .float32
        return Tensor(Node(scalar: Number.bits(value, as: dtype), dtype))
    }

    package static func number(_ value: Int, with dtype: DType) -> Tensor {
        let dtype = dtype == .bool ? .int32 : dtype
        if dtype == .int32, Int32(exactly: value) == nil {
            return Tensor(
                error: DescentError("literal", "a number must fit the tensor's type", received: "\(value) with int32"))
        }
        return Tensor(Node(scalar: Number.bits(value, as: dtype), dtype))
    }

    /// A number as an operand beside floating-point tensors. The same few numbers come again at every step, so
    /// each thread keeps the nodes of those it has used last. Nobody outside an expression may see such a node: a
    /// tape that watched it would watch every equal number.
    package static func operand(_ value: Double, with dtype: DType) -> Tensor {
        // Two equal numbers of a formula on stand-ins are two: the next time they may differ.
        guard dtype.isFloatingPoint, cd_recorder_current().pointee.stand_ins == nil else {
            return number(value, with: dtype)
        }
        let bits = Number.bits(value, as: dtype)
        let slot = Int(truncatingIfNeeded: ((bits ^ (bits >> 32)) &* 0x9E37_79B9_7F4A_7C15) >> 58)
        let entry = cd_numbers_of_thread { Unmanaged<Node>.fromOpaque($0).release() } + slot
        if let object = entry.pointee.object, entry.pointee.bits == bits, entry.pointee.dtype == dtype.rawValue {
            return Tensor(Unmanaged<Node>.fromOpaque(object).takeUnretainedValue())
        }
        let tensor = Tensor(Node(scalar: bits, dtype))
        if let old = entry.pointee.object { Unmanaged<Node>.fromOpaque(old).release() }
        entry.pointee = cd_number(
            bits: bits, object: Unmanaged.passRetained(tensor.node).toOpaque(), dtype: dtype.rawValue)
        return tensor
    }

    /// The same for a whole number.
    package static func operand(_ value: Int, with dtype: DType) -> Tensor {
        guard dtype.isFloatingPoint, let double = Double(exactly: value) else { return number(value, with: dtype) }
        return operand(double, with: dtype)
    }

    /// A weak number, adapted; anything else as it is.
    package func adapted(to dtype: DType) -> Tensor {
        guard node.traits.contains(.weak) else { return self }
        let adapted =
            node.state == .stored
            ? adaptedArray(to: dtype)
            : node.traits.contains(.weakInteger)
                ? Tensor.number(Int(Int64(bitPattern: node.scalarBits)), with: dtype)
                : Tensor.number(Double(bitPattern: node.scalarBits), with: dtype)
        return Recording.tracksLiterals ? adapted.derived(from: self) : adapted
    }

    /// A weak number as an operand, which nobody sees outside the expression: the node may be one used before.
    private func beside(_ dtype: DType) -> Tensor {
        guard node.state == .scalar, !Recording.tracksLiterals else { return adapted(to: dtype) }
        return node.traits.contains(.weakInteger)
            ? Tensor.operand(Int(Int64(bitPattern: node.scalarBits)), with: dtype)
            : Tensor.operand(Double(bitPattern: node.scalarBits), with: dtype)
    }

    /// This value, which is that of `source` in another type, with the way back that a gradient takes.
    private func derived(from source: Tensor) -> Tensor {
        switch node.state {
        case .scalar: Tensor(Node(scalar: node.scalarBits, dtype, primitive: .alias, source.node))
        case .stored: Tensor(Node(storage: node.storage, dtype, shape, primitive: .alias, source.node))
        case .pending: self
        }
    }

    /// This tensor with a definite type: `dtype`, or else float32 for a weak number.
    package func strong(as dtype: DType? = nil) -> Tensor {
        adapted(to: dtype ?? .float32).cast(to: dtype ?? self.dtype)
    }

    /// Two weak numbers make a weak number, computed in double precision.
    private static func weakResult(
        _ primitive: Primitive, _ a: Tensor, _ b: Tensor, _ domain: Domain
    ) -> Tensor? {
        guard a.node.traits.contains(.weak), b.node.traits.contains(.weak), domain == .numbers || domain == .floats,
            a.node.state == .scalar, b.node.state == .scalar,
            case .binary(let opcode) = primitive.kernel, opcode <= CD_MOD
        else { return nil }
        let integers = a.node.traits.intersection(b.node.traits).contains(.weakInteger)
        if integers, opcode == CD_ADD || opcode == CD_SUB || opcode == CD_MUL {
            let x = Int(Int64(bitPattern: a.node.scalarBits))
            let y = Int(Int64(bitPattern: b.node.scalarBits))
            let (value, overflow) =
                opcode == CD_ADD
                ? x.addingReportingOverflow(y)
                : opcode == CD_SUB ? x.subtractingReportingOverflow(y) : x.multipliedReportingOverflow(by: y)
            if !overflow { return known(UInt64(bitPattern: Int64(value)), .weakWhole) }
        }
        var x = a.weakValue.bitPattern
        var y = b.weakValue.bitPattern
        var bits: UInt64 = 0
        _ = cd_binary(Int32(opcode), Int32(DType.float64.rawValue), 0, &x, &y, &bits, 1)
        return known(bits, .weak)

        func known(_ bits: UInt64, _ traits: Node.Traits) -> Tensor {
            guard Recording.tracksLiterals else { return Tensor(Node(scalar: bits, .float32, traits: traits)) }
            return Tensor(
                Node(scalar: bits, .float32, primitive: primitive, a.node, b.node, traits: traits))
        }
    }

    private var weakValue: Double {
        node.traits.contains(.weakInteger)
            ? Double(Int64(bitPattern: node.scalarBits)) : Double(bitPattern: node.scalarBits)
    }
}
