import CDescent

/// An expression as something to run again with other values: the plan, what it reads, and where its results are.
///
/// Stand-ins for arguments are values that a run is given, as known nodes are. Nobody but the expression may need its nodes:
/// only the results are kept.
struct CompiledExpression {
    /// Where the value of a root is.
    enum Result {
        case output(Int)
        case leaf(Int)
    }

    /// Nothing, if all roots are given.
    let plan: Plan?
    /// The same for single numbers, without arrays and steps.
    let program: ScalarProgram?
    /// What a run is given, in order.
    private(set) var leaves: [Node]
    /// For each root where its value is.
    let results: [Result]
    /// Where operations were called that may fail.
    let location: SourceLocation?

    /// Compiles what `roots` stand for.
    ///
    /// - Parameter replaced: leaves whose values roots replace: a run may write these over them.
    init(_ roots: [Node], replaced: [(root: Int, leaf: Node)] = []) {
        let (plan, order, given, wanted) = CompiledExpression.plan(roots, replaced)
        var leaves = given
        var numbers: [ObjectIdentifier: Int] = [:]
        for (number, node) in given.enumerated() { numbers[ObjectIdentifier(node)] = number }
        var outputs: [ObjectIdentifier: Int] = [:]
        for (number, node) in wanted.enumerated() { outputs[ObjectIdentifier(node)] = number }
        results = roots.map { node in
            let key = ObjectIdentifier(node)
            if let output = outputs[key] { return .output(output) }
            if let leaf = numbers[key] { return .leaf(leaf) }
            numbers[key] = leaves.count
            leaves.append(node)
            return .leaf(leaves.count - 1)
        }
        self.plan = plan
        self.leaves = leaves
        location = order.lazy.compactMap { $0.attributes?.location }.first
        program = plan == nil ? nil : ScalarProgram(order, leaves: given, wanted: wanted)
    }

    /// The plan for `roots`, all nodes in order, and in the plan's order the leaves it takes and the nodes whose values it
    /// gives.
    private static func plan(
        _ roots: [Node], _ replaced: [(root: Int, leaf: Node)]
    ) -> (plan: Plan?, order: [Node], leaves: [Node], wanted: [Node]) {
        let open = roots.filter(\.isOperation)
        let replacedByRoot = Dictionary(uniqueKeysWithValues: replaced.map { ($0.root, $0.leaf) })
        guard !open.isEmpty else { return (nil, [], [], []) }
        return Walk.lock.withLock { walk in
            walk.run(from: open) { node, visit in if node.isOperation { node.visitInputs(visit) } }
            let (plan, leaves, wanted) = Engine.session.withLock { session in
                session.structure.describe(walk, roots: open, readsArguments: true)
                var next = 0
                for (root, node) in roots.enumerated() where node.isOperation {
                    if let leaf = replacedByRoot[root] {
                        session.structure.append(
                            update: Int(session.structure.outputOfRoot[next]), of: leaf, walk)
                    }
                    next += 1
                }
                let plan = session.plans.plan(for: session.structure) { Planner.plan(walk, $0) }
                let leaves = session.structure.leaves.elements.map { $0.takeUnretainedValue() }
                let wanted = session.structure.wanted.elements.map { $0.takeUnretainedValue() }
                session.structure.clear()
                return (plan, leaves, wanted)
            }
            return (plan, walk.order.elements.map { $0.takeUnretainedValue() }, leaves, wanted)
        }
    }

    /// The same for one who knows the leaves: they hold what they stand for.
    func withoutLeaves() -> CompiledExpression {
        var result = self
        result.leaves = []
        return result
    }

    /// Runs it on the values of the leaves; `outputs`, which are none yet, get the values of the outputs.
    ///
    /// - Parameter caller: where this time operations were called that may fail, if it is known.
    func run(
        _ values: borrowing Plan.Values, _ targets: borrowing Targets, at caller: SourceLocation? = nil,
        into outputs: inout Plan.Values
    ) throws(DescentError) {
        guard let plan else { return }
        if let program { return program.run(values, into: &outputs) }
        PlanTrace.note(plan)
        do throws(DescentError) {
            try plan.run(values, targets, into: &outputs)
        } catch {
            throw error.located(at: caller ?? location)
        }
    }
}

extension Node {
    /// Whether the value is to be computed from others. A stand-in for an argument is given.
    var isOperation: Bool { state == .pending && !primitive.isArgument }
}
