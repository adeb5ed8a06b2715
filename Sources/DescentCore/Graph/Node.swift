import CDescent
import Synchronization

/// One recorded operation, or a value.
///
/// A node is immutable to all who hold it, with one exception that cannot be observed: once its value has
/// been computed it remembers the value, and lets go of its inputs unless a tape may still ask for them.
package final class Node: @unchecked Sendable {
    /// What is known of a node beyond its operation.
    package struct Traits: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Nothing. (An empty literal would be an array first.)
        static var none: Traits { Traits(rawValue: 0) }
        /// Recorded while a tape ran: keeps its inputs.
        static let recorded = Traits(rawValue: 1)
        /// A number written in Swift: adapts to the type of the tensor it meets.
        static let weak = Traits(rawValue: 2)
        /// A weak number that was written as an integer.
        static let weakInteger = Traits(rawValue: 4)
        /// Both.
        static var weakWhole: Traits { Traits(rawValue: 2 | 4) }
        /// What the quick way through recording cannot take.
        package static var special: Traits { Traits(rawValue: 2 | 8) }
        /// An error instead of a value; `attributes.error` says which.
        static let poisoned = Traits(rawValue: 8)
        /// Rows added to zeros along the first axis: once computed still knows which rows.
        static let rows = Traits(rawValue: 16)
    }

    /// Where the value is.
    package enum State: UInt8, AtomicRepresentable {
        /// Not computed yet.
        case pending
        /// A single number, in `payload`.
        case scalar
        /// In the storage that `payload` points to.
        case stored
    }

    @exclusivity(unchecked) package unowned(unsafe) private(set) var primitive: Primitive
    @exclusivity(unchecked) package private(set) var shape: Shape
    @exclusivity(unchecked) package private(set) var dtype: DType
    @exclusivity(unchecked) package private(set) var traits: Traits
    private let stateCell: Atomic<State>
    private let depthCell: Atomic<Int32>
    @exclusivity(unchecked) package private(set) var attributes: Attributes?
    /// Numbers nodes of a thread in the order of recording.
    @exclusivity(unchecked) package private(set) var serial: UInt64
    // Owned by hand: reading an input must not cost a retain and a release.
    @exclusivity(unchecked) package private(set) var firstInput: Unmanaged<Node>?
    @exclusivity(unchecked) package private(set) var secondInput: Unmanaged<Node>?
    @exclusivity(unchecked) package private(set) var thirdInput: Unmanaged<Node>?
    /// Scratch of graph walks; belongs to whoever holds `Graph.lock`.
    @exclusivity(unchecked) package var mark: UInt64 = 0
    @exclusivity(unchecked) private var payload: UInt64

    fileprivate typealias Inputs = (Unmanaged<Node>?, Unmanaged<Node>?, Unmanaged<Node>?)

    @inline(__always)
    fileprivate init(
        _ primitive: Primitive, _ dtype: DType, _ shape: borrowing Shape, _ inputs: Inputs, _ attributes: Attributes?,
        _ traits: Traits, _ state: State, _ payload: UInt64, _ depth: Int32
    ) {
        self.primitive = primitive
        self.shape = copy shape
        self.dtype = dtype
        self.traits = traits
        stateCell = Atomic(state)
        depthCell = Atomic(depth)
        self.attributes = attributes
        serial = cd_recorder_next()
        (firstInput, secondInput, thirdInput) = inputs
        self.payload = payload
    }

    /// Makes an empty node a new one. What it had is gone: there is nothing to release.
    @inline(__always)
    fileprivate func refill(
        _ primitive: Primitive, _ dtype: DType, _ shape: borrowing Shape, _ inputs: Inputs, _ attributes: Attributes?,
        _ traits: Traits, _ state: State, _ payload: UInt64, _ depth: Int32
    ) {
        self.primitive = primitive
        Node.initialize(&self.shape, copy shape)
        self.dtype = dtype
        self.traits = traits
        stateCell.store(state, ordering: .relaxed)
        depthCell.store(depth, ordering: .relaxed)
        Node.initialize(&self.attributes, attributes)
        serial = cd_recorder_next()
        (firstInput, secondInput, thirdInput) = inputs
        self.payload = payload
    }

    @inline(__always)
    private static func initialize<Field>(_ place: UnsafeMutablePointer<Field>, _ value: Field) {
        place.initialize(to: value)
    }

    deinit {
        var orphans = Orphans()
        empty(into: &orphans)
        orphans.free()
    }
}

