import DescentCore

extension Optimizer {
    /// What is remembered of `variable` under that name.
    ///
    /// ```swift
    /// let (w, opt) = (Variable(10.0), RMSprop())
    /// try opt.minimize({ w * w / 2 }, [w])
    /// print(try opt.getSlot(w, "velocity"))   // 10.0
    /// ```
    ///
    /// The slots of a table of which only some rows are used follow the steps when they are asked for here.
    ///
    /// - Throws: a variable that has no slots yet, or no slot of that name.
    public func getSlot(
        _ variable: Variable, _ name: String, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Variable {
        let entry = state.entry(of: variable)
        try entry?.follow()
        let slots = entry?.slots ?? []
        if let slot = slots.first(where: { $0.name == name }) { return slot.variable }
        throw DescentError(
            "getSlot", "the optimizer must remember this of the variable",
            received: "\(name) of \(variable.name), which has "
                + (slots.isEmpty ? "no slots" : slots.map(\.name).joined(separator: ", ")),
            at: SourceLocation(file, line))
    }

    /// The names of what is remembered of any variable, in the order of their making; none before the first step.
    public func getSlotNames() -> [String] {
        var names: [String] = []
        for entry in state.entries {
            for slot in entry.slots where !names.contains(slot.name) { names.append(slot.name) }
        }
        return names
    }

    /// What is remembered of `variable` under that name, made now where it is not there yet.
    ///
    /// - Parameter initialValue: the first value of a new slot; zeros in the variable's shape by default.
    @discardableResult
    public func addSlot(_ variable: Variable, _ name: String, initialValue: Tensor? = nil) -> Variable {
        // A variable that was never seen gets this slot alone: the others are made at its first step.
        let entry =
            state.entry(of: variable)
            ?? state.addEntry(for: variable, slots: nil, decay: weightDecay(for: variable))
        if let slot = entry.slots.first(where: { $0.name == name }) { return slot.variable }
        let first = initialValue ?? Tensor.zeros(variable.shape, dtype: variable.dtype)
        return state.addSlot(name, first, to: entry)
    }

    /// A variable that the optimizer makes for its own use. It is not listed in `weights`.
    public func addWeight(
        _ name: String, shape: Shape, dtype: DType = .float32, initialValue: Tensor? = nil, trainable: Bool = true
    ) -> Variable {
        let first = initialValue ?? Tensor.zeros(shape, dtype: dtype)
        return Variable(first.broadcast(to: shape), name: name, trainable: trainable, dtype: dtype)
    }

    /// Weight decay leaves these variables alone: those listed, and those in whose name one of the regular expressions
    /// is found.
    ///
    /// ```swift
    /// let opt = SGD(learningRate: 0.1, weightDecay: 0.01)
    /// try opt.excludeFromWeightDecay(varNames: ["bias", "norm.*gamma"])
    /// ```
    ///
    /// - Throws: an optimizer that has already seen variables; a name that is no regular expression.
    public func excludeFromWeightDecay(varList: [Variable] = [], varNames: [String] = []) throws {
        let identities = Set(varList.map { ObjectIdentifier($0) })
        let patterns = try varNames.map { name in
            do {
                return try Regex(name)
            } catch {
                throw DescentError(
                    "excludeFromWeightDecay", "a name must be a regular expression", received: "\(name): \(error)")
            }
        }
        try state.exclude { variable in
            identities.contains(ObjectIdentifier(variable))
                || patterns.contains { variable.name.firstMatch(of: $0) != nil }
        }
    }

    /// Weight decay leaves alone what the predicate holds for.
    public func excludeFromWeightDecay(where predicate: @escaping (Variable) -> Bool) throws {
        try state.exclude(predicate)
    }

    /// The learning rate of these variables is multiplied by `factor`.
    ///
    /// ```swift
    /// let (old, new) = (Variable(0.0), Variable(0.0))
    /// let opt = SGD(learningRate: 1)
    /// opt.setLearningRateMultiplier(0.1, for: [old])
    /// try opt.minimize({ old + new }, [old, new])
    /// print(old, new)   // -0.1 -1.0
    /// ```
    public func setLearningRateMultiplier(_ factor: Double, for variables: [Variable]) {
        for variable in variables { state.setRate(factor, for: variable) }
    }
}
