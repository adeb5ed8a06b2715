import CDescent

/// A variable and what becomes its value.
struct Update {
    let variable: Variable
    /// The number of the root that is the new value.
    let root: Int
    /// The output of the plan that is the new value; -1 if it was known by then.
    var output = -1
    /// The value before, as long as the expression is alive.
    var leaf: Node?
}

extension Engine {
    /// Gives all variables their new values at once, computed together; if anything fails, none changes.
    ///
    /// New values take the place of the old ones in memory where nobody else can see the old ones.
    ///
    /// - Parameters:
    ///   - assignments: variables and what becomes their values. Handed over, as what still refers to an
    ///     expression keeps the old values in it alive.
    ///   - also: expressions to evaluate in the same pass, handed over as well.
    /// - Returns: the values of `also`, which remember nothing of how they were computed.
    @discardableResult
    package static func update(
        _ assignments: consuming [(Variable, Tensor)], also: consuming [Tensor] = []
    ) throws(DescentError) -> [Tensor] {
        cd_recorder_current().pointee.surprises += 1
        if cd_checks_numerics() != 0 { try checkNumerics(of: (also + assignments.map(\.1)).map(\.node)) }
        if let answers = settle(assignments, also) { return answers }
        var roots: [Node] = []
        roots.reserveCapacity(assignments.count + also.count)
        var updates: [Update] = []
        updates.reserveCapacity(assignments.count)
        var known: [(Variable, Node)] = []
        var answers: [Answer] = []
        for tensor in also {
            if let error = tensor.error { throw error }
            if tensor.node.state == .pending {
                answers.append(.root(roots.count, tensor.dtype, tensor.shape))
                roots.append(tensor.node)
            } else {
                answers.append(.known(Tensor(try leaf(of: tensor.strong().node))))
            }
        }
        also = []
        for index in assignments.indices {
            if !assignments[index].0.takes(assignments[index].1) {
                assignments[index].1 = try assignments[index].0.fitting(assignments[index].1)
            }
            let variable = assignments[index].0
            if assignments[index].1.node.state == .pending {
                updates.append(Update(variable: variable, root: roots.count, leaf: variable.leaf))
                roots.append(assignments[index].1.node)
            } else {
                known.append((variable, assignments[index].1.node))
            }
        }
        assignments = []
        var values = Plan.Values()
        if !roots.isEmpty {
            var work = Work(consume roots)
            values = try work.run(&updates)
        }
        for (variable, node) in known { variable.settle(node.value) }
        var tensors: [Tensor] = []
        for answer in answers {
            switch answer {
            case .known(let tensor): tensors.append(tensor)
            case .root(let root, let dtype, let shape): tensors.append(Tensor(Node(values.list[root], dtype, shape)))
            }
        }
        return tensors
    }

    /// The short way where everything is a known number of the right type: nothing is left to compute.
    private static func settle(_ assignments: [(Variable, Tensor)], _ also: [Tensor]) -> [Tensor]? {
        for (variable, value) in assignments {
            guard value.node.state == .scalar, value.node.dtype == variable.dtype, variable.shape.rank == 0,
                value.node.traits.isDisjoint(with: .special)
            else { return nil }
        }
        for tensor in also {
            guard tensor.node.state == .scalar, tensor.node.traits.isDisjoint(with: .special) else { return nil }
        }
        for (variable, value) in assignments { variable.settle(value.node.value) }
        return also.map { Tensor(Node(scalar: $0.node.scalarBits, $0.node.dtype)) }
    }

    /// How the value of an expression that is evaluated besides is found.
    private enum Answer {
        case known(Tensor)
        case root(Int, DType, Shape)
    }
}

extension Variable {
    /// Whether the value is of the variable's own shape and type.
    func takes(_ value: Tensor) -> Bool {
        value.node.dtype == dtype && value.node.shape == shape && value.node.traits.isDisjoint(with: .special)
    }