// MARK: - Making

/// Only an initializer of a protocol can answer with an object that exists: a node that was used before.
package protocol MadeOfSpares {}

extension Node: MadeOfSpares {
    @inline(__always)
    fileprivate static func owned(_ first: borrowing Node?, _ second: borrowing Node?, _ third: borrowing Node?)
        -> Inputs
    {
        (owned(first), owned(second), owned(third))
    }

    @inline(__always)
    private static func owned(_ node: borrowing Node?) -> Unmanaged<Node>? {
        switch node {
        case .some(let node): .passRetained(copy node)
        case .none: nil
        }
    }

    @inline(__always)
    fileprivate static func depth(of node: Unmanaged<Node>?) -> Int32 {
        node?._withUnsafeGuaranteedRef { $0.depth } ?? 0
    }

    @inline(__always)
    fileprivate static func make(
        _ primitive: Primitive, _ dtype: DType, _ shape: borrowing Shape, _ inputs: Inputs, _ attributes: Attributes?,
        _ traits: Traits, _ state: State, payload: UInt64, depth: Int32
    ) -> Node {
        let traits = cd_recorder_current().pointee.recording == 0 ? traits : traits.union(.recorded)
        guard let spare = Spares.take() else {
            return Node(primitive, dtype, shape, inputs, attributes, traits, state, payload, depth)
        }
        let node = spare.takeRetainedValue()
        node.refill(primitive, dtype, shape, inputs, attributes, traits, state, payload, depth)
        return node
    }
}

extension MadeOfSpares where Self == Node {
    /// An operation.
    @inline(__always)
    package init(
        _ primitive: Primitive, _ dtype: DType, _ shape: borrowing Shape, _ first: borrowing Node?,
        _ second: borrowing Node? = nil, _ third: borrowing Node? = nil, attributes: Attributes? = nil,
        traits: Node.Traits = .none
    ) {
        let inputs = Node.owned(first, second, third)
        var depth = Swift.max(Node.depth(of: inputs.0), Node.depth(of: inputs.1), Node.depth(of: inputs.2))
        if let attributes { for input in attributes.inputs where input.depth > depth { depth = input.depth } }
        self = Node.make(primitive, dtype, shape, inputs, attributes, traits, .pending, payload: 0, depth: depth + 1)
    }

    /// A single number, given or computed on the spot.
    @inline(__always)
    package init(
        scalar bits: UInt64, _ dtype: DType, primitive: Primitive = .constant, _ first: borrowing Node? = nil,
        _ second: borrowing Node? = nil, _ third: borrowing Node? = nil, attributes: Attributes? = nil,
        traits: Node.Traits = .none
    ) {
        let inputs = Node.owned(first, second, third)
        self = Node.make(primitive, dtype, .scalar, inputs, attributes, traits, .scalar, payload: bits, depth: 0)
    }

    /// A value in memory. Of a single number only the number is kept.
    package init(
        storage: Storage, _ dtype: DType, _ shape: Shape, primitive: Primitive = .constant,
        _ first: borrowing Node? = nil, attributes: Attributes? = nil, traits: Node.Traits = .none
    ) {
        let value =
            shape.rank == 0
            ? Node.Value(bits: Number.load(storage.pointer, dtype)) : Node.Value(storage: .passUnretained(storage))
        self.init(value, dtype, shape, primitive: primitive, first, attributes: attributes, traits: traits)
    }

