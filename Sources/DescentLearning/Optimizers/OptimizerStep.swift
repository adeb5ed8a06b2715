import DescentCore

extension Optimizer {
    /// One step: records the formula for every variable and evaluates all of it at once. If anything fails,
    /// everything stays as it was.
    ///
    /// The order is that of Keras 3: leave out missing gradients, undo the scale of the loss, accumulate, clip, decay,
    /// update, average, overwrite, constrain.
    ///
    /// - Parameters:
    ///   - gradients: one for each variable, nil where there is none. Handed over, as what still refers to an
    ///     expression keeps old values in it alive.
    ///   - also: what to evaluate in the same pass.
    ///   - alongside: other variables that change with the step, and their new values.
    func step(
        _ gradients: consuming [Tensor?], _ variables: [Variable], also: consuming [Tensor],
        alongside: consuming [(Variable, Tensor)] = [], at location: SourceLocation?
    ) throws -> [Tensor] {
        let state = state
        let known = state.entries.count
        if !state.building.isEmpty { state.building = [] }
        state.formulas.removeAll()
        do throws(DescentError) {
            if let problem = state.problem ?? state.learningRateProblem { throw problem }
            if variables.isEmpty {
                let answers = try Engine.update(consume alongside, also: also)
                if state.options.convention == .tensorFlow2 { state.calls += 1 }
                return answers
            }
            var changes = try state.check(gradients, variables)
            gradients = []
            if changes.count < variables.count, state.options.convention == .keras3 {
                // What is listed is known from now on, gradient or not: its average begins here.
                for (index, variable) in variables.enumerated() where variable.dtype.isFloatingPoint {
                    _ = entry(of: variable, near: index)
                }
            }
            var entries: [OptimizerState.Entry] = []
            swap(&entries, &state.room)
            entries.removeAll(keepingCapacity: true)
            for index in changes.indices { entries.append(entry(of: changes[index].0, near: index)) }
            let finite = state.undoScale(&changes)
            if state.accumulate(&changes, entries) {
                try state.options.clipLate(&changes)
                try update(&changes, entries)
            }
            state.average(&changes, entries)
            swap(&entries, &state.room)
            if let finite { state.hold(&changes, unless: finite, &also) }
            // Not held where a gradient is not finite: they follow what the batch was, not where the step leads.
            if !alongside.isEmpty {
                changes += alongside
                alongside = []
            }
            var answers = try Engine.update(consume changes, also: also, repeats: state.formulas.repeats)
            state.finish(finite == nil ? nil : answers.removeLast())
            return answers
        } catch {
            state.restore(known)
            state.touches = []
            throw error.located(at: location)
        }
    }

    /// Makes what is remembered of `variables` now, with its first values, instead of at the first step.
    public func build(_ variables: [Variable]) {
        for (index, variable) in variables.enumerated() { _ = entry(of: variable, near: index) }
    }

    /// The variable's entry, with all slots.
    private func entry(of variable: Variable, near position: Int) -> OptimizerState.Entry {
        if let entry = state.entry(of: variable, near: position) {
            if !entry.isBuilt { state.build(entry, slots: initialSlots(of: variable)) }
            return entry
        }
        return state.addEntry(
            for: variable, slots: initialSlots(of: variable), decay: weightDecay(for: variable))
    }

    private func initialSlots(of variable: Variable) -> [(name: String, value: Tensor)] {
        slotNames(for: variable).map { ($0, initialSlot($0, for: variable)) }
    }

    /// Replaces each gradient by the new value of its variable, and adds the new values of slots.
    ///
    /// A formula that was recorded for one variable is repeated for those like it.
    private func update(
        _ changes: inout [(Variable, Tensor)], _ entries: [OptimizerState.Entry]
    ) throws(DescentError) {
        let state = state
        let rate = state.stepLearningRate
        guard !rate.isNaN else { throw OptimizerState.rateThatIsNoNumber }
        let iteration = state.iterations
        let shared = sharedUpdates(Step(learningRate: rate, iteration: iteration, variable: nil))
        changes.reserveCapacity(changes.count * 2 + shared.count)
        let formulas = state.formulas
        let mayRepeat = state.mayRepeat(entries) && formulas.prepare(for: self)
        for index in entries.indices {
            let entry = entries[index]
            let gradient = changes[index].1
            let step = Step(learningRate: rate * entry.rate, iteration: iteration, variable: entry.variable)
            let slices = IndexedSlices(gradient)
            if let slices, changesRowsOnly(entry) {
                changes[index].1 = try updated(entry, slices, step, &changes)
                continue
            }
            if mayRepeat, slices == nil, formulas.repeat(for: entry, gradient) {
                changes[index].1 = Repeats.placeholder
                continue
            }
            if entry.clock != nil { try entry.follow() }
            let (looks, position) = mayRepeat ? (Recording.looks, Recording.position) : (0, 0)
            var value = entry.variable.current
            if mayRepeat { formulas.begin(value, gradient) }
            if let decay = entry.decay {
                if state.options.convention == .pyTorch {
                    changes[index].1 = gradient + decay * value
                } else {
                    value = value - value * (decay * step.learningRate)
                }
            }
            var slots = Slots(values: [])
            slots.values.reserveCapacity(entry.slots.count)
            for slot in entry.slots {
                let value = slot.variable.current
                if mayRepeat { formulas.repeats.read(value) }
                slots.values.append((slot.name, value))
            }
            changes[index].1 = update(value, changes[index].1, &slots, step)
            let firstSlot = changes.count
            try slots.write(to: entry) { changes.append(($0, $1)) }
            if mayRepeat {
                formulas.end(
                    entry, changes, value: index, slots: firstSlot..<changes.count, isFree: Recording.looks == looks,
                    nodes: Recording.position - position)
            }
        }
        changes += shared
    }
}

