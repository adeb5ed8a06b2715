import DescentCore

extension Optimizer {
    /// Gives variables their moving averages as values, as after the last epoch of a training. Without `useEMA`
    /// nothing happens.
    ///
    /// ```swift
    /// let w = Variable(0.0)
    /// let opt = SGD(learningRate: 1, useEMA: true, emaMomentum: 0.5)
    /// for _ in 0..<2 { try opt.minimize({ w.value }, [w]) }
    /// try opt.finalizeVariableValues([w])
    /// print(w)   // -1.5
    /// ```
    ///
    /// - Throws: a variable that the optimizer has not seen. Nothing is changed then.
    public func finalizeVariableValues(
        _ variables: [Variable], file: StaticString = #fileID, line: UInt = #line
    ) throws {
        guard state.options.useEMA else { return }
        let location = SourceLocation(file, line)
        do throws(DescentError) {
            try Engine.update(try averages(of: variables).map { ($0, $1.current) })
        } catch {
            throw error.located(at: location)
        }
    }

    /// Runs `body` while variables have their moving averages as values: for validation amid a training.
    ///
    /// Afterwards the variables have their own values again, also where `body` throws. Without `useEMA` it just runs.
    public func withAverages<Result>(
        _ variables: [Variable], file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> Result
    ) throws -> Result {
        guard state.options.useEMA else { return try body() }
        let values = variables.map(\.value)
        try finalizeVariableValues(variables, file: file, line: line)
        defer { for (variable, value) in zip(variables, values) { variable.assign(value) } }
        return try body()
    }

    private func averages(of variables: [Variable]) throws(DescentError) -> [(Variable, Variable)] {
        var pairs: [(Variable, Variable)] = []
        for (index, variable) in variables.enumerated() {
            guard let average = state.entry(of: variable, near: index)?.average else {
                throw DescentError(
                    "finalizeVariableValues", "the optimizer must have seen the variable", received: variable.name)
            }
            pairs.append((variable, average))
        }
        return pairs
    }
}
