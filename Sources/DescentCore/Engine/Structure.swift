import CDescent

/// An expression as the engine sees it: its nodes in order, what it reads, what is wanted of it.
///
/// `words` is everything that a plan depends on. Two expressions with equal words run by the same plan, with
/// other values: the values of constants are read when the plan runs and are not part of the words.
struct Structure: ~Copyable {
    private(set) var words = Pile<UInt64>()
    /// Values the expression reads, in the order of the walk.
    private(set) var leaves = Pile<Unmanaged<Node>>()
    /// Nodes whose values are stored, in the order of the walk: the roots, and what somebody holds besides.
    private(set) var wanted = Pile<Unmanaged<Node>>()
    /// For each wanted node whether anybody but the roots' owner holds it.
    private(set) var held = Pile<Bool>()
    /// Which output of the plan each root is; -1 for a root whose value is known by now.
    private(set) var outputOfRoot = Pile<Int32>()
    /// Outputs that replace the values of leaves.
    private(set) var replaced = Pile<Replacement>()
    /// Whether stand-ins for arguments are values that the expression reads.
    private(set) var readsArguments = false
    private var isReplacement = Pile<Bool>()
    private var isReplaced = Pile<Bool>()
    /// While describing: uses of each node; afterwards its number among the outputs or leaves.
    private var edges = Pile<Int32>()
    private var rootRank = Pile<Int32>()
    /// Whether somebody holds a view of each node, but not the view's own elements.
    private var seen = Pile<Bool>()

    struct Replacement: BitwiseCopyable {
        let output: Int
        let leaf: Int
    }

    /// Describes what the last walk from `roots` has found.
    ///
    /// The roots are alive by the array alone: every reference beyond that and beyond the edges of the
    /// expression belongs to somebody who may read the node later, so its value is kept as well. Without
    /// this, a loop that reads something derived from its state would compute the state anew at each turn.
    ///
    /// - Parameter readsArguments: whether stand-ins for arguments are values that a run is given. Then the expression is a
    ///   record to run again, and who holds its nodes does not matter.
    mutating func describe(_ walk: borrowing Walk, roots: [Node], readsArguments: Bool = false) {
        clear()
        self.readsArguments = readsArguments
        edges.fill(0, count: walk.order.count)
        rootRank.fill(0, count: walk.order.count)
        for root in roots { rootRank[walk.index(of: root)] += 1 }

        var hasViews = false
        for reference in walk.order.elements {
            reference._withUnsafeGuaranteedRef { node in
                if isOperation(node) {
                    append(operation: node, walk)
                    if node.primitive.isView { hasViews = true }
                } else {
                    append(leaf: node)
                }
            }
        }
        seen.fill(false, count: walk.order.count)
        if hasViews, !readsArguments { keepSeen(walk) }
        for index in walk.order.indices {
            let reference = walk.order[index]
            reference._withUnsafeGuaranteedRef { node in
                guard isOperation(node) else { return }
                let others = readsArguments ? 0 : holders(of: reference, index)
                let isRoot = rootRank[index] > 0
                guard isRoot || (others > 0 && node.worthKeeping) || seen[index] && !node.primitive.isView else {
                    return
                }
                edges[index] = Int32(wanted.count)
                wanted.append(reference)
                held.append(others > 0 || seen[index])
                words.append(UInt64(index))
            }
        }
        for root in roots { outputOfRoot.append(isOperation(root) ? edges[walk.index(of: root)] : -1) }
        for ordinal in leaves.indices { edges[walk.index(of: leaves[ordinal])] = Int32(ordinal) }
        isReplacement.fill(false, count: wanted.count)
        isReplaced.fill(false, count: leaves.count)
    }

    /// References to a node beyond those of the expression and of the roots' array.
    @inline(__always)
    private func holders(of node: Unmanaged<Node>, _ index: Int) -> Int {
        swift_retainCount(node.toOpaque()) - Int(edges[index]) - Int(rootRank[index])
    }

    /// Whether the node is computed by the plan, rather than read.
    @inline(__always)
    func isOperation(_ node: borrowing Node) -> Bool {
        node.state == .pending && !(readsArguments && node.primitive.isArgument)
    }

    /// Finds what is seen through views that somebody holds: to redo a view costs nothing only while what it
    /// sees is there.
    private mutating func keepSeen(_ walk: borrowing Walk) {
        for index in walk.order.indices.reversed() {
            let reference = walk.order[index]
            reference._withUnsafeGuaranteedRef { node in
                guard node.state == .pending, node.primitive.isView, let input = node.firstInput else { return }
                // Counted outside of the condition: what a condition captures may be a reference more.
                let others = holders(of: reference, index)
                guard seen[index] || others > 0 && !node.worthKeeping else { return }
                if rootRank[index] == 0 { seen[walk.index(of: input)] = true }
            }
        }
    }

    /// Lets go of the nodes.
    mutating func clear() {
        words.removeAll()
        leaves.removeAll()
        wanted.removeAll()
        held.removeAll()
        outputOfRoot.removeAll()
        replaced.removeAll()
    }

    /// Adds that output `output` replaces the value of `leaf`: part of the plan, as it may write in place.
    mutating func append(update output: Int, of leaf: Node, _ walk: borrowing Walk) {
        // Of two variables that get the same value only the first may give its memory: the program is ordered so
        // that this one is not read after it is written. And two values for one variable need two places.
        guard output >= 0, walk.contains(leaf), !isReplacement[output] else { return }
        isReplacement[output] = true
        let ordinal = Int(edges[walk.index(of: leaf)])
        if isReplaced[ordinal] { return }
        isReplaced[ordinal] = true
        replaced.append(Replacement(output: output, leaf: ordinal))
        words.append(1 << 63 | UInt64(output) << 32 | UInt64(ordinal))
    }

    private mutating func append(leaf node: borrowing Node) {
        leaves.append(.passUnretained(copy node))
        let kind: UInt64 = node.shape.rank == 0 ? 1 : 2
        words.append(kind | UInt64(node.dtype.rawValue) << 8 | UInt64(node.shape.rank) << 16)
        appendExtents(of: node)
    }

    private mutating func append(operation node: borrowing Node, _ walk: borrowing Walk) {
        words.append(UInt64(UInt(bitPattern: ObjectIdentifier(node.primitive))))
        var word = UInt64(node.dtype.rawValue) << 56
        if let input = node.firstInput { word |= edge(to: input, walk) }
        if let input = node.secondInput { word |= edge(to: input, walk) << 18 }
        if let input = node.thirdInput { word |= edge(to: input, walk) << 36 }
        words.append(word)
        guard !node.primitive.isElementwise else { return }
        appendExtents(of: node)
        guard let attributes = node.attributes else { return }
        words.append(UInt64(attributes.integers.count) << 32 | UInt64(attributes.inputs.count))
        for integer in attributes.integers { words.append(UInt64(bitPattern: Int64(integer))) }
        for input in attributes.inputs { words.append(edge(to: .passUnretained(input), walk)) }
    }

    private mutating func appendExtents(of node: borrowing Node) {
        for axis in 0..<node.shape.rank { words.append(UInt64(node.shape[axis])) }
    }

    /// The position of an input, plus one.
    @inline(__always)
    private mutating func edge(to node: Unmanaged<Node>, _ walk: borrowing Walk) -> UInt64 {
        let index = walk.index(of: node)
        edges[index] += 1
        return UInt64(index + 1)
    }
}

extension Node {
    /// Whether a value that is held but not wanted now deserves memory: views cost nothing to redo, unless a loop
    /// piles them up.
    fileprivate var worthKeeping: Bool { !primitive.isView || depth > 16 }
}
