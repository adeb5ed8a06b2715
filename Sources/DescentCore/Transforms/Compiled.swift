import CDescent

/// A traced function as something to run: a plan over its arguments, the variables it reads, and its constants.
final class Compiled {
    /// Where a leaf of the expression gets its value.
    private enum Leaf {
        case argument(Int)
        case variable(Variable)
        case constant(Node)
    }

    /// What a result is.
    private enum Result {
        case output(Int)
        case leaf(Int)
    }

    private let shapes: [(shape: Shape, dtype: DType)]
    private let plan: Plan?
    private let program: ScalarProgram?
    private let leaves: [Leaf]
    private let results: [(source: Result, shape: Shape, dtype: DType)]
    private let locations: [SourceLocation]

    /// Expressions with more nodes than this are not compiled.
    static let largest = Engine.largestPlan

    /// The function that `trace` has recorded, whose reads of variables `captures` has noted; nil if it is too large.
    init?(_ trace: Trace, _ captures: Captures) throws(DescentError) {
        if let error = trace.results.lazy.compactMap(\.error).first { throw error }
        let serial = trace.start
        let nodes = Expression.nodes(behind: trace.results.map(\.node)) { $0.serial >= serial }
        guard nodes.count < Compiled.largest else { return nil }
        shapes = trace.arguments.map { ($0.shape, $0.dtype) }

        // Leaves in the place of stand-ins, and what does not depend on any of them computed once.
        var sources: [ObjectIdentifier: Leaf] = [:]
        var stand: [ObjectIdentifier: Tensor] = [:]
        func put(_ node: Node, _ leaf: Leaf, _ tensor: Tensor) {
            stand[ObjectIdentifier(node)] = tensor
            sources[ObjectIdentifier(tensor.node)] = leaf
        }
        for (index, argument) in trace.arguments.enumerated() {
            put(argument.node, .argument(index), Tensor(try Engine.leaf(of: argument.node.first!)))
        }
        var leafOfVariable: [ObjectIdentifier: Tensor] = [:]
        for read in captures.reads {
            let key = ObjectIdentifier(read.variable)
            if leafOfVariable[key] == nil { leafOfVariable[key] = Tensor(try Engine.leaf(of: read.node.first!)) }
            put(read.node, .variable(read.variable), leafOfVariable[key]!)
        }
        var constants: [Node] = []
        for node in nodes where stand[ObjectIdentifier(node)] == nil {
            let inputs = node.serial >= serial ? node.inputs : []
            guard inputs.contains(where: { stand[ObjectIdentifier($0)] != nil }) else { continue }
            constants += inputs.filter { stand[ObjectIdentifier($0)] == nil && $0.state == .pending }
            stand[ObjectIdentifier(node)] = node.copy(inputs.map { stand[ObjectIdentifier($0)] ?? Tensor($0) })
        }
        constants += trace.results.map(\.node).filter { stand[ObjectIdentifier($0)] == nil }
        try Engine.evaluate(constants)

        let all = trace.results.map { (stand[ObjectIdentifier($0.node)] ?? $0).node }
        // Only edges and roots may hold the copies: whatever else is held would be stored.
        stand = [:]
        let (plan, order, leafNodes, wanted) = Compiled.plan(all.filter { $0.state == .pending })
        self.plan = plan
        var numbers: [ObjectIdentifier: Int] = [:]
        var leaves: [Leaf] = []
        func add(_ node: Node) {
            guard numbers.updateValue(leaves.count, forKey: ObjectIdentifier(node)) == nil else { return }
            leaves.append(sources[ObjectIdentifier(node)] ?? .constant(node))
        }
        for node in leafNodes { add(node) }
        for node in all where node.state != .pending && numbers[ObjectIdentifier(node)] == nil { add(node) }
        self.leaves = leaves
        var outputs: [ObjectIdentifier: Int] = [:]
        for (number, node) in wanted.enumerated() { outputs[ObjectIdentifier(node)] = number }
        results = all.map { node in
            (
                outputs[ObjectIdentifier(node)].map { .output($0) } ?? .leaf(numbers[ObjectIdentifier(node)] ?? 0),
                node.shape, node.dtype
            )
        }
        locations = order.compactMap { $0.attributes?.location }
        program = plan == nil ? nil : ScalarProgram(order, leaves: leafNodes, wanted: wanted)
    }

    /// The plan for `roots`, all nodes in order, and in the plan's order the leaves it takes and the nodes whose values it
    /// gives.
    private static func plan(_ roots: [Node]) -> (plan: Plan?, order: [Node], leaves: [Node], wanted: [Node]) {
        guard !roots.isEmpty else { return (nil, [], [], []) }
        return Walk.lock.withLock { walk in
            walk.run(from: roots) { node, visit in node.visitPending(visit) }
            let (plan, leaves, wanted) = Engine.session.withLock { session in
                session.structure.describe(walk, roots: roots)
                let plan = session.plans.plan(for: session.structure) { Planner.plan(walk, $0) }
                let leaves = session.structure.leaves.elements.map { $0.takeUnretainedValue() }
                let wanted = session.structure.wanted.elements.map { $0.takeUnretainedValue() }
                session.structure.clear()
                return (plan, leaves, wanted)
            }
            return (plan, walk.order.elements.map { $0.takeUnretainedValue() }, leaves, wanted)
        }
    }

    /// Whether this is the function for arguments like `inputs`.
    func fits(_ inputs: [Tensor]) -> Bool {
        guard inputs.count == shapes.count else { return false }
        for (input, (shape, dtype)) in zip(inputs, shapes) where input.dtype != dtype || input.shape != shape {
            return false
        }
        return true
    }

    /// The results for `inputs`, which are known values of the right shapes.
    func run(_ inputs: [Tensor]) throws(DescentError) -> [Tensor] {
        var values = Plan.Values()
        for leaf in leaves {
            switch leaf {
            case .argument(let index): values.append(inputs[index].node.value)
            case .constant(let node): values.append(node.value)
            case .variable(let variable):
                let tensor = variable.current
                if let error = tensor.error { throw error }
                values.append(tensor.node.value)
            }
        }
        var outputs = Plan.Values()
        if let program {
            for bits in program.run({ values.list[$0].bits }) { outputs.append(Node.Value(bits: bits)) }
        } else if let plan {
            PlanTrace.note(plan)
            do throws(DescentError) {
                outputs = try plan.run(values, Donors())
            } catch {
                throw error.located(at: locations.first)
            }
        }
        return results.map { result in
            switch result.source {
            case .output(let number): Tensor(outputs.list[number], result.dtype, result.shape)
            case .leaf(let number): Tensor(values.list[number], result.dtype, result.shape)
            }
        }
    }
}

extension Tensor {
    fileprivate init(_ value: Node.Value, _ dtype: DType, _ shape: Shape) {
        if let storage = value.storage {
            self.init(Node(storage: storage.takeUnretainedValue(), dtype, shape))
        } else {
            self.init(Node(scalar: value.bits, dtype))
        }
    }
}
