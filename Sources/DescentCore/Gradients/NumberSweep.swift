import CDescent

// From the target back to the sources where everything is a known number, as in loops over scalars: the rules of the
// primitives, traced once each on stand-ins and run as small programs. The numbers are those that the rules would give.

extension Tracks {
    /// The gradient of each source; nil if something on the way is not known, or no operation on single numbers of one type, or
    /// if somebody wants to see what is computed.
    borrowing func sweepNumbers(_ seed: Tensor, _ sourceCount: Int) -> [Tensor?]? {
        let (target, recorder) = (stops[count - 1].node, cd_recorder_current())
        let isKnown = target._withUnsafeGuaranteedRef { $0.isNumber(seed.dtype) } && seed.node.isNumber(seed.dtype)
        guard isKnown, Recording.isOff, recorder.pointee.stand_ins == nil else { return nil }
        switch seed.dtype {
        case .float32: return sweep(Float.self, seed, sourceCount)
        case .float64: return sweep(Double.self, seed, sourceCount)
        default: return nil
        }
    }

    private borrowing func sweep<Scalar: NumberOfSweep>(
        _: Scalar.Type, _ seed: Tensor, _ sourceCount: Int
    ) -> [Tensor?]? {
        var gradients = Gradients<Scalar>(count: count)
        var rules = RulesInUse<Scalar>()
        var answers = [Tensor?](repeating: nil, count: sourceCount)
        gradients.add(Scalar(word: seed.node.scalarBits), at: count - 1)
        for index in (0..<count).reversed() where stops[index].leads {
            guard let gradient = gradients[index] else { continue }
            let inputs = inputs(of: index)
            guard inputs.count <= 2 else { return nil }
            if !inputs.isEmpty {
                let (first, second) = (Int(inputs[0]), Int(inputs[inputs.count - 1]))
                let leads = (stops[first].leads, inputs.count == 2 && stops[second].leads)
                if leads.0 || leads.1 {
                    let use = stops[index].node._withUnsafeGuaranteedRef { rules.apply($0, leads, gradient) }
                    guard let use else { return nil }
                    let (registers, results) = (use.pointee.registers, use.pointee.results)
                    if results.0 >= 0 { gradients.add(registers[Int(results.0)], at: first) }
                    if results.1 >= 0 { gradients.add(registers[Int(results.1)], at: second) }
                }
            }
            let source = Int(stops[index].source)
            if source > 0 {
                let answer = Tensor(Node(scalar: gradient.word, Scalar.dtype))
                answers[source - 1] = answers[source - 1].map { $0 + answer } ?? answer
            }
        }
        return answers
    }
}

/// The gradients of all stops, as far as they are known.
private struct Gradients<Scalar: NumberOfSweep>: ~Copyable {
    private var numbers: Pile<Scalar>
    private var isThere: Pile<Bool>

    init(count: Int) {
        numbers = Pile(capacity: count)
        isThere = Pile(capacity: count)
        numbers.fill(0, count: count)
        isThere.fill(false, count: count)
    }

    subscript(index: Int) -> Scalar? {
        @inline(__always) get { isThere[index] ? numbers[index] : nil }
    }

    @inline(__always)
    mutating func add(_ contribution: Scalar, at index: Int) {
        numbers[index] = isThere[index] ? numbers[index] + contribution : contribution
        isThere[index] = true
    }
}

extension Node {
    /// Whether this is a known number of a type, and no number of the source that adapts.
    @inline(__always)
    fileprivate func isNumber(_ dtype: DType) -> Bool {
        state == .scalar && self.dtype == dtype && shape.rank == 0 && !traits.contains(.weak)
    }
}

/// A number that such programs compute with.
private protocol NumberOfSweep: BinaryFloatingPoint, BitwiseCopyable {
    static var dtype: DType { get }
    static func run(_ code: UnsafePointer<cd_scalar_instruction>, _ registers: UnsafeMutablePointer<Self>)
    /// From the bits of a node.
    init(word: UInt64)
    var word: UInt64 { get }
}

extension Float: NumberOfSweep {
    static func run(_ code: UnsafePointer<cd_scalar_instruction>, _ registers: UnsafeMutablePointer<Float>) {
        cd_scalar_run_f32(code, registers)
    }
    @inline(__always) init(word: UInt64) { self.init(bitPattern: UInt32(truncatingIfNeeded: word)) }
    @inline(__always) var word: UInt64 { UInt64(bitPattern) }
}

