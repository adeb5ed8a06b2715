import CDescent

/// What an expression is like. Whoever records the same again, on other data, gets the same words.
///
/// Unlike the engine's `Structure`, which says what is left to compute, this also sees through what was computed while it was
/// recorded, as derivatives do.
package struct Signature: ~Copyable {
    /// Whose expression is described.
    package enum Kind {
        /// A user's: numbers in it are part of what it is like, as rules of derivatives may look at them.
        case expression
        /// A formula on stand-ins: numbers in it are what it is given.
        case formula
    }

    /// A number among the words.
    struct Figure: BitwiseCopyable {
        let word: Int
        let leaf: Int
        let dtype: DType
    }

    private(set) var words = Pile<UInt64>()
    /// What the expression reads, in the order of the walk. The roots keep it alive.
    private(set) var leaves = Pile<Unmanaged<Node>>(capacity: 64)
    private(set) var figures = Pile<Figure>(capacity: 32)
    /// Operations whose values somebody may read who has nothing to do with the expression.
    private(set) var held = Pile<Unmanaged<Node>>(capacity: 8)
    /// Where the first operation was called that may fail.
    private(set) var location: SourceLocation?
    private var references = Pile<Int32>()

    /// Larger expressions are not described: together with what follows from them they would be too large to compile. Leaves
    /// may be many, as the gradients of many variables are.
    private static let most = (nodes: Engine.largestStep / 2, operations: Engine.largestPlan / 2)

    package init() {}

    /// Describes what the walk has found behind `roots`, whose nodes the list alone holds.
    ///
    /// - Parameter recorded: what derivatives may pass; all other nodes are constants to them.
    /// - Returns: whether the words say all about the expression. They do not where a rule of the user's is part of it.
    mutating func describe(
        _ walk: borrowing Walk, _ roots: [Node], _ kind: Kind, recorded: Range<UInt64>
    ) -> Bool {
        words.removeAll()
        leaves.removeAll()
        figures.removeAll()
        held.removeAll()
        location = nil
        guard walk.order.count <= Signature.most.nodes else { return false }
        references.fill(0, count: walk.order.count)
        words.append(UInt64(roots.count))
        for index in roots.indices {
            let position = walk.index(of: roots[index])
            references[position] += 1
            words.append(UInt64(position))
        }
        for reference in walk.order.elements {
            let isPlain = reference._withUnsafeGuaranteedRef { node in
                node.isPart(of: recorded)
                    ? append(operation: node, walk, recorded) : append(leaf: node, reference, kind, recorded)
            }
            guard isPlain else { return false }
        }
        guard walk.order.count - leaves.count <= Signature.most.operations else { return false }
        for position in walk.order.indices {
            let reference = walk.order[position]
            let isOpen = reference._withUnsafeGuaranteedRef { $0.state == .pending }
            guard isOpen, swift_retainCount(reference.toOpaque()) > Int(references[position]) else { continue }
            words.append(1 << 63 | UInt64(position))
            held.append(reference)
        }
        return true
    }

    private mutating func append(
        operation node: borrowing Node, _ walk: borrowing Walk, _ recorded: Range<UInt64>
    ) -> Bool {
        guard !node.primitive.isArgument, !hasWeakInput(node) else { return false }
        words.append(UInt64(UInt(bitPattern: ObjectIdentifier(node.primitive))))
        var word = UInt64(node.dtype.rawValue) << 56 | (node.counts(recorded) ? 1 << 60 : 0)
        if let input = node.firstInput { word |= edge(to: input, walk) }
        if let input = node.secondInput { word |= edge(to: input, walk) << 18 }
        if let input = node.thirdInput { word |= edge(to: input, walk) << 36 }
        words.append(word)
        guard !node.primitive.isElementwise else { return true }
        appendExtents(of: node)
        guard let attributes = node.attributes else { return true }
        guard attributes.rule == nil, attributes.region == nil, attributes.error == nil else { return false }
        if location == nil { location = attributes.location }
        words.append(UInt64(attributes.integers.count) << 32 | UInt64(attributes.inputs.count))
        for integer in attributes.integers { words.append(UInt64(bitPattern: Int64(integer))) }
        for input in attributes.inputs { words.append(edge(to: .passUnretained(input), walk)) }
        return true
    }

    /// Whether a tape may watch a number of the source that was adapted to this.
    private func hasWeakInput(_ node: borrowing Node) -> Bool {
        node.firstInput?._withUnsafeGuaranteedRef { $0.traits.contains(.weak) } ?? false
            || node.secondInput?._withUnsafeGuaranteedRef { $0.traits.contains(.weak) } ?? false
    }

    private mutating func append(
        leaf node: borrowing Node, _ reference: Unmanaged<Node>, _ kind: Kind, _ recorded: Range<UInt64>
    ) -> Bool {
        // Gradients of rows go other ways than those of whole tables.
        guard node.rows == nil else { return false }
        // Nothing has a value here but what is given, and stand-ins.
        guard node.state != .pending || kind == .formula && node.primitive.isArgument else { return false }
        guard !node.traits.contains(.poisoned), !node.traits.contains(.weak) || node.state == .scalar else {
            return false
        }
        let identity = node.counts(recorded) ? node.identity : 0
        let sorts: UInt64 =
            (identity == 0 ? 0 : 1 << 16) | (node.state == .pending ? 1 << 17 : 0) | (node.isGivenNumber ? 1 << 18 : 0)
        let weakness = UInt64(node.traits.rawValue & Node.Traits.weakWhole.rawValue) << 24
        words.append(1 << 61 | UInt64(node.dtype.rawValue) | UInt64(node.shape.rank) << 8 | sorts | weakness)
        appendExtents(of: node)
        words.append(identity)
        if kind == .expression, identity == 0, node.state == .scalar, node.dtype.isFloatingPoint {
            // One that adapts to what it meets is what it is.
            if !node.traits.contains(.weak) {
                figures.append(Figure(word: words.count, leaf: leaves.count, dtype: node.dtype))
            }
            words.append(node.scalarBits)
        }
        leaves.append(reference)
        return true
    }

    private mutating func appendExtents(of node: borrowing Node) {
        for axis in 0..<node.shape.rank { words.append(UInt64(node.shape[axis])) }
    }

    /// The position of an input, plus one.
    @inline(__always)
    private mutating func edge(to node: Unmanaged<Node>, _ walk: borrowing Walk) -> UInt64 {
        let position = walk.index(of: node)
        references[position] += 1
        return UInt64(position + 1)
    }
}

