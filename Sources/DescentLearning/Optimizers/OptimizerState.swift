import DescentCore

/// What an optimizer keeps between steps: options, counters, and what it remembers of each variable.
///
/// Belongs to one optimizer, and with it to the thread that uses it.
public final class OptimizerState {
    /// What the optimizer was told.
    public let options: OptimizerOptions
    /// Where the learning rate comes from.
    @exclusivity(unchecked) public var learningRateSource: Hyperparameter {
        didSet { constantRate = learningRateSource.number }
    }
    /// The learning rate, if it is a number: asked for at every step.
    @exclusivity(unchecked) private var constantRate: Double?
    /// Steps taken so far, counting also those that only accumulated gradients.
    @exclusivity(unchecked) public internal(set) var calls = 0
    /// Steps that were begun, those that failed included.
    @exclusivity(unchecked) var attempts = 0
    /// Scales the loss by what the gradients allow, if the optimizer is told to.
    @exclusivity(unchecked) var dynamicScale: DynamicScale?
    /// What is wrong with the options; every step throws it.
    @exclusivity(unchecked) var problem: DescentError? { didSet { isFaulty = problem != nil } }
    /// Whether there is a problem: to look at an error takes longer than to take a small step.
    @exclusivity(unchecked) private var isFaulty = false
    /// What is remembered of each variable, in the order in which variables came.
    @exclusivity(unchecked) private(set) var entries: [Entry] = []
    @exclusivity(unchecked) private var places: [ObjectIdentifier: Int] = [:]
    @exclusivity(unchecked) private var exclusions: [(Variable) -> Bool] = []
    @exclusivity(unchecked) private var rates: [ObjectIdentifier: (variable: Variable, factor: Double)] = [:]
    /// The rows that the step under way touches.
    @exclusivity(unchecked) var touches: [(entry: Entry, rows: RowNumbers)] = []
    /// Room for the roots of a step, used again.
    @exclusivity(unchecked) var room: [Node] = []
    /// Room for its answers.
    @exclusivity(unchecked) private var answers: [Tensor] = []
    /// What the step under way has recorded.
    let formulas = RecordedFormulas()
    /// Steps that were taken before.
    package let replays = Replays()
    /// Grows whenever something changes that every step depends on: which variables there are, and what is remembered of them.
    @exclusivity(unchecked) private(set) var version = 0
    /// Whether a formula was never seen to depend on more than the shape of its variable.
    @exclusivity(unchecked) var mayShareFormulas = true
    /// Entries of earlier calls that the step under way has completed, and how many slots they had.
    @exclusivity(unchecked) var building: [(entry: Entry, slotCount: Int)] = []
    /// The missing gradients of the last step that had some: a warning is not repeated at every step.
    @exclusivity(unchecked) private var missing: [ObjectIdentifier] = []

    typealias Slot = (name: String, variable: Variable)

    /// Whether rows of some table wait for their slots to follow.
    var hasClocks: Bool { entries.contains { $0.clock != nil } }

    /// What is remembered of one variable.
    final class Entry {
        let variable: Variable
        @exclusivity(unchecked) fileprivate(set) var slots: [Slot]
        /// Whether the slots that the optimizer asks for are there.
        @exclusivity(unchecked) fileprivate(set) var isBuilt: Bool
        /// The moving average of the variable.
        let average: Variable?
        /// The sum of gradients that wait for the next update.
        let accumulator: Variable?
        /// The weight decay, if any applies.
        let decay: Double?
        /// What the learning rate is multiplied by.
        @exclusivity(unchecked) fileprivate(set) var rate: Double
        /// Until when the slots of each row have followed, for a table whose rows are changed one by one.
        @exclusivity(unchecked) var clock: RowClock?

        init(
            _ variable: Variable, slots: [Slot], isBuilt: Bool, average: Variable?, accumulator: Variable?,
            decay: Double?,
            rate: Double
        ) {
            self.variable = variable
            self.slots = slots
            self.isBuilt = isBuilt
            self.average = average
            self.accumulator = accumulator
            self.decay = decay
            self.rate = rate
        }
    }

    /// The state of an optimizer that has taken no step.
    public init(_ options: OptimizerOptions) {
        self.options = options
        learningRateSource = options.learningRate
        constantRate = learningRateSource.number
        problem = options.problem
        isFaulty = problem != nil
    }

    /// The state of an optimizer that has taken no step and has no options.
    public convenience init(learningRate: some HyperparameterSource = 0.001) {
        self.init(OptimizerOptions(learningRate: learningRate))
    }

    /// Room for the roots of a step, which it will give back.
    func takeRoom() -> [Node] {
        var taken: [Node] = []
        swap(&taken, &room)
        return taken
    }

    /// Room for the answers of a step.
    func takeAnswers() -> [Tensor] {
        var taken: [Tensor] = []
        swap(&taken, &answers)
        return taken
    }

    /// The only answer of a step; the room for it is kept.
    func single(_ given: consuming [Tensor]) -> Tensor {
        let answer = given.removeLast()
        answers = consume given
        return answer
    }

