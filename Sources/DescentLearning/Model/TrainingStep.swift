import DescentCore
import DescentData

/// The steps of one training: the expression of a batch, and all that follows from it as one plan.
struct TrainingStep<M: Model> {
    private let model: M
    private let trainer: Trainer
    private let optimizer: any Optimizer
    private let loss: Loss
    private let meters: Meters
    private let operation: StaticString
    /// What training changes; found once, as looking through a model takes longer than a small step.
    private var variables: [Variable] = []
    private var penalties: [Weight] = []
    /// The model, where it says which of the steps that it answers count.
    private let sequential: Sequential?

    init(_ model: M, _ operation: StaticString) throws {
        self.model = model
        self.operation = operation
        sequential = M.Input.self == Tensor.self ? model as? Sequential : nil
        trainer = model.trainer
        (optimizer, loss) = try trainer.compiled(operation)
        meters = trainer.meters
    }

    /// Makes the model's variables, if they are not there, and finds them.
    mutating func prepare(_ batch: Batch<M.Input>) throws {
        let output = Pass.outside { model(batch.x) }
        let rows = batch.rowCount
        if let error = output.error { throw InputFault.explained(error, model, batch.x, "\(operation)") }
        guard rows > 0 else { throw DescentError(operation, "a batch must have rows", received: "none") }
        guard output.rank > 0, output.shape[0] == rows else {
            throw DescentError(
                operation, "a model must give a row for each row of x",
                received: "x of \(batch.x.tensors.map { "\($0.shape)" }.joined(separator: ", ")), "
                    + "predictions of \(output.shape)")
        }
        if !meters.isResolved, let y = batch.y { try meters.resolve(y.shape, output.shape) }
        if trainer.inputs.isEmpty { trainer.inputs = batch.x.tensors.map { InputSignature($0) } }
        let walk = ModuleWalk(model)
        variables = walk.variables.map(\.variable).filter(\.trainable)
        penalties = walk.weights.filter { $0.regularizer != nil }
    }

    /// Warns where there is nothing to train. A baseline without variables may be evaluated all the same.
    func warnIfNothingIsTrained() {
        if variables.isEmpty { Warnings.emit("the model has no variables that are trained", from: "fit") }
    }

    /// Takes a step and takes the batch into account; the loss. If anything throws, nothing is changed.
    func train(_ batch: Batch<M.Input>) throws -> Double {
        let y = try labels(of: batch)
        let pass = Pass(seed: Mixing.mixed(trainer.position.seed, trainer.position.step))
        var (predicted, counts): (Tensor?, Tensor?) = (nil, nil)
        let answers = try pass {
            try optimizer.trainingStep(
                {
                    let (yPred, mask) = answer(batch.x)
                    predicted = yPred
                    counts = mask
                    return try total(y, yPred, batch.sampleWeight, mask, pass.takeLosses())
                }, variables
            ) {
                var summands: [Tensor] = []
                // Handed over: whoever holds a prediction while the step is computed has it stored.
                try meters.summands(y, predicted.take()!, batch.sampleWeight, mask: counts.take(), into: &summands)
                return (summands, pass.takeUpdates())
            }
        }
        return meters.add(answers, rows: batch.rowCount)
    }

    /// Takes a batch into account and changes nothing else; the loss.
    func test(_ batch: Batch<M.Input>) throws -> Double {
        let answers = try expressions(batch)
        try Engine.evaluate(answers.map(\.node))
        return meters.add(answers, rows: batch.rowCount)
    }

    /// The loss of a batch, without taking anything into account.
    func lossAlone(_ batch: Batch<M.Input>) throws -> Double {
        let y = try labels(of: batch)
        let pass = Pass(seed: 0, isTraining: false)
        let value = try pass {
            let (yPred, mask) = answer(batch.x)
            return try total(y, yPred, batch.sampleWeight, mask, pass.takeLosses())
        }
        return Double(try value.evaluated())
    }

    private func expressions(_ batch: Batch<M.Input>) throws -> [Tensor] {
        let y = try labels(of: batch)
        let pass = Pass(seed: 0, isTraining: false)
        return try pass {
            let (yPred, mask) = answer(batch.x)
            var answers = [try total(y, yPred, batch.sampleWeight, mask, pass.takeLosses())]
            try meters.summands(y, yPred, batch.sampleWeight, mask: mask, into: &answers)
            return answers
        }
    }

    /// What the model predicts, and which steps of that count.
    private func answer(_ x: M.Input) -> (output: Tensor, mask: Tensor?) {
        guard let sequential else { return (model(x), nil) }
        return sequential.run(unsafeBitCast(x, to: Tensor.self), nil)
    }

    private func labels(of batch: Batch<M.Input>) throws -> Tensor {
        if let y = batch.y { return y }
        throw DescentError(operation, "a batch must say what is true (y)", received: "x alone")
    }

    /// The loss of the predictions, what regularizers add, and what layers add.
    private func total(
        _ y: Tensor, _ yPred: Tensor, _ weight: Tensor?, _ mask: Tensor?, _ more: [Tensor]
    ) throws -> Tensor {
        // What is wrong with the predictions says more than what the loss makes of it.
        if let error = yPred.error { throw error }
        var total =
            mask.map { loss.masked(y, yPred, sampleWeight: weight, mask: $0) }
            ?? loss(y, yPred, sampleWeight: weight)
        if let error = total.error { throw error }
        guard total.rank == 0 else {
            throw DescentError(
                "fit", "a loss to train with must be one number: its reduction may not be none",
                received: "\(loss.name) of shape \(total.shape)")
        }
        for weight in penalties { if let penalty = weight.penalty { total = total + penalty } }
        for loss in more { total = total + loss.sum() }
        return total.strong()
    }
}
