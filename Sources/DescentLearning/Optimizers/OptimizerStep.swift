import DescentCore

extension Optimizer {
    /// Takes a step: as it was taken before, if what was recorded is the same; else all of it is recorded and evaluated at once.
    /// If anything fails, everything stays as it was.
    ///
    /// The order is that of Keras 3: leave out missing gradients, undo the scale of the loss, accumulate, clip, decay,
    /// update, average, overwrite, constrain.
    ///
    /// - Parameter state: the optimizer's, which the caller has asked for: it is a requirement of the protocol.
    /// - Returns: the values that the request asks for.
    func take(
        _ request: consuming StepRequest, _ variables: [Variable], _ state: OptimizerState,
        at location: SourceLocation? = nil
    ) throws -> [Tensor] {
        let known = state.entries.count
        state.attempts &+= 1
        if !state.building.isEmpty { state.building = [] }
        do {
            try state.check()
            if variables.isEmpty {
                let answers = try Engine.update(request.updates(request.root), also: request.answers(request.root))
                if state.options.convention == .tensorFlow2 { state.calls += 1 }
                return answers
            }
            let rate = try state.rateOfStep()
            state.formulas.removeAll()
            if let answers = try replay(&request, variables, rate, state) {
                state.room = request.takeRoots()
                state.formulas.removeAll()
                return answers
            }
            var step = try state.formulas.takeBegun() ?? begin(request, variables, rate)
            var (updates, also) = (request.updates(request.root), request.answers(request.root))
            request.removeAll()
            if let finite = try finish(&step, rate) { also.append(finite) }
            state.formulas.removeAll()
            updates = step.changes + updates
            let isScaled = step.finite != nil
            step.changes = []
            var answers = try Engine.update(consume updates, also: consume also)
            state.finish(isScaled ? answers.removeLast() : nil)
            return answers
        } catch {
            state.restore(known)
            state.touches = []
            throw (error as? DescentError)?.located(at: location) ?? error
        }
    }

    /// Everything up to the formulas.
    func begin(
        _ request: borrowing StepRequest, _ variables: [Variable], _ rate: Double
    ) throws(DescentError) -> StepUnderWay {
        let gradients = try request.gradients(request.root) { loss, weights, recorded throws(DescentError) in
            try Backward.gradients(of: loss, weights, variables, recorded: recorded)
        }
        return try begin(gradients, isOfLoss: request.recorded != nil, variables, rate)
    }

    /// Everything up to the formulas, for these gradients.
    func begin(
        _ gradients: consuming [Tensor?], isOfLoss: Bool, _ variables: [Variable], _ rate: Double,
        withShared: Bool = true
    ) throws(DescentError) -> StepUnderWay {
        if isOfLoss { state.options.clipEarly(&gradients) }
        var changes = try state.check(gradients, variables)
        gradients = []
        if changes.count < variables.count, state.options.convention == .keras3 {
            // What is listed is known from now on, gradient or not: its average begins here.
            for (index, variable) in variables.enumerated() where variable.dtype.isFloatingPoint {
                _ = entry(of: variable, near: index)
            }
        }
        let hasTwins = state.hasTwins(variables)
        if hasTwins, !state.isUpdate { changes = addedUp(changes) }
        var entries: [OptimizerState.Entry] = []
        entries.reserveCapacity(changes.count)
        for index in changes.indices { entries.append(entry(of: changes[index].0, near: index)) }
        let finite = state.undoScale(&changes)
        let isUpdate = state.accumulate(&changes, entries)
        if isUpdate { try state.options.clipLate(&changes) }
        let shared = isUpdate && withShared ? state.formulas.takeShared() ?? sharedUpdates(state.sharedStep(rate)) : []
        return StepUnderWay(
            changes: changes, entries: entries, hasTwins: hasTwins, finite: finite, isUpdate: isUpdate, shared: shared)
    }

