import DescentCore

/// A way to change variables so that a loss becomes smaller.
///
/// A conforming type says what it remembers of each variable and how one step changes a variable; minimizing,
/// applying gradients, and the bookkeeping of slots come with the protocol.
///
/// ```swift
/// final class Descend: Optimizer {
///     let state = OptimizerState(learningRate: 0.5)
///     func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor {
///         w - step.learningRate * g
///     }
/// }
/// let x = Variable(4.0)
/// try Descend().minimize({ x * x }, [x])
/// print(x)   // 0.0
/// ```
public protocol Optimizer: AnyObject {
    /// What the optimizer keeps between steps.
    var state: OptimizerState { get }

    /// What is remembered of each variable, in the order in which it is listed; each starts at zero.
    var slotNames: [String] { get }

    /// The new value of a variable with value `w` and gradient `g`. Slots are read and written by name.
    ///
    /// The formula is recorded, not computed: it runs as one pass over memory together with the gradient that
    /// it uses, and writes over the old values.
    func update(_ w: Tensor, _ g: Tensor, _ slots: inout Slots, _ step: Step) -> Tensor
}

/// What one step knows.
public struct Step: Sendable {
    /// The learning rate of this step.
    public let learningRate: Double
    /// Steps finished before this one.
    public let iteration: Int
}

/// What an optimizer remembers of one variable, by name.
@dynamicMemberLookup
public struct Slots {
    var values: [(name: String, value: Tensor)]

    /// The slot with that name.
    public subscript(dynamicMember name: String) -> Tensor {
        get {
            values.first { $0.name == name }?.value
                ?? Tensor(error: DescentError("slots", "a slot must be listed in slotNames", received: name))
        }
        set {
            if let index = values.firstIndex(where: { $0.name == name }) {
                values[index].value = newValue
            } else {
                values.append((name, newValue))
            }
        }
    }
}

extension Optimizer {
    /// Nothing is remembered, unless the type says otherwise.
    public var slotNames: [String] { [] }

    /// Steps taken so far.
    public var iterations: Int { state.iterations }

    /// The learning rate in force.
    public var learningRate: Double {
        get { state.learningRate }
        set { state.learningRate = newValue }
    }

    /// Computes `loss`, its gradients, and the next values of `variables`, in one pass.
    ///
    /// - Parameters:
    ///   - loss: what to make smaller. A loss that is not a single number stands for the sum of its elements.
    ///   - variables: what to change.
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
            let (value, gradients) = try Backward.valueAndGradients(of: loss, variables, weights: gradLoss)
            return try step(zipped(consume gradients, variables), also: [consume value], at: location)[0]
        } catch let error as DescentError {
            throw error.located(at: location)
        }
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
    @discardableResult
    public func minimize(
        _ loss: () throws -> Tensor, _ variables: () throws -> [Variable], gradLoss: Tensor? = nil,
        name: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Tensor {
        let tape = GradientTape()
        var value: [Tensor] = [try tape.record(loss)]
        let variables = try variables()
        let gradients = try tape.gradient(value[0], variables, outputGradients: gradLoss, file: file, line: line)
        let loss = value.removeLast()
        return try step(zipped(gradients, variables), also: [loss], at: SourceLocation(file, line))[0]
    }

    /// Changes variables by gradients that are given.
    ///
    /// Pairs without a gradient are left out.
    public func applyGradients(
        _ gradientsAndVariables: some Sequence<(Tensor?, Variable)>, name: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws {
        _ = try step(Array(gradientsAndVariables), also: [], at: SourceLocation(file, line))
    }

    /// Changes variables by gradients that are given.
    public func applyGradients(
        _ gradientsAndVariables: some Sequence<(Tensor, Variable)>, name: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws {
        _ = try step(gradientsAndVariables.map { ($0, $1) }, also: [], at: SourceLocation(file, line))
    }

    private func zipped(_ gradients: consuming [Tensor?], _ variables: [Variable]) -> [(Tensor?, Variable)] {
        Array(zip(gradients, variables))
    }

    /// One step: records the formula for every variable and evaluates all of it at once.
    private func step(
        _ pairs: consuming [(Tensor?, Variable)], also: consuming [Tensor], at location: SourceLocation
    ) throws -> [Tensor] {
        do throws(DescentError) {
            let step = Step(learningRate: state.learningRate, iteration: state.iterations)
            let names = slotNames
            var assignments = try state.check(pairs)
            pairs = []
            assignments.reserveCapacity(assignments.count * (1 + names.count))
            for index in assignments.indices {
                let (variable, gradient) = assignments[index]
                let slots = state.slots(of: variable, at: index, names)
                var values = Slots(values: slots.map { ($0.name, $0.variable.current) })
                assignments[index].1 = update(variable.current, gradient, &values, step)
                if let unknown = values.values.dropFirst(slots.count).first {
                    throw DescentError("slots", "a slot must be listed in slotNames", received: unknown.name)
                }
                for (slot, value) in zip(slots, values.values) { assignments.append((slot.variable, value.value)) }
            }
            let answers = try Engine.update(consume assignments, also: also)
            state.iterations += 1
            return answers
        } catch {
            throw error.located(at: location)
        }
    }
}
