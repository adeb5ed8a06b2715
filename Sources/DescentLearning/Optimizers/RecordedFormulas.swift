import DescentCore

/// An optimizer of this library: its formula follows from the shape and the type of the variable.
protocol Recordable: Optimizer {}

extension Adafactor: Recordable {}
extension Lamb: Recordable {}
extension Muon: Recordable {}

/// An optimizer whose formula works element by element and never asks for a shape: recorded for one variable, it holds
/// for variables of every shape.
protocol ShapeFree: Recordable {}

extension Adadelta: ShapeFree {}
extension Adagrad: ShapeFree {}
extension Adam: ShapeFree {}
extension AdamW: ShapeFree {}
extension Adamax: ShapeFree {}
extension Ftrl: ShapeFree {}
extension Lion: ShapeFree {}
extension Nadam: ShapeFree {}
extension RMSprop: ShapeFree {}
extension SGD: ShapeFree {}
extension ScheduleFreeAdamW: ShapeFree {}

/// Which variables share the record of a formula.
final class FormulaSharing {
    /// For each formula the entry that it is recorded for.
    @exclusivity(unchecked) private(set) var entries: [OptimizerState.Entry] = []
    /// For each entry of the step its formula.
    @exclusivity(unchecked) private(set) var formulaOfEntry: [Int] = []
    /// The numbers that the formulas were recorded with the last time, if they depend on nothing else.
    @exclusivity(unchecked) var numbers: SIMD4<Double>?

    init(_ entries: [OptimizerState.Entry], _ optimizer: any Optimizer) {
        let mayShare =
            optimizer.state.mayShareFormulas && (optimizer is any Recordable || optimizer.recordsOncePerShape)
        let anyShape = optimizer is any ShapeFree
        for entry in entries {
            let twin = mayShare ? self.entries.firstIndex { $0.isLike(entry, anyShape: anyShape) } : nil
            formulaOfEntry.append(twin ?? self.entries.count)
            if twin == nil { self.entries.append(entry) }
        }
    }

    /// The same entries, each with a formula of its own; those that are recorded already come first.
    func unshared(_ all: [OptimizerState.Entry]) -> FormulaSharing {
        let first = Set(entries.map { ObjectIdentifier($0) })
        let rest = all.filter { !first.contains(ObjectIdentifier($0)) }
        return FormulaSharing(entries: entries + rest, of: all)
    }

    private init(entries: [OptimizerState.Entry], of all: [OptimizerState.Entry]) {
        self.entries = entries
        var numbers: [ObjectIdentifier: Int] = [:]
        for (number, entry) in entries.enumerated() { numbers[ObjectIdentifier(entry)] = number }
        formulaOfEntry = all.map { numbers[ObjectIdentifier($0)]! }
    }

    /// Whether the formulas were recorded with just these numbers; zeros of either sign are not the same.
    func isRecorded(with others: SIMD4<Double>?) -> Bool {
        guard let numbers, let others else { return false }
        return unsafeBitCast(numbers, to: SIMD4<UInt64>.self) == unsafeBitCast(others, to: SIMD4<UInt64>.self)
    }

    /// Whether some variables do.
    var isShared: Bool { entries.count < formulaOfEntry.count }
}

/// The formulas that a step has recorded on stand-ins.
final class RecordedFormulas {
    @exclusivity(unchecked) private(set) var recorded = Formulas()
    /// For each of them the entry that it is recorded for.
    @exclusivity(unchecked) private var entries: [OptimizerState.Entry] = []
    @exclusivity(unchecked) private var numbers: [ObjectIdentifier: Int] = [:]
    /// The arguments of the formula under way.
    @exclusivity(unchecked) private var arguments: [Tensor] = []
    /// The step, if a formula looked at its arguments.
    @exclusivity(unchecked) private(set) var begun: StepUnderWay?

    /// The next values of what is remembered of all variables together, if they were asked for.
    @exclusivity(unchecked) private var shared: [(Variable, Tensor)]?

    /// Forgets what an earlier step has recorded.
    func removeAll() {
        if shared != nil { shared = nil }
        if entries.isEmpty { return }
        recorded = Formulas()
        entries.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        arguments = []
        begun = nil
    }

    /// The step that a formula has looked at, handed over.
    func takeBegun() -> StepUnderWay? { begun.take() }

    /// The next values of what is remembered of all variables together: asked for once in a step.
    func shared(_ ask: () -> [(Variable, Tensor)]) -> [(Variable, Tensor)] {
        if shared == nil { shared = ask() }
        return shared!
    }

    /// The same, handed over; nil if they were not asked for.
    func takeShared() -> [(Variable, Tensor)]? { shared.take() }

    /// Records the formula of an entry.
    func record(
        for entry: OptimizerState.Entry, _ formula: ([Tensor]) throws(DescentError) -> [Tensor]
    ) throws(DescentError) {
        let (shape, dtype) = (entry.variable.shape, entry.variable.dtype)
        numbers[ObjectIdentifier(entry)] = entries.count
        entries.append(entry)
        arguments = [.standIn(shape, dtype), .standIn(shape, dtype)]
        for slot in entry.slots { arguments.append(.standIn(slot.variable.shape, slot.variable.dtype)) }
        let results = try formula(arguments)
        recorded.append(arguments, results)
        arguments = []
    }

    /// The values of all stand-ins in a step that has come up to the formulas.
    func values(in step: StepUnderWay) throws -> [(standIn: Tensor, value: Tensor)] {
        begun = step
        var places: [ObjectIdentifier: Int] = [:]
        for (place, entry) in step.entries.enumerated() { places[ObjectIdentifier(entry)] = place }
        return entries.enumerated().flatMap { number, entry in
            let standIns = number < recorded.count ? recorded.arguments(number) : arguments
            let gradient = step.changes[places[ObjectIdentifier(entry)]!].1
            let values = [entry.variable.current, gradient] + entry.slots.map(\.variable.current)
            return Array(zip(standIns, values)).map { (standIn: $0, value: $1) }
        }
    }

    /// The results of an entry's formula for these arguments, if it was recorded.
    func results(for entry: OptimizerState.Entry, _ arguments: [Tensor]) -> [Tensor]? {
        guard let number = numbers[ObjectIdentifier(entry)], number < recorded.count else { return nil }
        return recorded.applied(number, to: arguments)
    }
}

extension OptimizerState.Entry {
    /// Whether a formula for this variable holds for the other, with its own values.
    fileprivate func isLike(_ other: OptimizerState.Entry, anyShape: Bool) -> Bool {
        guard variable.dtype == other.variable.dtype, rate == other.rate, decay == other.decay,
            anyShape || variable.shape == other.variable.shape, slots.count == other.slots.count
        else { return false }
        for (slot, twin) in zip(slots, other.slots) {
            guard slot.name == twin.name, slot.variable.dtype == twin.variable.dtype,
                anyShape || slot.variable.shape == twin.variable.shape
            else { return false }
        }
        return true
    }
}