    /// Updates finished so far.
    public var iterations: Int { calls / options.callsPerUpdate }

    /// The learning rate in force; setting a number replaces a schedule or closure.
    public var learningRate: Double {
        get { constantRate ?? learningRateSource.value(at: calls) }
        set { learningRateSource = Hyperparameter(newValue) }
    }

    /// What must be right before every step.
    func check() throws(DescentError) {
        if constantRate?.isNaN == false, !isFaulty { return }
        if let problem = problem ?? learningRateProblem { throw problem }
    }

    /// What is wrong with a learning rate that was set after the beginning.
    var learningRateProblem: DescentError? {
        switch learningRateSource.source {
        case .number(let number): number.isNaN ? Self.rateThatIsNoNumber : nil
        case .schedule(let schedule): schedule.problem
        case .callable: nil
        }
    }

    /// A step along it would destroy every variable.
    static var rateThatIsNoNumber: DescentError {
        DescentError("optimizer", "learningRate must be a number", received: "nan")
    }

    /// The learning rate of this step, decay included.
    var stepLearningRate: Double {
        options.decay == 0 ? learningRate : learningRate / (1 + options.decay * Double(calls))
    }

    // MARK: - Entries

    /// The variable's entry, or nil for a variable that was never seen.
    func entry(of variable: Variable, near position: Int = 0) -> Entry? {
        // Most often a variable stands where it stood before.
        if position < entries.count, entries[position].variable === variable { return entries[position] }
        return places[ObjectIdentifier(variable)].map { entries[$0] }
    }

    /// Makes the entry of a variable; its slots start as the optimizer says, nil if it has not been asked yet.
    func addEntry(for variable: Variable, slots: [(name: String, value: Tensor)]?, decay: Double?) -> Entry {
        func remembered(_ name: String, _ value: Tensor) -> Variable {
            Variable(value, name: slotVariableName(variable, name), trainable: false)
        }
        let zeros = Tensor.zeros(variable.shape, dtype: variable.dtype)
        version += 1
        places[ObjectIdentifier(variable)] = entries.count
        entries.append(
            Entry(
                variable, slots: (slots ?? []).map { ($0.name, remembered($0.name, $0.value)) },
                isBuilt: slots != nil, average: options.useEMA ? remembered("average", variable.current) : nil,
                accumulator: options.callsPerUpdate > 1 ? remembered("gradient_accumulator", zeros) : nil,
                decay: exclusions.contains { $0(variable) } ? nil : decay,
                rate: rates[ObjectIdentifier(variable)]?.factor ?? 1)
        )
        return entries[entries.count - 1]
    }

    /// Forgets the entries and slots that a step made before it failed.
    func restore(_ count: Int) {
        if entries.count > count || !building.isEmpty { version += 1 }
        while entries.count > count { places[ObjectIdentifier(entries.removeLast().variable)] = nil }
        for (entry, slotCount) in building {
            entry.slots.removeSubrange(slotCount...)
            entry.isBuilt = false
        }
        building = []
    }

    /// Adds the slots that the optimizer asks for and that are not there.
    func build(_ entry: Entry, slots: [(name: String, value: Tensor)]) {
        version += 1
        building.append((entry, entry.slots.count))
        for (name, value) in slots where !entry.slots.contains(where: { $0.name == name }) {
            addSlot(name, value, to: entry)
        }
        entry.isBuilt = true
    }

    /// Adds a slot to the entry of a variable.
    @discardableResult
    func addSlot(_ name: String, _ value: Tensor, to entry: Entry) -> Variable {
        version += 1
        let slot = Variable(value, name: slotVariableName(entry.variable, name), trainable: false)
        entry.slots.append((name, slot))
        return slot
    }

    private func slotVariableName(_ variable: Variable, _ slot: String) -> String {
        options.convention == .keras3 ? "\(variable.name)_\(slot)" : "\(variable.name)/\(slot)"
    }

    // MARK: - Choices by variable

    /// Weight decay leaves alone what the predicate holds for; to be said before the first step.
    func exclude(_ predicate: @escaping (Variable) -> Bool) throws {
        guard entries.isEmpty else {
            throw DescentError(
                "excludeFromWeightDecay", "exclusions must be said before the first step",
                received: "an optimizer with \(entries.count) variables")
        }
        version += 1
        exclusions.append(predicate)
    }

    /// The learning rate of a variable is multiplied by `factor`.
    func setRate(_ factor: Double, for variable: Variable) {
        // Kept together with the variable: another one must not get its identity.
        version += 1
        rates[ObjectIdentifier(variable)] = (variable, factor)
        if let place = places[ObjectIdentifier(variable)] { entries[place].rate = factor }
    }

    /// Says which variables have no gradient, once.
    func warn(missing variables: [Variable]) {
        let identities = variables.map { ObjectIdentifier($0) }
        guard identities != missing else { return }
        missing = identities
        Warnings.emit(
            "no gradient for \(variables.map(\.name).joined(separator: ", ")): the loss does not depend on it")
    }
}
