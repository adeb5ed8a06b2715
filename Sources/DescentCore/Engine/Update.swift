import CDescent

/// A variable and what becomes its value.
struct Update {
    let variable: Variable
    /// The number of the root that is the new value; nil if it was known before.
    var root: Int?
    /// The output of the plan that is the new value.
    var output: Int?
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
        var updates: [Update] = []
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
        for (variable, value) in assignments {
            let node = try variable.fitting(value).node
            if node.state == .pending {
                updates.append(Update(variable: variable, root: roots.count, leaf: variable.leaf))
                roots.append(node)
            } else {
                known.append((variable, node))
            }
        }
        assignments = []
        var values: [Node.Value] = []
        if !roots.isEmpty {
            var work = Work(roots)
            roots.removeAll()
            values = try work.run(&updates)
        }
        for (variable, node) in known {
            variable.settle(node.state == .scalar ? .scalar(node.scalarBits) : .stored(node.storage))
        }
        return answers.map { $0.tensor(values) }
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
        for (variable, value) in assignments { variable.settle(.scalar(value.node.scalarBits)) }
        return also.map { Tensor(Node(scalar: $0.node.scalarBits, $0.node.dtype)) }
    }

    /// How the value of an expression that is evaluated besides is found.
    private enum Answer {
        case known(Tensor)
        case root(Int, DType, Shape)

        func tensor(_ values: [Node.Value]) -> Tensor {
            switch self {
            case .known(let tensor): return tensor
            case .root(let root, let dtype, let shape):
                switch values[root] {
                case .scalar(let bits): return Tensor(Node(scalar: bits, dtype))
                case .stored(let storage): return Tensor(Node(storage: storage, dtype, shape))
                }
            }
        }
    }
}

extension Variable {
    /// The value as this variable's type, or the reason why it does not fit.
    fileprivate func fitting(_ value: Tensor) throws(DescentError) -> Tensor {
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

/// Old values that new ones are written over.
///
/// An old value may be overwritten if the variable and this evaluation are its only owners. While that
/// happens the variable is empty, and whoever reads it waits.
struct Donors: ~Copyable {
    private var taken: [(variable: Variable, leaf: Node)] = []

    /// Takes what can be taken of what the plan could use, in the order in which all threads take.
    mutating func take(
        for donations: [(output: Int, leaf: Int)], _ updates: [Update], _ inputs: [Plan.Input],
        _ targets: inout [Storage?]
    ) {
        guard !donations.isEmpty else { return }
        var candidates: [(variable: Variable, output: Int, leaf: Int)] = []
        var updateOfOutput = [Int?](repeating: nil, count: targets.count)
        for (number, update) in updates.enumerated() {
            if let output = update.output { updateOfOutput[output] = number }
        }
        candidates.reserveCapacity(donations.count)
        for (output, leaf) in donations {
            if let number = updateOfOutput[output] { candidates.append((updates[number].variable, output, leaf)) }
        }
        candidates.sort { $0.variable.number < $1.variable.number }
        for (variable, output, ordinal) in candidates {
            let expected = inputs[ordinal].pointer
            var leaf: Node? = variable.takeLeaf()
            // The leaf owns the storage, and so does the list of inputs; anybody else forbids it.
            if isKnownUniquelyReferenced(&leaf), leaf!.ownsStorage(at: expected, owners: 2) {
                targets[output] = leaf!.storage
                taken.append((variable, leaf!))
            } else {
                variable.put(leaf!)
            }
        }
    }

    /// After a failure: every variable has its value again.
    mutating func giveBack() {
        for (variable, leaf) in taken { variable.put(leaf) }
        taken.removeAll()
    }
}
