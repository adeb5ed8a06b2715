import DescentCore

extension Optimizer {
    /// Takes the step as it was taken before, if nothing is different but values.
    ///
    /// Only the loss and the formulas are recorded. The rest (derivatives, clipping, averages and so on) follows from them, so
    /// it was compiled when the same came for the second time.
    ///
    /// - Returns: the answers; nil if the step was not taken. Then `state.formulas` has those that were recorded in vain.
    func replay(
        _ request: inout StepRequest, _ variables: [Variable], _ rate: Double, _ state: OptimizerState
    ) throws -> [Tensor]? {
        guard request.isComplete, state.mayReplay(variables) else { return nil }
        let replays = state.replays
        switch replays.find(
            request.roots, recorded: request.recorded ?? 0..<0, state.circumstances(request.counts), variables,
            alongside: request.alongside)
        {
        case .nothing: return nil
        case .again:
            guard try rehearse(request, variables, rate) else { return nil }
        case .known:
            guard mayReplay(shared: rate, state) else { return nil }
            let sharing = unsafeDowncast(replays.note, to: FormulaSharing.self)
            let numbers = formulaNumbers(learningRate: rate)
            if !sharing.isRecorded(with: numbers) {
                sharing.numbers = nil
                guard try record(sharing, request, variables, rate) else { return nil }
                switch replays.findFormulas() {
                case .known: unsafeDowncast(replays.note, to: FormulaSharing.self).numbers = numbers
                case .again:
                    guard try rehearse(request, variables, rate, recorded: sharing) else { return nil }
                case .nothing: return nil
                }
            }
        }
        var answers = state.takeAnswers()
        guard try request.run(replays, into: &answers) else { return nil }
        let finite = state.dynamicScale == nil ? nil : answers.removeLast()
        let shared = state.formulas.takeShared() ?? []
        if !shared.isEmpty, finite.map({ Bool($0) }) ?? true { try Engine.update(shared) }
        state.finish(finite)
        return answers
    }

    /// Compiles the step; whether that was possible. If not, it is not tried again.
    ///
    /// - Parameter sharing: says which formulas were recorded, if they were.
    private func rehearse(
        _ request: borrowing StepRequest, _ variables: [Variable], _ rate: Double,
        recorded sharing: FormulaSharing? = nil
    ) throws -> Bool {
        var isCompiled = false
        defer { if !isCompiled { state.replays.refuse() } }
        isCompiled = try compile(request, variables, rate, sharing)
        return isCompiled
    }

    private func compile(
        _ request: borrowing StepRequest, _ variables: [Variable], _ rate: Double, _ recorded: FormulaSharing?
    ) throws -> Bool {
        let changing = variables + request.alongside
        guard !state.hasTwins(changing) else { return false }
        for (index, variable) in variables.enumerated() {
            guard state.entry(of: variable, near: index)?.isBuilt == true else { return false }
        }
        let rehearsal = state.replays.rehearse(request.roots, changing: changing)
        let gradients = try request.gradients(rehearsal.root) { loss, weights, _ throws(DescentError) in
            try rehearsal.gradients(of: loss, weights, variables)
        }
        guard !gradients.contains(where: { $0.flatMap { IndexedSlices($0) } != nil }) else { return false }
        var step = try rehearsal.capturing {
            try begin(gradients, isOfLoss: request.recorded != nil, variables, rate, withShared: false)
        }
        guard mayReplay(shared: rate, state) else { return false }
        var sharing = recorded ?? FormulaSharing(step.isUpdate ? step.entries : [], self)
        if recorded == nil {
            let mayShare = state.mayShareFormulas
            var isRecorded = try record(sharing, request, variables, rate)
            if !isRecorded, mayShare, !state.mayShareFormulas {
                sharing = sharing.unshared(step.entries)
                isRecorded = try record(sharing, request, variables, rate)
            }
            guard isRecorded else { return false }
        }
        sharing.numbers = formulaNumbers(learningRate: rate)
        let leaf = state.replays.standIn(rehearsal)
        let finite = try rehearsal.capturing {
            try finish(&step, rate) { [formulas = state.formulas, sharing] entry, arguments in
                formulas.recorded.applied(sharing.formulaOfEntry[entry], to: arguments, leaf)
            }
        }
        let answers = request.answers(rehearsal.root) + (finite.map { [$0] } ?? [])
        return try state.replays.keep(
            rehearsal, step.changes + request.updates(rehearsal.root), answers, changing: changing, sharing)
    }

    /// Asks for the next values of what is remembered of all variables together; whether they are numbers, which replace the old
    /// ones after the step.
    private func mayReplay(shared rate: Double, _ state: OptimizerState) -> Bool {
        guard state.isUpdate else { return true }
        return state.formulas.shared { sharedUpdates(state.sharedStep(rate)) }.allSatisfy { $0.1.isKnown }
    }

    /// Records formulas on stand-ins for what they are applied to, but those that are recorded.
    ///
    /// - Returns: whether they hold for other values: they do not if one of them looked at its arguments, or asked for its
    ///   variable where it is shared.
    private func record(
        _ sharing: FormulaSharing, _ request: borrowing StepRequest, _ variables: [Variable], _ rate: Double
    ) throws -> Bool {
        let (looks, formulas) = (Recording.looks, state.formulas)
        func values() throws -> [(standIn: Tensor, value: Tensor)] {
            try formulas.values(in: try begin(request, variables, rate))
        }
        let looked = try StandIns.using(values) {
            for entry in sharing.entries.dropFirst(formulas.recorded.count) where StandIns.areProvided {
                try formulas.record(for: entry) { arguments throws(DescentError) in
                    try formula(of: entry, arguments, rate)
                }
            }
        }
        if looked { return false }
        if sharing.isShared, Recording.looks != looks {
            state.mayShareFormulas = false
            return false
        }
        let (isPlain, isHeld) = state.replays.describe(formulas: formulas.recorded.nodes)
        // Whoever keeps a part of a formula may look at it later.
        if isHeld { try StandIns.settle(values()) }
        return isPlain
    }
}

extension OptimizerState {
    /// Whether steps for these variables may be taken again: nothing of the user's stands between formulas and values, and no
    /// rows wait.
    fileprivate func mayReplay(_ variables: [Variable]) -> Bool {
        Recording.isOff && !hasClocks && !Variable.isAnyConstrained(variables)
    }

    /// What a step depends on besides what is recorded.
    fileprivate func circumstances(_ counts: SIMD4<Int32>) -> StepCircumstances {
        var phase = isUpdate ? 1 : 0
        if options.useEMA {
            if iterations == 0 { phase |= 2 }
            if let frequency = options.emaOverwriteFrequency, frequency > 0,
                (iterations + 1).isMultiple(of: frequency)
            {
                phase |= 4
            }
        }
        return StepCircumstances(version: version, phase: phase, scale: dynamicScale?.scale, counts: counts)
    }
}
