import CDescent

/// Computes several tensors in one pass, sharing what they have in common.
///
/// Reading a tensor computes it; this is for computing more than one, or for choosing the moment.
///
/// ```swift
/// let x = Tensor([1, 2, 3])
/// let (sum, product) = (x.sum(), x.prod())
/// try evaluate([sum, product])
/// print(sum, product)   // 6.0 6.0
/// ```
public func evaluate(
    _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
) throws {
    do {
        try Engine.evaluate(tensors.map(\.node))
    } catch {
        throw error.located(at: SourceLocation(file, line))
    }
}

/// The one way from nodes to numbers.
///
/// `evaluate` walks the expression, finds the plan for its structure or makes one, and runs it. The walk
/// happens under the lock of all walks; running does not.
package enum Engine {
    /// An expression whose unread part grows longer than this is evaluated while it is recorded.
    package static let longestChain: Int32 = 10_000
    /// Expressions of more nodes than this are evaluated piece by piece. An edge must fit 18 bits.
    static let largestPlan = 1 << 14
    /// The most operations of a step that is compiled to be taken again: its plan is made once.
    static let largestStep = 1 << 17
    /// Nodes of such a piece: many enough to fuse, few enough that their memory stays in a cache, and that a loop
    /// which comes back to the same place in a piece soon finds the plan of an earlier one.
    static let pieceOfPlan = 1 << 11

    struct Session: ~Copyable {
        var structure = Structure()
        var plans = PlanCache()
    }

    static let session = Guarded(Session())

    /// How many plans were made by all threads so far, and how many of them are kept.
    package static var planCounts: (made: Int, kept: Int) {
        session.withLock { ($0.plans.made, $0.plans.count) }
    }

    /// Computes what `nodes` stand for; afterwards each has its value.
    package static func evaluate(_ nodes: [Node]) throws(DescentError) {
        var roots: [Node] = []
        for node in nodes {
            if node.traits.contains(.poisoned) { throw node.attributes!.error! }
            if node.state == .pending { roots.append(node) }
        }
        if cd_checks_numerics() != 0 { return try checkNumerics(of: nodes) }
        guard !roots.isEmpty else { return }
        try compute(roots)
    }

    /// Computes nodes that have no value yet.
    static func compute(_ roots: [Node]) throws(DescentError) {
        cd_recorder_current().pointee.looks += 1
        var work = Work(roots)
        try work.run()
    }

    /// Evaluates the end of a long unread chain now. What cannot be computed stays for whoever reads it.
    ///
    /// Not while a tape records, which holds all of the chain anyway: its derivatives would need what is computed
    /// now once more, and compute it again at every cut.
    @inline(never)
    package static func shorten(_ node: Node) {
        let recorder = cd_recorder_current()
        if recorder.pointee.recording == 0, recorder.pointee.passes == 0 { cut([node]) }
    }

    /// Evaluates what a backward pass has found if it goes back far: all at once, as one by one each would compute
    /// anew what they share.
    package static func shorten(found nodes: [Node]) {
        if cd_recorder_current().pointee.recording == 0, nodes.contains(where: { $0.depth > longestChain }) {
            cut(nodes)
        }
    }

    private static func cut(_ nodes: [Node]) {
        do { try evaluate(nodes) } catch { for node in nodes { node.forgetDepth() } }
    }

    /// A node without inputs that has the value of `node`.
    package static func leaf(of node: Node) throws(DescentError) -> Node {
        try evaluate([node])
        return Node(node.value, node.dtype, node.shape)
    }

    /// What went wrong in a kernel.
    package static func failure(
        _ status: Int32, _ operation: String, detail: String? = nil, at location: SourceLocation? = nil
    ) -> DescentError {
        let (rule, received) =
            switch Int(status) {
            case CD_DIVISION_BY_ZERO: ("an integer divisor must not be zero", "0")
            case CD_NEGATIVE_EXPONENT: ("an integer exponent must not be negative", "a negative exponent")
            default: ("an index must lie inside the axis", "an index outside")
            }
        return DescentError(operation: operation, rule, received: detail ?? received, at: location)
    }
}
