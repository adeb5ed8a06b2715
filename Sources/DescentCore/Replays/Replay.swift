import CDescent

/// A step that was recorded before, to be taken again: derivatives, an optimizer's formula and the new values of all
/// variables, without recording any of it.
///
/// It belongs to the thread of its optimizer. References are counted by hand: a small step has little else to do.
final class Replay {
    /// Where a leaf of the compiled expression gets its value.
    struct Source: BitwiseCopyable {
        enum Kind: UInt8 {
            /// A leaf of the recorded expression.
            case expression
            /// A leaf of the recorded formulas.
            case formula
            /// One of the variables.
            case variable
            /// A value that is always the same.
            case constant
        }

        let kind: Kind
        let index: Int
    }

    /// What becomes the value of a variable: a number among the variables, and a root.
    struct Update: BitwiseCopyable {
        let variable: Int
        let root: Int
    }

    /// A leaf of the recorded expression that is the value of a variable.
    struct Read: BitwiseCopyable {
        let leaf: Int
        let variable: Int
    }

    /// What is the same each time.
    struct Parts {
        /// Answers, then updates, then what somebody else holds of the recorded expression.
        var expression: CompiledExpression
        var sources: [Source]
        var constants: [Node]
        /// In the order in which all threads take variables.
        var variables: [Variable]
        var updates: [Update]
        var answers: [(shape: Shape, dtype: DType)]
        var reads: [Read]
    }

    private let expression: CompiledExpression
    private let owned: (variables: [Variable], constants: [Node])
    private let answers: [(shape: Shape, dtype: DType)]
    private let sources: Pile<Source>
    private let updates: Pile<Update>
    private let reads: Pile<Read>
    private let variables: Pile<Unmanaged<Variable>>
    /// Where the roots' values are: outputs, and from -1 downwards leaves.
    private let places: Pile<Int>
    /// For each output of the plan the variable over whose value it may be written; -1 for none.
    private let variableOfOutput: Pile<Int>
    /// What formulas were given the last time that they were recorded.
    @exclusivity(unchecked) private var given = Plan.Values()
    /// What the step under way reads. Constants stay from step to step.
    @exclusivity(unchecked) private var values = Plan.Values()
    /// What the step under way has computed.
    @exclusivity(unchecked) private var outputs = Plan.Values()
    /// Leaves of variables while the step is under way.
    @exclusivity(unchecked) private var taken: Pile<Unmanaged<Node>?>

    init(_ parts: consuming Parts) {
        let places = parts.expression.results.map { result in
            switch result {
            case .output(let output): output
            case .leaf(let leaf): -1 - leaf
            }
        }
        var variableOfOutput = [Int](repeating: -1, count: parts.expression.plan?.outputs.count ?? 0)
        // A value that the step passes on as it is must stay.
        let passedOn = Set(places.filter { $0 < 0 }.map { -1 - $0 })
        for (output, leaf) in parts.expression.plan?.donations ?? []
        where parts.sources[leaf].kind == .variable && !passedOn.contains(leaf) {
            for update in parts.updates where update.variable == parts.sources[leaf].index {
                if places[update.root] == output { variableOfOutput[output] = update.variable }
            }
        }
        sources = Pile(parts.sources)
        updates = Pile(parts.updates)
        reads = Pile(parts.reads)
        variables = Pile(parts.variables.map { Unmanaged.passUnretained($0) })
        self.places = Pile(places)
        self.variableOfOutput = Pile(variableOfOutput)
        taken = Pile([Unmanaged<Node>?](repeating: nil, count: parts.variables.count))
        owned = (parts.variables, parts.constants)
        answers = parts.answers
        expression = parts.expression.withoutLeaves()
        for source in parts.sources {
            values.append(source.kind == .constant ? parts.constants[source.index].value : Node.Value())
        }
    }

    /// Takes over what formulas are given this time.
    func give(_ formulas: borrowing Signature) {
        given.removeAll()
        for leaf in formulas.leaves.elements {
            given.append(leaf._withUnsafeGuaranteedRef { $0.state == .pending ? Node.Value() : $0.value })
        }
    }