    /// One gradient for each variable: the sum of all that it has.
    private func addedUp(_ gradients: [(Variable, Tensor)]) -> [(Variable, Tensor)] {
        var places: [ObjectIdentifier: Int] = [:]
        return gradients.reduce(into: []) { sums, next in
            if let place = places[ObjectIdentifier(next.0)] {
                sums[place].1 = sums[place].1 + next.1
            } else {
                places[ObjectIdentifier(next.0)] = sums.count
                sums.append(next)
            }
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

    /// The formulas, and everything after them.
    ///
    /// - Parameter apply: applies the formula of an entry; else it is recorded, unless it has been.
    /// - Returns: whether the step counts, if that depends on the gradients.
    func finish(
        _ step: inout StepUnderWay, _ rate: Double, _ apply: Application? = nil
    ) throws(DescentError) -> Tensor? {
        if step.isUpdate { try update(&step, rate, apply) }
        state.average(&step.changes, step.entries)
        guard let finite = step.finite else { return nil }
        state.hold(&step.changes, unless: finite)
        return finite
    }

    /// Replaces each gradient by the new value of its variable, and adds the new values of slots.
    private func update(
        _ step: inout StepUnderWay, _ rate: Double, _ apply: Application?
    ) throws(DescentError) {
        if step.hasTwins { return try updateOneByOne(&step, rate) }
        step.changes.reserveCapacity(step.changes.count * 2 + step.shared.count)
        for (index, entry) in step.entries.enumerated() {
            let gradient = step.changes[index].1
            if let slices = IndexedSlices(gradient), changesRowsOnly(entry) {
                let now = Step(learningRate: rate * entry.rate, state, entry.variable)
                step.changes[index].1 = try updated(entry, slices, now, &step.changes)
                continue
            }
            if entry.clock != nil { try entry.follow() }
            let arguments = [entry.variable.current, gradient] + entry.slots.map(\.variable.current)
            var results = apply?(index, arguments) ?? state.formulas.results(for: entry, arguments)
            if results == nil { results = try formula(of: entry, arguments, rate) }
            step.changes[index].1 = results![0]
            for (slot, value) in zip(entry.slots, results!.dropFirst()) { step.changes.append((slot.variable, value)) }
        }
        step.changes += step.shared
    }

    /// The same where variables are listed more than once: each time the formula goes on from what it gave before.
    private func updateOneByOne(_ step: inout StepUnderWay, _ rate: Double) throws(DescentError) {
        let others = step.changes.dropFirst(step.entries.count)
        var latest: [ObjectIdentifier: [Tensor]] = [:]
        var entries: [OptimizerState.Entry] = []
        for entry in step.entries {
            if latest[ObjectIdentifier(entry)] == nil {
                entries.append(entry)
                if entry.clock != nil { try entry.follow() }
                latest[ObjectIdentifier(entry)] = [entry.variable.current] + entry.slots.map(\.variable.current)
            }
            // All that decays does so before any formula.
            latest[ObjectIdentifier(entry)]![0] = decayed(latest[ObjectIdentifier(entry)]![0], entry, rate)
        }
        for (entry, (_, gradient)) in zip(step.entries, step.changes) {
            var arguments = latest[ObjectIdentifier(entry)]!
            arguments.insert(gradient, at: 1)
            latest[ObjectIdentifier(entry)] = try formula(of: entry, arguments, rate, isDecayed: true)
        }
        step.changes = entries.map { ($0.variable, latest[ObjectIdentifier($0)]![0]) } + others
        for entry in entries {
            for (slot, value) in zip(entry.slots, latest[ObjectIdentifier(entry)]!.dropFirst()) {
                step.changes.append((slot.variable, value))
            }
        }
        step.changes += step.shared
        step.entries = entries
    }

    /// The value of a variable after weight decay; in PyTorch's mode the gradient takes it over.
    private func decayed(_ value: Tensor, _ entry: OptimizerState.Entry, _ rate: Double) -> Tensor {
        guard let decay = entry.decay, state.options.convention != .pyTorch else { return value }
        return value - value * (decay * (rate * entry.rate))
    }

    /// What the optimizer makes of a variable's value, its gradient and the values of its slots: the new value, and those of
    /// slots.
    ///
    /// - Parameter isDecayed: whether the variable's value has decayed already.
    func formula(
        of entry: OptimizerState.Entry, _ arguments: [Tensor], _ rate: Double, isDecayed: Bool = false
    ) throws(DescentError) -> [Tensor] {
        let step = Step(learningRate: rate * entry.rate, state, entry.variable)
        var (value, gradient) = (arguments[0], arguments[1])
        if let decay = entry.decay, state.options.convention == .pyTorch { gradient = gradient + decay * value }
        if !isDecayed { value = decayed(value, entry, rate) }
        var slots = Slots(values: [])
        slots.values.reserveCapacity(entry.slots.count)
        for (index, slot) in entry.slots.enumerated() { slots.values.append((slot.name, arguments[index + 2])) }
        var results = [update(value, gradient, &slots, step)]
        if slots.values.count > entry.slots.count {
            throw DescentError(
                "slots", "a slot must be listed in slotNames", received: slots.values[entry.slots.count].name)
        }
        for slot in slots.values { results.append(slot.value) }
        return results
    }
}

/// A step whose gradients are known.
struct StepUnderWay {
    /// First the variables with their gradients, and later with their new values.
    var changes: [(Variable, Tensor)]
    /// What is remembered of these variables.
    var entries: [OptimizerState.Entry]
    /// Whether a variable is listed more than once.
    let hasTwins: Bool
    /// Whether all gradients are finite, if that decides about the step.
    let finite: Tensor?
    /// Whether the call updates; it may only add up gradients.
    let isUpdate: Bool
    /// The next values of what is remembered of all variables together.
    let shared: [(Variable, Tensor)]
}

/// Applies the formula of an entry to its arguments.
typealias Application = (_ entry: Int, _ arguments: [Tensor]) -> [Tensor]

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
        guard isUpdate else {
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
        _ changes: inout [(Variable, Tensor)], unless condition: Tensor
    ) {
        for index in changes.indices {
            changes[index].1 = Tensor.where(condition, changes[index].1, changes[index].0.current)
        }
    }

    /// Whether the call under way updates; it may only add up gradients.
    var isUpdate: Bool { (calls + 1).isMultiple(of: options.callsPerUpdate) }

    /// What is known where all variables are meant.
    func sharedStep(_ rate: Double) -> Step { Step(learningRate: rate, self, nil) }

    /// The learning rate of the step under way; a call that only adds up gradients needs none.
    func rateOfStep() throws(DescentError) -> Double {
        guard isUpdate else { return 0 }
        let rate = stepLearningRate
        guard !rate.isNaN else { throw OptimizerState.rateThatIsNoNumber }
        return rate
    }

    /// Counts the step, if it was one.
    func finish(_ finite: Tensor?) {
        if let finite, !(dynamicScale!.advance(finite: Bool(finite))) {
            touches = []
            return
        }
        calls += 1
        settleTouches()
    }
}
