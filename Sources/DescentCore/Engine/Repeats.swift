import CDescent

/// Formulas that were recorded for one variable and hold for others too.
///
/// An optimizer's formula is the same for all variables of a shape. Recorded once, it costs the others no nodes:
/// the planner copies its operations for them, with their operands in the place of the first one's.
package final class Repeats {
    /// A formula: its results among the assignments, and what it read of the first variable.
    private struct Formula {
        let firstResult: Int
        let firstParameter: Int
        let resultCount: Int
        let parameterCount: Int
    }

    private struct Repetition {
        let formula: Int
        let firstArgument: Int
    }

    @exclusivity(unchecked) private var formulas: [Formula] = []
    @exclusivity(unchecked) private var repetitions: [Repetition] = []
    /// Places among the assignments; then, for the engine, among its roots.
    @exclusivity(unchecked) private var results: [Int] = []
    /// The parameters of formulas, and what repetitions read in their place.
    @exclusivity(unchecked) private var tensors: [Tensor] = []
    /// What gets the results of the repetitions, in the order of these.
    @exclusivity(unchecked) private(set) var variables: [Variable] = []

    /// Stands among the assignments for a value that a repetition gives.
    package static let placeholder = Tensor(
        error: DescentError("optimizer", "a repeated formula must be repeated", received: "nothing"))

    package init() {}

    /// Whether nothing is repeated.
    var isEmpty: Bool { repetitions.isEmpty }

    /// Whether nothing was begun.
    package var isBlank: Bool { formulas.isEmpty && tensors.isEmpty }

    /// Forgets everything but the room for it.
    package func removeAll() {
        formulas.removeAll(keepingCapacity: true)
        repetitions.removeAll(keepingCapacity: true)
        results.removeAll(keepingCapacity: true)
        Spares.keep(&tensors)
        variables.removeAll(keepingCapacity: true)
    }

    // MARK: - Recording

    /// Begins a formula: what it reads is announced before its results.
    package func beginFormula() {
        formulas.append(
            Formula(
                firstResult: results.count, firstParameter: tensors.count, resultCount: 0, parameterCount: 0))
    }

    /// Something that the formula under way, or the repetition, reads of its variable.
    package func read(_ tensor: Tensor) { tensors.append(tensor) }

    /// A result of the formula under way, as it stands among the assignments.
    package func result(at place: Int) { results.append(place) }

    /// Ends the formula.
    ///
    /// - Returns: whether it can be repeated: its results are operations, and its parameters can be told from each
    ///   other. If not, it is forgotten.
    package func endFormula(_ assignments: [(Variable, Tensor)], keeping: Bool) -> Bool {
        let begun = formulas.removeLast()
        let (firstResult, firstParameter) = (begun.firstResult, begun.firstParameter)
        if !keeping { return forget(firstResult, firstParameter) }
        for place in results[firstResult...] {
            let (variable, value) = assignments[place]
            var isFine = value.node.state == .pending && variable.takes(value)
            for parameter in tensors[firstParameter...] where parameter.node === value.node { isFine = false }
            if !isFine { return forget(firstResult, firstParameter) }
        }
        for index in firstParameter..<tensors.count {
            for other in firstParameter..<index where tensors[other].node === tensors[index].node {
                return forget(firstResult, firstParameter)
            }
        }
        formulas.append(
            Formula(
                firstResult: firstResult, firstParameter: firstParameter, resultCount: results.count - firstResult,
                parameterCount: tensors.count - firstParameter))
        return true
    }

    private func forget(_ firstResult: Int, _ firstParameter: Int) -> Bool {
        results.removeSubrange(firstResult...)
        tensors.removeSubrange(firstParameter...)
        return false
    }

    /// Begins a repetition of a formula: as many reads follow as the formula has parameters, and as many variables as
    /// it has results.
    package func beginRepetition(of formula: Int) {
        repetitions.append(Repetition(formula: formula, firstArgument: tensors.count))
    }

    /// A variable that gets a result of the repetition.
    package func assign(_ variable: Variable) { variables.append(variable) }

    // MARK: - For the engine

    /// From places among assignments to those among roots.
    func settleResults(_ rootOfAssignment: (Int) -> Int) {
        for index in results.indices { results[index] = rootOfAssignment(results[index]) }
    }

    /// How many tensors `visitTensors` visits.
    var tensorCount: Int { tensors.count }

    /// Everything that repetitions read and replace, as roots of the walk.
    func visitTensors(_ visit: (Node) -> Void) { for tensor in tensors { visit(tensor.node) } }

    /// Whether a root is a result of a formula.
    func isResult(_ root: Int) -> Bool { results.contains(root) }

    /// Describes the repetitions: for each the results of its formula, the parameters, and what it reads instead,
    /// as places in the walk.
    func describe(_ roots: [Node], _ walk: borrowing Walk, _ description: inout Pile<Int32>) {
        for repetition in repetitions {
            let formula = formulas[repetition.formula]
            description.append(Int32(formula.resultCount))
            description.append(Int32(formula.parameterCount))
            for index in 0..<formula.resultCount {
                description.append(Int32(walk.index(of: roots[results[formula.firstResult + index]])))
            }
            for index in 0..<formula.parameterCount {
                description.append(Int32(walk.index(of: tensors[formula.firstParameter + index].node)))
            }
            for index in 0..<formula.parameterCount {
                description.append(Int32(walk.index(of: tensors[repetition.firstArgument + index].node)))
            }
        }
    }
}

extension Planner {
    /// Copies the operations of formulas for what repeats them.
    mutating func expand(_ repeats: UnsafeBufferPointer<Int32>, firstOutput: Int) {
        var output = firstOutput
        var at = 0
        func next() -> Int {
            defer { at += 1 }
            return Int(repeats[at])
        }
        var known: [[Int]: [Int]] = [:]
        while at < repeats.count {
            let (resultCount, parameterCount) = (next(), next())
            let results = (0..<resultCount).map { _ in next() }
            let parameters = (0..<parameterCount).map { _ in next() }
            let arguments = (0..<parameterCount).map { _ in next() }
            let formula = known[results] ?? operations(from: results, to: Set(parameters))
            known[results] = formula
            var copies = Dictionary(uniqueKeysWithValues: zip(parameters, arguments))
            let (shape, newShape) = (items[parameters[0]].shape, items[arguments[0]].shape)
            for index in formula {
                var item = items[index]
                item.inputs = item.inputs.map { copies[$0] ?? $0 }
                if item.shape == shape { item.shape = newShape }
                item.output = nil
                copies[index] = items.count
                items.append(item)
            }
            for result in results {
                items[copies[result]!].output = output
                output += 1
            }
        }
    }

    /// The operations between parameters and results, in their order.
    private func operations(from results: [Int], to parameters: Set<Int>) -> [Int] {
        var found: Set<Int> = []
        var stack = results
        while let index = stack.popLast() {
            guard items[index].leaf == nil, !parameters.contains(index), found.insert(index).inserted else { continue }
            stack += items[index].inputs
        }
        return found.sorted()
    }
}