// MARK: - Comparing

extension Signature {
    /// Whether the words are these, where of some numbers only the sort counts.
    mutating func matches(_ others: [UInt64], blurring blurred: [Figure]) -> Bool {
        guard others.count == words.count else { return false }
        guard !blurred.isEmpty else { return isEqual(to: others) }
        let sharp = blurred.map { words[$0.word] }
        for figure in blurred { words[figure.word] = Figure.sort(of: words[figure.word], figure.dtype) }
        defer { for (figure, bits) in zip(blurred, sharp) { words[figure.word] = bits } }
        return isEqual(to: others)
    }

    private func isEqual(to others: [UInt64]) -> Bool {
        others.withUnsafeBufferPointer { others in
            for index in others.indices where others[index] != words[index] { return false }
            return true
        }
    }

    /// The numbers in which the words differ from others; nil if there are other differences.
    func figuresDiffering(from others: [UInt64]) -> [Figure]? {
        guard others.count == words.count else { return nil }
        var differing: [Figure] = []
        var next = 0
        for index in others.indices where others[index] != words[index] {
            while next < figures.count, figures[next].word < index { next += 1 }
            guard next < figures.count, figures[next].word == index else { return nil }
            differing.append(figures[next])
        }
        return differing
    }

    /// Whether the words differ from others in numbers alone, each of the same sort; of some the others have only the sort.
    func differsInFiguresOfOneSort(from others: [UInt64], blurring blurred: [Figure]) -> Bool {
        guard let differing = figuresDiffering(from: others) else { return false }
        return differing.allSatisfy { figure in
            let (bits, other) = (words[figure.word], others[figure.word])
            let isSort = blurred.contains { $0.word == figure.word }
            return Figure.sort(of: bits, figure.dtype) == (isSort ? other : Figure.sort(of: other, figure.dtype))
        }
    }

    /// The words, where of some numbers only the sort counts.
    func words(blurring blurred: [Figure]) -> [UInt64] {
        var all = Array(words.elements)
        for figure in blurred { all[figure.word] = Figure.sort(of: all[figure.word], figure.dtype) }
        return all
    }
}

extension Signature.Figure {
    /// Rules of derivatives tell zero from other numbers, and nothing else.
    static func sort(of bits: UInt64, _ dtype: DType) -> UInt64 { Number.double(bits, dtype) == 0 ? 0 : 1 }
}

extension Walk {
    /// Orders what belongs to an expression, and what it reads.
    mutating func run(from roots: [Node], recorded: Range<UInt64>) {
        run(from: roots) { node, visit in if node.isPart(of: recorded) { node.visitInputs(visit) } }
    }
}

extension Node {
    /// Whether the node stands for something computed from its inputs: not yet, or already but so that derivatives pass.
    @inline(__always)
    func isPart(of recorded: Range<UInt64>) -> Bool {
        hasInputs && (state == .pending || counts(recorded))
    }

    @inline(__always)
    func counts(_ recorded: Range<UInt64>) -> Bool { traits.contains(.recorded) && recorded.contains(serial) }
}