    /// The value as this variable's type, or the reason why it does not fit.
    func fitting(_ value: Tensor) throws(DescentError) -> Tensor {
        let value = value.adapted(to: dtype)
        if let error = value.error { throw error }
        guard value.shape == shape else {
            throw DescentError(
                "assign", "the shape of a variable stays", received: "\(value.shape) for \(name) of shape \(shape)")
        }
        guard value.dtype.converts(to: dtype) else {
            throw DescentError(
                "assign", "a value must not lose precision by being assigned (cast it)",
                received: "\(value.dtype) for \(name) of type \(dtype)")
        }
        return value.cast(to: dtype)
    }
}

/// Storage that outputs of a plan are written to, where it is not to be made.
struct Targets: ~Copyable {
    private var storages = Pile<Unmanaged<Storage>?>(capacity: 0)

    /// Lets an output be written there; the caller answers for it.
    mutating func give(_ storage: Unmanaged<Storage>, to output: Int) {
        while storages.count <= output { storages.append(nil) }
        storages[output] = storage
    }

    /// Where to write an output, if that is given.
    @inline(__always)
    func target(of output: Int) -> Unmanaged<Storage>? { output < storages.count ? storages[output] : nil }
}

/// Old values that new ones are written over.
///
/// An old value may be overwritten if the variable and this evaluation are its only owners. While that
/// happens the variable is empty, and whoever reads it waits.
struct Donors: ~Copyable {
    private var taken: [(variable: Variable, leaf: Node?, update: Int)] = []
    private(set) var targets = Targets()
    /// For each output of the plan the number among those taken of the value it is written over, plus one.
    private var donorOfOutput = Pile<Int32>(capacity: 0)

    private struct Candidate: BitwiseCopyable {
        let number: UInt64
        let update: Int
        let leaf: Int
    }

    /// Takes what can be taken of what the plan could use, in the order in which all threads take.
    mutating func take(for plan: Plan, _ updates: [Update], _ inputs: borrowing Plan.Values) {
        guard !plan.donations.isEmpty else { return }
        donorOfOutput.fill(0, count: plan.outputs.count)
        for number in updates.indices where updates[number].output >= 0 {
            donorOfOutput[updates[number].output] = Int32(number + 1)
        }
        var candidates: [Candidate] = []
        candidates.reserveCapacity(plan.donations.count)
        for (output, leaf) in plan.donations where donorOfOutput[output] > 0 {
            let update = Int(donorOfOutput[output]) - 1
            candidates.append(Candidate(number: updates[update].variable.number, update: update, leaf: leaf))
        }
        candidates.sort { $0.number < $1.number }
        donorOfOutput.fill(0, count: plan.outputs.count)
        taken.reserveCapacity(candidates.count)
        for candidate in candidates {
            let variable = updates[candidate.update].variable
            var leaf: Node? = variable.takeLeaf()
            // The leaf owns the storage, and so does the list of inputs; anybody else forbids it.
            if isKnownUniquelyReferenced(&leaf), leaf!.owns(inputs.list[candidate.leaf].storage, owners: 2) {
                taken.append((variable, leaf.take(), candidate.update))
                donorOfOutput[updates[candidate.update].output] = Int32(taken.count)
                targets.give(inputs.list[candidate.leaf].storage!, to: updates[candidate.update].output)
            } else {
                variable.put(.passRetained(leaf.take()!))
            }
        }
    }

    /// After success: gives the variable of an update its memory with the new value in it; false if that is elsewhere.
    mutating func settle(update: Int, _ output: Int) -> Bool {
        guard output >= 0, output < donorOfOutput.count, donorOfOutput[output] > 0 else { return false }
        let number = Int(donorOfOutput[output]) - 1
        guard taken[number].update == update else { return false }
        taken[number].variable.settle(writtenOver: .passRetained(taken[number].leaf.take()!))
        return true
    }

    /// After a failure: every variable has its value again.
    mutating func giveBack() {
        while let (variable, leaf, _) = taken.popLast() { variable.put(.passRetained(leaf!)) }
    }
}
