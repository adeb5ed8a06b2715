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
    @exclusivity(unchecked) package private(set) var attributes: Attributes?
    /// Numbers nodes of a thread in the order of recording.
    package let serial: UInt64
    // Owned by hand: reading an input must not cost a retain and a release.
    @exclusivity(unchecked) package private(set) var firstInput: Unmanaged<Node>?
    @exclusivity(unchecked) package private(set) var secondInput: Unmanaged<Node>?
    @exclusivity(unchecked) package private(set) var thirdInput: Unmanaged<Node>?
    /// Scratch of graph walks; belongs to whoever holds `Graph.lock`.
    @exclusivity(unchecked) package var mark: UInt64 = 0
    @exclusivity(unchecked) private var payload: UInt64 = 0
    private let stateCell: Atomic<State>
    package let dtype: DType
    package let traits: Traits
    private let depthCell: Atomic<Int32>

    /// An operation.
    package init(
        _ primitive: Primitive, _ dtype: DType, _ shape: Shape, _ first: Node?, _ second: Node? = nil,
        _ third: Node? = nil, attributes: Attributes? = nil, traits: Traits = .none
    ) {
        self.primitive = primitive
        self.dtype = dtype
        self.shape = shape
        firstInput = first.map(Unmanaged.passRetained)
        secondInput = second.map(Unmanaged.passRetained)
        thirdInput = third.map(Unmanaged.passRetained)
        self.attributes = attributes
        serial = cd_recorder_next()
        self.traits = cd_recorder_current().pointee.recording == 0 ? traits : traits.union(.recorded)
        stateCell = Atomic(.pending)
        var depth: Int32 = 0
        if let first, first.depth > depth { depth = first.depth }
        if let second, second.depth > depth { depth = second.depth }
        if let third, third.depth > depth { depth = third.depth }
        if let attributes { for input in attributes.inputs where input.depth > depth { depth = input.depth } }
        depthCell = Atomic(depth + 1)
    }

    /// A single number, given or computed on the spot.
    package init(
        scalar bits: UInt64, _ dtype: DType, primitive: Primitive = .constant, _ first: Node? = nil,
        _ second: Node? = nil, _ third: Node? = nil, attributes: Attributes? = nil, traits: Traits = .none
    ) {
        self.primitive = primitive
        self.dtype = dtype
        shape = Shape([])
        firstInput = first.map(Unmanaged.passRetained)
        secondInput = second.map(Unmanaged.passRetained)
        thirdInput = third.map(Unmanaged.passRetained)
        self.attributes = attributes
        serial = cd_recorder_next()
        self.traits = cd_recorder_current().pointee.recording == 0 ? traits : traits.union(.recorded)
        payload = bits
        stateCell = Atomic(.scalar)
        depthCell = Atomic(0)
    }

    /// A value in memory. Of a single number only the number is kept.
    package init(
        storage: Storage, _ dtype: DType, _ shape: Shape, primitive: Primitive = .constant, _ first: Node? = nil,
        attributes: Attributes? = nil, traits: Traits = .none
    ) {
        self.primitive = primitive
        self.dtype = dtype
        self.shape = shape
        firstInput = first.map(Unmanaged.passRetained)
        self.attributes = attributes
        serial = cd_recorder_next()
        self.traits = cd_recorder_current().pointee.recording == 0 ? traits : traits.union(.recorded)
        if shape.rank == 0 {
            payload = Number.load(storage.pointer, dtype)
            stateCell = Atomic(.scalar)
        } else {
            payload = UInt64(UInt(bitPattern: Unmanaged.passRetained(storage).toOpaque()))
            stateCell = Atomic(.stored)
        }
        depthCell = Atomic(0)
    }

    deinit {
        if state == .stored { Unmanaged<Storage>.fromOpaque(payloadPointer).release() }
        guard firstInput != nil || attributes != nil else { return }
        // Not by recursion: a chain of millions of nodes would overflow the stack.
        var orphans: [Node] = []
        releaseInputs(into: &orphans)
        while let node = orphans.popLast() { node.releaseInputs(into: &orphans) }
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

    /// Lets go of the inputs; those that nobody else holds and that have inputs themselves go to `orphans`.
    private func releaseInputs(into orphans: inout [Node]) {
        Node.release(&firstInput, into: &orphans)
        Node.release(&secondInput, into: &orphans)
        Node.release(&thirdInput, into: &orphans)
        if attributes != nil, isKnownUniquelyReferenced(&attributes) {
            for input in attributes!.takeInputs() {
                var reference: Unmanaged<Node>? = .passRetained(input)
                Node.release(&reference, into: &orphans)
            }
        }
    }

    private static func release(_ input: inout Unmanaged<Node>?, into orphans: inout [Node]) {
        guard let reference = input.take() else { return }
        let isLastOwner = swift_retainCount(reference.toOpaque()) == 1
        if isLastOwner, reference._withUnsafeGuaranteedRef({ $0.firstInput != nil || $0.attributes != nil }) {
            orphans.append(reference.takeRetainedValue())
        } else {
            reference.release()
        }
    }
}

// MARK: - Value

extension Node {
    package var state: State { stateCell.load(ordering: .acquiring) }

    /// The bits of a scalar, in the lowest bytes.
    package var scalarBits: UInt64 { payload }

    package var storage: Storage { Unmanaged<Storage>.fromOpaque(payloadPointer).takeUnretainedValue() }

    /// Whether the storage is at `pointer` and has just so many owners, this node included.
    package func ownsStorage(at pointer: UnsafeMutableRawPointer?, owners: Int) -> Bool {
        state == .stored && swift_retainCount(UnsafeMutableRawPointer(mutating: payloadPointer)) == owners
            && storage.pointer == pointer
    }

    private var payloadPointer: UnsafeRawPointer { UnsafeRawPointer(bitPattern: UInt(payload))! }

    /// Remembers a computed value, unless another thread was faster. The caller holds `Graph.lock`. What
    /// the node no longer needs goes to `garbage`, to be released after the lock.
    package func settle(_ value: Value, garbage: inout [Node]) {
        guard state == .pending else { return }
        forgetDepth()
        switch value {
        case .scalar(let bits):
            payload = bits
            stateCell.store(.scalar, ordering: .releasing)
        case .stored(let storage):
            payload = UInt64(UInt(bitPattern: Unmanaged.passRetained(storage).toOpaque()))
            stateCell.store(.stored, ordering: .releasing)
        }
        guard !traits.contains(.recorded) else { return }
        if let node = firstInput.take() { garbage.append(node.takeRetainedValue()) }
        if let node = secondInput.take() { garbage.append(node.takeRetainedValue()) }
        if let node = thirdInput.take() { garbage.append(node.takeRetainedValue()) }
        if let inputs = attributes?.inputs { garbage.append(contentsOf: inputs) }
        attributes = nil
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

    /// A value as the engine hands it out.
    package enum Value {
        case scalar(UInt64)
        case stored(Storage)
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
    /// The serials of what belongs to a checkpointed stretch.
    package let region: Range<UInt64>?

    package typealias CustomRule = @Sendable (_ gradient: Tensor) -> [Tensor?]

    package init(
        _ integers: [Int] = [], inputs: [Node] = [], error: DescentError? = nil, location: SourceLocation? = nil,
        rule: CustomRule? = nil, region: Range<UInt64>? = nil
    ) {
        self.integers = integers
        self.inputs = inputs
        self.error = error
        self.location = location
        self.rule = rule
        self.region = region
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