    /// Takes the step.
    ///
    /// - Parameters:
    ///   - recorded: the expression, recorded anew.
    ///   - roots: what holds it. Let go of, as values that only the expression holds can be written over.
    ///   - tensors: gets the values of the answers.
    /// - Returns: whether the step was taken; not if a variable refuses to be read or has changed since the expression read it.
    func run(
        _ recorded: borrowing Signature, releasing roots: inout [Node], into tensors: inout [Tensor]
    ) throws(DescentError) -> Bool {
        guard take(recorded) else {
            putBack()
            return false
        }
        var held: [Node] = []
        if !recorded.held.isEmpty { held = recorded.held.elements.map { $0.takeUnretainedValue() } }
        for leaf in sources.indices {
            let source = sources[leaf]
            switch source.kind {
            case .expression:
                values.set(recorded.leaves[source.index]._withUnsafeGuaranteedRef { $0.value }, at: leaf)
            case .formula: values.set(given.list[source.index], at: leaf)
            case .variable, .constant: break
            }
        }
        Spares.keep(&roots)
        let targets = targetsInPlace()
        for leaf in sources.indices where sources[leaf].kind == .variable {
            values.set(taken[sources[leaf].index]!._withUnsafeGuaranteedRef { $0.value }, at: leaf)
        }
        // Ends the step however it goes: what was not replaced goes back.
        defer {
            forget()
            putBack()
        }
        try expression.run(values, targets, at: recorded.location, into: &outputs)
        for number in updates.indices {
            let update = updates[number]
            let place = places[update.root]
            let leaf = taken[update.variable]!
            taken[update.variable] = nil
            variables[update.variable]._withUnsafeGuaranteedRef { variable in
                if place >= 0, variableOfOutput[place] == update.variable, targets.target(of: place) != nil {
                    variable.settle(writtenOver: leaf)
                } else {
                    variable.settle(value(at: place), inPlaceOf: leaf)
                }
            }
        }
        if !held.isEmpty { settle(held) }
        for number in 0..<answers.count {
            tensors.append(
                Tensor(value(at: places[number]), answers[number].dtype, answers[number].shape))
        }
        return true
    }

    @inline(__always)
    private func value(at place: Int) -> Node.Value {
        place >= 0 ? outputs.list[place] : values.list[-1 - place]
    }

    /// Lets go of what was read and computed.
    private func forget() {
        outputs.removeAll()
        for leaf in sources.indices where sources[leaf].kind != .constant { values.clear(leaf) }
    }

    private func settle(_ held: [Node]) {
        var garbage: [Node] = []
        Walk.lock.withLock { _ in
            for (index, node) in held.enumerated() {
                node.settle(value(at: places[updates.count + answers.count + index]), garbage: &garbage)
            }
        }
    }
}

// MARK: - Variables

extension Replay {
    /// Takes the values of all variables; false if one is not what the expression was recorded with.
    private func take(_ recorded: borrowing Signature) -> Bool {
        for index in variables.indices {
            guard let leaf = variables[index]._withUnsafeGuaranteedRef({ $0.takeSound() }) else { return false }
            taken[index] = leaf
        }
        for index in reads.indices {
            let read = reads[index]
            let isSame = taken[read.variable]!._withUnsafeGuaranteedRef { leaf in
                recorded.leaves[read.leaf]._withUnsafeGuaranteedRef { $0.sharesValue(with: leaf) }
            }
            guard isSame else { return false }
        }
        return true
    }

    private func putBack() {
        for index in taken.indices {
            guard let leaf = taken[index] else { continue }
            variables[index]._withUnsafeGuaranteedRef { $0.put(leaf) }
            taken[index] = nil
        }
    }

    /// The storage of values that only their variables hold.
    private func targetsInPlace() -> Targets {
        var targets = Targets()
        for output in variableOfOutput.indices {
            let variable = variableOfOutput[output]
            guard variable >= 0, cd_is_last_owner(taken[variable]!.toOpaque()),
                let storage = taken[variable]!._withUnsafeGuaranteedRef({ $0.ownStorage })
            else { continue }
            targets.give(storage, to: output)
        }
        return targets
    }
}