    /// A value that is known.
    package init(
        _ value: Node.Value, _ dtype: DType, _ shape: borrowing Shape, primitive: Primitive = .constant,
        _ first: borrowing Node? = nil, attributes: Attributes? = nil, traits: Node.Traits = .none
    ) {
        let inputs = Node.owned(first, nil, nil)
        self = Node.make(
            primitive, dtype, shape, inputs, attributes, traits, value.storage == nil ? .scalar : .stored,
            payload: value.owned(), depth: 0)
    }
}

// MARK: - Inputs

extension Node {
    package var first: Node? { firstInput?.takeUnretainedValue() }
    package var second: Node? { secondInput?.takeUnretainedValue() }
    package var third: Node? { thirdInput?.takeUnretainedValue() }

    /// The inputs in order.
    package var inputs: [Node] {
        var inputs: [Node] = []
        visitInputs { inputs.append($0.takeUnretainedValue()) }
        return inputs
    }

    /// Calls `visit` for all inputs in order.
    @inline(__always)
    package func visitInputs(_ visit: (Unmanaged<Node>) -> Void) {
        if let firstInput { visit(firstInput) }
        if let secondInput { visit(secondInput) }
        if let thirdInput { visit(thirdInput) }
        if let attributes { for input in attributes.inputs { visit(.passUnretained(input)) } }
    }

    /// Tells what the node is marked with from other marks; 0 if there is nothing.
    @inline(__always)
    var identity: UInt64 { attributes.map { UInt64(UInt(bitPattern: ObjectIdentifier($0))) } ?? 0 }

    /// Whether there are inputs.
    @inline(__always)
    var hasInputs: Bool {
        if firstInput != nil { return true }
        // What a variable's value is marked with lists none.
        guard attributes != nil, !primitive.isConstant else { return false }
        return !attributes!.inputs.isEmpty
    }

    /// Calls `visit` for the inputs of a node without a value; a value needs none.
    @inline(__always)
    package func visitPending(_ visit: (Unmanaged<Node>) -> Void) {
        if state == .pending { visitInputs(visit) }
    }
}

// MARK: - Value

extension Node {
    package var state: State { stateCell.load(ordering: .acquiring) }

    /// The bits of a scalar, in the lowest bytes.
    package var scalarBits: UInt64 { payload }

    package var storage: Storage { Unmanaged<Storage>.fromOpaque(payloadPointer).takeUnretainedValue() }

    /// Whether the value is in `storage`, which has just so many owners, this node included.
    package func owns(_ storage: Unmanaged<Storage>?, owners: Int) -> Bool {
        guard let storage, state == .stored else { return false }
        return storage.toOpaque() == payloadPointer && swift_retainCount(storage.toOpaque()) == owners
    }

    /// The storage of the value, if only this node holds it.
    var ownStorage: Unmanaged<Storage>? {
        guard state == .stored, swift_retainCount(UnsafeMutableRawPointer(mutating: payloadPointer)) == 1 else {
            return nil
        }
        return .fromOpaque(payloadPointer)
    }

    /// Whether both have the same number, or their values in the same storage.
    func sharesValue(with other: borrowing Node) -> Bool {
        state == other.state && state != .pending && payload == other.payload
    }

    /// Lets go of the value, the inputs and what else there is; inputs that nobody else holds go to `orphans`.
    func empty(into orphans: inout Orphans) {
        if state == .stored {
            Unmanaged<Storage>.fromOpaque(payloadPointer).release()
            stateCell.store(.pending, ordering: .relaxed)
        }
        if let node = firstInput.take() { orphans.append(node) }
        if let node = secondInput.take() { orphans.append(node) }
        if let node = thirdInput.take() { orphans.append(node) }
        shape.forget()
        guard attributes != nil else { return }
        if isKnownUniquelyReferenced(&attributes) {
            // The list must be gone before its nodes are looked at: it owns them too.
            let inputs = attributes!.takeInputs().map(Unmanaged.passRetained)
            for input in inputs { orphans.append(input) }
        }
        attributes = nil
    }

