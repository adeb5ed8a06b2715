import DescentCore

extension Optimizer {
    /// Computes `loss`, its gradients, and the next values of `variables`, in one pass.
    ///
    /// - Parameters:
    ///   - loss: what to make smaller. A loss that is not a single number stands for the sum of its elements.
    ///   - variables: what to change. One that is listed twice is updated twice.
    ///   - gradLoss: weighs the elements of the loss; the default is 1 for each.
    ///   - name: a label without effect.
    /// - Returns: the value of the loss before the step.
    /// - Throws: what `loss` throws; an error in the expression; no variable that the loss depends on. Nothing
    ///   is changed then.
    @discardableResult
    public func minimize(
        _ loss: () throws -> Tensor, _ variables: [Variable], gradLoss: Tensor? = nil, name: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> Tensor {
        let location = SourceLocation(file, line)
        do {
            guard !variables.isEmpty else { throw nothingToChange }
            let state = state
            let (value, recorded) = try Backward.record(loss)
            let request = StepRequest(
                loss: consume value, recorded: recorded, weights: state.outputGradient(gradLoss), in: state.takeRoom())
            return state.single(try take(consume request, variables, state, at: location))
        } catch let error as DescentError {
            throw error.located(at: location)
        }
    }

    /// A step of a training: `minimize` that computes more in the same pass.
    ///
    /// - Parameters:
    ///   - loss: what to make smaller.
    ///   - variables: what to change; there may be none.
    ///   - beside: asked after the loss is recorded: what else to evaluate, and which other variables change.
    /// - Returns: the value of the loss, then those that `beside` asked for.
    func trainingStep(
        _ loss: () throws -> Tensor, _ variables: [Variable],
        beside: () throws -> (also: [Tensor], updates: [(Variable, Tensor)])
    ) throws -> [Tensor] {
        guard !variables.isEmpty else {
            var also = [try loss()]
            let (more, updates) = try beside()
            also += consume more
            return try take(
                StepRequest(gradients: [], also: consume also, alongside: consume updates), [], state)
        }
        let (value, recorded) = try Backward.record(loss)
        let (also, updates) = try beside()
        let request = StepRequest(
            loss: consume value, recorded: recorded, weights: state.outputGradient(nil), also: consume also,
            alongside: consume updates, in: state.takeRoom())
        return try take(consume request, variables, state)
    }

    /// Computes `loss`, its gradients, and the next values of `variables`, in one pass.
    ///
    /// ```swift
    /// let w = Variable(10.0)
    /// try RMSprop(learningRate: 0.1).minimize([w]) { w * w / 2 }
    /// print(w)   // 9.683772
    /// ```
    @discardableResult
    public func minimize(
        _ variables: [Variable], gradLoss: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line,
        _ loss: () throws -> Tensor
    ) throws -> Tensor {
        try minimize(loss, variables, gradLoss: gradLoss, file: file, line: line)
    }

    /// Computes `loss`, then asks for the variables, which `loss` may have made, and takes a step.
    ///
    /// Variables that are not trainable have no gradient here, as a list of them would have.
    @discardableResult
    public func minimize(
        _ loss: () throws -> Tensor, _ variables: () throws -> [Variable], gradLoss: Tensor? = nil,
        name: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Tensor {
        let location = SourceLocation(file, line)
        do {
            let tape = GradientTape()
            let value = try tape.record(loss)
            let variables = try variables()
            guard !variables.isEmpty else { throw nothingToChange }
            var gradients = try tape.gradient(
                value, variables, outputGradients: state.outputGradient(gradLoss), file: file, line: line)
            state.options.clipEarly(&gradients)
            let request = StepRequest(gradients: consume gradients, also: [consume value])
            return state.single(try take(consume request, variables, state, at: location))
        } catch let error as DescentError {
            throw error.located(at: location)
        }
    }

    /// Changes variables by gradients that are given.
    ///
    /// Pairs without a gradient are left out; a warning names them.
    ///
    /// ```swift
    /// let w = Variable([1, 2])
    /// try SGD(learningRate: 0.5).applyGradients(zip([Tensor([2, 2])], [w]))
    /// print(w)   // [0.0, 1.0]
    /// ```
    ///
    /// - Returns: how many steps have been taken.
    @discardableResult @inlinable
    public func applyGradients(
        _ gradientsAndVariables: some Sequence<(Tensor?, Variable)>, name: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> Int {
        var (gradients, variables): ([Tensor?], [Variable]) = ([], [])
        for (gradient, variable) in gradientsAndVariables {
            gradients.append(gradient)
            variables.append(variable)
        }
        return try apply(gradients, variables, file, line)
    }

    /// Changes variables by gradients that are given.
    @discardableResult @inlinable
    public func applyGradients(
        _ gradientsAndVariables: some Sequence<(Tensor, Variable)>, name: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> Int {
        var (gradients, variables): ([Tensor?], [Variable]) = ([], [])
        for (gradient, variable) in gradientsAndVariables {
            gradients.append(gradient)
            variables.append(variable)
        }
        return try apply(gradients, variables, file, line)
    }

    @usableFromInline
    func apply(
        _ gradients: consuming [Tensor?], _ variables: [Variable], _ file: StaticString, _ line: UInt
    ) throws -> Int {
        _ = try take(
            StepRequest(gradients: gradients, in: state.takeRoom()), variables, state, at: SourceLocation(file, line))
        return state.calls
    }

    /// Changes tables by the gradients of some of their rows.
    ///
    /// ```swift
    /// let table = Variable([[1], [2], [3]])
    /// let rows = IndexedSlices(values: [[2]], indices: Tensor([1], dtype: .int64), shape: [3, 1])
    /// try SGD(learningRate: 0.5).applyGradients(zip([rows], [table]))
    /// print(table.value.reshape([3]))   // [1.0, 1.0, 3.0]
    /// ```
    @discardableResult
    public func applyGradients(
        _ gradientsAndVariables: some Sequence<(IndexedSlices, Variable)>, name: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws -> Int {
        try applyGradients(gradientsAndVariables.map { ($0.tensor, $1) }, name: name, file: file, line: line)
    }

    /// The gradients of `loss` with respect to `parameters`, all of which it must depend on.
    ///
    /// Where the documents clip here (TensorFlow 1 and 2), they are clipped.
    public func getGradients(
        _ loss: () throws -> Tensor, _ parameters: [Variable], file: StaticString = #fileID, line: UInt = #line
    ) throws -> [Tensor] {
        try gradients(of: loss, parameters, weights: nil, at: SourceLocation(file, line))
    }

    /// Takes a step; what it has changed.
    ///
    /// - Returns: the number of finished updates; in TensorFlow 1's mode also the accumulators, then the variables.
    @discardableResult
    public func getUpdates(
        _ loss: () throws -> Tensor, _ parameters: [Variable], file: StaticString = #fileID, line: UInt = #line
    ) throws -> [Tensor] {
        let location = SourceLocation(file, line)
        let gradients = try gradients(of: loss, parameters, weights: state.outputGradient(nil), at: location)
        _ = try take(StepRequest(gradients: gradients), parameters, state, at: location)
        let count = Tensor(Int64(iterations))
        guard state.options.convention == .tensorFlow1 else { return [count] }
        return [count] + weights.map(\.value) + parameters.map(\.value)
    }

    /// The loss times what the gradients will be divided by: for those who differentiate the loss themselves.
    public func scaleLoss(_ loss: Tensor) -> Tensor {
        state.lossScale.map { loss * $0 } ?? loss
    }

    private func gradients(
        of loss: () throws -> Tensor, _ parameters: [Variable], weights: Tensor?, at location: SourceLocation
    ) throws -> [Tensor] {
        do {
            if let problem = state.problem { throw problem }
            var (_, gradients) = try Backward.valueAndGradients(of: loss, parameters, weights: weights)
            state.options.clipEarly(&gradients)
            return try zip(gradients, parameters).map { gradient, variable in
                if let gradient { return gradient }
                throw DescentError(
                    "getGradients", "the loss must depend on every parameter",
                    received: "no gradient for \(variable.name)")
            }
        } catch let error as DescentError {
            throw error.located(at: location)
        }
    }

    private var nothingToChange: DescentError {
        DescentError("minimize", "there must be a variable to change", received: "an empty list")
    }
}

extension OptimizerState {
    /// What weighs the elements of a loss, which is scaled if the optimizer is told to.
    fileprivate func outputGradient(_ given: Tensor?) -> Tensor? {
        guard let scale = lossScale else { return given }
        return given.map { $0 * scale } ?? Tensor(scale)
    }
}
