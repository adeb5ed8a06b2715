import DescentCore

/// A loss as a function of one long vector of float64: all variables one after the other.
struct Landscape {
    /// A place with what the loss says there.
    struct Place {
        let position: Tensor
        let value: Double
        let gradient: Tensor
    }

    private let variables: [Variable]
    private let before: [Tensor]
    private var position: Tensor
    /// How often the loss has been evaluated.
    private(set) var evaluations = 0

    /// The landscape over `variables`, which stand where they stand.
    init(_ variables: [Variable]) throws {
        guard !variables.isEmpty else {
            throw DescentError("minimize", "there must be a variable to change", received: "an empty list")
        }
        guard Set(variables.map { ObjectIdentifier($0) }).count == variables.count else {
            throw DescentError(
                "minimize", "a variable may be listed once",
                received: variables.map(\.name).joined(separator: ", "))
        }
        if let other = variables.first(where: { !$0.dtype.isFloatingPoint }) {
            throw DescentError(
                "minimize", "only floating-point variables have gradients", received: "\(other.name) (\(other.dtype))")
        }
        if let bounded = variables.first(where: { $0.constraint != nil }) {
            throw DescentError(
                "minimize", "L-BFGS follows no constraints", received: "\(bounded.name), which has one")
        }
        self.variables = variables
        before = try variables.map { try $0.value.evaluated() }
        position = try Self.joined(before)
    }

    /// How far apart neighbouring values of the loss may be, relative to them: in the coarsest type of the variables.
    var precision: Double {
        variables.contains { $0.dtype == .float32 } ? Double(Float.ulpOfOne) : .ulpOfOne
    }

    private static func joined(_ tensors: [Tensor]) throws -> Tensor {
        try concat(tensors.map { $0.cast(to: .float64).reshape([$0.count]) }).evaluated()
    }

    /// Gives the variables their values at a place; what counts from there on is what their types can hold of it.
    mutating func move(to position: Tensor) throws {
        var assignments: [(Variable, Tensor)] = []
        var start = 0
        let position = try position.evaluated()
        for variable in variables {
            let part = position.sliced(0, start: start, step: 1, count: variable.count)
            assignments.append((variable, part.reshape(variable.shape).cast(to: variable.dtype)))
            start += variable.count
        }
        try Engine.update(assignments)
        let isExact = variables.allSatisfy { $0.dtype == .float64 }
        self.position = isExact ? position : try Self.joined(variables.map(\.value))
    }

    /// What the loss says where the variables stand.
    mutating func look(_ loss: () throws -> Tensor) throws -> Place {
        evaluations += 1
        let (value, gradients) = try Backward.valueAndGradients(of: loss, variables)
        guard gradients.contains(where: { $0 != nil }) else {
            throw DescentError(
                "minimize", "the loss must depend on a variable of the list",
                received: "no gradient for \(variables.map(\.name).joined(separator: ", "))")
        }
        let parts = zip(gradients, variables).map { gradient, variable in
            (gradient ?? Tensor.zeros(variable.shape)).cast(to: .float64).reshape([variable.count])
        }
        let (total, slope) = (value.sum().cast(to: .float64), concat(parts))
        try evaluate([total, slope])
        return Place(position: position, value: Double(total), gradient: slope)
    }

    /// Gives the variables the values that they had at the beginning.
    func restore() {
        for (variable, value) in zip(variables, before) { variable.assign(value) }
    }
}
