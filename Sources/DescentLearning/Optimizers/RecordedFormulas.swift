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

/// The formulas that a step has recorded, and for which other variables they hold.
final class RecordedFormulas {
    /// For the engine.
    let repeats = Repeats()
    /// The entry for which each formula was recorded.
    @exclusivity(unchecked) private var entries: [OptimizerState.Entry] = []

    @exclusivity(unchecked) private var anyShape: Bool?
    @exclusivity(unchecked) private var isRecordable = false

    /// More different ones are not looked through.
    private static let most = 16
    /// Longer ones might not fit one plan.
    private static let mostNodes = 256

    func removeAll() {
        if entries.isEmpty, repeats.isBlank { return }
        entries.removeAll(keepingCapacity: true)
        repeats.removeAll()
    }

    /// Asks the optimizer what its formulas are like; once, as the answer takes a while.
    ///
    /// - Returns: whether a formula of its may be repeated at all.
    func prepare(for optimizer: any Optimizer) -> Bool {
        if anyShape == nil {
            anyShape = optimizer is any ShapeFree
            isRecordable = optimizer is any Recordable || optimizer.recordsOncePerShape
        }
        return isRecordable
    }

    /// Repeats a formula for the variable, if one was recorded for a variable like it.
    func `repeat`(for entry: OptimizerState.Entry, _ gradient: Tensor) -> Bool {
        guard !entries.isEmpty, entry.clock == nil else { return false }
        for index in entries.indices where entries[index].isLike(entry, anyShape: anyShape == true) {
            repeats.beginRepetition(of: index)
            repeats.read(entry.variable.current)
            repeats.assign(entry.variable)
            repeats.read(gradient)
            for slot in entry.slots {
                repeats.read(slot.variable.current)
                repeats.assign(slot.variable)
            }
            return true
        }
        return false
    }

    /// A formula is about to be recorded; the values of slots follow.
    func begin(_ value: Tensor, _ gradient: Tensor) {
        repeats.beginFormula()
        repeats.read(value)
        repeats.read(gradient)
    }

    /// A formula was recorded: its results stand at these places among the changes.
    ///
    /// - Parameter isFree: whether it asked for nothing that may be different for another variable.
    func end(
        _ entry: OptimizerState.Entry, _ changes: [(Variable, Tensor)], value: Int, slots: Range<Int>, isFree: Bool,
        nodes: UInt64
    ) {
        repeats.result(at: value)
        for slot in slots { repeats.result(at: slot) }
        let isOne =
            isFree && entry.clock == nil && slots.count == entry.slots.count && entries.count < Self.most
            && nodes <= Self.mostNodes
        if repeats.endFormula(changes, keeping: isOne) { entries.append(entry) }
    }
}

extension OptimizerState {
    /// Whether nothing stands between a formula and the new values: what does, needs them one by one.
    func mayRepeat(_ entries: [Entry]) -> Bool {
        // For fewer, to repeat costs what it saves; more would not fit one plan, and a formula whose parts were evaluated
        // before it cannot be copied.
        (4...1024).contains(entries.count) && !options.useEMA && dynamicScale == nil && !Recording.checksNumerics
            && !entries.contains { $0.variable.isConstrained }
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