extension Slots {
    /// Hands over the new value of each slot; one that nobody announced is refused.
    func write(
        to entry: OptimizerState.Entry, _ change: (Variable, Tensor) -> Void
    ) throws(DescentError) {
        if values.count > entry.slots.count {
            throw DescentError(
                "slots", "a slot must be listed in slotNames", received: values[entry.slots.count].name)
        }
        for index in values.indices { change(entry.slots[index].variable, values[index].value) }
    }
}

extension OptimizerState {
    /// Undoes the scale of the loss. With a dynamic scale also says whether all gradients are finite.
    fileprivate func undoScale(_ changes: inout [(Variable, Tensor)]) -> Tensor? {
        guard let scale = lossScale else { return nil }
        for index in changes.indices {
            let gradient = changes[index].1
            changes[index].1 = IndexedSlices(gradient)?.mapValues { $0 / scale }.tensor ?? gradient / scale
        }
        guard dynamicScale != nil else { return nil }
        // Zero times what is not finite is not a number.
        let sums = changes.map { ($0.1 * 0).sum().cast(to: .float64) }
        return sums.dropFirst().reduce(sums[0], +) .== 0
    }

    /// Averages gradients over several calls. Whether this call updates; if not, the changes are sums alone.
    fileprivate func accumulate(_ changes: inout [(Variable, Tensor)], _ touched: [Entry]) -> Bool {
        let count = options.callsPerUpdate
        guard count > 1 else { return true }
        guard (calls + 1).isMultiple(of: count) else {
            for (index, entry) in touched.enumerated() {
                let accumulator = entry.accumulator!
                changes[index] = (accumulator, accumulator.current + changes[index].1)
            }
            return false
        }
        for (index, entry) in touched.enumerated() {
            changes[index].1 = (changes[index].1 + entry.accumulator!.current) / Double(count)
        }
        // Also those of variables whose gradient is missing now: what they had accumulated is lost.
        for entry in entries {
            changes.append((entry.accumulator!, Tensor.zeros(entry.variable.shape, dtype: entry.variable.dtype)))
        }
        return true
    }

    /// Moves the averages of all variables, lets them become the variables' values where it is time for that, and
    /// constrains the variables that had a gradient.
    fileprivate func average(_ changes: inout [(Variable, Tensor)], _ touched: [Entry]) {
        let isAveraging = options.useEMA
        guard isAveraging || touched.contains(where: { $0.variable.isConstrained }) else { return }
        var places: [ObjectIdentifier: Int] = [:]
        for (index, entry) in touched.enumerated() where changes[index].0 === entry.variable {
            places[ObjectIdentifier(entry)] = index
        }
        func value(_ entry: Entry) -> Tensor {
            places[ObjectIdentifier(entry)].map { changes[$0].1 } ?? entry.variable.current
        }
        func set(_ entry: Entry, _ value: Tensor) {
            if let index = places[ObjectIdentifier(entry)] {
                changes[index].1 = value
            } else {
                places[ObjectIdentifier(entry)] = changes.count
                changes.append((entry.variable, value))
            }
        }
        if isAveraging {
            let momentum = iterations == 0 ? 0 : options.emaMomentum
            let frequency = options.emaOverwriteFrequency ?? 0
            let overwrites = frequency > 0 && (iterations + 1).isMultiple(of: frequency)
            for entry in entries {
                let average = momentum * entry.average!.current + (1 - momentum) * value(entry)
                changes.append((entry.average!, average))
                if overwrites { set(entry, average) }
            }
        }
        for entry in touched {
            guard let constraint = entry.variable.constraint else { continue }
            set(entry, constraint(value(entry)))
        }
    }

    /// Keeps every value as it is where the condition does not hold.
    fileprivate func hold(
        _ changes: inout [(Variable, Tensor)], unless condition: Tensor, _ also: inout [Tensor]
    ) {
        for index in changes.indices {
            changes[index].1 = Tensor.where(condition, changes[index].1, changes[index].0.current)
        }
        also.append(condition)
    }

    /// Counts the step, if it was one.
    fileprivate func finish(_ finite: Tensor?) {
        if let finite, !(dynamicScale!.advance(finite: Bool(finite))) {
            touches = []
            return
        }
        calls += 1
        settleTouches()
    }
}
