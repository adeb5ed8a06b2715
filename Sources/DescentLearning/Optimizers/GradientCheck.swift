import DescentCore

extension OptimizerState {
    /// The pairs that have a gradient, or what is wrong with them.
    func check(_ pairs: [(Tensor?, Variable)]) throws(DescentError) -> [(Variable, Tensor)] {
        if let twin = duplicate(in: pairs) {
            throw DescentError("minimize", "a variable may be listed once", received: "\(twin.name) twice")
        }
        var found: [(Variable, Tensor)] = []
        found.reserveCapacity(pairs.count)
        for (gradient, variable) in pairs {
            guard let gradient else { continue }
            if let error = gradient.error { throw error }
            guard gradient.shape == variable.shape else {
                throw DescentError(
                    "applyGradients", "a gradient must have its variable's shape",
                    received: "\(gradient.shape) for \(variable.name) of shape \(variable.shape)")
            }
            found.append((variable, Self.cast(gradient.strong(), to: variable.dtype)))
        }
        if found.count < pairs.count {
            let missing = pairs.filter { $0.0 == nil }.map(\.1)
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
