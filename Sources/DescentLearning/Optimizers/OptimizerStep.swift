import DescentCore

extension Optimizer {
    /// One step: records the formula for every variable and evaluates all of it at once. If anything fails,
    /// everything stays as it was.
    ///
    /// The order is that of Keras 3: leave out missing gradients, undo the scale of the loss, accumulate, clip, decay,
    /// update, average, overwrite, constrain.
    func step(
        _ pairs: consuming [(Tensor?, Variable)], also: consuming [Tensor], at location: SourceLocation
    ) throws -> [Tensor] {
        let state = state
        let known = state.entries
        do throws(DescentError) {
            if let problem = state.problem ?? state.learningRateProblem { throw problem }
            if pairs.isEmpty {
                if state.options.convention == .tensorFlow2 { state.calls += 1 }
                return []
            }
            var changes = try state.check(pairs)
            if changes.count < pairs.count, state.options.convention == .keras3 {
                // What is listed is known from now on, gradient or not: its average begins here.
                for (index, pair) in pairs.enumerated() where pair.1.dtype.isFloatingPoint {
                    _ = place(of: pair.1, near: index)
                }
            }
            pairs = []
            var places: [Int] = []
            places.reserveCapacity(changes.count)
            for (index, change) in changes.enumerated() { places.append(place(of: change.0, near: index)) }
            let finite = state.undoScale(&changes)
            let isUpdate = state.accumulate(&changes, places)
            if isUpdate {
                try state.options.clipLate(&changes)
                try update(&changes, places)
            }
            state.average(&changes, places)
            if let finite { state.hold(&changes, unless: finite, &also) }
            var answers = try Engine.update(consume changes, also: also)
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
        for (index, variable) in variables.enumerated() { _ = place(of: variable, near: index) }
    }

    /// The variable's entry, with all slots.
    private func place(of variable: Variable, near position: Int) -> Int {
        if let place = state.place(of: variable, near: position) {
            if !state.entries[place].isBuilt { state.build(at: place, slots: initialSlots(of: variable)) }
            return place
        }
        return state.addEntry(
            for: variable, slots: initialSlots(of: variable), decay: weightDecay(for: variable))
    }

    private func initialSlots(of variable: Variable) -> [(name: String, value: Tensor)] {
        slotNames(for: variable).map { ($0, initialSlot($0, for: variable)) }
    }

    /// Replaces each gradient by the new value of its variable, and adds the new values of slots.
    private func update(_ changes: inout [(Variable, Tensor)], _ places: [Int]) throws(DescentError) {
        let options = state.options
        let rate = state.stepLearningRate
        guard !rate.isNaN else { throw OptimizerState.rateThatIsNoNumber }
        let shared = sharedUpdates(Step(learningRate: rate, iteration: state.iterations, variable: nil))
        changes.reserveCapacity(changes.count * 2 + shared.count)
        for (index, place) in places.enumerated() {
            let entry = state.entries[place]
            let variable = entry.variable
            let step = Step(learningRate: rate * entry.rate, iteration: state.iterations, variable: variable)
            var gradient = changes[index].1
            if changesRowsOnly(entry), let slices = IndexedSlices(gradient) {
                changes[index].1 = try updated(place, slices, step, &changes)
                continue
            }
            if !state.clocks.isEmpty { try state.follow(at: place) }
            var value = variable.current
            if let decay = entry.decay {
                if options.convention == .pyTorch {
                    gradient = gradient + decay * value
                } else {
                    value = value - value * (decay * step.learningRate)
                }
            }
            var slots = Slots(values: entry.slots.map { ($0.name, $0.variable.current) })
            changes[index].1 = update(value, gradient, &slots, step)
            if let unknown = slots.values.dropFirst(entry.slots.count).first {
                throw DescentError("slots", "a slot must be listed in slotNames", received: unknown.name)
            }
            for (slot, value) in zip(entry.slots, slots.values) { changes.append((slot.variable, value.value)) }
        }
        changes += shared
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
    fileprivate func accumulate(_ changes: inout [(Variable, Tensor)], _ places: [Int]) -> Bool {
        let count = options.callsPerUpdate
        guard count > 1 else { return true }
        guard (calls + 1).isMultiple(of: count) else {
            for (index, place) in places.enumerated() {
                let accumulator = entries[place].accumulator!
                changes[index] = (accumulator, accumulator.current + changes[index].1)
            }
            return false
        }
        for (index, place) in places.enumerated() {
            changes[index].1 = (changes[index].1 + entries[place].accumulator!.current) / Double(count)
        }
        // Also those of variables whose gradient is missing now: what they had accumulated is lost.
        for entry in entries {
            changes.append((entry.accumulator!, Tensor.zeros(entry.variable.shape, dtype: entry.variable.dtype)))
        }
        return true
    }

    /// Moves the averages of all variables, lets them become the variables' values where it is time for that, and
    /// constrains the variables that had a gradient.
    fileprivate func average(_ changes: inout [(Variable, Tensor)], _ places: [Int]) {
        let isAveraging = options.useEMA
        guard isAveraging || places.contains(where: { entries[$0].variable.constraint != nil }) else { return }
        var values: [Int: (index: Int?, value: Tensor)] = [:]
        for (index, place) in places.enumerated() where changes[index].0 === entries[place].variable {
            values[place] = (index, changes[index].1)
        }
        func set(_ place: Int, _ value: Tensor) {
            if let index = values[place]?.index {
                changes[index].1 = value
            } else {
                values[place] = (changes.count, value)
                changes.append((entries[place].variable, value))
            }
        }
        if isAveraging {
            let momentum = iterations == 0 ? 0 : options.emaMomentum
            let frequency = options.emaOverwriteFrequency ?? 0
            let overwrites = frequency > 0 && (iterations + 1).isMultiple(of: frequency)
            for (place, entry) in entries.enumerated() {
                let value = values[place]?.value ?? entry.variable.current
                let average = momentum * entry.average!.current + (1 - momentum) * value
                changes.append((entry.average!, average))
                if overwrites { set(place, average) }
            }
        }
        for place in places {
            guard let constraint = entries[place].variable.constraint else { continue }
            set(place, constraint(values[place]?.value ?? entries[place].variable.current))
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
