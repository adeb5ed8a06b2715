import CDescent

/// Records a step once more, on stand-ins for all that may be different the next time.
///
/// The expression is copied; while the rehearsal captures, variables and what an optimizer remembers of them are read as
/// stand-ins. What is recorded then holds for every step like this one.
package final class Rehearsal: Captures {
    private var copies: [ObjectIdentifier: Tensor] = [:]
    private var sources: [ObjectIdentifier: Replay.Source] = [:]
    private var standIns: [ObjectIdentifier: (variable: Variable, tensor: Tensor)] = [:]
    /// What stands for further leaves of a variable: each stretch of recording reads through one of its own, and derivatives
    /// add up by leaf.
    private var further: [ObjectIdentifier: [Tensor]] = [:]
    /// Leaves of the expression that are values of variables.
    private var leavesOfVariables: [(leaf: Int, variable: Variable)] = []
    /// What derivatives may pass of the copies.
    private var range: Range<UInt64> = 0..<0
    private let roots: [Node]
    private let held: [Node]
    private let surprises = cd_recorder_current().pointee.surprises

    override var coversState: Bool { true }

    /// Copies an expression.
    ///
    /// - Parameters:
    ///   - nodes: all of it, in the order of its signature.
    ///   - blurred: leaves that are numbers, but not always the same.
    ///   - changing: variables that the step changes.
    init(
        _ signature: borrowing Signature, _ nodes: [Node], _ roots: [Node], recorded: Range<UInt64>, blurred: Set<Int>,
        changing: [Variable]
    ) {
        self.roots = roots
        held = signature.held.elements.map { $0.takeUnretainedValue() }
        super.init()
        let owners = Dictionary(changing.map { (ObjectIdentifier($0.identity), $0) }) { first, _ in first }
        var constants = Set(signature.figures.elements.map(\.leaf)).subtracting(blurred)
        for (leaf, node) in signature.leaves.elements.enumerated()
        where node.takeUnretainedValue().traits.contains(.weak) {
            constants.insert(leaf)
        }
        var leaf = 0
        capturing {
            let interval = Recording.begin()
            for node in nodes {
                let counts = node.counts(recorded)
                if node.isPart(of: recorded) {
                    copies[ObjectIdentifier(node)] = counts ? copy(of: node) : Recording.pausing { copy(of: node) }
                    continue
                }
                let owner = counts ? node.attributes.flatMap { owners[ObjectIdentifier($0)] } : nil
                copies[ObjectIdentifier(node)] = Recording.pausing {
                    if let owner {
                        leavesOfVariables.append((leaf, owner))
                        return stand(forLeafOf: owner, node)
                    }
                    return constants.contains(leaf)
                        ? Tensor(node) : stand(for: node, leaf, isFigure: blurred.contains(leaf))
                }
                leaf += 1
            }
            range = Recording.end(interval)
        }
    }

    /// An operation on copies. A number that depends on nothing that changes stays as it is.
    private func copy(of node: Node) -> Tensor {
        let inputs = node.inputs
        let copies = inputs.map { self.copies[ObjectIdentifier($0)]! }
        let isConstant = node.state == .scalar && zip(inputs, copies).allSatisfy { $0 === $1.node }
        return isConstant ? Tensor(node) : node.copy(copies)
    }

    private func stand(for node: Node, _ leaf: Int, isFigure: Bool) -> Tensor {
        let tensor = Tensor.argument(like: Tensor(node), attributes: isFigure ? .ofSampleSort : nil)
        sources[ObjectIdentifier(tensor.node)] = Replay.Source(kind: .expression, index: leaf)
        return tensor
    }

    private func stand(forLeafOf variable: Variable, _ node: Node) -> Tensor {
        let key = ObjectIdentifier(variable)
        guard standIns[key] != nil else { return stand(for: variable, Tensor(node)) }
        let tensor = Tensor.argument(like: Tensor(node))
        further[key, default: []].append(tensor)
        return tensor
    }

    override func stand(for variable: Variable, _ value: Tensor) -> Tensor {
        if let known = standIns[ObjectIdentifier(variable)] { return known.tensor }
        let tensor = Recording.pausing { Tensor.argument(like: value) }
        standIns[ObjectIdentifier(variable)] = (variable, tensor)
        return tensor
    }

    // MARK: - What the step is made of

    /// The copy of a root.
    package func root(_ number: Int) -> Tensor { copies[ObjectIdentifier(roots[number])]! }

    /// The gradients of a copy.
    package func gradients(
        of loss: Tensor, _ weights: Tensor?, _ variables: [Variable]
    ) throws(DescentError) -> [Tensor?] {
        let sources = capturing {
            variables.map { variable in
                let first = variable.current.node
                guard let others = further[ObjectIdentifier(variable)] else { return Backward.Source.node(first) }
                return .nodes([first] + others.map(\.node))
            }
        }
        return try Backward.gradients(of: loss, weights, sources: sources, in: Recorded(first: range))
    }

    /// A stand-in for what formulas read besides their arguments.
    ///
    /// - Parameter number: which of the leaves of all formulas it is.
    func stand(forFormulaLeaf node: Node, _ number: Int) -> Tensor {
        let tensor = Tensor.argument(like: Tensor(node))
        sources[ObjectIdentifier(tensor.node)] = Replay.Source(kind: .formula, index: number)
        return tensor
    }

    /// All that stands for a variable.
    private func standIns(of variable: Variable) -> Set<ObjectIdentifier> {
        let key = ObjectIdentifier(variable)
        return Set(([standIns[key]!.tensor] + (further[key] ?? [])).map { ObjectIdentifier($0.node) })
    }

    // MARK: - Ending

    /// What was recorded, compiled; nil if it depends on something that was looked at, or is too large for one plan.
    ///
    /// - Parameters:
    ///   - updates: the new values of variables.
    ///   - answers: what else to compute.
    func replay(_ updates: [(Variable, Tensor)], _ answers: [Tensor]) throws(DescentError) -> Replay? {
        guard cd_recorder_current().pointee.surprises == surprises else { return nil }
        var fitting: [Tensor] = []
        for (variable, value) in updates { fitting.append(variable.takes(value) ? value : try variable.fitting(value)) }
        // In the order of a step that is recorded, so that of several errors the same one comes first.
        let results = answers + fitting + held.map { copies[ObjectIdentifier($0)]! }
        if let error = results.lazy.compactMap(\.error).first { throw error }
        let nodes = Expression.nodes(behind: results.map(\.node)) { $0.isOperation }
        guard nodes.count <= Engine.largestStep else { return nil }
        let expression = CompiledExpression(
            results.map(\.node),
            replaced: updates.enumerated().compactMap { number, update in
                // What is read through several leaves cannot be written over while one of them may be needed.
                guard further[ObjectIdentifier(update.0)] == nil else { return nil }
                return standIns[ObjectIdentifier(update.0)].map { (answers.count + number, $0.tensor.node) }
            })
        let leaves = Set(expression.leaves.map { ObjectIdentifier($0) })
        let read = standIns.values.map(\.variable).filter { !standIns(of: $0).isDisjoint(with: leaves) }
        var variables: [Variable] = []
        var places: [ObjectIdentifier: Int] = [:]
        for variable in (updates.map(\.0) + read).sorted(by: { $0.number < $1.number })
        where variables.last !== variable {
            places[ObjectIdentifier(variable)] = variables.count
            variables.append(variable)
        }
        for variable in read {
            for standIn in standIns(of: variable) {
                sources[standIn] = Replay.Source(kind: .variable, index: places[ObjectIdentifier(variable)]!)
            }
        }
        var constants: [Node] = []
        var found: [Replay.Source] = []
        for leaf in expression.leaves {
            if let source = sources[ObjectIdentifier(leaf)] {
                found.append(source)
            } else {
                guard leaf.state != .pending else { return nil }
                found.append(Replay.Source(kind: .constant, index: constants.count))
                constants.append(leaf)
            }
        }
        return Replay(
            Replay.Parts(
                expression: expression, sources: found, constants: constants, variables: variables,
                updates: updates.enumerated().map {
                    Replay.Update(variable: places[ObjectIdentifier($1.0)]!, root: answers.count + $0)
                },
                answers: answers.map { ($0.shape, $0.dtype) },
                reads: leavesOfVariables.compactMap { read in
                    places[ObjectIdentifier(read.variable)].map { Replay.Read(leaf: read.leaf, variable: $0) }
                }))
    }
}
