import DescentCore

/// What an optimizer keeps between steps: the learning rate, the number of steps, and slots of variables.
public final class OptimizerState {
    /// The learning rate of the next step.
    @exclusivity(unchecked) public var learningRate: Double
    /// Steps taken so far.
    @exclusivity(unchecked) public internal(set) var iterations = 0
    typealias Slot = (name: String, variable: Variable)
    @exclusivity(unchecked) private var entries: [(variable: Variable, slots: [Slot])] = []
    @exclusivity(unchecked) private var places: [ObjectIdentifier: Int] = [:]

    /// The state of an optimizer that has taken no step.
    public init(learningRate: Double) { self.learningRate = learningRate }

    /// The slots of a variable; made with zeros when they are first asked for.
    ///
    /// - Parameter position: where the variable stands in the list of this step: most often where it stood before.
    func slots(of variable: Variable, at position: Int, _ names: [String]) -> [Slot] {
        if names.isEmpty { return [] }
        if position < entries.count, entries[position].variable === variable { return entries[position].slots }
        if let place = places[ObjectIdentifier(variable)] { return entries[place].slots }
        let made = names.map { name in
            (
                name,
                Variable(
                    Tensor.zeros(variable.shape, dtype: variable.dtype), name: "\(variable.name)/\(name)",
                    trainable: false)
            )
        }
        places[ObjectIdentifier(variable)] = entries.count
        entries.append((variable, made))
        return made
    }

    /// The pairs that have a gradient, or what is wrong with them.
    func check(_ pairs: [(Tensor?, Variable)]) throws(DescentError) -> [(Variable, Tensor)] {
        guard !pairs.isEmpty else {
            throw DescentError("minimize", "there must be a variable to change", received: "an empty list")
        }
        if let twin = duplicate(in: pairs) {
            throw DescentError("minimize", "a variable may be listed once", received: "\(twin.name) twice")
        }
        var found: [(Variable, Tensor)] = []
        for (gradient, variable) in pairs {
            guard let gradient else { continue }
            guard gradient.shape == variable.shape else {
                throw DescentError(
                    "applyGradients", "a gradient must have its variable's shape",
                    received: "\(gradient.shape) for \(variable.name) of shape \(variable.shape)")
            }
            found.append((variable, gradient.strong().cast(to: variable.dtype)))
        }
        guard !found.isEmpty else {
            let names = pairs.map { $0.1.dtype.isFloatingPoint ? $0.1.name : "\($0.1.name) (\($0.1.dtype))" }
            throw DescentError(
                "minimize", "the loss must depend on a variable of the list",
                received: "no gradient for \(names.joined(separator: ", "))")
        }
        return found
    }

    private func duplicate(in pairs: [(Tensor?, Variable)]) -> Variable? {
        // Looking at each is faster than hashing for the few variables that most models have.
        if pairs.count <= 16 {
            for (index, pair) in pairs.enumerated() {
                for other in pairs[..<index] where other.1 === pair.1 { return pair.1 }
            }
            return nil
        }
        var seen: Set<ObjectIdentifier> = []
        return pairs.first { !seen.insert(ObjectIdentifier($0.1)).inserted }?.1
    }
}
