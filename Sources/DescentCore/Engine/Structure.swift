import CDescent

/// An expression as the engine sees it: its nodes in order, what it reads, what is wanted of it.
///
/// `words` is everything that a plan depends on. Two expressions with equal words run by the same plan, with
/// other values: the values of constants are read when the plan runs and are not part of the words.
struct Structure: ~Copyable {
    private(set) var words: [UInt64] = []
    private(set) var hash = 0
    /// Values the expression reads, in the order of the walk.
    private(set) var leaves: [Unmanaged<Node>] = []
    /// Nodes whose values are stored, in the order of the walk: the roots, and what somebody holds besides.
    private(set) var wanted: [Unmanaged<Node>] = []
    /// For each wanted node whether anybody but the roots' owner holds it.
    private(set) var held: [Bool] = []
    /// Which output of the plan each root is; -1 for a root whose value is known by now.
    private(set) var outputOfRoot: [Int] = []
    /// Outputs that replace the values of leaves.
    private(set) var replaced: [(output: Int, leaf: Int)] = []
    private var replacing: Set<Int> = []
    private var isReplacement: [Bool] = []
    private var isReplaced: [Bool] = []
    /// While describing: uses of each node; afterwards its number among the outputs or leaves.
    private var edges: [Int32] = []
    private var rootRank: [Int32] = []
    /// Whether somebody holds a view of each node, but not the view's own elements.
    private var seen: [Bool] = []

    /// Describes what the last walk from `roots` has found.
    ///
    /// The roots are alive by the array alone: every reference beyond that and beyond the edges of the
    /// expression belongs to somebody who may read the node later, so its value is kept as well. Without
    /// this, a loop that reads something derived from its state would compute the state anew at each turn.
    mutating func describe(_ walk: borrowing Walk, roots: [Node]) {
        let count = walk.order.count
        edges.removeAll(keepingCapacity: true)
        edges.append(contentsOf: repeatElement(0, count: count))
        rootRank.removeAll(keepingCapacity: true)
        rootRank.append(contentsOf: repeatElement(0, count: count))
        words.removeAll(keepingCapacity: true)
        leaves.removeAll(keepingCapacity: true)
        wanted.removeAll(keepingCapacity: true)
        held.removeAll(keepingCapacity: true)
        replaced.removeAll(keepingCapacity: true)
        replacing.removeAll(keepingCapacity: true)
        for root in roots { rootRank[walk.index(of: root)] += 1 }

        for reference in walk.order {
            reference._withUnsafeGuaranteedRef { node in
                if node.state == .pending { append(operation: node, walk) } else { append(leaf: node) }
            }
        }
        keepSeen(walk)
        var position: UInt64 = 0
        for reference in walk.order {
            reference._withUnsafeGuaranteedRef { node in
                let index = Int(position)
                position += 1
                guard node.state == .pending else { return }
                let others = holders(of: reference, index)
                let isRoot = rootRank[index] > 0
                guard isRoot || (others > 0 && node.worthKeeping) || seen[index] && !node.isView else { return }
                edges[index] = Int32(wanted.count)
                wanted.append(reference)
                held.append(others > 0 || seen[index])
                words.append(UInt64(index))
            }
        }
        outputOfRoot.removeAll(keepingCapacity: true)
        for root in roots {
            outputOfRoot.append(root.state == .pending ? Int(edges[walk.index(of: root)]) : -1)
        }
        for (ordinal, leaf) in leaves.enumerated() { edges[walk.index(of: leaf)] = Int32(ordinal) }

        isReplacement.removeAll(keepingCapacity: true)
        isReplacement.append(contentsOf: repeatElement(false, count: wanted.count))
        isReplaced.removeAll(keepingCapacity: true)
        isReplaced.append(contentsOf: repeatElement(false, count: leaves.count))
        var hash: UInt64 = 0
        for word in words { hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15 ^ (hash >> 29) }
        self.hash = Int(truncatingIfNeeded: hash)
    }