extension Double: NumberOfSweep {
    static func run(_ code: UnsafePointer<cd_scalar_instruction>, _ registers: UnsafeMutablePointer<Double>) {
        cd_scalar_run_f64(code, registers)
    }
    @inline(__always) init(word: UInt64) { self.init(bitPattern: word) }
    @inline(__always) var word: UInt64 { bitPattern }
}

/// What a primitive makes of a gradient: a program for the contributions to its inputs. It is kept for good.
private final class NumberRule: @unchecked Sendable {
    /// What distinguishes rules.
    struct Key: Hashable, BitwiseCopyable {
        let primitive: ObjectIdentifier
        let dtype: DType
        /// How many inputs there are, which of them lead to a source, and which are numbers other than 0 that were given: rules
        /// ask for that, and for nothing else.
        let sort: UInt8

        @inline(__always)
        init(_ node: borrowing Node, _ leads: (Bool, Bool), isNumber: (Bool, Bool)) {
            primitive = ObjectIdentifier(node.primitive)
            dtype = node.dtype
            sort =
                (leads.0 ? 1 : 0) | (leads.1 ? 2 : 0) | (isNumber.0 ? 4 : 0) | (isNumber.1 ? 8 : 0)
                | (node.secondInput == nil ? 0 : 16)
        }

        var inputCount: Int { sort & 16 == 0 ? 1 : 2 }
        func leads(_ input: Int) -> Bool { sort & 1 << input != 0 }
        func isNumber(_ input: Int) -> Bool { sort & 4 << input != 0 }
    }

    let code: UnsafePointer<cd_scalar_instruction>
    let registerCount: Int
    /// Where the gradient, the inputs and the output belong; -1 where nobody asks for one.
    private(set) var places = SIMD4<Int32>(repeating: -1)
    /// Where the contributions are; -1 where there is none.
    let results: (Int32, Int32)
    let constants: [(register: Int, bits: UInt64)]

    private static let known = Guarded<[Key: NumberRule?]>([:])

    /// The rule of a primitive for a key; nil if there is none.
    static func rule(_ key: Key, of primitive: Primitive) -> NumberRule? {
        if let rule = known.withLock({ $0[key] }) { return rule }
        let rule = NumberRule(key, primitive)
        // Another thread may have been faster; what is in use must stay.
        return known.withLock { known in
            if let rule = known[key] { return rule }
            known[key] = .some(rule)
            return rule
        }
    }

    private init?(_ key: Key, _ primitive: Primitive) {
        guard primitive.isElementwise else { return nil }
        let sample = Tensor(Node(scalar: Number.bits(1.0, as: key.dtype), key.dtype))
        let gradient = Tensor.argument(like: sample)
        let inputs = (0..<key.inputCount).map {
            Tensor.argument(like: sample, attributes: key.isNumber($0) ? .ofSampleSort : nil)
        }
        let node = Node(primitive, key.dtype, .scalar, inputs[0].node, inputs.count == 2 ? inputs[1].node : nil)
        let looks = Recording.looks
        let contributions = (0..<2).map { input in
            key.leads(input) ? primitive.derivative.contribution(gradient, node, input) : nil
        }
        let wanted = contributions.compactMap { $0?.node }
        guard looks == Recording.looks,
            wanted.allSatisfy({ $0.dtype == key.dtype && $0.shape.rank == 0 && !$0.traits.contains(.poisoned) })
        else { return nil }
        let order = Expression.nodes(behind: wanted) { $0.isOperation && $0 !== node }
        let leaves = order.filter { !$0.isOperation || $0 === node }
        guard let program = ScalarProgram(order, leaves: leaves, wanted: wanted, given: node) else { return nil }
        let roles = [gradient.node, inputs[0].node, inputs.count == 2 ? inputs[1].node : nil, node]
        var constants: [(Int, UInt64)] = []
        for (leaf, place) in zip(leaves, program.leaves) {
            if let role = roles.firstIndex(where: { $0 === leaf }) {
                places[role] = Int32(place.register)
            } else {
                guard leaf.state == .scalar, leaf.dtype == key.dtype else { return nil }
                constants.append((place.register, leaf.scalarBits))
            }
        }
        self.constants = constants
        let registers = program.outputs.map { Int32($0.register) }
        results = (contributions[0] == nil ? -1 : registers[0], contributions[1] == nil ? -1 : registers.last!)
        registerCount = program.registerCount
        let copy = UnsafeMutablePointer<cd_scalar_instruction>.allocate(capacity: program.code.count)
        copy.initialize(from: program.code, count: program.code.count)
        code = UnsafePointer(copy)
    }
}