    private var payloadPointer: UnsafeRawPointer { UnsafeRawPointer(bitPattern: UInt(payload))! }

    /// The value of a node that has one; the node owns it.
    package var value: Value {
        state == .scalar ? Value(bits: payload) : Value(storage: .fromOpaque(payloadPointer))
    }

    /// Remembers a computed value, unless another thread was faster. The caller holds `Graph.lock`. What
    /// the node no longer needs goes to `garbage`, to be released after the lock.
    package func settle(_ value: Value, garbage: inout [Node]) {
        guard state == .pending else { return }
        forgetDepth()
        payload = value.owned()
        stateCell.store(value.storage == nil ? .scalar : .stored, ordering: .releasing)
        guard !traits.contains(.recorded) else { return }
        let rows = traits.contains(.rows) ? second : nil
        if let node = firstInput.take() { garbage.append(node.takeRetainedValue()) }
        if let node = secondInput.take() { garbage.append(node.takeRetainedValue()) }
        if let node = thirdInput.take() { garbage.append(node.takeRetainedValue()) }
        if let inputs = attributes?.inputs { garbage.append(contentsOf: inputs) }
        attributes = rows.flatMap { $0.state == .pending ? nil : Attributes(rows: $0) }
    }

    /// Says of a node that was just made, and that nobody else knows yet, that it is rows added to zeros.
    func markRows() { traits.insert(.rows) }

    /// Which rows of a computed sum of rows may differ from zero; nil for all else.
    var rows: Node? { traits.contains(.rows) && state == .stored ? attributes?.rows ?? second : nil }

    /// Whether the node was recorded in the stretch of recording under way, or outside of any if there is none.
    var isOfThisStretch: Bool {
        let recorder = cd_recorder_current()
        let isRecorded = traits.contains(.recorded)
        guard recorder.pointee.recording != 0 else { return !isRecorded }
        return isRecorded && serial >= recorder.pointee.boundary && serial < recorder.pointee.serial
    }

    /// Becomes a node of the stretch of recording under way. Only for a value without inputs that nobody else holds.
    func renew() {
        let recorder = cd_recorder_current()
        if recorder.pointee.recording == 0 { traits.remove(.recorded) } else { traits.insert(.recorded) }
        serial = cd_recorder_next()
    }

    /// Puts another number in the place of a number. Only for a node that nobody else holds.
    package func replaceNumber(_ value: Value) -> Bool {
        guard state == .scalar, value.storage == nil else { return false }
        payload = value.bits
        return true
    }

    /// Length of the longest chain of nodes without a value that ends here.
    package var depth: Int32 { depthCell.load(ordering: .relaxed) }

    /// Counts chains from here anew: the value is known, or could not be computed ahead of time.
    package func forgetDepth() { depthCell.store(0, ordering: .relaxed) }

    /// Adds a number to this one, if both are known numbers of one floating-point type. Only for a node that
    /// nobody else holds.
    package func add(_ other: Node) -> Bool {
        guard state == .scalar, other.state == .scalar, dtype == other.dtype, !traits.contains(.recorded) else {
            return false
        }
        switch dtype {
        case .float32:
            let sum =
                Float(bitPattern: UInt32(truncatingIfNeeded: payload))
                + Float(bitPattern: UInt32(truncatingIfNeeded: other.payload))
            payload = UInt64(sum.bitPattern)
        case .float64:
            payload = (Double(bitPattern: payload) + Double(bitPattern: other.payload)).bitPattern
        default: return false
        }
        return true
    }

    /// A number, or the storage of elements. Whoever keeps a storage owns it by hand.
    package struct Value: BitwiseCopyable {
        package var bits: UInt64 = 0
        package var storage: Unmanaged<Storage>?

        /// As the payload of a node that owns it.
        fileprivate func owned() -> UInt64 {
            guard let storage else { return bits }
            return UInt64(UInt(bitPattern: storage.retain().toOpaque()))
        }
    }
}
