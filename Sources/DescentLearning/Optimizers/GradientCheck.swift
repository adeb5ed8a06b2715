import DescentCore

extension OptimizerState {
    /// Variables with their gradients, without those that have none; or what is wrong with them.
    func check(_ gradients: borrowing [Tensor?], _ variables: [Variable]) throws(DescentError) -> [(Variable, Tensor)] {
        if let twin = duplicate(in: variables) {
            throw DescentError("minimize", "a variable may be listed once", received: "\(twin.name) twice")
        }
        var found: [(Variable, Tensor)] = []
        found.reserveCapacity(2 * variables.count)
        for index in variables.indices {
            guard let gradient = gradients[index] else { continue }
            let variable = variables[index]
            guard gradient.shape == variable.shape else {
                throw DescentError(
                    "applyGradients", "a gradient must have its variable's shape",
                    received: "\(gradient.shape) for \(variable.name) of shape \(variable.shape)")
            }
            found.append((variable, gradient.strong().cast(to: variable.dtype)))
        }
        if found.count < variables.count {
            let missing = variables.indices.filter { gradients[$0] == nil }.map { variables[$0] }
            guard !found.isEmpty else {
                let names = missing.map { $0.dtype.isFloatingPoint ? $0.name : "\($0.name) (\($0.dtype))" }
                throw DescentError(
                    "minimize", "the loss must depend on a variable of the list",
                    received: "no gradient for \(names.joined(separator: ", "))")
            }
            warn(missing: missing)
        }
        return found
    }

    private func duplicate(in variables: [Variable]) -> Variable? {
        // Looking at each is faster than hashing for the few variables that most models have.
        if variables.count <= 16 {
            for index in variables.indices {
                for other in 0..<index where variables[other] === variables[index] { return variables[index] }
            }
            return nil
        }
        var seen = Set<ObjectIdentifier>(minimumCapacity: variables.count)
        return variables.first { !seen.insert(ObjectIdentifier($0)).inserted }
    }
}
