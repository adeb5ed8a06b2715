extension Engine {
    /// One evaluation: an expression on its way to its values.
    struct Work: ~Copyable {
        private var roots: [Node]
        /// What the expression reads.
        private var inputs: [Plan.Input] = []
        /// For each output of the plan the node it is the value of, if anybody else holds that node.
        private var settling: [Node?] = []
        private var locations: [SourceLocation] = []
        /// Which output of the plan each root is.
        private var outputOfRoot: [Int] = []
        /// Values of roots that were computed before: by another thread, or as a piece of a large expression.
        private var known: [Int: Node.Value] = [:]

        init(_ roots: [Node]) { self.roots = roots }

        /// Computes the roots and gives the values to all nodes that are held by anybody.
        mutating func run() throws(DescentError) {
            let plan = try prepare(replacing: [])
            roots.removeAll()
            var targets = [Storage?](repeating: nil, count: plan.outputs.count)
            settle(try execute(plan, &targets))
        }

        /// Computes the roots, gives those that `updates` name to the variables, and returns the values of all.
        ///
        /// The expression is let go of before it is computed: what it alone held is gone by then, so that an
        /// old value which nobody else sees can be written over.
        mutating func run(_ updates: inout [Update]) throws(DescentError) -> [Node.Value] {
            let plan = try prepare(replacing: updates)
            roots.removeAll()
            for index in updates.indices {
                if let root = updates[index].root, known[root] == nil { updates[index].output = outputOfRoot[root] }
                updates[index].leaf = nil
            }
            var targets = [Storage?](repeating: nil, count: plan.outputs.count)
            var donors = Donors()
            donors.take(for: plan.donations, updates, inputs, &targets)
            let values: [Node.Value]
            do {
                values = try execute(plan, &targets)
            } catch {
                donors.giveBack()
                throw error
            }
            inputs.removeAll()
            settle(values)
            let answers = outputOfRoot.indices.map { known[$0] ?? values[outputOfRoot[$0]] }
            for update in updates {
                if let root = update.root { update.variable.settle(answers[root]) }
            }
            return answers
        }

        private func execute(_ plan: Plan, _ targets: inout [Storage?]) throws(DescentError) -> [Node.Value] {
            PlanTrace.note(plan)
            do {
                return try plan.run(inputs, &targets)
            } catch {
                throw error.located(at: locations.first)
            }
        }

        private func settle(_ values: [Node.Value]) {
            guard settling.contains(where: { $0 != nil }) else { return }
            var garbage: [Node] = []
            Walk.lock.withLock { _ in
                for (node, value) in zip(settling, values) { node?.settle(value, garbage: &garbage) }
            }
        }
    }
}

// MARK: - Finding the plan

extension Engine.Work {
    private mutating func prepare(replacing updates: [Update]) throws(DescentError) -> Plan {
        while true {
            switch find(replacing: updates) {
            case .plan(let plan):
                return plan
            case .tooLarge(var pieces):
                pieces.reverse()
                while let piece = pieces.popLast() { try Engine.evaluate(piece) }
            }
        }
    }

    private enum Found {
        case plan(Plan)
        /// Nodes to evaluate first, group by group.
        case tooLarge([[Node]])
    }

    private mutating func find(replacing updates: [Update]) -> Found {
        Walk.lock.withLock { walk in
            walk.run(from: roots) { node, visit in node.visitPending(visit) }
            if walk.order.count > Engine.largestPlan {
                let pieces = pieces(walk)
                // What no piece makes smaller is one operation with very many inputs.
                if pieces.contains(where: { !$0.isEmpty }) { return .tooLarge(pieces) }
            }
            return .plan(
                Engine.session.withLock { session in
                    session.structure.describe(walk, roots: roots)
                    for update in updates {
                        if let root = update.root, let leaf = update.leaf {
                            let output = session.structure.outputOfRoot[root]
                            session.structure.append(update: output, of: leaf, walk)
                        }
                    }
                    let plan = session.plans.plan(for: session.structure) { Planner.plan(walk, $0) }
                    take(session.structure)
                    if plan.isFallible { noteLocations(walk) }
                    session.structure.clear()
                    return plan
                })
        }
    }

    private mutating func take(_ structure: borrowing Structure) {
        inputs.reserveCapacity(structure.leaves.count)
        for leaf in structure.leaves {
            inputs.append(
                leaf._withUnsafeGuaranteedRef { $0.state == .scalar ? .number($0.scalarBits) : .stored($0.storage) })
        }
        outputOfRoot = structure.outputOfRoot
        for (number, root) in roots.enumerated() where outputOfRoot[number] < 0 {
            known[number] = root.state == .scalar ? .scalar(root.scalarBits) : .stored(root.storage)
        }
        settling.reserveCapacity(structure.wanted.count)
        for index in structure.wanted.indices {
            settling.append(structure.held[index] ? structure.wanted[index].takeUnretainedValue() : nil)
        }
    }

    private mutating func noteLocations(_ walk: borrowing Walk) {
        for reference in walk.order {
            reference._withUnsafeGuaranteedRef { node in
                if let location = node.attributes?.location { locations.append(location) }
            }
        }
    }

    /// Cuts the order of a large expression in pieces: for each but the last, the nodes that later ones need, and
    /// roots; without these the expression would stay as large as it was.
    private func pieces(_ walk: borrowing Walk) -> [[Node]] {
        let size = Engine.largestPlan / 2
        var lastUse = [Int](repeating: 0, count: walk.order.count)
        for (index, reference) in walk.order.enumerated() {
            reference._withUnsafeGuaranteedRef { node in
                node.visitPending { lastUse[walk.index(of: $0)] = index }
            }
        }
        for root in roots { lastUse[walk.index(of: root)] = .max }
        var pieces: [[Node]] = []
        for start in stride(from: 0, to: walk.order.count - size, by: size) {
            var piece: [Node] = []
            for index in start..<start + size where lastUse[index] >= start + size {
                let node = walk.order[index].takeUnretainedValue()
                if node.state == .pending { piece.append(node) }
            }
            pieces.append(piece)
        }
        return pieces
    }
}
