extension Engine {
    /// One evaluation: an expression on its way to its values.
    struct Work: ~Copyable {
        private var roots: [Node]
        /// What the expression reads.
        private var inputs = Plan.Values()
        /// For each output of the plan the node it is the value of, if anybody else holds that node.
        private var settling: [Node?] = []
        private var locations: [SourceLocation] = []
        /// Which output of the plan each root is.
        private var outputOfRoot = Pile<Int32>(capacity: 32)
        /// Values of roots that were computed before: by another thread, or as a piece of a large expression. A root
        /// that was not has 0 here; if none was, there is nothing.
        private var known = Plan.Values()

        init(_ roots: consuming [Node]) { self.roots = roots }

        /// Computes the roots and gives the values to all nodes that are held by anybody.
        mutating func run() throws(DescentError) {
            let plan = try prepare(replacing: [])
            Spares.keep(&roots)
            let values = try execute(plan, Targets())
            settle(values)
        }

        /// Computes the roots, gives those that `updates` name to the variables, and returns the values of all.
        ///
        /// The expression is let go of before it is computed: what it alone held is gone by then, so that an
        /// old value which nobody else sees can be written over.
        mutating func run(_ updates: inout [Update]) throws(DescentError) -> Plan.Values {
            let plan = try prepare(replacing: updates)
            Spares.keep(&roots)
            for index in updates.indices {
                updates[index].output = Int(outputOfRoot[updates[index].root])
                updates[index].leaf = nil
            }
            var donors = Donors()
            donors.take(for: plan, updates, inputs)
            let values: Plan.Values
            do {
                values = try execute(plan, donors.targets)
            } catch {
                donors.giveBack()
                throw error
            }
            inputs.removeAll()
            settle(values)
            var answers = Plan.Values()
            for root in outputOfRoot.indices { answers.append(value(of: root, values)) }
            for index in updates.indices where !donors.settle(update: index, updates[index].output) {
                updates[index].variable.settle(answers.list[updates[index].root])
            }
            return answers
        }

        private func value(of root: Int, _ values: borrowing Plan.Values) -> Node.Value {
            let output = Int(outputOfRoot[root])
            return output >= 0 ? values.list[output] : known.list[root]
        }

        private func execute(_ plan: Plan, _ targets: borrowing Targets) throws(DescentError) -> Plan.Values {
            PlanTrace.note(plan)
            do {
                var values = Plan.Values()
                try plan.run(inputs, targets, into: &values)
                return values
            } catch {
                throw error.located(at: locations.first)
            }
        }

        private func settle(_ values: borrowing Plan.Values) {
            guard !settling.isEmpty else { return }
            var garbage: [Node] = []
            Walk.lock.withLock { _ in
                for index in settling.indices { settling[index]?.settle(values.list[index], garbage: &garbage) }
            }
        }
    }
}

// MARK: - Finding the plan

extension Engine.Work {
    private mutating func prepare(replacing updates: [Update]) throws(DescentError) -> Plan {
        StandIns.resolve()
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
                    for index in updates.indices {
                        let output = Int(session.structure.outputOfRoot[updates[index].root])
                        guard let leaf = updates[index].leaf else { continue }
                        session.structure.append(update: output, of: leaf, walk)
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
        for leaf in structure.leaves.elements { inputs.append(leaf._withUnsafeGuaranteedRef { $0.value }) }
        for output in structure.outputOfRoot.elements { outputOfRoot.append(output) }
        if outputOfRoot.elements.contains(where: { $0 < 0 }) {
            for (number, root) in roots.enumerated() {
                known.append(outputOfRoot[number] < 0 ? root.value : Node.Value())
            }
        }
        if structure.held.elements.contains(true) {
            settling = structure.wanted.indices.map {
                structure.held[$0] ? structure.wanted[$0].takeUnretainedValue() : nil
            }
        }
    }

    private mutating func noteLocations(_ walk: borrowing Walk) {
        for reference in walk.order.elements {
            reference._withUnsafeGuaranteedRef { node in
                if let location = node.attributes?.location { locations.append(location) }
            }
        }
    }

    /// Cuts the order of a large expression in pieces: for each but the last, the nodes that later ones need, and
    /// roots; without these the expression would stay as large as it was.
    private func pieces(_ walk: borrowing Walk) -> [[Node]] {
        let size = Engine.pieceOfPlan
        var lastUse = [Int](repeating: 0, count: walk.order.count)
        for (index, reference) in walk.order.elements.enumerated() {
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
