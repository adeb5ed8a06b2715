import CDescent

/// An expression of single numbers of one floating-point type as a program for `cd_scalar_run`.
struct ScalarProgram {
    /// A number that is put in a register before a run, or read after it.
    struct Place {
        let register: Int
        let dtype: DType
    }

    let dtype: DType
    let leaves: [Place]
    let outputs: [Place]
    /// What to run on the registers. A run leaves those of leaves as they are.
    let code: [cd_scalar_instruction]
    let registerCount: Int

    /// Runs the program on the values of the leaves; `values`, which are none yet, get those of the outputs.
    func run(_ inputs: borrowing Plan.Values, into values: inout Plan.Values) {
        if dtype == .float32 {
            run(
                inputs, &values, { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }, { UInt64($0.bitPattern) }
            ) { cd_scalar_run_f32($0, $1) }
        } else {
            run(inputs, &values, { Double(bitPattern: $0) }, { $0.bitPattern }) { cd_scalar_run_f64($0, $1) }
        }
    }

    @inline(__always)
    private func run<T: BinaryFloatingPoint>(
        _ inputs: borrowing Plan.Values, _ values: inout Plan.Values, _ decode: (UInt64) -> T, _ encode: (T) -> UInt64,
        _ execute: (UnsafePointer<cd_scalar_instruction>, UnsafeMutablePointer<T>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: T.self, capacity: registerCount) { registers in
            let base = registers.baseAddress!
            for number in leaves.indices {
                let (leaf, bits) = (leaves[number], inputs.list[number].bits)
                base[leaf.register] = leaf.dtype == .bool ? (bits & 1 == 0 ? 0 : 1) : decode(bits)
            }
            code.withUnsafeBufferPointer { execute($0.baseAddress!, base) }
            for number in outputs.indices {
                let output = outputs[number]
                let value = base[output.register]
                values.append(Node.Value(bits: output.dtype == .bool ? (value == 0 ? 0 : 1) : encode(value)))
            }
        }
    }
}

// MARK: - Making one

extension ScalarProgram {
    /// The program for `nodes`, inputs before users, that leaves the values of `wanted` in registers; nil if something
    /// in it is no operation on single numbers of one type.
    ///
    /// - Parameter given: an operation whose value is given as that of a leaf is.
    init?(_ nodes: [Node], leaves: [Node], wanted: [Node], given: Node? = nil) {
        var maker = Maker(nodes, given)
        guard maker.compile(wanted: wanted) else { return nil }
        dtype = maker.dtype
        code = maker.code + [cd_scalar_instruction(op: UInt16(CD_SCALAR_END), to: 0, a: 0, b: 0)]
        registerCount = Swift.max(maker.registerCount, 1)
        self.leaves = leaves.map { Place(register: maker.place(of: $0), dtype: $0.dtype) }
        outputs = wanted.map { Place(register: maker.place(of: $0), dtype: $0.dtype) }
    }

    private struct Maker {
        let nodes: [Node]
        let given: Node?
        let dtype: DType
        private(set) var code: [cd_scalar_instruction] = []
        private(set) var registerCount = 0
        private var registers: [ObjectIdentifier: Int] = [:]
        /// Places in `nodes` where each value is needed last.
        private var lastUse: [ObjectIdentifier: Int] = [:]
        private var uses: [ObjectIdentifier: Int] = [:]
        private var free: [Int] = []
        /// The node whose value the last instruction has left behind.
        private var last: ObjectIdentifier?

        init(_ nodes: [Node], _ given: Node?) {
            self.nodes = nodes
            self.given = given
            dtype = nodes.first { $0.dtype.isFloatingPoint }?.dtype ?? .float32
        }

        private func isComputed(_ node: Node) -> Bool { node.isOperation && node !== given }

        func place(of node: Node) -> Int { registers[ObjectIdentifier(source(of: node))] ?? 0 }

        /// Views of a single number are that number.
        private func source(of node: Node) -> Node {
            var node = node
            while isComputed(node), case .view = node.primitive.kernel, let input = node.first { node = input }
            return node
        }

        mutating func compile(wanted: [Node]) -> Bool {
            for node in nodes where node.shape.rank != 0 || node.dtype != dtype && node.dtype != .bool { return false }
            for (position, node) in nodes.enumerated() where isComputed(node) && !isView(node) {
                for input in node.inputs {
                    let key = ObjectIdentifier(source(of: input))
                    lastUse[key] = position
                    uses[key, default: 0] += 1
                }
            }
            for node in wanted {
                let key = ObjectIdentifier(source(of: node))
                lastUse[key] = .max
                uses[key, default: 0] += 1
            }
            for node in nodes where !isComputed(node) {
                registers[ObjectIdentifier(node)] = take()
                // Inputs are put in place once, before anything else.
                lastUse[ObjectIdentifier(node)] = .max
            }
            for (position, node) in nodes.enumerated() where isComputed(node) && !isView(node) {
                guard append(node, position), registerCount < 1 << 16 else { return false }
            }
            return true
        }

