import DescentCore

/// What an optimizer keeps between steps: the learning rate, the number of steps, and slots of variables.
public final class OptimizerState {
    /// The learning rate of the next step.
    public var learningRate: Double
    /// Steps taken so far.
    public internal(set) var iterations = 0
    private var slots: [ObjectIdentifier: (variable: Variable, slots: [(name: String, variable: Variable)])] = [:]

    /// The state of an optimizer that has taken no step.
    public init(learningRate: Double) { self.learningRate = learningRate }

    /// The slots of a variable; made with zeros when they are first asked for.
    func slots(of variable: Variable, _ names: [String]) -> [(name: String, variable: Variable)] {
        if names.isEmpty { return [] }
        if let known = slots[ObjectIdentifier(variable)] { return known.slots }
        let made = names.map { name in
            (
                name,
                Variable(
                    Tensor.zeros(variable.shape, dtype: variable.dtype), name: "\(variable.name)/\(name)",
                    trainable: false)
            )
        }
        slots[ObjectIdentifier(variable)] = (variable, made)
        return made
    }

    /// The pairs that have a gradient, or what is wrong with them.
    func check(_ pairs: [(Tensor?, Variable)]) throws(DescentError) -> [(Variable, Tensor)] {
        guard !pairs.isEmpty else {
            throw DescentError("minimize", "there must be a variable to change", received: "an empty list")
        }
        var seen: Set<ObjectIdentifier> = []
        var found: [(Variable, Tensor)] = []
        for (gradient, variable) in pairs {
            guard seen.insert(ObjectIdentifier(variable)).inserted else {
                throw DescentError(
                    "minimize", "a variable may be listed once", received: "\(variable.name) twice")
            }
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
}
