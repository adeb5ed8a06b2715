import DescentCore

extension OptimizerState {
    /// Variables with their gradients, without those that have none; or what is wrong with them.
    func check(_ gradients: borrowing [Tensor?], _ variables: [Variable]) throws(DescentError) -> [(Variable, Tensor)] {
        var found: [(Variable, Tensor)] = []
        found.reserveCapacity(2 * variables.count)
        for index in variables.indices {
            guard let gradient = gradients[index] else { continue }
            let variable = variables[index]
            if let error = gradient.error { throw error }
            guard gradient.shape == variable.shape else {
                throw DescentError(
                    "applyGradients", "a gradient must have its variable's shape",
                    received: "\(gradient.shape) for \(variable.name) of shape \(variable.shape)")
            }
            found.append((variable, Self.cast(gradient.strong(), to: variable.dtype)))
        }
        if found.count < variables.count {
            let missing = variables.indices.filter { gradients[$0] == nil }.map { variables[$0] }
            guard !found.isEmpty, options.convention != .tensorFlow1 else {
                let names = missing.map { $0.dtype.isFloatingPoint ? $0.name : "\($0.name) (\($0.dtype))" }
                throw DescentError(
                    operation: "minimize",
                    found.isEmpty
                        ? "the loss must depend on a variable of the list"
                        : "in TensorFlow 1's mode the loss must depend on every variable of the list",
                    received: "no gradient for \(names.joined(separator: ", "))")
            }
            warn(missing: missing)
        }
        return found
    }

    /// The gradient in the variable's type; one of rows stays one of rows.
    private static func cast(_ gradient: Tensor, to dtype: DType) -> Tensor {
        guard gradient.dtype != dtype, let slices = IndexedSlices(gradient) else { return gradient.cast(to: dtype) }
        return slices.mapValues { $0.cast(to: dtype) }.tensor
    }

    /// Whether a variable is listed more than once: it is updated as often.
    func hasTwins(_ variables: [Variable]) -> Bool {
        // Looking at each is faster than hashing for the few variables that most models have.
        if variables.count <= 16 {
            for index in variables.indices {
                for other in 0..<index where variables[other] === variables[index] { return true }
            }
            return false
        }
        return Set(variables.map { ObjectIdentifier($0) }).count < variables.count
    }
}
