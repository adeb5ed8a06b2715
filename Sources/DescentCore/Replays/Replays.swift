/// What a step depends on besides the recorded expression.
package struct StepCircumstances: Equatable {
    /// Grows with every change of what the optimizer remembers.
    let version: Int
    /// What kind of step of a schedule it is.
    let phase: Int
    /// What the loss is multiplied by.
    let scale: UInt64
    /// How many roots there are of each sort.
    let counts: SIMD4<Int32>

    package init(version: Int, phase: Int, scale: Double?, counts: SIMD4<Int32>) {
        self.version = version
        self.phase = phase
        self.scale = scale?.bitPattern ?? 0
        self.counts = counts
    }

    /// Whether the other differ from these only in what a step has changed itself: the first one makes what is remembered.
    fileprivate func comesFirst(to other: StepCircumstances) -> Bool {
        version <= other.version && phase == other.phase && scale == other.scale && counts == other.counts
    }
}

/// The steps that an optimizer has taken before, found by what is recorded anew, each with what the optimizer notes of it.
///
/// What is recorded twice in a row is compiled. So an expression that is different each time never pays for a compilation.
package final class Replays {
    package enum Found {
        /// The same was recorded before and compiled.
        case known
        /// The same was recorded the last time, so it may come again.
        case again
        case nothing
    }

    private final class Known {
        let circumstances: StepCircumstances
        let variables: [Variable]
        let words: [UInt64]
        /// Numbers that were seen to be different.
        let blurred: [Signature.Figure]
        let formula: [UInt64]
        let replay: Replay
        /// What the optimizer notes of the step.
        let note: AnyObject

        init(
            _ circumstances: StepCircumstances, _ variables: [Variable], _ words: [UInt64], blurred: [Signature.Figure],
            formula: [UInt64], _ replay: Replay, _ note: AnyObject
        ) {
            self.circumstances = circumstances
            self.variables = variables
            self.words = words
            self.blurred = blurred
            self.formula = formula
            self.replay = replay
            self.note = note
        }
    }

    private struct Recent {
        let circumstances: StepCircumstances
        let words: [UInt64]
        /// Whether it cannot be compiled.
        var isUnfit = false
    }

    /// Steps that are compared with the next ones: some take turns.
    private static let mostRecent = 4
    /// Steps kept. Most trainings have two: of a full batch, and of the last one.
    private static let most = 16

    @exclusivity(unchecked) private var recorded = Signature()
    @exclusivity(unchecked) private var formulas = Signature()
    @exclusivity(unchecked) private var range: Range<UInt64> = 0..<0
    /// The last one used first.
    @exclusivity(unchecked) private var known: [Known] = []
    /// What was recorded lately and is not known, the last first.
    @exclusivity(unchecked) private var recent: [Recent] = []
    /// Formulas recorded last that belong to no known step.
    @exclusivity(unchecked) private var lastFormula: [UInt64] = []
    @exclusivity(unchecked) private var blurred: [Signature.Figure] = []

    /// How many steps were taken again.
    @exclusivity(unchecked) package private(set) var taken = 0

    package init() {}

    /// Forgets everything.
    package func removeAll() {
        known = []
        recent = []
    }

    /// Looks for a step like this.
    ///
    /// - Parameters:
    ///   - roots: what was recorded, held by the list alone.
    ///   - range: what derivatives may pass.
    ///   - variables: those that the step changes, before the others that change with them.
    package func find(
        _ roots: [Node], recorded range: Range<UInt64>, _ circumstances: StepCircumstances, _ variables: [Variable],
        alongside: [Variable]
    ) -> Found {
        self.range = range
        let isPlain = Walk.lock.withLock { walk in
            walk.run(from: roots, recorded: range)
            return recorded.describe(walk, roots, .expression, recorded: range)
        }
        guard isPlain else { return .nothing }
        for index in 0..<known.count where matches(known[index], circumstances, variables, alongside) {
            if index > 0 { known.insert(known.remove(at: index), at: 0) }
            return .known
        }
        for index in 0..<recent.count where recent[index].circumstances.comesFirst(to: circumstances) {
            guard let differing = recorded.figuresDiffering(from: recent[index].words) else { continue }
            let entry = recent.remove(at: index)
            let isUnfit = entry.isUnfit && entry.circumstances == circumstances
            recent.insert(Recent(circumstances: circumstances, words: entry.words, isUnfit: isUnfit), at: 0)
            blurred = differing
            return isUnfit ? .nothing : .again
        }
        note(circumstances)
        return .nothing
    }

    private func note(_ circumstances: StepCircumstances) {
        if recent.count == Replays.mostRecent { recent.removeLast() }
        recent.insert(Recent(circumstances: circumstances, words: Array(recorded.words.elements)), at: 0)
    }

    private func matches(
        _ entry: Known, _ circumstances: StepCircumstances, _ variables: [Variable], _ alongside: [Variable] = []
    ) -> Bool {
        let count = variables.count
        guard entry.circumstances == circumstances, entry.words.count == recorded.words.count,
            entry.variables.count == count + alongside.count
        else { return false }
        for index in 0..<count where variables[index] !== entry.variables[index] { return false }
        for index in 0..<alongside.count where alongside[index] !== entry.variables[count + index] { return false }
        return recorded.matches(entry.words, blurring: entry.blurred)
    }

    // MARK: - Compiling

    /// Begins to record the step once more, for the next time.
    package func rehearse(_ roots: [Node], changing variables: [Variable]) -> Rehearsal {
        // Only if other figures are different than before the new record takes the place of an old one: it holds for both.
        let circumstances = recent[0].circumstances
        if let old = known.firstIndex(where: {
            $0.circumstances == circumstances && !matches($0, circumstances, variables)
                && recorded.differsInFiguresOfOneSort(from: $0.words, blurring: $0.blurred)
        }) {
            let entry = known.remove(at: old)
            let all = Set((blurred + recorded.figuresDiffering(from: entry.words)! + entry.blurred).map(\.word))
            blurred = recorded.figures.elements.filter { all.contains($0.word) }
        }
        let nodes = Walk.lock.withLock { walk in
            walk.run(from: roots, recorded: range)
            return walk.order.elements.map { $0.takeUnretainedValue() }
        }
        return Rehearsal(
            recorded, nodes, roots, recorded: range, blurred: Set(blurred.map(\.leaf)), changing: variables)
    }

    /// Describes formulas that were recorded on stand-ins.
    ///
    /// - Parameter formulas: stand-ins and results of all, held by the list alone.
    /// - Returns: whether the description says all about them, and whether somebody else holds a part of them.
    package func describe(formulas roots: [Node]) -> (isPlain: Bool, isHeld: Bool) {
        let nothing: Range<UInt64> = 0..<0
        let isPlain = Walk.lock.withLock { walk in
            walk.run(from: roots, recorded: nothing)
            return formulas.describe(walk, roots, .formula, recorded: nothing)
        }
        return (isPlain && formulas.held.isEmpty, !formulas.held.isEmpty)
    }

    /// What stands in a rehearsal for something that the described formulas read; nil for their arguments.
    package func standIn(_ rehearsal: Rehearsal) -> (Node) -> Tensor? {
        var standIns: [ObjectIdentifier: Tensor] = [:]
        for (number, leaf) in formulas.leaves.elements.enumerated() {
            let node = leaf.takeUnretainedValue()
            if node.state != .pending {
                standIns[ObjectIdentifier(node)] = rehearsal.stand(forFormulaLeaf: node, number)
            }
        }
        return { standIns[ObjectIdentifier($0)] }
    }

    /// Ends a rehearsal and keeps what it has recorded.
    ///
    /// - Returns: whether the step can be taken again by it.
    package func keep(
        _ rehearsal: consuming Rehearsal, _ updates: [(Variable, Tensor)], _ answers: [Tensor],
        changing variables: [Variable], _ note: AnyObject
    ) throws(DescentError) -> Bool {
        guard let replay = try rehearsal.replay(updates, answers) else {
            refuse()
            return false
        }
        replay.give(formulas)
        if known.count == Replays.most { known.removeLast() }
        known.insert(
            Known(
                recent.removeFirst().circumstances, variables, recorded.words(blurring: blurred), blurred: blurred,
                formula: Array(formulas.words.elements), replay, note), at: 0)
        return true
    }

    /// The step that was recorded last cannot be compiled: not to be tried again.
    package func refuse() { recent[0].isUnfit = true }

    // MARK: - Running

    /// What was noted of the step that was found, or kept.
    package var note: AnyObject { known[0].note }

    /// Looks for the step that was found among those with the described formulas. They give it its numbers.
    package func findFormulas() -> Found {
        let entry = known[0]
        for index in 0..<known.count
        where formulas.matches(known[index].formula, blurring: [])
            && (index == 0 || matches(known[index], entry.circumstances, entry.variables))
        {
            if index > 0 { known.insert(known.remove(at: index), at: 0) }
            known[0].replay.give(formulas)
            return .known
        }
        note(entry.circumstances)
        blurred = entry.blurred
        if formulas.matches(lastFormula, blurring: []) { return .again }
        lastFormula = Array(formulas.words.elements)
        return .nothing
    }

    /// Takes the step that was found; see `Replay.run`.
    package func run(
        releasing roots: inout [Node], into answers: inout [Tensor]
    ) throws(DescentError) -> Bool {
        let isTaken = try known[0].replay.run(recorded, releasing: &roots, into: &answers)
        if isTaken { taken += 1 }
        return isTaken
    }
}