    /// References to a node beyond those of the expression and of the roots' array.
    private func holders(of node: Unmanaged<Node>, _ index: Int) -> Int {
        swift_retainCount(node.toOpaque()) - Int(edges[index]) - Int(rootRank[index])
    }

    /// Finds what is seen through views that somebody holds: to redo a view costs nothing only while what it
    /// sees is there.
    private mutating func keepSeen(_ walk: borrowing Walk) {
        seen.removeAll(keepingCapacity: true)
        seen.append(contentsOf: repeatElement(false, count: walk.order.count))
        for (index, reference) in walk.order.enumerated().reversed() {
            reference._withUnsafeGuaranteedRef { node in
                guard node.state == .pending, node.isView, let input = node.firstInput else { return }
                guard seen[index] || holders(of: reference, index) > 0 && !node.worthKeeping else { return }
                if rootRank[index] == 0 { seen[walk.index(of: input)] = true }
            }
        }
    }

    /// Lets go of the nodes.
    mutating func clear() {
        leaves.removeAll(keepingCapacity: true)
        wanted.removeAll(keepingCapacity: true)
    }

    /// Adds that output `output` replaces the value of `leaf`: part of the plan, as it may write in place.
    mutating func append(update output: Int, of leaf: Node, _ walk: borrowing Walk) {
        // Of two variables that get the same value only the first may give its memory: the program is ordered so
        // that this one is not read after it is written.
        guard output >= 0, walk.contains(leaf), replacing.insert(output).inserted else { return }
        let ordinal = Int(edges[walk.index(of: leaf)])
        // One value for two variables goes to one place, and two values for one variable need two.
        if isReplacement[output] || isReplaced[ordinal] { return }
        isReplacement[output] = true
        isReplaced[ordinal] = true
        replaced.append((output, ordinal))
        words.append(1 << 63 | UInt64(output) << 32 | UInt64(ordinal))
        hash = (hash ^ Int(truncatingIfNeeded: words.last!)) &* 0x9E37_79B9_7F4A_7C1
    }

    private mutating func append(leaf node: Node) {
        leaves.append(.passUnretained(node))
        let kind: UInt64 = node.state == .scalar ? 1 : 2
        words.append(kind | UInt64(node.dtype.rawValue) << 8 | UInt64(node.shape.rank) << 16)
        for extent in node.shape.dimensions { words.append(UInt64(extent)) }
    }

    private mutating func append(operation node: Node, _ walk: borrowing Walk) {
        words.append(UInt64(UInt(bitPattern: ObjectIdentifier(node.primitive))))
        var word = UInt64(node.dtype.rawValue) << 56
        if let input = node.firstInput { word |= edge(to: input, walk) }
        if let input = node.secondInput { word |= edge(to: input, walk) << 18 }
        if let input = node.thirdInput { word |= edge(to: input, walk) << 36 }
        words.append(word)
        guard !node.primitive.isElementwise else { return }
        for extent in node.shape.dimensions { words.append(UInt64(extent)) }
        guard let attributes = node.attributes else { return }
        words.append(UInt64(attributes.integers.count) << 32 | UInt64(attributes.inputs.count))
        for integer in attributes.integers { words.append(UInt64(bitPattern: Int64(integer))) }
        for input in attributes.inputs { words.append(edge(to: .passUnretained(input), walk)) }
    }

    /// The position of an input, plus one.
    private mutating func edge(to node: Unmanaged<Node>, _ walk: borrowing Walk) -> UInt64 {
        let index = walk.index(of: node)
        edges[index] += 1
        return UInt64(index + 1)
    }
}

extension Node {
    /// Whether a value that is held but not wanted now deserves memory: views cost nothing to redo, unless a loop
    /// piles them up.
    fileprivate var worthKeeping: Bool { !isView || depth > 16 }

    fileprivate var isView: Bool { if case .view = primitive.kernel { true } else { false } }
}

extension Primitive {
    /// Whether shapes of inputs say all about the shape of the output.
    var isElementwise: Bool {
        switch kernel {
        case .unary, .binary, .select: true
        default: false
        }
    }
}
