import DescentCore

/// Rows of a table that a step changes.
struct TouchedRows {
    /// Their numbers; one may stand here several times.
    let numbers: RowNumbers
    /// The gradient of each, those of one row added up.
    let gradient: Tensor

    /// Adds up what belongs to one row. Where a row stands several times each of its places gets the sum.
    init(_ slices: IndexedSlices, _ dtype: DType) throws(DescentError) {
        numbers = try RowNumbers(slices.indices)
        let rows = slices.shape[0]
        if let (position, number) = numbers.firstOutside(rows) {
            throw DescentError(
                "applyGradients", "an index must lie inside the axis",
                received: "index \(number) at position \(position) for an axis of length \(rows)")
        }
        let values = slices.values.strong().cast(to: dtype)
        guard let places = numbers.firstPlaces else {
            gradient = values
            return
        }
        gradient = Tensor.zeros(values.shape, dtype: dtype).scatterAdd(places, values).gather(places)
    }
}

extension IndexedSlices {
    /// The same rows; where one stands several times, its sum stands at its first place, and zeros at the others.
    func summed() throws(DescentError) -> IndexedSlices {
        guard let places = try RowNumbers(indices).firstPlaces else { return self }
        return mapValues { Tensor.zeros($0.shape, dtype: $0.dtype).scatterAdd(places, $0) }
    }
}

extension Optimizer {
    /// Whether a step may change only the rows of a table that have a gradient.
    func changesRowsOnly(_ entry: OptimizerState.Entry) -> Bool {
        guard isElementwise else { return false }
        let options = state.options
        if options.lazy || options.convention == .tensorFlow2 && zeroGradientDecay == nil { return true }
        return zeroGradientDecay != nil && (entry.decay ?? 0) == 0
    }

    /// The new value of a table, and of its slots, where only these rows change.
    func updated(
        _ entry: OptimizerState.Entry, _ slices: IndexedSlices, _ step: Step, _ changes: inout [(Variable, Tensor)]
    ) throws(DescentError) -> Tensor {
        let touched = try TouchedRows(slices, entry.variable.dtype)
        try entry.startClock(state.options.lazy ? [:] : zeroGradientDecay ?? [:])
        let indices = touched.numbers.tensor
        var value = entry.variable.current.gather(indices)
        // PyTorch's decay, which is added to the gradient, never comes here: its tables are changed as a whole.
        if let decay = entry.decay { value = value - value * (decay * step.learningRate) }
        var slots = Slots(values: [])
        for slot in entry.slots {
            let rows = slot.variable.current.gather(indices)
            slots.values.append((slot.name, entry.caughtUp(rows, slot.name, touched)))
        }
        let new = update(value, touched.gradient, &slots, step)
        try slots.write(to: entry) { changes.append(($0, $0.current.scatterSet(indices, $1))) }
        if entry.clock != nil { state.touches.append((entry, touched.numbers)) }
        return entry.variable.current.scatterSet(indices, new)
    }
}

extension OptimizerState.Entry {
    /// Rows of a slot as they are after all steps so far.
    fileprivate func caughtUp(_ rows: Tensor, _ slot: String, _ touched: TouchedRows) -> Tensor {
        guard let clock, clock.isBehind, clock.factors[slot] != nil else { return rows }
        return rows * clock.lag(of: slot, touched.numbers, rank: rows.rank, dtype: variable.dtype)
    }

    /// Starts to count for each row what its slots have followed; other factors than before end an older count.
    fileprivate func startClock(_ factors: [String: Double]) throws(DescentError) {
        if let clock, clock.factors == factors { return }
        try follow()
        clock = factors.isEmpty ? nil : RowClock(rows: variable.shape[0], factors: factors)
    }

    /// Makes the slots of all rows follow the steps so far, as if they had done it in each.
    func follow() throws(DescentError) {
        guard let clock, clock.isBehind else { return }
        var changes: [(Variable, Tensor)] = []
        for slot in slots where clock.factors[slot.name] != nil {
            let (rank, dtype) = (slot.variable.shape.rank, slot.variable.dtype)
            let column = clock.lag(of: slot.name, nil, rank: rank, dtype: dtype)
            changes.append((slot.variable, slot.variable.current * column))
        }
        try Engine.update(changes)
        self.clock = nil
    }
}

extension OptimizerState {
    /// The step was taken: the rows it touched have followed it.
    func settleTouches() {
        for (entry, numbers) in touches { entry.clock?.touch(numbers) }
        touches = []
    }

    /// Makes the slots of all tables follow the steps so far.
    func followAll() throws(DescentError) {
        for entry in entries where entry.clock != nil { try entry.follow() }
    }
}
