import Synchronization

extension Variable {
    /// What every value must fulfil: optimizers replace a new value by what this makes of it.
    ///
    /// ```swift
    /// let w = Variable([-1, 1])
    /// w.constraint = { maximum($0, 0) }
    /// try RMSprop(learningRate: 0.5).minimize({ (w - 1).sum() }, [w])
    /// print(w)   // [0.0, 0.0]
    /// ```
    public var constraint: (@Sendable (Tensor) -> Tensor)? {
        get { content.withLock { $0.constraint } }
        set {
            content.withLock { $0.constraint = newValue }
            constrained.store(newValue != nil, ordering: .releasing)
        }
    }

    /// Whether there is a constraint; faster than asking for it.
    package var isConstrained: Bool { constrained.load(ordering: .acquiring) }

    /// Whether one of them has a constraint.
    package static func isAnyConstrained(_ variables: [Variable]) -> Bool {
        for variable in variables where variable.isConstrained { return true }
        return false
    }
}
