import DescentCore

/// Rows of a table that a step changes.
struct TouchedRows {
    /// Their numbers; one may stand here several times.
    let indices: Tensor
    /// The gradient of each, those of one row added up.
    let gradient: Tensor
    /// The numbers as the program sees them.
    let numbers: [Int]

    /// Adds up what belongs to one row. Where a row stands several times each of its places gets the sum, so the shapes
    /// are the same whether rows repeat or not, and so is the plan.
    init(_ slices: IndexedSlices, _ dtype: DType) throws(DescentError) {
        try Engine.evaluate([slices.indices.node])
        numbers = slices.indices.scalars(as: Int.self)
        let rows = slices.shape[0]
        if let position = numbers.firstIndex(where: { $0 < 0 || $0 >= rows }) {
            throw DescentError(
                "applyGradients", "an index must lie inside the axis",
                received: "index \(numbers[position]) at position \(position) for an axis of length \(rows)")
        }
        indices = slices.indices
        var firsts: [Int: Int] = [:]
        firsts.reserveCapacity(numbers.count)
        var places: [Int] = []
        places.reserveCapacity(numbers.count)
        for (position, number) in numbers.enumerated() {
            let first = firsts[number] ?? position
            if first == position { firsts[number] = position }
            places.append(first)
        }
        let values = slices.values.strong().cast(to: dtype)
        guard firsts.count < numbers.count else {
            gradient = values
            return
        }
        let inverse = Tensor(places, dtype: .int64)
        gradient = Tensor.zeros(values.shape, dtype: dtype).scatterAdd(inverse, values).gather(inverse)
    }
}

/// Until when the slots of each row have followed the steps.
///
/// A row without a gradient would only have its slots multiplied by a factor at each step. That waits until the row is
/// touched again or somebody looks.
struct RowClock {
    /// What each slot is multiplied by in a step without gradient; never empty.
    let factors: [String: Double]
    /// How many steps of the variable each row's slots have followed.
    var rows: [Int32]
    /// Steps of the variable.
    var steps: Int32 = 0

    init(rows: Int, factors: [String: Double]) {
        self.rows = [Int32](repeating: 0, count: rows)
        self.factors = factors
    }

    var isBehind: Bool { steps > 0 }

    /// What the slot of each of these rows must be multiplied by to have followed.
    func lag(of slot: String, _ numbers: some Sequence<Int>) -> [Double] {
        let factor = factors[slot] ?? 1
        var powers: [Double] = [1]
        return numbers.map { number in
            let count = Int(steps - rows[number])
            // Powers by repeated products, as the steps would have made them; 0 comes soon enough.
            while powers.count <= count, powers.count < 100_000 { powers.append(powers[powers.count - 1] * factor) }
            return count < powers.count ? powers[count] : 0
        }
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
        _ place: Int, _ slices: IndexedSlices, _ step: Step, _ changes: inout [(Variable, Tensor)]
    ) throws(DescentError) -> Tensor {
        let entry = state.entries[place]
        let options = state.options
        let touched = try TouchedRows(slices, entry.variable.dtype)
        let factors = options.lazy ? [:] : zeroGradientDecay ?? [:]
        try state.startClock(at: place, factors)
        var value = entry.variable.current.gather(touched.indices)
        // PyTorch's decay, which is added to the gradient, never comes here: its tables are changed as a whole.
        if let decay = entry.decay { value = value - value * (decay * step.learningRate) }
        var slots = Slots(values: [])
        for slot in entry.slots {
            let rows = slot.variable.current.gather(touched.indices)
            slots.values.append((slot.name, rows * state.lag(of: slot.name, at: place, touched, rank: rows.rank)))
        }
        let new = update(value, touched.gradient, &slots, step)
        if let unknown = slots.values.dropFirst(entry.slots.count).first {
            throw DescentError("slots", "a slot must be listed in slotNames", received: unknown.name)
        }
        for (slot, rows) in zip(entry.slots, slots.values) {
            changes.append((slot.variable, slot.variable.current.scatterSet(touched.indices, rows.value)))
        }
        state.touch(touched.numbers, at: place)
        return entry.variable.current.scatterSet(touched.indices, new)
    }
}

extension OptimizerState {
    /// The factors that the slot of each touched row must be multiplied by to have followed all steps.
    fileprivate func lag(of slot: String, at place: Int, _ touched: TouchedRows, rank: Int) -> Tensor {
        guard let clock = clocks[place], clock.isBehind, clock.factors[slot] != nil else { return 1 }
        let factors = Tensor(clock.lag(of: slot, touched.numbers), dtype: entries[place].variable.dtype)
        return factors.reshape(Shape([touched.numbers.count] + [Int](repeating: 1, count: rank - 1)))
    }

    /// Starts to count for each row what its slots have followed; other factors than before end an older count.
    fileprivate func startClock(at place: Int, _ factors: [String: Double]) throws(DescentError) {
        if let clock = clocks[place], clock.factors == factors { return }
        try follow(at: place)
        clocks[place] = factors.isEmpty ? nil : RowClock(rows: entries[place].variable.shape[0], factors: factors)
    }

    /// Notes which rows a step touches; undone if the step fails.
    fileprivate func touch(_ numbers: [Int], at place: Int) {
        if clocks[place] != nil { touches.append((place, numbers)) }
    }

    /// The step was taken: the rows it touched have followed it.
    func settleTouches() {
        guard !touches.isEmpty else { return }
        for (place, numbers) in touches {
            clocks[place]!.steps += 1
            let steps = clocks[place]!.steps
            for number in numbers { clocks[place]!.rows[number] = steps }
        }
        touches = []
    }

    /// Makes the slots of all rows follow the steps so far, as if they had done it in each.
    func follow(at place: Int) throws(DescentError) {
        guard let clock = clocks[place], clock.isBehind else { return }
        let entry = entries[place]
        var changes: [(Variable, Tensor)] = []
        for slot in entry.slots where clock.factors[slot.name] != nil {
            let factors = Tensor(clock.lag(of: slot.name, clock.rows.indices), dtype: slot.variable.dtype)
            let column = factors.reshape(
                Shape([clock.rows.count] + [Int](repeating: 1, count: slot.variable.shape.rank - 1)))
            changes.append((slot.variable, slot.variable.current * column))
        }
        try Engine.update(changes)
        clocks[place] = nil
    }

    /// The same for all variables.
    func followAll() throws(DescentError) {
        for place in clocks.keys.sorted() { try follow(at: place) }
    }
}
