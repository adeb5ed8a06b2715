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
    /// What each slot is multiplied by in a step without gradient.
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

    /// A step has been taken that these rows followed.
    mutating func touch(_ numbers: [Int]) {
        steps += 1
        for number in numbers { rows[number] = steps }
    }

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
        guard isElementwise, entry.variable.shape.rank > 0 else { return false }
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
        var value = entry.variable.current.gather(touched.indices)
        var gradient = touched.gradient
        if let decay = entry.decay {
            if state.options.convention == .pyTorch {
                gradient = gradient + decay * value
            } else {
                value = value - value * (decay * step.learningRate)
            }
        }
        var slots = Slots(values: [])
        for slot in entry.slots {
            let rows = slot.variable.current.gather(touched.indices)
            slots.values.append((slot.name, entry.caughtUp(rows, slot.name, touched)))
        }
        let new = update(value, gradient, &slots, step)
        try slots.write(to: entry) { changes.append(($0, $0.current.scatterSet(touched.indices, $1))) }
        if entry.clock != nil { state.touches.append((entry, touched.numbers)) }
        return entry.variable.current.scatterSet(touched.indices, new)
    }
}

extension OptimizerState.Entry {
    /// Rows of a slot as they are after all steps so far.
    fileprivate func caughtUp(_ rows: Tensor, _ slot: String, _ touched: TouchedRows) -> Tensor {
        guard let clock, clock.isBehind, clock.factors[slot] != nil else { return rows }
        let factors = Tensor(clock.lag(of: slot, touched.numbers), dtype: variable.dtype)
        return rows * factors.reshape(Shape([touched.numbers.count] + [Int](repeating: 1, count: rows.rank - 1)))
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
            let factors = Tensor(clock.lag(of: slot.name, clock.rows.indices), dtype: slot.variable.dtype)
            let column = factors.reshape(
                Shape([clock.rows.count] + [Int](repeating: 1, count: slot.variable.shape.rank - 1)))
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