/// The rules that a sweep has met, with their registers.
private struct RulesInUse<Scalar: NumberOfSweep>: ~Copyable {
    struct Use: BitwiseCopyable {
        let key: NumberRule.Key
        let code: UnsafePointer<cd_scalar_instruction>
        let registers: UnsafeMutablePointer<Scalar>
        let places: SIMD4<Int32>
        let results: (Int32, Int32)
    }

    private var uses = Pile<Use>(capacity: 8)
    /// The place in `uses` where a rule was found last, by some bits of its key.
    private var places: Pile<Int32>
    private let constant = ObjectIdentifier(Primitive.constant)

    init() {
        places = Pile(capacity: 32)
        places.fill(0, count: 32)
    }

    deinit { for use in uses.elements { use.registers.deallocate() } }

    /// Runs the rule of an operation; nil if there is none for it.
    @inline(__always)
    mutating func apply(
        _ node: borrowing Node, _ leads: (Bool, Bool), _ gradient: Scalar
    ) -> UnsafePointer<Use>? {
        guard node.isNumber(Scalar.dtype), let first = node.firstInput else { return nil }
        let a = first._withUnsafeGuaranteedRef { Operand($0, constant) }
        let b = node.secondInput?._withUnsafeGuaranteedRef { Operand($0, constant) } ?? Operand()
        guard a.isKnown, b.isKnown,
            let use = use(
                NumberRule.Key(node, leads, isNumber: (a.isNumberOtherThanZero, b.isNumberOtherThanZero)), node)
        else { return nil }
        let (places, registers) = (use.pointee.places, use.pointee.registers)
        if places[0] >= 0 { registers[Int(places[0])] = gradient }
        if places[1] >= 0 { registers[Int(places[1])] = a.number }
        if places[2] >= 0 { registers[Int(places[2])] = b.number }
        if places[3] >= 0 { registers[Int(places[3])] = Scalar(word: node.scalarBits) }
        Scalar.run(use.pointee.code, registers)
        return use
    }

    /// An input; an input that is not there is known.
    private struct Operand {
        var number: Scalar = 0
        var isKnown = true
        var isNumberOtherThanZero = false

        init() {}

        @inline(__always)
        init(_ node: borrowing Node, _ constant: ObjectIdentifier) {
            isKnown = node.isNumber(Scalar.dtype)
            number = Scalar(word: node.scalarBits)
            isNumberOtherThanZero =
                number != 0 && node.attributes == nil && ObjectIdentifier(node.primitive) == constant
        }
    }

    @inline(__always)
    private mutating func use(_ key: NumberRule.Key, _ node: borrowing Node) -> UnsafePointer<Use>? {
        let slot = Int((UInt(bitPattern: key.primitive) >> 4 ^ UInt(key.sort)) & 31)
        var place = Int(places[slot])
        if place >= uses.count || uses[place].key != key {
            place = find(key, node.primitive, slot)
            if place < 0 { return nil }
        }
        return uses.elements.baseAddress! + place
    }

    @inline(never)
    private mutating func find(_ key: NumberRule.Key, _ primitive: Primitive, _ slot: Int) -> Int {
        var place = uses.elements.firstIndex { $0.key == key } ?? uses.count
        if place == uses.count {
            guard let rule = NumberRule.rule(key, of: primitive) else { return -1 }
            let registers = UnsafeMutablePointer<Scalar>.allocate(capacity: rule.registerCount)
            registers.initialize(repeating: 0, count: rule.registerCount)
            for (register, bits) in rule.constants { registers[register] = Scalar(word: bits) }
            place = uses.count
            uses.append(
                Use(key: key, code: rule.code, registers: registers, places: rule.places, results: rule.results))
        }
        places[slot] = Int32(place)
        return place
    }
}
