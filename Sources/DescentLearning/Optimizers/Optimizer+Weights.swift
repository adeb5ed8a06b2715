import DescentCore

/// One thing that an optimizer keeps: a counter, or what it remembers of a variable.
struct Keepsake {
    enum Place {
        case calls
        case learningRate
        case scaleCounter
        case scale
        case variable(Variable)
    }

    /// The documented name of what it is: `iteration`, `velocity`.
    let slot: String
    /// The variable that it belongs to.
    let owner: Variable?
    let place: Place
}

extension Optimizer {
    /// Everything that the optimizer keeps, in the documented order: the counter, the learning rate if it is a number,
    /// then what is remembered of variables.
    ///
    /// The counters are copies: writing to them changes nothing (`setWeights` does).
    public var weights: [Variable] {
        keepsakes.map { keepsake in
            if case .variable(let variable) = keepsake.place { return variable }
            return Variable(read(keepsake), name: keepsake.slot, trainable: false)
        }
    }

    /// The same as `weights`.
    public func variables() -> [Variable] { weights }

    /// The values of `weights`: with the variables themselves, all that is needed to go on later.
    ///
    /// ```swift
    /// let w = Variable(10.0)
    /// let opt = RMSprop(learningRate: 0.1)
    /// try opt.minimize({ w * w / 2 }, [w])
    /// let later = RMSprop(learningRate: 0.1)
    /// later.build([w])
    /// try later.setWeights(opt.getWeights())
    /// print(later.iterations, try later.getSlot(w, "velocity"))   // 1 10.0
    /// ```
    public func getWeights() -> [Tensor] { keepsakes.map(read) }

    /// Takes over what `getWeights` gave, for the same variables.
    ///
    /// In TensorFlow 2's mode a list may lack the counter, which becomes 0 then.
    ///
    /// - Throws: another number of values than `weights` has, or another shape. Nothing is changed then.
    public func setWeights(
        _ values: [Tensor], file: StaticString = #fileID, line: UInt = #line
    ) throws {
        let location = SourceLocation(file, line)
        do throws(DescentError) {
            let keepsakes = keepsakes
            var values = values
            if state.options.convention == .tensorFlow2, values.count + 1 == keepsakes.count, !values.isEmpty {
                values.insert(Tensor(Int64(0), dtype: .int64), at: 0)
            }
            guard values.count == keepsakes.count else {
                throw DescentError(
                    "setWeights", "there must be a value for each of the \(keepsakes.count) weights",
                    received: "\(values.count) values")
            }
            var changes: [(Variable, Tensor)] = []
            var numbers: [(Keepsake.Place, Double)] = []
            for (keepsake, value) in zip(keepsakes, values) {
                if let error = value.error { throw error }
                let shape = if case .variable(let variable) = keepsake.place { variable.shape } else { Shape([]) }
                guard value.shape == shape else {
                    throw DescentError(
                        "setWeights", "a value must have the shape of what it replaces",
                        received: "\(value.shape) for \(keepsake.slot) of shape \(shape)")
                }
                if case .variable(let variable) = keepsake.place {
                    changes.append((variable, value.strong().cast(to: variable.dtype)))
                } else {
                    try Engine.evaluate([value.node])
                    numbers.append((keepsake.place, try number(Double(value), for: keepsake)))
                }
            }
            try Engine.update(changes)
            for (place, number) in numbers { write(number, to: place) }
        } catch {
            throw error.located(at: location)
        }
    }

    /// Sets the number of updates finished so far.
    ///
    /// - Throws: in TensorFlow 2's mode after the first step, as documented.
    public func setIterations(_ count: Int, file: StaticString = #fileID, line: UInt = #line) throws {
        let (calls, isTooLarge) = count.multipliedReportingOverflow(by: state.options.callsPerUpdate)
        guard count >= 0, !isTooLarge, state.options.convention != .tensorFlow2 || state.entries.isEmpty else {
            throw DescentError(
                "setIterations", "iterations may be set before the first step, and not to a negative number",
                received: "\(count) after \(state.calls) steps", at: SourceLocation(file, line))
        }
        state.calls = calls
    }

    /// What is kept, in the documented order.
    var keepsakes: [Keepsake] {
        let state = state
        // What cannot be computed stays behind; the next step says why.
        try? state.followAll()
        let entries = state.entries
        func slots(_ group: [String]) -> [Keepsake] {
            entries.flatMap { entry in
                group.compactMap { name in
                    entry.slots.first { $0.name == name }.map {
                        Keepsake(slot: name, owner: entry.variable, place: .variable($0.variable))
                    }
                }
            }
        }
        var result: [Keepsake] = []
        switch state.options.convention {
        case .keras3, .pyTorch:
            if state.dynamicScale != nil {
                result.append(Keepsake(slot: "step_counter", owner: nil, place: .scaleCounter))
                result.append(Keepsake(slot: "dynamic_scale", owner: nil, place: .scale))
            }
            result.append(Keepsake(slot: "iteration", owner: nil, place: .calls))
            if state.learningRateSource.number != nil {
                result.append(Keepsake(slot: "learning_rate", owner: nil, place: .learningRate))
            }
        case .tensorFlow2:
            if state.calls > 0 || !entries.isEmpty { result.append(Keepsake(slot: "iter", owner: nil, place: .calls)) }
        case .tensorFlow1: break
        }
        for entry in entries {
            if let average = entry.average {
                result.append(Keepsake(slot: "average", owner: entry.variable, place: .variable(average)))
            }
            if let sum = entry.accumulator {
                result.append(Keepsake(slot: "gradient_accumulator", owner: entry.variable, place: .variable(sum)))
            }
        }
        let groups = slotGroups
        for group in groups { result += slots(group) }
        let listed = Set(groups.joined())
        for name in getSlotNames() where !listed.contains(name) { result += slots([name]) }
        for variable in sharedVariables {
            result.append(Keepsake(slot: variable.name, owner: nil, place: .variable(variable)))
        }
        return result
    }

    /// The value of something kept.
    func read(_ keepsake: Keepsake) -> Tensor {
        switch keepsake.place {
        case .calls: Tensor(Int64(state.calls), dtype: .int64)
        // A learning rate is a Double: half of its digits would not do for going on exactly.
        case .learningRate: Tensor(state.learningRate, dtype: .float64)
        case .scaleCounter: Tensor(Int64(state.dynamicScale?.counter ?? 0), dtype: .int64)
        case .scale: Tensor(state.dynamicScale?.scale ?? 1, dtype: .float64)
        case .variable(let variable): variable.value
        }
    }

    /// A number that may be written to that place, or why not.
    private func number(_ number: Double, for keepsake: Keepsake) throws(DescentError) -> Double {
        let (rule, isFine) =
            switch keepsake.place {
            // Up to where a Double counts without gaps.
            case .calls, .scaleCounter:
                ("must be a whole number from 0 on", number >= 0 && number <= 0x1p53 && number == number.rounded())
            case .scale: ("must be positive and finite", number > 0 && number.isFinite)
            case .learningRate, .variable: ("must be a number", !number.isNaN)
            }
        guard isFine else {
            throw DescentError(operation: "setWeights", "\(keepsake.slot) \(rule)", received: "\(number)")
        }
        return number
    }

    private func write(_ number: Double, to place: Keepsake.Place) {
        switch place {
        case .calls: state.calls = Int(number)
        case .learningRate: state.learningRate = number
        case .scaleCounter: state.dynamicScale?.counter = Int(number)
        case .scale: state.dynamicScale?.scale = number
        case .variable: break
        }
    }
}
