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
        /// What the quick way through recording cannot take.
        package static var special: Traits { Traits(rawValue: 2 | 8) }
        /// An error instead of a value; `attributes.error` says which.
        static let poisoned = Traits(rawValue: 8)
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

    package unowned(unsafe) let primitive: Primitive
    package let shape: Shape
    @exclusivity(unchecked) package private(set) var dtype: DType
    package let traits: Traits
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

    /// What all nodes have in common.
    @inline(__always)
    private init(
        _ primitive: Primitive, _ dtype: DType, _ shape: borrowing Shape, _ first: Unmanaged<Node>?,
        _ second: Unmanaged<Node>?, _ third: Unmanaged<Node>?, _ attributes: Attributes?, _ traits: Traits,
        _ state: State, _ payload: UInt64, depth: Int32
    ) {
        self.primitive = primitive
        self.dtype = dtype
        self.shape = copy shape
        firstInput = first
        secondInput = second
        thirdInput = third
        self.attributes = attributes
        serial = cd_recorder_next()
        self.traits = cd_recorder_current().pointee.recording == 0 ? traits : traits.union(.recorded)
        stateCell = Atomic(state)
        self.payload = payload
        depthCell = Atomic(depth)
    }

    /// An operation.
    @inline(__always)
    package convenience init(
        _ primitive: Primitive, _ dtype: DType, _ shape: borrowing Shape, _ first: borrowing Node?,
        _ second: borrowing Node? = nil, _ third: borrowing Node? = nil, attributes: Attributes? = nil,
        traits: Traits = .none
    ) {
        let (first, second, third) = (Node.owned(first), Node.owned(second), Node.owned(third))
        var depth = Swift.max(Node.depth(of: first), Node.depth(of: second), Node.depth(of: third))
        if let attributes { for input in attributes.inputs where input.depth > depth { depth = input.depth } }
        self.init(primitive, dtype, shape, first, second, third, attributes, traits, .pending, 0, depth: depth + 1)
    }

    /// A single number, given or computed on the spot.
    @inline(__always)
    package convenience init(
        scalar bits: UInt64, _ dtype: DType, primitive: Primitive = .constant, _ first: borrowing Node? = nil,
        _ second: borrowing Node? = nil, _ third: borrowing Node? = nil, attributes: Attributes? = nil,
        traits: Traits = .none
    ) {
        let (first, second, third) = (Node.owned(first), Node.owned(second), Node.owned(third))
        self.init(primitive, dtype, .scalar, first, second, third, attributes, traits, .scalar, bits, depth: 0)
    }

    /// A value in memory. Of a single number only the number is kept.
    package convenience init(
        storage: Storage, _ dtype: DType, _ shape: Shape, primitive: Primitive = .constant,
        _ first: borrowing Node? = nil, attributes: Attributes? = nil, traits: Traits = .none
    ) {
        let first = Node.owned(first)
        if shape.rank == 0 {
            let bits = Number.load(storage.pointer, dtype)
            self.init(primitive, dtype, shape, first, nil, nil, attributes, traits, .scalar, bits, depth: 0)
        } else {
            let address = UInt64(UInt(bitPattern: Unmanaged.passRetained(storage).toOpaque()))
            self.init(primitive, dtype, shape, first, nil, nil, attributes, traits, .stored, address, depth: 0)
        }
    }

    /// A leaf with a value that is known.
    package convenience init(_ value: Value, _ dtype: DType, _ shape: borrowing Shape, attributes: Attributes? = nil) {
        self.init(
            .constant, dtype, shape, nil, nil, nil, attributes, .none, value.storage == nil ? .scalar : .stored,
            value.owned(), depth: 0)
    }

    @inline(__always)
    private static func owned(_ node: borrowing Node?) -> Unmanaged<Node>? {
        switch node {
        case .some(let node): .passRetained(copy node)
        case .none: nil
        }
    }

    @inline(__always)
    private static func depth(of node: Unmanaged<Node>?) -> Int32 {
        node?._withUnsafeGuaranteedRef { $0.depth } ?? 0
    }

    deinit {
        if state == .stored { Unmanaged<Storage>.fromOpaque(payloadPointer).release() }
        guard hasInputs else { return }
        // Not by recursion: a chain of millions of nodes would overflow the stack.
        var orphans = Orphans()
        releaseInputs(into: &orphans)
        while let node = orphans.popLast() {
            node._withUnsafeGuaranteedRef { $0.releaseInputs(into: &orphans) }
            cd_release_last(node.toOpaque())
        }
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

    /// Calls `visit` for the inputs of a node without a value; a value needs none.
    @inline(__always)
    package func visitPending(_ visit: (Unmanaged<Node>) -> Void) {
        if state == .pending { visitInputs(visit) }
    }

    fileprivate var hasInputs: Bool { firstInput != nil || attributes != nil }

    /// Nodes that only the list holds, a list through their marks: no walk can come across them any more.
    fileprivate struct Orphans {
        private var last: UInt64 = 0

        @inline(__always)
        mutating func append(_ node: Unmanaged<Node>) {
            node._withUnsafeGuaranteedRef { $0.mark = last }
            last = UInt64(UInt(bitPattern: node.toOpaque()))
        }

        @inline(__always)
        mutating func popLast() -> Unmanaged<Node>? {
            guard let pointer = UnsafeRawPointer(bitPattern: UInt(last)) else { return nil }
            let node = Unmanaged<Node>.fromOpaque(pointer)
            last = node._withUnsafeGuaranteedRef { $0.mark }
            return node
        }
    }

    /// Lets go of the inputs; those that nobody else holds and that have inputs themselves go to `orphans`.
    fileprivate func releaseInputs(into orphans: inout Orphans) {
        if let node = firstInput.take() { Node.release(node, into: &orphans) }
        if let node = secondInput.take() { Node.release(node, into: &orphans) }
        if let node = thirdInput.take() { Node.release(node, into: &orphans) }
        if attributes != nil, isKnownUniquelyReferenced(&attributes) {
            // The list must be gone before its nodes are looked at: it owns them too.
            let inputs = attributes!.takeInputs().map(Unmanaged.passRetained)
            for input in inputs { Node.release(input, into: &orphans) }
        }
        attributes = nil
    }

    @inline(__always)
    private static func release(_ node: Unmanaged<Node>, into orphans: inout Orphans) {
        guard cd_is_last_owner(node.toOpaque()) else { return node.release() }
        if node._withUnsafeGuaranteedRef({ $0.hasInputs }) {
            orphans.append(node)
        } else {
            cd_release_last(node.toOpaque())
        }
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
        if let node = firstInput.take() { garbage.append(node.takeRetainedValue()) }
        if let node = secondInput.take() { garbage.append(node.takeRetainedValue()) }
        if let node = thirdInput.take() { garbage.append(node.takeRetainedValue()) }
        if let inputs = attributes?.inputs { garbage.append(contentsOf: inputs) }
        attributes = nil
    }

    /// A number without a past, which nothing tells from another but its bits.
    @inline(__always)
    package var isPlainNumber: Bool { state == .scalar && traits == .none && firstInput == nil && attributes == nil }

    /// Becomes another number: what `init(scalar:)` would make. Only for a plain number that nobody else holds.
    @inline(__always)
    func become(scalar bits: UInt64, _ dtype: DType) {
        payload = bits
        self.dtype = dtype
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

/// What only some nodes have.
package final class Attributes: @unchecked Sendable {
    /// Parameters of the operation; part of what makes two expressions the same.
    package let integers: [Int]
    /// Inputs of operations that take any number of them.
    package private(set) var inputs: [Node]
    package let error: DescentError?
    /// Where the operation was called, for errors that show only when it runs.
    package let location: SourceLocation?
    /// The rule of a `customGradient`.
    package let rule: CustomRule?

    package typealias CustomRule = @Sendable (_ gradient: Tensor) -> [Tensor?]

    package init(
        _ integers: [Int] = [], inputs: [Node] = [], error: DescentError? = nil, location: SourceLocation? = nil,
        rule: CustomRule? = nil
    ) {
        self.integers = integers
        self.inputs = inputs
        self.error = error
        self.location = location
        self.rule = rule
    }

    fileprivate func takeInputs() -> [Node] {
        defer { inputs = [] }
        return inputs
    }
}

extension Primitive {
    /// A value that is given rather than computed.
    package static let constant = Primitive("constant", .leaf, .none)
}