        private func isView(_ node: Node) -> Bool { if case .view = node.primitive.kernel { true } else { false } }

        private mutating func take() -> Int {
            if let register = free.popLast() { return register }
            registerCount += 1
            return registerCount - 1
        }

        private mutating func append(_ node: Node, _ position: Int) -> Bool {
            let inputs = node.inputs.map { ObjectIdentifier(source(of: $0)) }
            let key = ObjectIdentifier(node)
            var op: Int
            var (a, b) = (inputs[0], inputs[inputs.count - 1])
            var kernel = 0
            switch node.primitive.kernel {
            case .unary(let opcode):
                guard let single = Self.single(opcode, from: source(of: node.first!).dtype, to: node.dtype) else {
                    return false
                }
                op = single
                kernel = opcode
            case .binary(let opcode) where opcode <= CD_DIV:
                let operands =
                    switch (a == last, b == last) {
                    case (false, false): CD_SCALAR_BOTH_PLACES
                    case (true, false): CD_SCALAR_LAST_LEFT
                    case (false, true): CD_SCALAR_LAST_RIGHT
                    default: CD_SCALAR_BOTH_LAST
                    }
                // Kept, unless only the next instruction needs it and takes it from where it is left.
                let keep = isOnlyForTheNext(key, position) ? 0 : 1
                op = CD_SCALAR_BASIC + 8 * opcode + 2 * operands + keep
            case .binary(let opcode):
                guard let other = Self.others[opcode] else { return false }
                op = other
            case .select:
                if inputs[0] != last {
                    code.append(instruction(CD_SCALAR_LOAD, 0, registers[inputs[0]] ?? 0, 0))
                }
                (a, b) = (inputs[1], inputs[2])
                op = CD_SCALAR_SELECT
            default: return false
            }
            let (left, right) = (registers[a] ?? 0, op == CD_SCALAR_UNARY ? kernel : registers[b] ?? 0)
            for input in Set(inputs) where lastUse[input] == position {
                if let register = registers[input] { free.append(register) }
            }
            let register = take()
            registers[key] = register
            code.append(instruction(op, register, left, right))
            last = key
            return true
        }

        private func instruction(_ op: Int, _ to: Int, _ a: Int, _ b: Int) -> cd_scalar_instruction {
            cd_scalar_instruction(
                op: UInt16(op), to: UInt16(truncatingIfNeeded: to), a: UInt16(truncatingIfNeeded: a),
                b: UInt16(truncatingIfNeeded: b))
        }

        private func isOnlyForTheNext(_ key: ObjectIdentifier, _ position: Int) -> Bool {
            guard let next = nodes[(position + 1)...].first(where: { isComputed($0) && !isView($0) }),
                case .binary(let opcode) = next.primitive.kernel, opcode <= CD_DIV
            else { return false }
            return next.inputs.count { ObjectIdentifier(source(of: $0)) == key } == uses[key]
        }

        /// Bools are 0 and 1 in the program's type, so casts from them copy.
        private static func single(_ opcode: Int, from source: DType, to target: DType) -> Int? {
            switch opcode {
            case CD_NEGATE: return CD_SCALAR_NEGATE
            case CD_SQUARE: return CD_SCALAR_SQUARE
            case CD_RELU: return CD_SCALAR_RELU
            case CD_RECIPROCAL: return CD_SCALAR_RECIPROCAL
            case CD_SQRT: return CD_SCALAR_SQRT
            case CD_COPY: return CD_SCALAR_COPY
            case CD_NOT: return CD_SCALAR_NOT
            case CD_CAST_F32, CD_CAST_F64: return CD_SCALAR_COPY
            case CD_CAST_BOOL: return CD_SCALAR_TRUTH
            default: return source.isFloatingPoint && target == source ? CD_SCALAR_UNARY : nil
            }
        }

        private static let others = [
            CD_CHAIN: CD_SCALAR_CHAIN, CD_EQ: CD_SCALAR_EQ, CD_NE: CD_SCALAR_NE, CD_LT: CD_SCALAR_LT,
            CD_LE: CD_SCALAR_LE, CD_GT: CD_SCALAR_GT, CD_GE: CD_SCALAR_GE, CD_AND: CD_SCALAR_AND, CD_OR: CD_SCALAR_OR,
            CD_POW: CD_SCALAR_POW, CD_MIN: CD_SCALAR_MIN, CD_MAX: CD_SCALAR_MAX, CD_MOD: CD_SCALAR_MOD,
            CD_ATAN2: CD_SCALAR_ATAN2,
        ]
    }
}
